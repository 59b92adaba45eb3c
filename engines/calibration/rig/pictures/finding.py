"""Finds the boards in the pictures of all cameras: which camera saw what, and which pictures are of one moment.

Every picture is decoded once and all cameras are searched in it, on all cores. Of films the instants are chosen that a
rig needs; of pictures all are taken.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from engines.calibration.rig import taken
from engines.calibration.rig.found import Found as Found
from engines.calibration.rig.found import RigShot as RigShot
from engines.calibration.rig.pictures import checks
from engines.calibration.rig.pictures.choosing import Looked, choose
from engines.calibration.rig.pictures.instants import Batch, Instant, Seen, recorded
from engines.calibration.rig.pictures.listing import resolved
from engines.calibration.rig.pictures.matching import settled
from engines.calibration.rig.pictures.tiles import parse_tiles as parse_tiles
from engines.calibration.rig.types import RigSpec
from engines.calibration.targets import films
from engines.calibration.targets.corners import parse_window
from engines.calibration.targets.films import Look
from engines.calibration.targets.shots import Search, Shot, look, one_way
from engines.core.context import Context
from engines.core.errors import KinoscopeError
from engines.core.frames import Size
from engines.core.pictures.files import LeftOut
from engines.core.words import as_part, tr

Told = Callable[[float, str], None]
_FEW = 6
"""Frames of a film without a board that are kept, to tell what it shows instead."""
_LOST = tr("{} of the {} frames that were to be looked at cannot be decoded")


def find(spec: RigSpec, ctx: Context, told: Told, threads: int = 2) -> Found:
    """Look for the boards in everything that `spec.paths` names.

    Raises `UsageError` for tiles, names or offsets that make no sense, `BadInput` for pictures that cannot be used:
    unreadable, of different sizes, mirrored in some cameras only, without the board in a camera. `Cancelled`.
    """
    parse_window(spec.window)
    spec, notes, told = settled(resolved(spec), ctx, told, threads)
    search = Search(spec.boards, spec.window, spec.every, spec.mirror)
    recording = recorded(spec)
    whole = sum(batch.count for batch in recording.batches)
    rows: list[_Row] = []
    left_out = list(recording.left_out)
    done = 0
    pool = ThreadPoolExecutor(max(threads, 1), thread_name_prefix="detect")
    try:
        for batch in recording.batches:
            part = partial(_part, told, done, batch.count, max(whole, 1))
            found, lost = _of_batch(batch, search, ctx, part, pool, threads)
            rows += found
            left_out += [LeftOut(batch.name, _LOST.format(lost, batch.count))] if lost else []
            done += batch.count
    finally:
        pool.shutdown(wait=True, cancel_futures=True)
    shots = [RigShot(row.name, camera, shot) for row in rows for camera, each in enumerate(row.shots) for shot in each]
    sizes = checks.sizes(recording.names, shots)
    shots, mirrored = _one_way(shots, recording.names, spec.mirror)
    checks.check_boards(recording.names, shots, spec, ctx)
    frames = tuple(dict.fromkeys(row.name for row in rows))
    return Found(recording.names, sizes, frames, tuple(shots), tuple(left_out), mirrored, notes)


@dataclass(frozen=True, slots=True)
class _Row:
    """What the cameras show at one instant: of each camera its shots, () where it has no picture."""

    name: str
    shots: tuple[tuple[Shot, ...], ...]
    looked: Looked


def _part(told: Told, done: int, count: int, whole: int, share: float, words: str) -> None:
    told((done + share * count) / whole, words)


def _of_batch(
    batch: Batch, search: Search, ctx: Context, told: Told, pool: ThreadPoolExecutor, threads: int
) -> tuple[list[_Row], int]:
    """The rows that count (of films those with a board, a few where there is none), and how many frames are lost."""
    looker = _Looker(replace(search, quick=batch.choose), batch.choose, ctx)
    rows: list[_Row] = []
    bare: list[_Row] = []
    seen = done = 0
    for done, row in enumerate(films.in_turn(pool, looker, batch.instants, 2 * threads), 1):
        ctx.check()
        seen += row.looked.seen > 0
        if not batch.choose or row.looked.seen:
            rows.append(row)
        elif len(bare) < _FEW:
            bare.append(row)
        told(min(1.0, done / max(batch.count, 1)), _words(batch, done, seen))
        if batch.choose and search.every and seen > films.MOST_FOUND:
            path = next(shot.path for each in row.shots for shot in each)
            raise films.too_many(path, search.every)
    if batch.choose and not search.every:
        rows = _chosen(rows)
    return rows or bare, max(batch.count - done, 0)


def _words(batch: Batch, done: int, seen: int) -> str:
    where = tr(" of {batch}", batch=batch.name) if batch.name else ""
    return tr(
        "Looking for the board: {done} of {count}{where}, {seen} with it",
        done=done,
        count=batch.count,
        where=where,
        seen=seen,
    )


def _chosen(rows: Sequence[_Row]) -> list[_Row]:
    sizes: dict[int, Size] = {}
    for row in rows:
        for camera, each in enumerate(row.shots):
            size = each[0].size if each else None
            if size is not None:
                sizes.setdefault(camera, size)
    cameras = len(rows[0].shots) if rows else 0
    known = [sizes.get(camera, Size(1, 1)) for camera in range(cameras)]
    return [rows[number] for number in choose([row.looked for row in rows], known)]


@dataclass(frozen=True, slots=True)
class _Looker:
    """Looks at all cameras' pictures of an instant, on any thread. judging: also how good they are. Stops with
    `Cancelled` between two pictures."""

    search: Search
    judging: bool
    ctx: Context

    def __call__(self, instant: Instant) -> _Row:
        each = list(self._each(instant))
        looked = Looked(instant.index, tuple(look for _, look in each))
        return _Row(instant.name, tuple(shots for shots, _ in each), looked)

    def _each(self, instant: Instant) -> Iterator[tuple[tuple[Shot, ...], Look | None]]:
        for path, seen in zip(instant.paths, instant.load(), strict=True):
            self.ctx.check()
            yield self._one(instant, path, seen)

    def _one(self, instant: Instant, path: Path | None, seen: Seen) -> tuple[tuple[Shot, ...], Look | None]:
        if path is None or seen is None:
            return (), None
        if isinstance(seen, KinoscopeError):
            note = as_part(seen.message)
            return (Shot(instant.name, path, None, None, note),), None
        shots = taken.shots(path, seen, instant.name, self.search) or look(seen, path, instant.name, self.search)
        return shots, films.judge(instant.index, shots, seen, self.search.boards) if self.judging else None


def _one_way(shots: Sequence[RigShot], names: Sequence[str], mirror: str) -> tuple[list[RigShot], bool]:
    """Each camera's shots as most of its own are. Raises `BadInput` where some cameras are mirrored and others not."""
    numbers = [[at for at, one in enumerate(shots) if one.camera == camera] for camera in range(len(names))]
    straight = list(shots)
    ways: dict[int, bool] = {}
    for camera, own in enumerate(numbers):
        turned, mirrored = one_way([shots[at].shot for at in own], mirror)
        if any(shot.detection is not None for shot in turned):
            ways[camera] = mirrored
        for at, shot in zip(own, turned, strict=True):
            straight[at] = replace(shots[at], shot=shot)
    checks.check_ways(names, ways)
    return straight, mirror == "yes" or any(ways.values())
