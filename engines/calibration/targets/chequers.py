"""Numbers the corners of a chequered grid from their places alone, which is quicker than searching the picture again.

From one corner and its steps to two neighbours a homography grows over the grid, round by round: it says which places
the corners around hold, and is fitted again to all of them. Where a lens bends so much that this fails, the classic
finder must do.
"""

from __future__ import annotations

from itertools import product
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.targets.corners import square_values
from engines.calibration.targets.detection import Floats, Gray
from engines.calibration.targets.gate import Lattice

_SEEDS = 3
_ROUNDS = 8
_OFF = 0.28
"""How far a corner may lie from its place, in steps of the grid."""
_CHEQUERED = 0.75
_STEP = 0.3
"""From square to square beyond the corners, as a share of the step within."""
_OUTER = 0.6
_MOST_ROOM = 8


def numbered(gray: Gray, lattice: Lattice, grid: tuple[int, int]) -> Floats | None:
    """The corners as rows x columns x 2 pixels, however they are turned; None where they are not just this grid.

    gray: the picture that the lattice was found in.
    """
    points, axes = lattice.saddles.points.astype(np.float64), lattice.saddles.axes
    joined = np.flatnonzero(lattice.joined)
    middle = np.linalg.norm(points[joined] - points[joined].mean(axis=0), axis=1)
    for seed in joined[np.argsort(middle)[:_SEEDS]]:
        places = _grown(points, axes @ axes[seed], lattice.joined, int(seed))
        laid = None if places is None else _laid(gray, points, places, grid)
        if laid is not None:
            return laid
    return None


def _grown(points: Floats, alike: NDArray[np.float32], joined: NDArray[np.bool_], seed: int) -> Floats | None:
    """The place of each point on the grid, N x 2 whole numbers; NaN where it has none.

    alike: 1 for saddles turned as the seed, -1 for those turned by a right angle, which alternate on a chequer.
    """
    steps = _steps(points, joined & (alike < 0), seed)
    if steps is None:
        return None
    told, low, high = (points - points[seed]) @ np.linalg.inv(steps), np.zeros(2), np.zeros(2)
    before = 0
    for _ in range(_ROUNDS):
        placed = _placed(told, alike, low, high)
        known = placed & joined
        count = int(known.sum())
        if count < 4 or count == before:
            break
        near, before = np.rint(told[known]), count
        plane: NDArray[Any] | None = cv2.findHomography(points[known], near, 0)[0]
        if plane is None:
            return None
        told, low, high = (
            np.asarray(cv2.perspectiveTransform(points[None], plane)[0], np.float64),
            near.min(axis=0),
            near.max(axis=0),
        )
    return np.where(_placed(told, alike, low, high)[:, None], np.rint(told), np.nan)


def _placed(told: Floats, alike: NDArray[np.float32], low: Floats, high: Floats) -> NDArray[np.bool_]:
    """Which points lie on places of the grid, no more than a step beyond those known, and turned as they should be."""
    near = np.rint(told)
    inside = ((near >= low - 1) & (near <= high + 1)).all(axis=1)
    turned = alike * (1 - 2 * (near.sum(axis=1) % 2)) > 0
    return np.asarray(inside & turned & (np.abs(told - near) < _OFF).all(axis=1))


def _steps(points: Floats, turned: NDArray[np.bool_], seed: int) -> Floats | None:
    """The steps to the two nearest neighbours (turned by a right angle) that are not on one line, 2 x 2."""
    away = points - points[seed]
    length = np.linalg.norm(away, axis=1)
    others = np.flatnonzero(turned)
    order = others[np.argsort(length[others])][:6]
    for number in order[1:]:
        first, second = away[order[0]], away[number]
        if abs(first[0] * second[1] - first[1] * second[0]) > 0.35 * length[order[0]] * length[number]:
            return np.stack([first, second])
    return None


def _laid(gray: Gray, points: Floats, places: Floats, grid: tuple[int, int]) -> Floats | None:
    """The only window of rows x columns places that are all held, and all within chequered squares.

    The rim of the print has corners too, but no chequer beyond.
    """
    known = np.isfinite(places[:, 0])
    if known.sum() < grid[0] * grid[1]:
        return None
    whole = (places[known] - places[known].min(axis=0)).astype(np.int64)
    held = np.full((*(whole.max(axis=0) + 1), 2), np.nan)
    held[tuple(whole[::-1].T)] = points[known][::-1]
    ways = [way for turned in (held, held.swapaxes(0, 1)) for way in _windows(turned, grid)]
    good = [way for way in ways if goes_on(gray, way)]
    return good[0] if len(good) == 1 else None


def _windows(held: Floats, grid: tuple[int, int]) -> list[Floats]:
    columns, rows = grid
    room = held.shape[0] - rows, held.shape[1] - columns
    if min(room) < 0 or max(room) > _MOST_ROOM:
        return []
    starts = product(range(room[0] + 1), range(room[1] + 1))
    ways = [held[top : top + rows, left : left + columns] for top, left in starts]
    return [way for way in ways if np.isfinite(way).all()]


def goes_on(gray: Gray, corners: Floats) -> bool:
    """Whether squares of the chequer lie beyond the corners on all four sides: along each they go up and down."""
    values = square_values(gray, _widened(corners))
    signs = 1.0 - 2.0 * (np.indices(values.shape).sum(axis=0) % 2)
    lines = [values[0], values[-1], values[:, 0], values[:, -1]]
    ways = [signs[0], signs[-1], signs[:, 0], signs[:, -1]]
    steps = [np.diff(line) * way[1:] for line, way in zip(lines, ways, strict=True)]
    wanted = _STEP * float((values * signs)[1:-1, 1:-1].mean()) * 2
    return all((step / wanted > 1).mean() > _CHEQUERED for step in steps)


def _widened(corners: Floats) -> Floats:
    """A grid with one more row and column on each side, not far out: the outer squares of a print may be cut."""
    for _ in range(2):
        first, last = corners[0] - corners[1], corners[-1] - corners[-2]
        first, last = corners[0] + _OUTER * first, corners[-1] + _OUTER * last
        corners = np.concatenate([first[None], corners, last[None]]).swapaxes(0, 1)
    return corners
