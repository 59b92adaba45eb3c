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

import cv2
import numpy as np

from engines.calibration.targets import Detection, Gray, detect, parse_window
from engines.core.boards import Board
from engines.core.context import Context
from engines.core.errors import BadInput, UsageError
from engines.core.frames import Size, size_of

SUFFIXES = frozenset({".png", ".jpg", ".jpeg", ".bmp", ".tif", ".tiff", ".webp", ".pgm", ".ppm", ".jp2"})


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


def check_exclude(names: Sequence[str], exclude: Sequence[str]) -> None:
    """Raise `UsageError` for a name that is not among the views."""
    unknown = [name for name in exclude if name not in names]
    if unknown:
        raise UsageError(f"There is no view '{unknown[0]}' to exclude", hint="Views are: " + ", ".join(names[:20]))
