"""A guess of how many tiles a picture holds, from the seams between them.

Where two cameras' pictures meet, each row of pixels jumps at the same column. Within a picture edges are long too, but
not from one side of a tile to the other. Each stretch of a seam is looked at on its own, so that a door frame that
happens to stand in the middle of one tile is no seam of the others; and what counts is the jump that most of its rows
make, so that an edge that ends on the way is none. Seams of one direction do where they are clear and the other follows
from the shape of the tiles.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import product

import numpy as np
from numpy.typing import NDArray

from engines.calibration.targets import films, photographs
from engines.core.frames import Image

Floats = NDArray[np.float64]
_MOST = 4
"""Rows and columns that are tried."""
_ASPECTS = 0.6, 2.7
"""Least and most width of a tile, in its heights."""
_REACH = 2
"""Pixels beside a seam that compression smears it over."""
_JUMP = 1.5
"""How many times the usual jump across a seam is as large as the largest of those beside it."""
_CLEAR = 5.0
"""The same, where seams of one direction have to do."""
_SHARE = 0.75
"""Of the stretches of each seam, how many must show it."""


def guess(images: Sequence[Image]) -> tuple[int, int]:
    """Rows and columns of the grid whose seams show in the pictures, all of one size; (1, 1) where there are none."""
    if not images:
        return 1, 1
    across, down = _jumps(images)
    whole = down.shape[0], across.shape[0]
    counts = range(1, _MOST + 1)
    grids = [grid for grid in product(counts, counts) if _may_be(whole, grid)]
    both = [grid for grid in grids if _show(across, grid[1], grid[0]) and _show(down, grid[0], grid[1])]
    best = max(both, key=lambda grid: grid[0] * grid[1], default=(1, 1))
    if best == (1, 1):
        least = _CLEAR if best in grids else _JUMP
        one = [
            (rows, columns)
            for rows, columns in grids
            if (rows > 1 and _show(down, rows, columns, least)) or (columns > 1 and _show(across, columns, rows, least))
        ]
        return min(one, key=lambda grid: grid[0] * grid[1], default=(1, 1))
    return best


def _jumps(images: Sequence[Image]) -> tuple[Floats, Floats]:
    """How much each pixel differs from the one to its left, and from the one above: means over the pictures."""
    across = down = np.zeros((1, 1))
    for image in images:
        gray = image.astype(np.float64) if image.ndim == 2 else image.mean(axis=2)
        across = across + np.abs(np.diff(gray, axis=1))
        down = down + np.abs(np.diff(gray, axis=0))
    return across / len(images), down.T / len(images)


def _may_be(whole: tuple[int, int], grid: tuple[int, int]) -> bool:
    """Whether a picture, width and height, can be cut so into tiles of a usual shape."""
    (width, height), (rows, columns) = whole, grid
    if height % rows or width % columns:
        return False
    return _ASPECTS[0] <= (width / columns) / (height / rows) <= _ASPECTS[1]


def _show(jumps: Floats, parts: int, stretches: int, least: float = _JUMP) -> bool:
    """Whether there are seams of one direction and all of them show."""
    seams = _ratios(jumps, parts, stretches)
    return parts == 1 or all(float(np.mean(np.array(ratios) > least)) >= _SHARE for ratios in seams)


def _ratios(jumps: Floats, parts: int, stretches: int) -> list[list[float]]:
    """Of each seam between `parts`, each stretch: the usual jump there over the largest of those beside it."""
    found: list[list[float]] = []
    side = (jumps.shape[1] + 1) // parts
    band = max(12, side // 6)
    for seam in range(side - 1, (jumps.shape[1] + 1) - side, side):
        found.append([])
        for stretch in np.array_split(jumps, stretches, axis=0):
            means = np.median(stretch[:, max(seam - band, 0) : seam + band + 1], axis=0)
            middle = min(seam, band)
            at = means[max(middle - _REACH, 0) : middle + _REACH + 1].max()
            beside = np.r_[means[: max(middle - 2 * _REACH, 0)], means[middle + 2 * _REACH + 1 :]]
            found[-1].append(float(at / (beside.max() + 1.0)))
    return found


def grid_of(paths: Sequence[str]) -> tuple[int, int]:
    """As `guess`, of pictures and films: a few that are spread over the first of them. Raises what reading raises."""
    first = photographs.listing(paths).files[0]
    return guess([photographs.read(path) for path in films.samples(first, 3)])
