"""Finding the board in a set of photographs: which files, in which order, and what each one shows.

A file that cannot be read or shows no board is noted in its place and does not end the work. Pictures are read as
the sensor gave them: what a file says of how the camera was held is ignored, because it would move the principal point.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engines.calibration.targets.corners import detect, parse_window
from engines.calibration.targets.detection import Detection, Gray
from engines.core.boards import Board
from engines.core.context import Context
from engines.core.errors import BadInput, FileMissing, KinoscopeError, UsageError
from engines.core.frames import Size, size_of
from engines.core.pictures.files import Listing, gathered
from engines.core.pictures.reading import read_picture


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
    return listing(paths).files


def listing(paths: Iterable[str]) -> Listing:
    """As `expand`, with the files that were left out."""
    paths = tuple(paths)
    if not paths:
        raise BadInput("No photographs were given", hint="Name picture files or a folder that holds them")
    for path in paths:
        try:
            found = gathered([path])
        except FileMissing as error:
            raise BadInput(f"There is no file or folder {path}", path=path, hint="Check the path") from error
        if not found.files:
            hint = found.words or "Choose a folder with photographs"
            raise BadInput(f"There are no pictures in the folder {path}", path=path, hint=hint)
    return gathered(paths)


def read_image(path: str | Path, colour: bool = False) -> Gray | None:
    """A picture as the sensor gave it: H x W, or H x W x 3 BGR; None when it is not a picture."""
    try:
        return read_picture(path, orientation="sensor", colours="colour" if colour else "grey")
    except KinoscopeError:
        return None


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
    try:
        image = read_picture(path, orientation="sensor", colours="grey")
    except KinoscopeError as error:
        return Shot(name, path, None, None, error.message[:1].lower() + error.message[1:])
    detection = detect(image, board, window)
    return Shot(name, path, size_of(image), detection, "" if detection else "the board was not found")


def without_corners(shot: Shot, ids: Sequence[int]) -> Shot:
    """The shot as if the corners `ids` had not been found."""
    found = shot.detection
    if found is None or not ids:
        return shot
    kept = ~np.isin(found.ids, ids)
    covariance = None if found.covariance is None else found.covariance[kept]
    extent = None if found.extent is None else found.extent[kept]
    rest = replace(found, ids=found.ids[kept], corners=found.corners[kept], covariance=covariance, extent=extent)
    return replace(shot, detection=rest)


def view_names(paths: Sequence[Path]) -> list[str]:
    """File names, with the folder before those that occur twice."""
    count = Counter(path.name for path in paths)
    return [path.name if count[path.name] == 1 else f"{path.parent.name}/{path.name}" for path in paths]


def common_size(shots: Sequence[Shot]) -> Size:
    """The size that all pictures share. Raises `BadInput` that names one that differs."""
    sizes = Counter(shot.size for shot in shots if shot.size is not None)
    if not sizes:
        hint = f"{shots[0].name}: {shots[0].note}"
        raise BadInput("None of the files is a picture that can be read", path=shots[0].path, hint=hint)
    usual = sizes.most_common(1)[0][0]
    odd = next((shot for shot in shots if shot.size not in (None, usual)), None)
    if odd is not None:
        raise BadInput(
            f"The pictures have different sizes: most are {usual}, {odd.name} is {odd.size}",
            path=odd.path,
            hint="Calibrate each camera and each resolution on its own",
        )
    return usual


def check_exclude(names: Sequence[str], exclude: Sequence[str]) -> None:
    """Raise `UsageError` for a name that is not among the views."""
    unknown = [name for name in exclude if name not in names]
    if unknown:
        raise UsageError(f"There is no view '{unknown[0]}' to exclude", hint="Views are: " + ", ".join(names[:20]))
