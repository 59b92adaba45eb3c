"""Follows boards from frame to frame: looks first where the board was, and searches the picture only when that fails.

Optical flow on a small picture carries the corners along, and they are refined at full resolution or found anew in the
part of the picture around them. A chessboard is searched for only where the gate sees a chequered grid, at the scale
that suits its pitch. After a search in vain there is a rest of a few frames, the longer the dearer the search was.
"""

from __future__ import annotations

from time import perf_counter

import cv2
import numpy as np

from engines.calibration.targets import gate
from engines.calibration.targets.chequers import goes_on
from engines.calibration.targets.corners import (
    detect,
    off_plane,
    parse_window,
    refine,
    smallest_pitch,
    window_for,
)
from engines.calibration.targets.detection import Detection, Gray
from engines.calibration.targets.sight import around, confirmed, reduced, search_near
from engines.calibration.types import FinderSettings
from engines.core.boards import Board

_ANEW = 5
"""A board that may show more of itself is found anew every so many frames."""
_OTHERS = 10
"""While one board is followed, the others are looked for every so many frames."""
_OFF = 0.15
"""Pitches that a followed corner may lie off the plane of the others, for what a lens bends."""
_LONGEST_REST = 8
_FRAME = 0.012
"""Seconds that a search may take without a rest."""


class Search:
    """Finds the one of several boards that shows most corners; `find` gives it with its number."""

    def __init__(self, settings: FinderSettings) -> None:
        self._boards = [_BoardSearch(board, settings) for board in settings.boards]
        self._pixels = settings.gate_pixels
        self._small: Gray | None = None
        self._followed: int | None = None
        self._frame = 0

    def find(self, gray: Gray) -> tuple[int, Detection] | None:
        small, scale = reduced(gray, self._pixels)
        before, self._small = self._small, small
        if before is not None and before.shape != small.shape:
            before = None
        found = {number: self._boards[number].find(gray, before, small, scale) for number in self._asked()}
        sizes = {number: len(each.ids) for number, each in found.items() if each is not None}
        self._followed = max(sizes, key=lambda number: sizes[number]) if sizes else None
        best = None if self._followed is None else found[self._followed]
        return None if best is None or self._followed is None else (self._followed, best)

    def _asked(self) -> list[int]:
        """The board that was there, and now and then all of them."""
        self._frame += 1
        everything = self._followed is None or self._frame % _OTHERS == 0
        return list(range(len(self._boards))) if everything else [self._followed or 0]


class _BoardSearch:
    """One board: where it was, and the rest after a search in vain."""

    def __init__(self, board: Board, settings: FinderSettings) -> None:
        self._board, self._window = board, settings.window
        self._found: Detection | None = None
        self._rest = self._frame = 0

    def find(self, gray: Gray, before: Gray | None, small: Gray, scale: float) -> Detection | None:
        """In the whole picture `gray`, of which `small` is the reduced one; `before`: the small one of last time."""
        self._frame += 1
        carried = self._carried(before, small, scale)
        found = None if carried is None else self._near(gray, carried)
        self._found = found or self._searched(gray, small, scale)
        return self._found

    def _carried(self, before: Gray | None, small: Gray, scale: float) -> Detection | None:
        """The last corners, carried along by optical flow; those that are lost are left out."""
        last = self._found
        if before is None or last is None:
            return None
        start = ((last.corners + 0.5) * scale - 0.5).astype(np.float32).reshape(-1, 1, 2)
        moved, status, _ = cv2.calcOpticalFlowPyrLK(before, small, start, start.copy(), winSize=(13, 13), maxLevel=2)
        corners = (np.asarray(moved, dtype=np.float64).reshape(-1, 2) + 0.5) / scale - 0.5
        edge = (np.array(small.shape[::-1]) / scale) - 2
        kept = np.asarray(status).ravel().astype(bool) & (corners >= 1).all(axis=1) & (corners <= edge).all(axis=1)
        whole = self._board.kind == "chessboard"
        if kept.sum() < 4 or (whole and not kept.all()):
            return None
        return Detection(last.ids[kept], corners[kept], last.window)

    def _near(self, gray: Gray, carried: Detection) -> Detection | None:
        """The board where it has been carried to."""
        if self._board.kind == "chessboard":
            found = confirmed(gray, self._board, self._window, carried.corners)
            return found if found is not None and self._is_whole(gray, found) else None
        if self._is_refined(carried):
            found = refine(gray, self._board, carried.ids, carried.corners, parse_window(self._window))
            if off_plane(self._board, found) < _OFF:
                return found
        corner, part = around(gray, carried.corners, 0.35)
        again = detect(part, self._board, self._window)
        if again is None or len(again.ids) < 0.7 * len(carried.ids):
            return None
        return Detection(again.ids, again.corners + corner, again.window, again.covariance, again.extent)

    def _is_whole(self, gray: Gray, found: Detection) -> bool:
        """Whether these are all corners of a chessboard, and not those of squares one further on, with its rim."""
        columns, rows = self._board.corner_grid
        return goes_on(gray, found.corners.reshape(rows, columns, 2))

    def _is_refined(self, carried: Detection) -> bool:
        """Whether the carried corners are good enough to start from: corners all, and not yet due to be found anew."""
        if self._board.kind in ("circles", "acircles") or len(carried.ids) < 6:
            return False
        whole = len(carried.ids) == self._board.corner_count
        pitch = smallest_pitch(self._board, carried.ids, carried.corners)
        return (whole or self._frame % _ANEW > 0) and window_for(self._board, pitch) > 0

    def _searched(self, gray: Gray, small: Gray, scale: float) -> Detection | None:
        lattice = gate.find_lattice(small, self._board.corner_grid) if self._board.kind == "chessboard" else None
        if self._board.kind == "chessboard" and lattice is None:
            return None
        if self._rest > 0:
            self._rest -= 1
            return None
        began = perf_counter()
        if lattice is not None:
            found = search_near(gray, small, lattice, scale, self._board, self._window)
        else:
            found = detect(gray, self._board, self._window)
        spent = perf_counter() - began
        self._rest = 0 if found is not None else min(_LONGEST_REST, int(spent / _FRAME))
        return found
