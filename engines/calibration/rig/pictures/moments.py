"""Which pictures of separate cameras are of one moment: told by their names, by time stamps, or by their order.

A camera's picture that has no partner stays, alone in its moment: it still tells about its own lens.
"""

from __future__ import annotations

import calendar
import re
from collections.abc import Callable, Hashable, Sequence
from dataclasses import dataclass
from itertools import combinations, takewhile
from pathlib import Path
from typing import TypeAlias, get_args

import numpy as np
from numpy.typing import NDArray

from engines.calibration.rig.types import Matching
from engines.core.errors import BadInput, UsageError
from engines.core.pictures.files import natural
from engines.core.words import control, tr

Files: TypeAlias = Sequence[Path]
Key: TypeAlias = Hashable
_RUNS = re.compile(r"\d+|\D+")
_DATE = re.compile(
    r"(?P<year>(?:19|20)\d{2})[-_.]?(?P<month>\d{2})[-_.]?(?P<day>\d{2})[T _-]+"
    r"(?P<hour>\d{2})[-_.:h]?(?P<minute>\d{2})[-_.:m]?(?P<second>\d{2})(?:[.,_-](?P<part>\d{1,9}))?"
)
_STAMP = re.compile(r"(?<!\d)(?P<whole>\d{10,19})(?:\.(?P<part>\d{1,9}))?(?!\d)")
_UNITS = {10: 1.0, 13: 1e3, 16: 1e6, 19: 1e9}
_EARLIEST, _LATEST = 3e8, 4.2e9


@dataclass(frozen=True, slots=True)
class Moment:
    """One moment: of each camera the picture, None where it has none."""

    name: str
    files: tuple[Path | None, ...]


def matched(cameras: Sequence[Files], match: Matching, offsets: Sequence[int] = ()) -> tuple[Moment, ...]:
    """The moments of the cameras' files, in order. offsets: frames by which each camera is late, with "order".

    Raises `BadInput` where the files do not tell, `UsageError` for offsets that do not fit the cameras.
    """
    check_match(match)
    if offsets and match != "order":
        raise UsageError(
            tr("Offsets are counted in frames, which needs the order"),
            hint=tr("Choose {order}", order=control(tr("By their order"), "--match order")),
        )
    if match == "time":
        return _by_time(cameras)
    if match == "name":
        return _by_name(cameras)
    return _by_order(cameras, checked(offsets, len(cameras)))


def check_match(match: str) -> None:
    """Raises `UsageError` for a way to match that there is not."""
    if match not in get_args(Matching):
        raise UsageError(
            tr("'{match}' is no way to match pictures", match=match), hint=tr("Use name, time, order or motion")
        )


def checked(offsets: Sequence[int], count: int) -> tuple[int, ...]:
    """An offset for each camera, zeros where none are given. Raises `UsageError`."""
    if offsets and len(offsets) != count:
        raise UsageError(
            tr("{offsets} offsets are given for {cameras} cameras", offsets=len(offsets), cameras=count),
            hint=tr("One for each, in their order"),
        )
    return tuple(offsets) or (0,) * count


def time_in(name: str) -> float | None:
    """Seconds since 1970 that a name tells: a date with its time of day, or a long count of seconds and parts."""
    date = _DATE.search(name)
    if date is not None:
        fields = [int(date[field]) for field in ("year", "month", "day", "hour", "minute", "second")]
        if not (1 <= fields[1] <= 12 and 1 <= fields[2] <= 31 and fields[3] < 24 and max(fields[4:]) < 61):
            return None
        return calendar.timegm((*fields, 0, 0, 0)) + float(f"0.{date['part'] or 0}")
    stamp = _STAMP.search(name)
    if stamp is None or len(stamp["whole"]) not in _UNITS:
        return None
    seconds = int(stamp["whole"]) / _UNITS[len(stamp["whole"])] + float(f"0.{stamp['part'] or 0}")
    return seconds if _EARLIEST < seconds < _LATEST else None


def nearest(times: Sequence[NDArray[np.float64]]) -> list[tuple[int | None, ...]]:
    """Numbers of the pictures that are of one moment, by rising times of each camera in seconds.

    Around each picture of the slowest camera: what lies nearest to it, by at most half its usual distance.
    """
    usual = [float(np.median(np.diff(each))) if len(each) > 1 else 0.0 for each in times]
    slowest = int(np.argmax(usual))
    reach = usual[slowest] / 2 or 0.05
    found = []
    for number, now in enumerate(times[slowest]):
        row = [_closest(each, float(now), reach) for each in times]
        row[slowest] = number
        found.append(tuple(row))
    return found


def _closest(times: NDArray[np.float64], now: float, reach: float) -> int | None:
    if not len(times):
        return None
    number = int(np.argmin(np.abs(times - now)))
    return number if abs(times[number] - now) < reach else None


def _by_order(cameras: Sequence[Files], offsets: tuple[int, ...]) -> tuple[Moment, ...]:
    counts = [len(files) for files in cameras]
    if len(set(counts)) > 1 and not any(offsets):
        raise BadInput(
            tr("The cameras have different numbers of pictures: {counts}", counts=", ".join(map(str, counts))),
            path=cameras[int(np.argmin(counts))][0].parent,
            hint=tr(
                "Match them by name or by time stamp, or give offsets in frames, such as 0,3, with {control}",
                control=control(tr("Frames late"), "--offsets"),
            ),
        )
    check_shared(counts, offsets)
    moments = ordered(counts, offsets)
    return tuple(
        Moment(str(number), tuple(None if at is None else files[at] for files, at in zip(cameras, row, strict=True)))
        for number, row in enumerate(moments)
    )


def ordered(counts: Sequence[int], offsets: Sequence[int]) -> list[tuple[int | None, ...]]:
    """Numbers of the pictures that are of one moment: the k-th, each camera later by its offset."""
    spans = _spans(counts, offsets)
    return [
        tuple(k + offset if k in span else None for span, offset in zip(spans, offsets, strict=True))
        for k in sorted(set().union(*spans))
    ]


def check_shared(counts: Sequence[int], offsets: Sequence[int]) -> None:
    """Raises `UsageError` for offsets so large that no two cameras have a moment in common."""
    spans = _spans(counts, offsets)
    if not any(max(one[0], two[0]) <= min(one[-1], two[-1]) for one, two in combinations(filter(None, spans), 2)):
        lengths = ", ".join(map(str, counts))
        raise UsageError(
            tr(
                "With the offsets {offsets} no two cameras have a picture of one moment",
                offsets=", ".join(map(str, offsets)),
            ),
            hint=tr("They are counted in frames, of which there are {lengths}", lengths=lengths),
        )


def _spans(counts: Sequence[int], offsets: Sequence[int]) -> list[range]:
    return [range(-offset, count - offset) for count, offset in zip(counts, offsets, strict=True)]


def _by_time(cameras: Sequence[Files]) -> tuple[Moment, ...]:
    each = [_timed(files) for files in cameras]
    rows = nearest([np.array([seconds for seconds, _ in timed]) for timed in each])
    moments = []
    for row in rows:
        files = tuple(None if at is None else timed[at][1] for timed, at in zip(each, row, strict=True))
        moments.append(Moment(next(file.stem for file in files if file is not None), files))
    if not any(_shared(moment) for moment in moments):
        raise BadInput(
            tr("No two cameras have pictures of one time"),
            path=cameras[0][0].parent,
            hint=tr("The clocks may differ: match the pictures by order, with offsets"),
        )
    return _unique(moments)


def _timed(files: Files) -> list[tuple[float, Path]]:
    timed = []
    for file in files:
        seconds = time_in(file.stem)
        if seconds is None:
            hint = tr("Names such as 2024-05-01_12-00-00.123 or 1714564800123 tell it; else match by name or by order")
            raise BadInput(tr("The name {file} holds no time stamp", file=file.name), path=file, hint=hint)
        timed.append((seconds, file))
    return sorted(timed)


def _by_name(cameras: Sequence[Files]) -> tuple[Moment, ...]:
    """By the part of the names that most pictures share with one of another camera."""
    best: list[dict[Key, Path]] = []
    most = 0
    for parts in _PARTS:
        keyed = [_keyed(files, parts) for files in cameras]
        if any(keys is None for keys in keyed):
            continue
        told = [keys for keys in keyed if keys is not None]
        shared = sum(sum(key in keys for keys in told) > 1 for key in dict.fromkeys(k for keys in told for k in keys))
        if shared > most:
            best, most = told, shared
    if not best:
        one, two = cameras[0][0].name, cameras[min(1, len(cameras) - 1)][0].name
        raise BadInput(
            tr("The names of the cameras' pictures have nothing in common: {one}, {two}", one=one, two=two),
            path=cameras[0][0].parent,
            hint=tr("Name pictures of one moment alike, or match them by time stamp or by order"),
        )
    keys = dict.fromkeys(key for keys in best for key in keys)
    moments = [Moment(_key_name(key), tuple(keys.get(key) for keys in best)) for key in keys]
    return _unique(sorted(moments, key=lambda moment: natural(moment.name)))


def _keyed(files: Files, parts: Callable[[Sequence[str]], list[Key]]) -> dict[Key, Path] | None:
    """The files by a part of their names; None where that is not different for each."""
    keys = dict(zip(parts([file.stem for file in files]), files, strict=True))
    return None if len(keys) < len(files) or None in keys else keys


def _own_parts(stems: Sequence[str]) -> list[Key]:
    """Without what all of them begin and end with; numbers are kept whole."""
    each = [_RUNS.findall(stem) for stem in stems]
    first, last = _alike(each), _alike([runs[::-1] for runs in each])
    kept = [runs[first : len(runs) - last] for runs in each]
    return ["".join(str(int(run)) if run.isdecimal() else run for run in runs) or None for runs in kept]


def _alike(each: Sequence[list[str]]) -> int:
    """How many runs all begin with."""
    return sum(1 for _ in takewhile(lambda runs: len(set(runs)) == 1, zip(*each, strict=False)))


def _numbers(stems: Sequence[str]) -> list[Key]:
    return [tuple(int(run) for run in _RUNS.findall(stem) if run.isdecimal()) or None for stem in stems]


def _last_numbers(stems: Sequence[str]) -> list[Key]:
    return [next((int(run) for run in reversed(_RUNS.findall(stem)) if run.isdecimal()), None) for stem in stems]


_PARTS: tuple[Callable[[Sequence[str]], list[Key]], ...] = (list, _own_parts, _numbers, _last_numbers)


def _key_name(key: Key) -> str:
    return "-".join(map(str, key)) if isinstance(key, tuple) else str(key)


def _shared(moment: Moment) -> bool:
    return sum(file is not None for file in moment.files) > 1


def _unique(moments: Sequence[Moment]) -> tuple[Moment, ...]:
    """With a number behind names that come again."""
    seen: dict[str, int] = {}
    named = []
    for moment in moments:
        times = seen[moment.name] = seen.get(moment.name, 0) + 1
        named.append(moment if times == 1 else Moment(f"{moment.name} ({times})", moment.files))
    return tuple(named)
