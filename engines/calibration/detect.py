"""Finding the board in a set of photographs: which files, in which order, and what each one shows.

A file that cannot be read or shows no board is noted in its place and does not end the work. Pictures are read as
the sensor gave them: a turn noted by the camera (EXIF) is ignored, because it would move the principal point.
"""

from __future__ import annotations

import glob
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np

from engines.calibration.targets import Detection, Gray, detect, find_chessboard, parse_window
from engines.core.boards import Board
from engines.core.context import Context
from engines.core.errors import BadInput, UsageError
from engines.core.frames import Size, size_of

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".pgm", ".ppm", ".jp2"})
_COMMON_GRIDS = ((9, 6), (8, 6), (7, 6), (8, 5), (7, 5), (6, 5), (10, 7), (11, 8), (7, 4), (6, 4), (7, 7), (5, 4))


@dataclass(frozen=True, slots=True)
class Shot:
    """One photograph: `detection` is None where the board was not found, and `note` says why."""

    name: str
    path: Path
    size: Size | None
    detection: Detection | None
    note: str = ""


def expand(paths: Iterable[str]) -> tuple[Path, ...]:
    """Files, folders and patterns to picture files: as given, and in natural order within a folder or pattern.

    Raises `BadInput` for what does not exist and for a folder or pattern without pictures.
    """
    files: dict[Path, None] = {}
    for text in paths:
        files.update(dict.fromkeys(_expand_one(text)))
    if not files:
        raise BadInput("No photographs were given", hint="Name picture files or a folder that holds them")
    return tuple(files)


def natural_key(text: str) -> tuple[tuple[int, int, str], ...]:
    """Sorts 'view 10' after 'view 9'."""
    parts = re.split(r"(\d+)", text.casefold())
    return tuple((0, int(part), "") if part.isdecimal() else (1, 0, part) for part in parts)


def read_image(path: str | Path, colour: bool = False) -> Gray | None:
    """Decode a picture from any path, non-ASCII ones too: H x W, or H x W x 3 BGR; None when it is not a picture."""
    try:
        data = np.fromfile(path, dtype=np.uint8)
    except OSError:
        return None
    if not data.size:
        return None
    mode = cv2.IMREAD_COLOR if colour else cv2.IMREAD_GRAYSCALE
    try:
        image = cv2.imdecode(data, mode | cv2.IMREAD_IGNORE_ORIENTATION)
    except cv2.error:
        return None
    return None if image is None else np.asarray(image, dtype=np.uint8)


def find_all(paths: Sequence[Path], board: Board, window: str, ctx: Context, threads: int = 2) -> Iterator[Shot]:
    """The shots in order, as they are found. Stops with `Cancelled` between two pictures."""
    parse_window(window)
    names = view_names(paths)
    pool = ThreadPoolExecutor(max_workers=max(threads, 1), thread_name_prefix="detect")
    try:
        futures = [pool.submit(find_one, path, name, board, window) for path, name in zip(paths, names, strict=True)]
        for future in futures:
            ctx.check()
            yield future.result()
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def find_one(path: Path, name: str, board: Board, window: str) -> Shot:
    """Look for `board` in one file."""
    image = read_image(path)
    if image is None:
        return Shot(name, path, None, None, "this file is not a picture that can be read")
    detection = detect(image, board, window)
    return Shot(name, path, size_of(image), detection, "" if detection else "the board was not found")


def view_names(paths: Sequence[Path]) -> list[str]:
    """File names, with the folder before those that occur twice."""
    count = Counter(path.name for path in paths)
    return [path.name if count[path.name] == 1 else f"{path.parent.name}/{path.name}" for path in paths]


def common_size(shots: Sequence[Shot]) -> Size:
    """The size that all pictures share. Raises `BadInput` that names one that differs."""
    sizes = Counter(shot.size for shot in shots if shot.size is not None)
    if not sizes:
        raise BadInput(
            "None of the files is a picture that can be read", path=shots[0].path, hint="Use PNG, JPEG or TIFF pictures"
        )
    usual = sizes.most_common(1)[0][0]
    odd = next((shot for shot in shots if shot.size not in (None, usual)), None)
    if odd is not None:
        raise BadInput(
            f"The pictures have different sizes: most are {usual}, {odd.name} is {odd.size}",
            path=odd.path,
            hint="Calibrate each camera and each resolution on its own",
        )
    return usual


def fitting_grid(paths: Sequence[Path], board: Board, ctx: Context, seconds: float = 6.0) -> tuple[int, int] | None:
    """Another inner-corner count that these pictures show, or None. Tries at most `seconds`, on a few pictures.

    The sector-based finder can say how large a grid it sees; its guesses go first, then the usual boards.
    """
    end = perf_counter() + seconds
    images = [image for image in map(_small, _some(paths, 5)) if image is not None]
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
    return best[2] if best else None


def no_board(paths: Sequence[Path], board: Board, ctx: Context) -> BadInput:
    """The error for photographs none of which shows `board`, with what would fit where it can be told."""
    hint = "Check that the whole board is in view, sharp and evenly lit, and that the board's description is right"
    if board.kind == "charuco":
        flag = "without" if board.inverted else "with"
        hint = f"Check squares, sizes and dictionary; prints in white on black need ':inverted' (try {flag} it)"
    else:
        grid = fitting_grid(paths, board, ctx)
        if grid is not None:
            columns, rows = grid
            squares = board.corner_grid in ((columns + 1, rows + 1), (rows + 1, columns + 1))
            why = "; it seems that squares were counted instead of inner corners" if squares else ""
            length = str(board).rsplit(":", 1)[1]
            shown = f"The pictures show a board of {columns}x{rows} inner corners{why}"
            hint = f"{shown}. Use chessboard:{columns}x{rows}:{length}"
    return BadInput(f"No view shows the board {board}", path=paths[0].parent, hint=hint)


def _expand_one(text: str) -> list[Path]:
    path = Path(text).expanduser()
    if path.is_dir():
        found = [entry for entry in path.iterdir() if entry.suffix.lower() in SUFFIXES and entry.is_file()]
        if not found:
            hint = "Choose a folder with photographs"
            raise BadInput(f"There are no pictures in the folder {path}", path=path, hint=hint)
        return sorted(found, key=lambda entry: natural_key(entry.name))
    if path.exists():
        return [path]
    if glob.has_magic(text):
        found = [Path(entry) for entry in glob.glob(str(path), recursive=True) if Path(entry).is_file()]
        if found:
            return sorted(found, key=lambda entry: natural_key(str(entry)))
        raise BadInput(f"No file matches {text}", path=text, hint="Check the folder and the pattern")
    raise BadInput(f"There is no file or folder {text}", path=text, hint="Check the path")


def _some(paths: Sequence[Path], count: int) -> list[Path]:
    step = max(1, len(paths) // count)
    return list(paths[::step][:count])


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


def check_exclude(names: Sequence[str], exclude: Sequence[str]) -> None:
    """Raise `UsageError` for a name that is not among the views."""
    unknown = [name for name in exclude if name not in names]
    if unknown:
        raise UsageError(f"There is no view '{unknown[0]}' to exclude", hint="Views are: " + ", ".join(names[:20]))
