"""Finding the boards in a set of photographs and films: which files, in which order, and what each one shows.

A file that cannot be read or shows no board is noted in its place and does not end the work. Pictures are read as
the sensor gave them: what a file says of how the camera was held is ignored, because it would move the principal point.
Films are read as they are shown, because that is what everyone else reads of them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby
from pathlib import Path

from engines.calibration.targets import films
from engines.calibration.targets.corners import parse_window, to_gray
from engines.calibration.targets.detection import Gray
from engines.calibration.targets.shots import Search, look
from engines.calibration.targets.shots import Shot as Shot
from engines.core.context import Context
from engines.core.errors import BadInput, FileMissing, KinoscopeError, UsageError
from engines.core.frames import Image, Size
from engines.core.pictures.files import Listing, gathered
from engines.core.pictures.reading import read_picture
from engines.core.video import stills
from engines.core.words import as_part, tr

Told = Callable[[float, str], None]
"""Takes the share of the files that is done, and what is going on in words."""


def expand(paths: Iterable[str]) -> tuple[Path, ...]:
    """Files, folders and patterns to pictures and films: as given, and in natural order within a folder or pattern.

    Raises `BadInput` for what does not exist and for a folder or pattern without pictures and films.
    """
    return listing(paths).files


def listing(paths: Iterable[str]) -> Listing:
    """As `expand`, with the files that were left out. A folder's films follow its pictures."""
    paths = tuple(paths)
    if not paths:
        raise BadInput(tr("No pictures were given"), hint=tr("Name picture files, films or a folder that holds them"))
    each = [_listed(path) for path in paths]
    files = dict.fromkeys(file for one in each for file in one.files)
    left_out = dict.fromkeys(other for one in each for other in one.left_out)
    return Listing(tuple(files), tuple(one for one in left_out if Path(one.path) not in files))


def _listed(path: str) -> Listing:
    film, frame = stills.parted(Path(path).expanduser())
    try:
        found = gathered([film if frame is not None else path])
    except FileMissing as error:
        raise BadInput(
            tr("There is no file or folder {path}", path=path), path=path, hint=tr("Check the path")
        ) from error
    if frame is not None:
        return Listing((Path(stills.named(film, frame)),))
    also = tuple(Path(one.path) for one in found.left_out if stills.is_film(one.path))
    if not found.files and not also:
        hint = found.words or tr("Choose a folder with pictures")
        raise BadInput(tr("There are no pictures in the folder {path}", path=path), path=path, hint=hint)
    return Listing((*found.files, *also), tuple(one for one in found.left_out if Path(one.path) not in also))


def read_image(path: str | Path, colour: bool = False) -> Gray | None:
    """A picture as the sensor gave it, or a frame of a film: H x W, or H x W x 3 BGR; None when it is neither."""
    try:
        return read(path, colour)
    except KinoscopeError:
        return None


def read(path: str | Path, colour: bool = True) -> Image:
    """As `read_image`. Raises what the reading of pictures and films raises."""
    film, frame = stills.parted(path)
    if frame is None:
        return read_picture(path, orientation="sensor", colours="colour" if colour else "grey")
    image = stills.read_still(film, frame)
    return image if colour else to_gray(image)


def find_all(paths: Sequence[Path], search: Search, ctx: Context, told: Told, threads: int = 2) -> Iterator[Shot]:
    """The shots in order, as they are found. Stops with `Cancelled` between two pictures."""
    parse_window(search.window)
    names = dict(zip(paths, view_names(paths), strict=True))
    seen: set[str] = set()
    done = 0
    pool = ThreadPoolExecutor(max_workers=max(threads, 1), thread_name_prefix="detect")
    try:
        for film, group in groupby(paths, film_of):
            part = list(group)
            for shot in _found(film, part, names, search, ctx, _share(told, done, len(part), len(paths)), pool):
                if shot.name not in seen:
                    seen.add(shot.name)
                    yield shot
            done += len(part)
    finally:
        pool.shutdown(wait=True, cancel_futures=True)


def view_names(paths: Sequence[Path]) -> list[str]:
    """File names, with the folder before those that occur twice; of a frame, the film's and its number."""
    parts = [stills.parted(path) for path in paths]
    count = Counter(file.name for file in {file for file, _ in parts})
    names = [file.name if count[file.name] == 1 else f"{file.parent.name}/{file.name}" for file, _ in parts]
    return [films.frame_name(name, frame) for name, (_, frame) in zip(names, parts, strict=True)]


def common_size(shots: Sequence[Shot]) -> Size:
    """The size that all pictures share. Raises `BadInput` that names one that differs."""
    sizes = Counter(shot.size for shot in shots if shot.size is not None)
    if not sizes:
        hint = f"{shots[0].name}: {shots[0].note}"
        raise BadInput(tr("None of the files is a picture that can be read"), path=shots[0].path, hint=hint)
    usual = sizes.most_common(1)[0][0]
    odd = next((shot for shot in shots if shot.size not in (None, usual)), None)
    if odd is not None:
        raise BadInput(
            tr(
                "The pictures have different sizes: most are {usual}, {odd} is {size}",
                usual=usual,
                odd=odd.name,
                size=odd.size,
            ),
            path=odd.path,
            hint=tr("Calibrate each camera and each resolution on its own"),
        )
    return usual


def check_exclude(names: Sequence[str], exclude: Sequence[str]) -> None:
    """Raise `UsageError` for a name that is not among the views."""
    unknown = [name for name in exclude if name not in names]
    if unknown:
        raise UsageError(
            tr("There is no view '{unknown}' to exclude", unknown=unknown[0]),
            hint=tr("Views are: ") + ", ".join(names[:20]),
        )


def samples(shots: Sequence[Shot]) -> list[Path]:
    """Pictures to look at again; of a film some frames that are spread over it."""
    return [path for shot in shots if shot.size is not None for path in films.samples(shot.path)]


def film_of(path: Path) -> Path | None:
    """The film that a path or a frame belongs to; None for a photograph."""
    film, frame = stills.parted(path)
    return film if frame is not None or (stills.is_film(path) and path.is_file()) else None


def _share(told: Told, done: int, part: int, count: int) -> Told:
    return lambda share, words: told((done + share * part) / count, words)


def _found(
    film: Path | None, paths: Sequence[Path], names: dict[Path, str], search: Search, ctx: Context, told: Told,
    pool: ThreadPoolExecutor,
) -> Iterator[Shot]:  # fmt: skip
    if film is None:
        yield from _in_photographs(paths, names, search, ctx, told, pool)
        return
    frames = [frame for _, frame in map(stills.parted, paths) if frame is not None]
    name = names[paths[0]].removesuffix(films.frame_name("", stills.parted(paths[0])[1]))
    if frames:
        yield from films.search_frames(film, name, frames, search, ctx, told, pool)
    if len(frames) < len(paths):
        yield from films.search_film(film, name, search, ctx, told, pool)


def _in_photographs(
    paths: Sequence[Path], names: dict[Path, str], search: Search, ctx: Context, told: Told, pool: ThreadPoolExecutor
) -> Iterator[Shot]:
    for number, found in enumerate(films.in_turn(pool, lambda path: _look(path, names[path], search), paths), 1):
        ctx.check()
        yield from found
        told(number / len(paths), tr("Looking for the board: {number} of {count}", number=number, count=len(paths)))


def _look(path: Path, name: str, search: Search) -> Sequence[Shot]:
    try:
        image = read(path, colour=False)
    except KinoscopeError as error:
        return (Shot(name, path, None, None, as_part(error.message)),)
    return look(image, path, name, search)
