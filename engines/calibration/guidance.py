"""Guidance at the camera: says in words what to do next with the board, and judges when a view is worth taking.

A calibration is carried by views that differ: in place, in tilt and in distance. A view is new when it differs clearly
in one of them from each view taken. The guide keeps what has been taken and names the one thing that is missing most.
Tilt is judged with an assumed focal length (the picture's width), which is good enough to tell a board that faces the
camera from one that does not, and one tilt from another.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration import coverage
from engines.calibration.types import Capture, Point
from engines.core.boards import Board
from engines.core.frames import Size

Floats = NDArray[np.float64]

ENOUGH_VIEWS = 15
SHARP = 0.25
_TILTED = 0.3
_SMALL = 0.06
_ELSEWHERE = 0.06
"""How far the outline's corners lie apart on average, in diagonals of the picture."""
_SAME = 0.004
"""Outlines this near are one view, whatever tilt is read from them: a small board's tilt may be read mirrored."""
_OTHER_TILT = float(np.cos(np.radians(12.0)))
_OTHER_SIZE = 1.2
"""Ratio of lengths."""


@dataclass(frozen=True, slots=True)
class BoardLook:
    """One found board, judged: sharpness 0 to 1, still, new among those taken, and its share of the picture."""

    sharpness: float
    still: bool
    new: bool
    share: float


class Guide:
    """Remembers the views taken of one camera and says what is missing."""

    def __init__(self, board: Board, size: Size, captured: Sequence[Capture] = ()) -> None:
        self.board = board
        self.size = size
        self.cells = np.zeros((coverage.ROWS, coverage.COLUMNS), dtype=np.bool_)
        self.count = 0
        self._outlines: list[Floats] = []
        self._normals: list[Floats] = []
        for capture in captured:
            self.add(capture.corners, capture.outline)

    def add(self, corners: Sequence[Point] | Floats, outline: Sequence[Point] | Floats) -> None:
        """A view has been taken."""
        self.count += 1
        self.cells |= coverage.touched(corners, self.size)
        if len(outline) == 4:
            four = np.asarray(outline, dtype=np.float64)
            self._outlines.append(four)
            self._normals.append(normal_of(four, self.board, self.size))

    def is_new(self, outline: Floats) -> bool:
        """Whether the board lies clearly elsewhere, or tilted or sized clearly otherwise, than in each view taken."""
        if not self._outlines:
            return True
        taken = np.array(self._outlines)
        apart = np.linalg.norm(taken - outline, axis=2).mean(axis=1) / np.hypot(self.size.width, self.size.height)
        alike = np.array(self._normals) @ normal_of(outline, self.board, self.size)
        larger = np.abs(np.log([_length(four) / _length(outline) for four in self._outlines]))
        other = (alike < _OTHER_TILT) | (larger > np.log(_OTHER_SIZE))
        return bool(((apart > _ELSEWHERE) | ((apart > _SAME) & other)).all())

    def goal(self) -> str:
        """What the next view should bring, as an order; "" when there is enough of everything."""
        if self.count == 0:
            return "Capture a first view"
        for missing in (self._missing_place(0.35), self._missing_tilt(), self._missing_place(0.7)):
            if missing:
                return missing
        return "" if self.count >= ENOUGH_VIEWS else "Take more views, each one different"

    def advice(self, look: BoardLook | None) -> str:
        """Words for this moment: what hinders, else the goal."""
        if look is None:
            return "Show the whole board to the camera"
        if look.share < _SMALL:
            return "Move closer"
        if look.sharpness < SHARP:
            return "Hold still" if not look.still else "The board is blurred: focus or add light"
        if look.new and not look.still:
            return "Hold still"
        if look.new and self.count:
            return "Capture this view"
        return self.goal() or "Enough views: calibrate"

    def _missing_place(self, share: float) -> str:
        region = coverage.emptiest_region(self.cells) if self.cells.mean() < share else ""
        return f"Fill the {region}" if region else ""

    def _missing_tilt(self) -> str:
        if self.count < 3:
            return ""
        normals = np.array(self._normals).reshape(-1, 3)
        if (np.abs(normals[:, 0]) > _TILTED).sum() < 2:
            return "Tilt the board: turn its left or right side towards you"
        if (np.abs(normals[:, 1]) > _TILTED).sum() < 2:
            return "Tilt the board: lean its top or bottom towards you"
        return ""


def outline_of(board: Board, ids: NDArray[np.int64], corners: Floats) -> Floats | None:
    """The printed squares' four corners in the picture, 4 x 2, clockwise from the board's origin; None if undefined."""
    flat = board.corners[ids, :2]
    plane: NDArray[Any] | None = cv2.findHomography(flat, corners, 0)[0]
    if plane is None:
        return None
    (left, top), (width, height) = board.print_origin, board.print_size
    rectangle = np.array([[left, top], [left + width, top], [left + width, top + height], [left, top + height]])
    return np.asarray(cv2.perspectiveTransform(rectangle[:, None], plane), dtype=np.float64).reshape(4, 2)


def _length(outline: Floats) -> float:
    """The mean of the outline's longer pair of sides; tilting about one axis leaves it as it is."""
    sides = np.linalg.norm(outline - np.roll(outline, 1, axis=0), axis=1)
    return float(max(sides[::2].mean(), sides[1::2].mean(), 1e-9))


def share_of(outline: Floats, size: Size) -> float:
    """The outline's area as a share of the picture."""
    return float(cv2.contourArea(outline.astype(np.float32))) / (size.width * size.height)


def normal_of(outline: Floats, board: Board, size: Size) -> Floats:
    """The board's unit normal in camera coordinates, for a camera as wide as its focal length is long."""
    focal = float(max(size.width, size.height))
    matrix = np.array([[focal, 0, size.width / 2], [0, focal, size.height / 2], [0, 0, 1]])
    width, height = board.print_size
    flat = np.array([[0, 0, 0], [width, 0, 0], [width, height, 0], [0, height, 0]], dtype=np.float64)
    found, rvec, _ = cv2.solvePnP(flat, outline.reshape(4, 1, 2), matrix, None, flags=cv2.SOLVEPNP_IPPE)
    return np.asarray(cv2.Rodrigues(rvec)[0][:, 2] if found else [0.0, 0.0, 1.0], dtype=np.float64)


def sharpness_of(gray: NDArray[np.uint8], board: Board, ids: NDArray[np.int64], corners: Floats) -> float:
    """How steep the edges between neighbouring corners are: 1 for a crisp picture, 0 when they spread over 5 pixels.

    The steepest step across each edge is set against the whole contrast of that edge, so light does not matter.
    """
    columns, _ = board.corner_grid
    place = np.full(board.corner_count, -1)
    place[ids] = np.arange(len(ids))
    left = np.array([i for i in range(board.corner_count - 1) if (i + 1) % columns])
    both = (place[left] >= 0) & (place[left + 1] >= 0)
    a, b = corners[place[left[both]]], corners[place[left[both] + 1]]
    if not len(a):
        return 0.0
    along = b - a
    length = np.linalg.norm(along, axis=1, keepdims=True)
    across = np.stack([-along[:, 1], along[:, 0]], axis=1) / length
    reach = float(np.clip(0.3 * np.median(length), 3, 8))
    steps = np.arange(-reach, reach + 0.5, 0.5)
    spots = ((a + b) / 2)[:, None] + across[:, None] * steps[None, :, None]
    x, y = np.moveaxis(spots.astype(np.float32), 2, 0)
    lines = cv2.remap(gray, np.ascontiguousarray(x), np.ascontiguousarray(y), cv2.INTER_LINEAR).astype(np.float64)
    contrast = lines.max(axis=1) - lines.min(axis=1)
    slope = np.abs(lines[:, 2:] - lines[:, :-2]).max(axis=1)
    return float(np.clip((np.median(slope / np.maximum(contrast, 8)) - 0.1) / 0.35, 0, 1))
