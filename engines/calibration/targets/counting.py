"""Looks for the corner count that fits, when the one that was given does not.

Counting squares instead of inner corners is the commonest slip. Too large a count finds nothing; one too small may find
a part of the board, another one in every view, which is worse because it goes unnoticed. So both are looked for.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter
from typing import TypeVar

import cv2
import numpy as np

from engines.calibration.targets.corners import find_chessboard, square_values
from engines.calibration.targets.detection import Floats, Gray
from engines.calibration.targets.photographs import read_image
from engines.calibration.targets.shots import Shot, flip
from engines.core.boards import Board
from engines.core.context import Context
from engines.core.errors import BadInput, Facts
from engines.core.words import tr

T = TypeVar("T")

_COMMON_GRIDS = ((9, 6), (8, 6), (7, 6), (8, 5), (7, 5), (6, 5), (10, 7), (11, 8), (7, 4), (6, 4), (7, 7), (5, 4))


def fitting_grid(paths: Sequence[Path], board: Board, ctx: Context, seconds: float = 6.0) -> Board | None:
    """The chessboard with another corner count that these pictures show. Tries at most `seconds`, on a few pictures.

    Where `board` is of another kind, a chessboard with its corners may be what they show, too.

    The sector-based finder can say how large a grid it sees; its guesses go first, then the usual boards.
    """
    end = perf_counter() + seconds
    images = [image for image in map(_small, spread(paths, 5)) if image is not None]
    best: tuple[int, int, tuple[int, int]] | None = None
    for grid in _grids_to_try(images, board):
        ctx.check()
        if perf_counter() > end:
            break
        shown = sum(find_chessboard(image, grid) is not None for image in images)
        score = (shown, grid[0] * grid[1], grid)
        if shown * 2 > len(images) and (best is None or score > best):
            best = score
        if best is not None and best[0] == len(images):
            break
    return Board("chessboard", *best[2], board.square) if best else None


def check_whole(shots: Sequence[Shot], board: Board, ctx: Context) -> None:
    """Raise `BadInput` when the pictures show a larger chessboard than the one that was given."""
    found = [shot for shot in shots if shot.detection is not None and shot.board == 0]
    if board.kind != "chessboard" or not found:
        return
    checked = spread(found, 12)
    beyond = sum(_goes_on(shot, board) for shot in checked)
    if beyond < max(2, len(checked) / 4):
        return
    fitting = fitting_grid([shot.path for shot in found], board, ctx)
    if fitting is not None and fitting.corner_count > board.corner_count:
        message = tr(
            "The pictures show a larger board than one of {columns}\u00a0\u00d7\u00a0{rows} corners",
            columns=board.columns,
            rows=board.rows,
        )
        hint = told(fitting, board)
        raise BadInput(message, path=found[0].path.parent, hint=hint, facts=Facts(board=str(fitting)))


def told(fitting: Board, board: Board) -> str:
    """What the pictures show instead of `board`, and what to do."""
    columns, rows = fitting.corner_grid
    squares = board.corner_grid in ((columns + 1, rows + 1), (rows + 1, columns + 1))
    found = {"columns": columns, "rows": rows, "fitting": fitting}
    if squares:
        return tr(
            "The pictures show a board of {columns}x{rows} inner corners; it seems that squares were counted "
            "instead of inner corners. Use {fitting}",
            **found,
        )
    return tr("The pictures show a board of {columns}x{rows} inner corners. Use {fitting}", **found)


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


def spread(items: Sequence[T], count: int) -> list[T]:
    """About `count` of the items, spread over all of them."""
    step = max(1, len(items) // count)
    return list(items[::step][:count])


def _small(path: Path) -> Gray | None:
    image = read_image(path)
    if image is None:
        return None
    scale = min(1.0, 960 / max(image.shape))
    return np.asarray(cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), dtype=np.uint8)


def _grids_to_try(images: Sequence[Gray], board: Board) -> list[tuple[int, int]]:
    given = board.corner_grid
    votes: Counter[tuple[int, int]] = Counter()
    for image in images:
        found, _, meta = cv2.findChessboardCornersSBWithMeta(image, (3, 3), cv2.CALIB_CB_LARGER)
        if found and meta is not None:
            rows, columns = sorted(meta.shape[:2])
            votes[(int(columns), int(rows))] += 1
    columns, rows = max(given), min(given)
    near = [(columns - 1, rows - 1), (columns + 1, rows + 1), (columns - 1, rows), (columns, rows - 1)]
    near += [(columns + 1, rows), (columns, rows + 1)]
    wanted = [given] + [grid for grid, _ in votes.most_common(3)] + near + list(_COMMON_GRIDS)
    tried = {given, given[::-1]} if board.kind == "chessboard" else set()
    return [grid for grid in dict.fromkeys(wanted) if min(grid) >= 3 and grid not in tried]
