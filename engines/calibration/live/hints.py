"""Looks now and then for what a picture shows instead of the board that was described: a word is worth minutes.

Most boards that are not found are there: printed by OpenCV before 4.6 (legacy), white on black (inverted), with columns
and rows swapped, with squares counted for corners, or seen in a mirror. One of these is tried every few frames, on a
small picture, so that the search costs little beside the finder's own.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import cycle, product

import numpy as np

from engines.calibration.targets import gate
from engines.calibration.targets.corners import detect
from engines.calibration.targets.detection import Gray
from engines.calibration.targets.sight import reduced, search_near
from engines.core.boards import Board

_EVERY = 6
"""Frames without a board between two tries."""
_LONGEST = 800
_MOST_CORNERS = 0.4


def variants(board: Board) -> tuple[Board, ...]:
    """The boards that are taken for this one most often, likeliest first."""
    turned = replace(board, columns=board.rows, rows=board.columns)
    if board.kind == "charuco":
        layouts = [(legacy, swapped) for swapped, legacy in product((False, True), (False, True))]
        flags = [(inverted, *layout) for inverted in (False, True) for layout in layouts]
        made = [
            replace(turned if swapped else board, inverted=board.inverted != inverted, legacy=board.legacy != legacy)
            for inverted, legacy, swapped in flags
        ]
    elif board.kind == "chessboard":
        steps = ((-1, -1), (1, 1), (-1, 0), (0, -1), (1, 0), (0, 1))
        sizes = [(board.columns + across, board.rows + down) for across, down in steps]
        made = [replace(board, columns=columns, rows=rows) for columns, rows in sizes if min(columns, rows) >= 3]
    else:
        made = [turned]
    return tuple(dict.fromkeys(other for other in made if other != board))


class Hints:
    """What the picture shows instead: `fitting` in its one-word form, and whether it is `mirrored`.

    A chessboard and a symmetric grid look the same in a mirror, so they are not looked for there.
    """

    def __init__(self, board: Board, window: str = "auto") -> None:
        self.fitting = ""
        self.mirrored = False
        self._board, self._window = board, window
        flips: tuple[Board | None, ...] = () if board.kind in ("chessboard", "circles") else (None,)
        self._tries = cycle((*flips, *variants(board)))
        self._frame = 0

    def forget(self) -> None:
        """The board itself has been found."""
        self.fitting, self.mirrored, self._frame = "", False, 0

    def look(self, gray: Gray) -> None:
        """A frame in which the board was not found."""
        self._frame += 1
        if self._frame % _EVERY or self.fitting or self.mirrored:
            return
        other = next(self._tries)
        small = reduced(gray, _LONGEST)[0]
        if other is None:
            self.mirrored = _shows(np.ascontiguousarray(small[:, ::-1]), self._board, self._window)
        elif _shows(small, other, self._window):
            self.fitting = str(other)


def _shows(gray: Gray, board: Board, window: str) -> bool:
    if board.kind == "chessboard":
        small, scale = reduced(gray, 480)
        lattice = gate.find_lattice(small, board.corner_grid)
        return lattice is not None and search_near(gray, small, lattice, scale, board, window) is not None
    found = detect(gray, board, window)
    return found is not None and len(found.ids) >= _MOST_CORNERS * board.corner_count
