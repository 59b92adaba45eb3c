"""The pictures of all cameras, moment by moment: tiles of one picture, pictures of several folders, frames of films.

Whatever is recorded comes in batches of instants. Films are decoded once and in order; what an instant shows is read
where it is looked at, so that pictures are decoded on all cores.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import TypeAlias

import numpy as np

from engines.calibration.rig.pictures import moments
from engines.calibration.rig.pictures.tiles import Tiling, camera_names
from engines.calibration.rig.types import Matching, RigSpec
from engines.calibration.targets import films, photographs
from engines.calibration.targets.corners import to_gray
from engines.calibration.targets.detection import Gray
from engines.core.errors import BadInput, KinoscopeError, UsageError
from engines.core.outputs import fingerprint
from engines.core.pictures.files import LeftOut
from engines.core.video import stills
from engines.core.video.film import Film, FilmFrame
from engines.core.words import as_part, control, tr

Seen: TypeAlias = "Gray | KinoscopeError | None"
"""A picture, why it cannot be read, or nothing where the camera has no picture of the moment."""
Rows: TypeAlias = Sequence[tuple[int | None, ...]]
"""Of each moment, the number of each camera's frame."""


@dataclass(frozen=True, slots=True)
class Instant:
    """One moment. paths: of each camera's picture, None where it has none; all the same where those are tiles."""

    name: str
    index: int
    paths: tuple[Path | None, ...]
    load: Callable[[], tuple[Seen, ...]]


@dataclass(frozen=True, slots=True)
class Batch:
    """Instants that belong together. count: how many, about. choose: they are a film's, of which some are chosen."""

    name: str
    instants: Iterable[Instant]
    count: int
    choose: bool = False


@dataclass(frozen=True, slots=True)
class Recorded:
    """Everything that a rig is calibrated from. names: of the cameras. left_out: files that are passed over."""

    names: tuple[str, ...]
    batches: tuple[Batch, ...]
    left_out: tuple[LeftOut, ...] = ()


def recorded(spec: RigSpec) -> Recorded:
    """What `spec.paths` names. Raises `UsageError` for what makes no sense, `BadInput` for what cannot be used."""
    return _tiled(spec) if spec.tiles else _apart(spec)


def _tiled(spec: RigSpec) -> Recorded:
    tiling = Tiling.of(spec.tiles, spec.names, spec.margin)
    listing = photographs.listing(spec.paths)
    files, again = _once(listing.files)
    names = dict(zip(files, photographs.view_names(files), strict=True))
    batches: list[Batch] = []
    left_out = [*listing.left_out, *again]
    for film, group in groupby(files, photographs.film_of):
        paths = list(group)
        if film is None:
            batches.append(Batch("", [_tiled_picture(path, names[path], tiling) for path in paths], len(paths)))
            continue
        try:
            batches += _tiled_film(film, paths, names, tiling, spec.every)
        except KinoscopeError as error:
            if len(files) == len(paths):
                raise
            left_out.append(LeftOut(str(film), as_part(error.message)))
    return Recorded(tiling.names, tuple(batches), tuple(left_out))


def _once(files: Sequence[Path]) -> tuple[list[Path], list[LeftOut]]:
    """Films that are the same as an earlier one, under another name, are left out."""
    first: dict[str, Path] = {}
    kept, again = [], []
    for file in files:
        key = fingerprint(file) if stills.is_film(file) and file.is_file() else str(file)
        if key in first:
            again.append(LeftOut(str(file), tr("the same film as {first}", first=first[key].name)))
            continue
        first[key] = file
        kept.append(file)
    return kept, again


def _tiled_picture(path: Path, name: str, tiling: Tiling) -> Instant:
    return Instant(name, 0, (path,) * len(tiling.names), partial(_tiles_of, path, tiling))


def _tiles_of(path: Path, tiling: Tiling) -> tuple[Seen, ...]:
    try:
        image = photographs.read(path, colour=False)
    except KinoscopeError as error:
        return (error,) * len(tiling.names)
    return _grays(image, tiling)


def _grays(image: Gray, tiling: Tiling) -> tuple[Seen, ...]:
    return tuple(np.ascontiguousarray(tile) for tile in tiling.cut(to_gray(image)))


def _tiled_film(
    path: Path, paths: Sequence[Path], names: dict[Path, str], tiling: Tiling, every: int
) -> Iterator[Batch]:
    film = stills.opened(path)
    tiling.size(film.size)
    numbers = [number for _, number in map(stills.parted, paths) if number is not None]
    name = names[paths[0]].removesuffix(films.frame_name("", stills.parted(paths[0])[1]))

    def instant(frame: FilmFrame) -> Instant:
        place = Path(stills.named(path, frame.index))
        load = partial(_grays, frame.image, tiling)
        return Instant(films.frame_name(name, frame.index), frame.index, (place,) * len(tiling.names), load)

    if numbers:
        wanted = sorted(set(numbers))
        yield Batch(name, (instant(frame) for frame in stills.pick(film, wanted)), len(wanted))
    if len(numbers) < len(paths):
        picked = range(0, length_of(film), every or films.step_of(film))
        yield Batch(name, (instant(frame) for frame in stills.pick(film, picked)), len(picked), choose=True)


def _apart(spec: RigSpec) -> Recorded:
    """One folder, film, pattern or list a camera."""
    count = len(spec.apart)
    if count < 2:
        tiles = control(tr("Tiles of a picture"), "--tiles 2x2")
        hint = tr("Give one folder or film a camera, or choose {tiles} where all are in one picture", tiles=tiles)
        raise UsageError(tr("A rig has at least two cameras"), hint=hint)
    if len(spec.names) > count:
        raise UsageError(tr("{names} names are given for {cameras} cameras", names=len(spec.names), cameras=count))
    names = camera_names([spec.names[number] if number < len(spec.names) else str(number) for number in range(count)])
    listings = [photographs.listing(paths) for paths in spec.apart]
    left_out = tuple(one for listing in listings for one in listing.left_out)
    cameras = [listing.files for listing in listings]
    with_films = [any(map(stills.is_film, map(_file, files))) for files in cameras]
    if not any(with_films):
        return Recorded(names, (_pictures(moments.matched(cameras, spec.match, spec.offsets)),), left_out)
    odd = next((files for files in cameras if not all(stills.is_film(file) for file in files)), None)
    if odd is not None:
        one = next(file for file in odd if not stills.is_film(file))
        raise BadInput(tr("Films of some cameras cannot be matched with pictures of others"), path=one)
    return Recorded(names, tuple(_films(cameras, names, spec)), left_out)


def _file(path: Path) -> Path:
    """The file that a path is of; a frame of a film is a picture."""
    film, number = stills.parted(path)
    return film if number is None else Path("frame.png")


def _pictures(matched: Sequence[moments.Moment]) -> Batch:
    instants = [Instant(moment.name, 0, moment.files, partial(_read, moment.files)) for moment in matched]
    return Batch("", instants, len(instants))


def _read(paths: Sequence[Path | None]) -> tuple[Seen, ...]:
    seen: list[Seen] = []
    for path in paths:
        try:
            seen.append(None if path is None else photographs.read(path, colour=False))
        except KinoscopeError as error:
            seen.append(error)
    return tuple(seen)


def _films(cameras: Sequence[Sequence[Path]], names: Sequence[str], spec: RigSpec) -> Iterator[Batch]:
    if all(len(files) == 1 for files in cameras):
        groups = [("", [files[0] for files in cameras])]
    else:
        match: Matching = "name" if spec.match == "name" else "order"
        groups = [
            (f"{moment.name} ", [file for file in moment.files if file is not None])
            for moment in moments.matched(cameras, match)
            if all(file is not None for file in moment.files)
        ]
    for name, paths in groups:
        check_different(paths, names)
        opened = [stills.opened(path) for path in paths]
        yield _filmed(name, opened, film_rows(opened, spec), spec.every)


def check_different(paths: Sequence[Path], names: Sequence[str]) -> None:
    """Raises `BadInput` where one film is given for two cameras."""
    first: dict[str, int] = {}
    for number, path in enumerate(paths):
        same = first.setdefault(fingerprint(stills.opened(path).path), number)
        if same != number:
            raise BadInput(
                tr(
                    "The same film is given for the cameras {first} and {second}",
                    first=names[same],
                    second=names[number],
                ),
                path=path,
                hint=tr("Give each camera its own recording"),
            )


def length_of(film: Film) -> int:
    """Its number of frames. Raises `BadInput` for a film so long that nobody counts."""
    if film.count is None:
        raise BadInput(
            tr("This film is too long to be looked through"), path=film.path, hint=tr("Cut the part out of it")
        )
    return film.count


def film_rows(each: Sequence[Film], spec: RigSpec) -> Rows:
    """Which frames of the films are of one moment. Raises as `moments.matched`."""
    moments.check_match(spec.match)
    counts = [length_of(film) for film in each]
    if spec.match == "time":
        return moments.nearest(times_of(each))
    offsets = moments.checked(spec.offsets, len(each))
    if any(offsets) and spec.match == "name":
        raise UsageError(
            tr("Offsets are counted in frames, which needs the order"),
            hint=tr("Choose {order}", order=control(tr("By their order"), "--match order")),
        )
    if len(set(counts)) > 1 and not any(offsets) and spec.match == "name":
        raise BadInput(
            tr("The films have different numbers of frames: {counts}", counts=", ".join(map(str, counts))),
            path=each[int(np.argmin(counts))].path,
            hint=tr(
                "Say how they are matched: {time}, {motion} (finds the offset), or {order} where all began at once",
                time=control(tr("By time stamps"), "--match time"),
                motion=control(tr("By the board's motion"), "--match motion"),
                order=control(tr("By their order"), "--match order"),
            ),
        )
    moments.check_shared(counts, offsets)
    return moments.ordered(counts, offsets)


def times_of(each: Sequence[Film]) -> list[np.ndarray[tuple[int], np.dtype[np.float64]]]:
    """Seconds of all frames: on one clock where all names tell when they began, else since each one's first frame."""
    starts = [moments.time_in(film.path.stem) for film in each]
    told = None not in starts
    return [film.frame_times() + (start or 0.0) * told for film, start in zip(each, starts, strict=True)]


def _filmed(name: str, each: Sequence[Film], rows: Rows, every: int) -> Batch:
    step = every or max(films.step_of(film) for film in each)
    taken = [row for row in rows if sum(at is not None for at in row) > 1][::step] or list(rows)[::step]
    return Batch(name, _together(name, each, taken), len(taken), choose=True)


def _together(name: str, each: Sequence[Film], rows: Rows) -> Iterator[Instant]:
    """The films side by side, each decoded once."""
    readers = [_Reader(film, [row[number] for row in rows]) for number, film in enumerate(each)]
    for row in rows:
        frames = [reader.at(at) for reader, at in zip(readers, row, strict=True)]
        index = next(at for at in row if at is not None)
        both = zip(each, row, strict=True)
        paths = tuple(None if at is None else Path(stills.named(film.path, at)) for film, at in both)
        yield Instant(
            tr("{name}frame {index}", name=name, index=index), index, paths, partial(_gray_frames, row, frames)
        )


def _gray_frames(row: Sequence[int | None], frames: Sequence[FilmFrame | None]) -> tuple[Seen, ...]:
    """A frame that is wanted and not there is one that cannot be decoded."""
    return tuple(
        to_gray(frame.image) if frame is not None else None if at is None else BadInput(tr("It cannot be decoded"))
        for at, frame in zip(row, frames, strict=True)
    )


class _Reader:
    """Frames of one film, by rising numbers; None for one that cannot be read."""

    def __init__(self, film: Film, numbers: Sequence[int | None]) -> None:
        self._frames = stills.pick(film, sorted({number for number in numbers if number is not None}))
        self._next: FilmFrame | None = next(self._frames, None)

    def at(self, number: int | None) -> FilmFrame | None:
        while number is not None and self._next is not None and self._next.index < number:
            self._next = next(self._frames, None)
        return self._next if self._next is not None and self._next.index == number else None
