"""Finding a board in one picture: the ids of its corners, and where they are to a fraction of a pixel.

The classic chessboard finder comes first because it finds views that the sector-based one misses; that one is a
second chance. Whatever found the corners, they are put into one order and refined by the same rule, so
that corner 7 is the same spot of the print in every view: a freed board shape depends on it.

The refinement's half-window follows the view: .35 of the smallest distance between neighbouring corners. A window
that reaches the next corner ruins small and slanted boards, one that is too small wastes the large ones. On a ChArUco
board it must also keep clear of the markers; where that leaves less than 5 pixels, OpenCV's own corners, refined
with a window for each, are the better ones.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.targets.aprilgrid import detect_aprilgrid
from engines.calibration.targets.charuco import clear_of_markers, find_charuco
from engines.calibration.targets.circles import detect_circles
from engines.calibration.targets.detection import Detection, Floats, Gray
from engines.calibration.targets.saddles import noise_covariance
from engines.core.boards import Board
from engines.core.errors import UsageError
from engines.core.words import tr

WINDOW_FRACTION = 0.35
WINDOW_LIMITS = (3, 11)
LEAST_CORNERS = 6
_CHARUCO_LEAST = 5
LEAST_SIDE = 16
_DRAWN = 0.5
"""Pixels that the refinement of a ChArUco corner may go: beyond, the blurred edge of a marker draws it away."""
_LARGE = 1600
_REDUCED = 1280
_STOP = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 100, 1e-4)


def parse_window(window: str) -> int | None:
    """None for "auto", else the fixed half-width. Raises `UsageError`."""
    if window == "auto":
        return None
    if window.isdecimal() and 1 <= int(window) <= 50:
        return int(window)
    raise UsageError(
        tr("'{window}' is not a corner window", window=window), hint=tr('Use "auto" or a half-width of 1 to 50 pixels')
    )


def to_gray(image: NDArray[np.uint8]) -> Gray:
    """One channel of a BGR or gray picture."""
    gray = cv2.cvtColor(image, cv2.COLOR_BGR2GRAY) if image.ndim == 3 else image
    return np.asarray(gray, dtype=np.uint8)


def detect(image: NDArray[np.uint8], board: Board, window: str = "auto") -> Detection | None:
    """Find `board` in a gray or BGR picture; None when it is not there (or shows fewer than 6 usable corners)."""
    fixed = parse_window(window)
    return _finder(board)(to_gray(image), board, fixed)


def _finder(board: Board) -> Callable[[Gray, Board, int | None], Detection | None]:
    if board.kind == "charuco":
        return _detect_charuco
    if board.kind == "aprilgrid":
        return detect_aprilgrid
    if board.kind in ("circles", "acircles"):
        return detect_circles
    return _detect_chessboard


def refine(gray: Gray, board: Board, ids: NDArray[np.int64], corners: Floats, fixed: int | None = None) -> Detection:
    """Corners to subpixel accuracy with the view's own window (or the `fixed` half-width)."""
    half = fixed if fixed is not None else _window_of(board, ids, corners)
    if half == 0:
        return Detection(ids, corners, 0)
    start = np.ascontiguousarray(corners, dtype=np.float32).reshape(-1, 1, 2)
    refined = cv2.cornerSubPix(gray, start, (half, half), (-1, -1), _STOP)
    return Detection(ids, np.asarray(refined, dtype=np.float64).reshape(-1, 2), half)


def judged_by_noise(gray: Gray, found: Detection) -> Detection:
    """With the covariance of corners that were settled with a window. It takes several times as long as settling them
    does, so that live pictures go without."""
    if not found.window or found.covariance is not None:
        return found
    return replace(found, covariance=noise_covariance(gray, found.corners, np.full(len(found.ids), found.window)))


def _window_of(board: Board, ids: NDArray[np.int64], corners: Floats) -> int:
    pitch = smallest_pitch(board, ids, corners)
    if board.kind == "charuco":
        pitch = min(pitch, 2 * clear_of_markers(board, ids, corners) / (1 - board.marker / board.square))
    return window_for(board, pitch)


def window_for(board: Board, pitch: float) -> int:
    """Half-width of the refinement for a smallest corner pitch in pixels; 0: leave the corners as they are."""
    if board.kind == "charuco":
        clear = round((1 - board.marker / board.square) / 2 * pitch)
        return min(clear, WINDOW_LIMITS[1]) if clear >= _CHARUCO_LEAST else 0
    return int(np.clip(round(WINDOW_FRACTION * pitch), *WINDOW_LIMITS))


def smallest_pitch(board: Board, ids: NDArray[np.int64], corners: Floats) -> float:
    """The least distance in pixels between corners that are neighbours on the board."""
    columns, rows = board.corner_grid
    flat = np.full((rows * columns, 2), np.nan)
    flat[ids] = corners
    grid = flat.reshape(rows, columns, 2)
    steps = [np.linalg.norm(np.diff(grid, axis=axis), axis=2).ravel() for axis in (0, 1)]
    lengths = np.concatenate(steps)
    lengths = lengths[np.isfinite(lengths)]
    return float(lengths.min()) if lengths.size else float(WINDOW_LIMITS[0] / WINDOW_FRACTION)


def off_plane(board: Board, found: Detection) -> float:
    """How far the corner that lies worst is off the plane of all, in smallest pitches; infinite where there is none."""
    flat = board.corners[found.ids, :2]
    plane: NDArray[Any] | None = cv2.findHomography(flat, found.corners, 0)[0]
    if plane is None:
        return float("inf")
    placed = cv2.perspectiveTransform(flat[:, None], plane)[:, 0]
    far = np.linalg.norm(placed - found.corners, axis=1).max()
    return float(far) / max(smallest_pitch(board, found.ids, found.corners), 1e-9)


def in_board_order(gray: Gray, grid: Floats, inverted: bool = False) -> Floats:
    """The corners (rows x columns x 2) turned so that every view of the print is numbered alike.

    Seen from the front, columns run clockwise before rows, and the square before the first corner is dark, as it is
    printed. Boards that look the same when turned keep the corner nearest to the picture's top left first.
    """
    rows, columns = grid.shape[:2]
    across, down = grid[:, -1] - grid[:, 0], grid[-1] - grid[0]
    x, y = across.mean(axis=0), down.mean(axis=0)
    if x[0] * y[1] - x[1] * y[0] < 0:
        grid = grid[:, ::-1]
    turns = range(4) if rows == columns else (0, 2)
    ways = [np.rot90(grid, turn) for turn in turns]
    dark = [way for way in ways if _first_square_is_dark(gray, way) != inverted]
    first = min(dark or ways, key=lambda way: float(way[0, 0].sum()))
    return np.ascontiguousarray(first, dtype=np.float64)


def chequered(gray: Gray, grid: Floats) -> float:
    """The share of neighbouring squares inside the corners (rows x columns x 2) that differ as a chequer should."""
    values = square_values(gray, grid)
    sign = np.where(np.indices(values.shape).sum(axis=0) % 2, -1.0, 1.0)
    sign = sign if float((sign * values).sum()) > 0 else -sign
    steps = [np.diff(values, axis=axis) * np.take(sign, range(1, sign.shape[axis]), axis) for axis in (0, 1)]
    return float((np.concatenate([step.ravel() for step in steps]) > 4).mean())


def is_even(grid: Floats) -> bool:
    """Whether every corner lies near the middle of its neighbours along its line, as under any lens."""
    for axis in (0, 1):
        bend = np.linalg.norm(np.diff(grid, n=2, axis=axis), axis=2)
        step = np.linalg.norm(np.diff(grid, axis=axis), axis=2)
        least = np.minimum(np.delete(step, 0, axis), np.delete(step, -1, axis))
        if bend.size and bool((bend > 0.35 * least).any()):
            return False
    return True


def _first_square_is_dark(gray: Gray, grid: Floats) -> bool:
    values = square_values(gray, grid)
    parity = np.indices(values.shape).sum(axis=0) % 2
    return bool(values[parity == 0].mean() < values[parity == 1].mean())


def square_values(gray: Gray, grid: Floats) -> Floats:
    """Brightness in the middle of each square between the corners, (rows - 1) x (columns - 1)."""
    centres = (grid[:-1, :-1] + grid[1:, :-1] + grid[:-1, 1:] + grid[1:, 1:]) / 4
    height, width = gray.shape
    x = np.clip(np.rint(centres[..., 0]).astype(int), 0, width - 1)
    y = np.clip(np.rint(centres[..., 1]).astype(int), 0, height - 1)
    return np.asarray(gray[y, x], dtype=np.float64)


def _detect_chessboard(gray: Gray, board: Board, fixed: int | None) -> Detection | None:
    raw = find_chessboard(gray, board.corner_grid)
    if raw is None:
        raw = _second_chance(gray, board.corner_grid)
    if raw is None:
        return None
    columns, rows = board.corner_grid
    corners = in_board_order(gray, raw.reshape(rows, columns, 2), board.inverted).reshape(-1, 2)
    found = refine(gray, board, np.arange(board.corner_count), corners, fixed)
    return found if _is_inside(found.corners, gray) else None


def find_chessboard(gray: Gray, grid: tuple[int, int]) -> Floats | None:
    """The classic finder's corners, N x 2, in its own order. Large pictures are searched at reduced size first."""
    longest = max(gray.shape)
    for scale in (1.0,) if longest <= _LARGE else (_REDUCED / longest, 1.0):
        small = gray if scale == 1.0 else cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        found, corners = _searched(cv2.findChessboardCorners, small, grid)
        if found:
            return _enlarged(corners, scale)
    return None


def _second_chance(gray: Gray, grid: tuple[int, int]) -> Floats | None:
    scale = min(1.0, _REDUCED / max(gray.shape))
    small = gray if scale == 1.0 else cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    found, corners = _searched(cv2.findChessboardCornersSB, small, grid, flags=cv2.CALIB_CB_NORMALIZE_IMAGE)
    return _enlarged(corners, scale) if found else None


def _searched(
    finder: Callable[..., Any], gray: NDArray[Any], grid: tuple[int, int], **options: int
) -> tuple[bool, Any]:
    """OpenCV's finders stop at pictures so narrow that no board could be seen in them."""
    return finder(gray, grid, **options) if min(gray.shape) >= LEAST_SIDE else (False, None)


def _enlarged(corners: NDArray[Any], scale: float) -> Floats:
    """From pixels of the reduced picture to those of the whole one; pixels count from their centres."""
    whole: Floats = (np.asarray(corners, dtype=np.float64).reshape(-1, 2) + 0.5) / scale - 0.5
    return whole


def _is_inside(corners: Floats, gray: Gray) -> bool:
    height, width = gray.shape
    return bool(np.all(corners >= 0) and np.all(corners <= (width - 1, height - 1)))


def _detect_charuco(gray: Gray, board: Board, fixed: int | None) -> Detection | None:
    raw = find_charuco(gray, board)
    if raw is None or not spans_a_plane(board, raw[0]):
        return None
    ids, corners = raw
    found = refine(gray, board, ids, corners, fixed)
    drawn = np.linalg.norm(found.corners - corners, axis=1, keepdims=True) > _DRAWN
    return replace(found, corners=np.where(drawn, corners, found.corners))


def spans_a_plane(board: Board, ids: NDArray[np.int64]) -> bool:
    """Whether the corners fix a pose: at least 6 of them, over two rows and two columns and not on one line."""
    if len(ids) < LEAST_CORNERS:
        return False
    flat = board.corners[ids, :2]
    spread = np.linalg.svd(flat - flat.mean(axis=0), compute_uv=False)
    return bool(spread[1] > 0.5 * board.square)
