"""The views that could come next: places, tilts and distances of a board, and what each would add to what is known.

They are a fixed set, told in words that a person with a board in hand can follow: nine places in the picture, five
tilts, three distances, as far out as the whole board stays in the picture.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import product

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.live.information import Derivatives, Floats, Poses, derivatives
from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.lenses import Lens
from engines.core.projection import undistort_points
from engines.core.words import tr

SIZES = (0.7, 0.48, 0.3)
"""How much of the picture's width or height the board takes: near, in between, far."""
TILT = np.radians(35.0)
MARGIN = 0.015
_TILTS = ((0, 0), (-1, 0), (1, 0), (0, -1), (0, 1))
_SIDE = 5
"""Of a board's corners as many columns and rows stand for all."""
_PLACES = {
    (-1, -1): tr("the upper left corner"),
    (0, -1): tr("the top of the picture"),
    (1, -1): tr("the upper right corner"),
    (-1, 0): tr("the left edge"),
    (0, 0): tr("the middle"),
    (1, 0): tr("the right edge"),
    (-1, 1): tr("the lower left corner"),
    (0, 1): tr("the bottom of the picture"),
    (1, 1): tr("the lower right corner"),
}
_AWAY = {(-1, 0): tr("left side"), (1, 0): tr("right side"), (0, -1): tr("top"), (0, 1): tr("bottom")}


@dataclass(frozen=True, slots=True)
class Wish:
    """A view to ask for. place: -1, 0 or 1 to the right and down; tilt: the side that goes away from the camera, in the
    picture; near: 0 near, 1 in between, 2 far."""

    place: tuple[int, int]
    tilt: tuple[int, int]
    near: int

    @property
    def words(self) -> str:
        """As an order to a person."""
        side = _AWAY.get(self.tilt, "")
        if not any(self.place) and self.near == 1 and side:
            return tr("Tilt the board's {side} away", side=side)
        far = (tr("close"), "", tr("farther off"))[self.near]
        how = tr("{side} tilted away", side=side) if side else tr("facing the camera")
        if far:
            return tr("Move to {place}, {far}, {facing}", place=_PLACES[self.place], far=far, facing=how)
        return tr("Move to {place}, {facing}", place=_PLACES[self.place], facing=how)


WISHES = tuple(Wish(place, tilt, near) for place, tilt, near in product(_PLACES, _TILTS, range(len(SIZES))))


@dataclass(frozen=True, slots=True)
class Candidates:
    """Wishes that fit into the picture, and each one's information for corners of one pixel's noise, N x G x G.

    outlines: the print's corners as `looks.outline_of` gives them, N x 4 x 2 pixels.
    """

    wishes: tuple[Wish, ...]
    poses: Poses
    information: Floats
    outlines: Floats


def candidates(lens: Lens, size: Size, board: Board, quarter: int = 0) -> Candidates:
    """All wishes whose board lies in the picture. quarter: how the board is held, in quarter turns."""
    turns = np.array([_turn(wish.tilt, quarter) for wish in WISHES])
    poses = _placed(lens, size, board, turns, quarter)
    rim = derivatives(lens, poses, rim_of(board)).pixels
    low, high = MARGIN * size.width, np.array([size.width, size.height]) * (1 - MARGIN)
    fits = np.flatnonzero(((rim >= low) & (rim <= high)).all(axis=(1, 2)) & (poses.shifts[:, 2] > 0))
    kept = Poses(poses.turns[fits], poses.shifts[fits])
    told, weight = _sampled(lens, kept, board)
    return Candidates(
        tuple(WISHES[number] for number in fits), kept, weight * told.reduced(), np.ascontiguousarray(rim[fits][:, ::2])
    )


def _sampled(lens: Lens, poses: Poses, board: Board) -> tuple[Derivatives, float]:
    few = few_of(board)
    return derivatives(lens, poses, board.corners[few]), board.corner_count / len(few)


def few_of(board: Board) -> NDArray[np.int64]:
    """Numbers of the corners that stand for all."""
    columns, rows = board.corner_grid
    grid = np.arange(columns * rows).reshape(rows, columns)
    lines = (np.unique(np.linspace(0, count - 1, _SIDE).round().astype(int)) for count in (rows, columns))
    return np.asarray(grid[np.ix_(*lines)].ravel())


def _turn(tilt: tuple[int, int], quarter: int) -> Floats:
    """From the board to the camera: held in quarter turns, then the side that `tilt` names goes away."""
    across, down = tilt
    away = cv2.Rodrigues(np.array([down, -across, 0.0]) * TILT)[0]
    return np.asarray(away @ cv2.Rodrigues(np.array([0.0, 0.0, quarter * np.pi / 2]))[0])


def _placed(lens: Lens, size: Size, board: Board, turns: Floats, quarter: int) -> Poses:
    """The boards as far out as their places ask and the picture allows."""
    (left, top), (width, height) = board.print_origin, board.print_size
    middle = np.array([left + width / 2, top + height / 2, 0.0])
    across, down = (height, width) if quarter % 2 else (width, height)
    shape = np.array([size.width, size.height], dtype=np.float64)
    need = max(lens.intrinsics.fx * across / size.width, lens.intrinsics.fy * down / size.height)
    depth = need / np.array([SIZES[wish.near] for wish in WISHES])
    spots = (0.5 + 0.45 * np.array([wish.place for wish in WISHES])) * shape
    poses = Poses(turns, np.zeros((len(turns), 3)))
    for _ in range(3):
        shifts = np.column_stack([undistort_points(lens, spots), np.ones(len(spots))]) * depth[:, None]
        poses = Poses(turns, np.nan_to_num(shifts) - turns @ middle)
        rim = derivatives(lens, poses, rim_of(board)).pixels
        edge = 1.5 * MARGIN * size.width
        over = np.maximum(edge - rim.min(axis=1), 0) - np.maximum(rim.max(axis=1) - (shape - edge), 0)
        spots = np.clip(spots + np.clip(over, -shape, shape), 0.02 * shape, 0.98 * shape)
    return poses


def rim_of(board: Board) -> Floats:
    """Corners of the print and middles of its sides, clockwise from the board's origin, 8 x 3 metres."""
    (left, top), (width, height) = board.print_origin, board.print_size
    share = np.array([(0, 0), (0.5, 0), (1, 0), (1, 0.5), (1, 1), (0.5, 1), (0, 1), (0, 0.5)])
    return np.column_stack([share * [width, height] + [left, top], np.zeros(8)])
