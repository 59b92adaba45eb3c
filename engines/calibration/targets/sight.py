"""The first sight of a board: a quick look that finds it in good pictures, and is over soon where there is none.

A chessboard is searched for only where the gate sees a chequered grid, in that part of the picture, at the scale that
suits its pitch. The full search of a whole picture (`detect`) finds a little more and takes ten times as long in vain.
"""

from __future__ import annotations

import cv2
import numpy as np

from engines.calibration.targets import gate
from engines.calibration.targets.chequers import numbered
from engines.calibration.targets.corners import (
    chequered,
    detect,
    in_board_order,
    is_even,
    parse_window,
    refine,
    smallest_pitch,
    to_gray,
)
from engines.calibration.targets.detection import Detection, Floats, Gray
from engines.core.boards import Board

GATE_PIXELS = 480
"""Longest side of the picture that the gate looks at."""
_SEARCH_PITCH = 24.0


def sighted(image: Gray, board: Board, window: str = "auto") -> Detection | None:
    """As `detect`, at first sight; where the gate sees a grid and the quick search fails, the full one has its turn."""
    if board.kind != "chessboard":
        return detect(image, board, window)
    gray = to_gray(image)
    small, scale = reduced(gray, GATE_PIXELS)
    lattice = gate.find_lattice(small, board.corner_grid)
    if lattice is None:
        return None
    return search_near(gray, small, lattice, scale, board, window) or detect(gray, board, window)


def search_near(
    gray: Gray, small: Gray, lattice: gate.Lattice, scale: float, board: Board, window: str
) -> Detection | None:
    """The classic finder on the part of the picture that holds the lattice, at the scale that suits its pitch.

    scale: of the picture that the lattice was found in.
    """
    grid = numbered(small, lattice, board.corner_grid)
    if grid is not None:
        sure = _settled(gray, (grid + 0.5) / scale - 0.5, board, window)
        if sure is not None:
            return sure
    points = (lattice.points.astype(np.float64) + 0.5) / scale - 0.5
    corner, part = around(gray, points, 0.0, 2.0 * lattice.pitch / scale)
    columns, rows = board.corner_grid
    best = min(1.0, _SEARCH_PITCH * scale / max(lattice.pitch, 1.0))
    for zoom in dict.fromkeys((best, min(1.0, 1.4 * best), 0.8 * best, 1.0)):
        found, raw = cv2.findChessboardCorners(_shrunk(part, zoom), (columns, rows))
        if found:
            corners = (np.asarray(raw, dtype=np.float64).reshape(-1, 2) + 0.5) / zoom - 0.5 + corner
            sure = _settled(gray, corners.reshape(rows, columns, 2), board, window)
            if sure is not None:
                return sure
    return None


def _settled(gray: Gray, grid: Floats, board: Board, window: str) -> Detection | None:
    ordered = in_board_order(gray, grid, board.inverted)
    return confirmed(gray, board, window, ordered.reshape(-1, 2))


def confirmed(gray: Gray, board: Board, window: str, corners: Floats) -> Detection | None:
    """A chessboard's corners refined, if they are still an even, chequered grid inside the picture."""
    columns, rows = board.corner_grid
    ids = np.arange(board.corner_count)
    height, width = gray.shape
    if corners.min() < 1 or (corners > (width - 2, height - 2)).any() or smallest_pitch(board, ids, corners) < 4:
        return None
    found = refine(gray, board, ids, corners, parse_window(window))
    grid = found.corners.reshape(rows, columns, 2)
    good = is_even(grid) and chequered(gray, grid) > 0.9
    return found if good else None


def reduced(gray: Gray, longest: int) -> tuple[Gray, float]:
    """The picture with a longest side of at most so many pixels, and its scale."""
    scale = min(1.0, longest / max(gray.shape))
    return (gray if scale == 1.0 else _shrunk(gray, scale, cv2.INTER_LINEAR)), scale


def _shrunk(gray: Gray, scale: float, last: int = cv2.INTER_AREA) -> Gray:
    """The picture at a scale of at most 1; halved as often as that goes, which takes a tenth of the time.

    last: how the rest, of less than half, is done.
    """
    while scale <= 0.5:
        even = gray[: gray.shape[0] & ~1, : gray.shape[1] & ~1]
        gray = np.asarray(cv2.resize(even, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), dtype=np.uint8)
        scale *= 2
    if scale == 1:
        return gray
    return np.asarray(cv2.resize(gray, None, fx=scale, fy=scale, interpolation=last), dtype=np.uint8)


def around(gray: Gray, points: Floats, share: float, pixels: float = 16.0) -> tuple[Floats, Gray]:
    """The part of the picture around points, wider by a share of their extent and by pixels; and its top left."""
    low, high = points.min(axis=0), points.max(axis=0)
    margin = share * (high - low) + pixels
    x0, y0 = np.maximum(np.floor(low - margin), 0).astype(int)
    x1, y1 = np.ceil(high + margin).astype(int) + 1
    return np.array([x0, y0], dtype=np.float64), np.ascontiguousarray(gray[y0:y1, x0:x1])
