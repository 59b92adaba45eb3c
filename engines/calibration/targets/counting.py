"""Looks for the corner count that fits, when the one that was given does not.

Counting squares instead of inner corners is the commonest slip. Too large a count finds nothing; one too small may find
a part of the board, another one in every view, which is worse because it goes unnoticed. So both are looked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.targets.corners import detect, find_chessboard, square_values
from engines.calibration.targets.detection import Floats, Gray
from engines.calibration.targets.photographs import read_image
from engines.calibration.targets.shots import Shot, flip
from engines.core.boards import Board
from engines.core.context import Context
from engines.core.errors import BadInput, Facts

T = TypeVar("T")

_COMMON_GRIDS = ((9, 6), (8, 6), (7, 6), (8, 5), (7, 5), (6, 5), (10, 7), (11, 8), (7, 4), (6, 4), (7, 7), (5, 4))


def fitting_grid(paths: Sequence[Path], board: Board, ctx: Context, seconds: float = 6.0) -> Board | None:
    """The chessboard with another corner count that these pictures show. Tries at most `seconds`, on a few pictures.

    The sector-based finder can say how large a grid it sees; its guesses go first, then the usual boards.
    """
    end = perf_counter() + seconds
    images = [image for image in map(_small, _spread(paths, 5)) if image is not None]
    best: tuple[int, int, tuple[int, int]] | None = None
    for grid in _grids_to_try(images, board.corner_grid):
        ctx.check()
        if perf_counter() > end:
            break
        shown = sum(find_chessboard(image, grid) is not None for image in images)
        score = (shown, grid[0] * grid[1], grid)
        if shown * 2 > len(images) and (best is None or score > best):
            best = score
        if best is not None and best[0] == len(images):
            break
    return replace(board, columns=best[2][0], rows=best[2][1]) if best else None


def no_board(paths: Sequence[Path], board: Board, ctx: Context) -> BadInput:
    """The error for photographs none of which shows `board`, with what would fit where it can be told."""
    hint = "Check that the whole board is in view, sharp and evenly lit, and that the board's description is right"
    if board.kind == "charuco":
        hint, fitting = _charuco_advice(paths, board, ctx)
    elif (fitting := fitting_grid(paths, board, ctx)) is not None:
        hint = _advice(fitting, board)
    return BadInput(f"No view shows the board {board}", path=paths[0].parent, hint=hint, facts=_facts(fitting))


def _facts(fitting: Board | None) -> Facts:
    return Facts(board=str(fitting or ""))


def _charuco_advice(paths: Sequence[Path], board: Board, ctx: Context) -> tuple[str, Board | None]:
    """What to do, and the board that would fit.

    Markers that are seen rule out a wrong dictionary and colours, so that only the layout is left to be wrong.
    """
    images = [image for image in map(read_image, _spread(paths, 5)) if image is not None]
    wanted = np.asarray(board.charuco().getIds()).ravel()
    seen = max((int(np.isin(wanted, _marker_ids(image, board)).sum()) for image in images), default=0)
    if 2 * seen < len(wanted):
        flag = "without" if board.inverted else "with"
        return f"Check squares, sizes and dictionary; prints in white on black need ':inverted' (try {flag} it)", None
    flag = "without" if board.legacy else "with"
    told = (
        f"{seen} of its {len(wanted)} markers are seen, so they lie otherwise: boards made by OpenCV before 4.6 need "
    )
    told += f"':legacy' (try {flag} it), or columns and rows are swapped"
    fitting = fitting_layout(images, board, ctx)
    return told if fitting is None else f"{told}. Use {fitting}", fitting


def fitting_layout(images: Sequence[Gray], board: Board, ctx: Context) -> Board | None:
    """The same markers in another layout, of which most of these pictures show corners, or None."""
    turned = replace(board, columns=board.rows, rows=board.columns)
    for other in (replace(board, legacy=not board.legacy), turned, replace(turned, legacy=not board.legacy)):
        ctx.check()
        if 2 * sum(detect(image, other) is not None for image in images) > len(images):
            return other
    return None


def _marker_ids(image: Gray, board: Board) -> NDArray[np.int64]:
    upright = np.asarray(255 - image, dtype=np.uint8) if board.inverted else image
    _, ids, _ = cv2.aruco.ArucoDetector(board.charuco().getDictionary()).detectMarkers(upright)
    return np.array([], np.int64) if ids is None else np.asarray(ids, np.int64).ravel()


def check_whole(shots: Sequence[Shot], board: Board, ctx: Context) -> None:
    """Raise `BadInput` when the pictures show a larger chessboard than the one that was given."""
    found = [shot for shot in shots if shot.detection is not None and shot.board == 0]
    if board.kind != "chessboard" or not found:
        return
    checked = _spread(found, 12)
    beyond = sum(_goes_on(shot, board) for shot in checked)
    if beyond < max(2, len(checked) / 4):
        return
    fitting = fitting_grid([shot.path for shot in found], board, ctx)
    if fitting is not None and fitting.corner_count > board.corner_count:
        message, hint = f"The pictures show a larger board than {board}", _advice(fitting, board)
        raise BadInput(message, path=found[0].path.parent, hint=hint, facts=_facts(fitting))


def _advice(fitting: Board, board: Board) -> str:
    columns, rows = fitting.corner_grid
    squares = board.corner_grid in ((columns + 1, rows + 1), (rows + 1, columns + 1))
    why = "; it seems that squares were counted instead of inner corners" if squares else ""
    return f"The pictures show a board of {columns}x{rows} inner corners{why}. Use {fitting}"


def _goes_on(shot: Shot, board: Board) -> bool:
    """Whether the chequer goes on for two squares beyond the corners on some side; paper ends after one."""
    image = read_image(shot.path)
    if image is None or shot.detection is None:
        return False
    columns, rows = board.corner_grid
    grid = shot.detection.corners.reshape(rows, columns, 2)
    image = flip(image) if shot.flipped else image
    return any(_alternates(image, np.rot90(grid, turn)) for turn in range(4))


def _alternates(gray: Gray, grid: Floats) -> bool:
    """The second row of squares before the grid's first row of corners, against the row inside it."""
    first, second, third = grid[0], grid[1], grid[2]
    near, far = 3 * first - 3 * second + third, 6 * first - 8 * second + 3 * third
    height, width = gray.shape
    if far.min() < 0 or (far > (width - 1, height - 1)).any():
        return False
    outside = square_values(gray, np.stack([far, near]))[0]
    inside = square_values(gray, grid[:2])[0]
    steps, expected = np.diff(outside), np.diff(inside)
    return bool((steps * np.sign(expected) > 0.4 * np.abs(expected)).mean() > 0.85)


def _spread(items: Sequence[T], count: int) -> list[T]:
    """About `count` of the items, spread over all of them."""
    step = max(1, len(items) // count)
    return list(items[::step][:count])


def _small(path: Path) -> Gray | None:
    image = read_image(path)
    if image is None:
        return None
    scale = min(1.0, 960 / max(image.shape))
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _grids_to_try(images: Sequence[Gray], given: tuple[int, int]) -> list[tuple[int, int]]:
    votes: Counter[tuple[int, int]] = Counter()
    for image in images:
        found, _, meta = cv2.findChessboardCornersSBWithMeta(image, (3, 3), cv2.CALIB_CB_LARGER)
        if found and meta is not None:
            rows, columns = sorted(meta.shape[:2])
            votes[(int(columns), int(rows))] += 1
    columns, rows = max(given), min(given)
    near = [(columns - 1, rows - 1), (columns + 1, rows + 1), (columns - 1, rows), (columns, rows - 1)]
    near += [(columns + 1, rows), (columns, rows + 1)]
    wanted = [grid for grid, _ in votes.most_common(3)] + near + list(_COMMON_GRIDS)
    tried = {given, given[::-1]}
    return [grid for grid in dict.fromkeys(wanted) if min(grid) >= 3 and grid not in tried]
