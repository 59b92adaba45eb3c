"""Joins what engines see in the cameras of a rig to figures in space, moment by moment.

The cameras' results come when they come. The moment is the newest that all of them have reached; what a camera saw
before and after it is put in between. Figures keep their number as long as they are where they were.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engines.calibration.rig.points.association import associate
from engines.calibration.rig.points.intersection import Floats
from engines.calibration.rig.points.triangulation import Triangulator
from engines.calibration.rig.types import NamedPoint, Placed, RigResult
from engines.core.sightings import Seen, SeenPoint, Subject

KEPT = 8
"""Results a camera that are remembered."""
STALE = 0.5
"""Seconds that a camera may be behind the newest before the others go on without it."""
_SAME = 1e-4
"""Seconds between frames of one moment."""
_NEAR, _SURE = 0.5, 3.0
"""Metres, and deviations of its points, that a figure may have moved between two moments and still be the same."""
REMEMBERED = 1.0
"""Seconds for which the number of a figure that is not seen is kept for it."""


@dataclass(frozen=True, slots=True)
class Figure:
    """Somebody in space. number: the same from moment to moment; cameras: that see them."""

    number: int
    placed: Placed
    cameras: tuple[int, ...]
    bones: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Moment:
    """at: seconds of the monotonic clock; frame: its number in the source that was waited for. alone: how many are seen
    by one camera only. cameras: that were looked at. residual_px: rms over all points, 0 where there are none."""

    at: float
    frame: int
    figures: tuple[Figure, ...]
    cameras: tuple[int, ...]
    alone: int = 0

    @property
    def residual_px(self) -> float:
        residuals = [point.residual_px for one in self.figures for point in one.placed.points]
        return float(np.sqrt(np.mean(np.square(residuals)))) if residuals else 0.0

    @property
    def points(self) -> int:
        return sum(len(one.placed.points) for one in self.figures)


class Joiner:
    """Of one rig; one thread. Raises `BadInput` where the rig contradicts itself."""

    def __init__(self, rig: RigResult) -> None:
        self._triangulator = Triangulator(rig)
        self._seen = [deque[Seen](maxlen=KEPT) for _ in rig.cameras]
        self._last, self._cameras = -np.inf, 0
        self._figures: dict[int, _Known] = {}
        self._next = 1

    def put(self, camera: int, seen: Seen) -> None:
        """What an engine saw in a frame of a camera; frames of a camera come in their order, or all begins anew."""
        before = self._seen[camera]
        if before and seen.stamp == before[-1].stamp:
            before.pop()
        elif before and seen.stamp.captured_at <= before[-1].stamp.captured_at:
            before.clear()
        before.append(seen)

    def join(self) -> Moment | None:
        """The newest moment that was not given yet, or not with as many cameras; None where none is complete."""
        newest = [each[-1].stamp.captured_at if each else -np.inf for each in self._seen]
        there = [camera for camera, at in enumerate(newest) if at > max(newest) - STALE]
        slowest = min(there, key=lambda camera: newest[camera], default=0)
        at = newest[slowest]
        if len(there) < 2 or at < self._last:
            return None
        people = [_at(self._seen[camera], at) if camera in there else () for camera in range(len(newest))]
        cameras = tuple(camera for camera in there if people[camera] is not None)
        if at == self._last and len(cameras) <= self._cameras:
            return None
        self._last, self._cameras = at, len(cameras)
        return self._moment(at, self._seen[slowest][-1].stamp.index, [each or () for each in people], cameras)

    def _moment(self, at: float, frame: int, people: Sequence[Sequence[Subject]], cameras: tuple[int, ...]) -> Moment:
        named = [[_named(camera, one) for one in each] for camera, each in enumerate(people)]
        groups = associate(self._triangulator.eyes, named)
        several = [group for group in groups if len(group) > 1]
        points = [[point for camera, number in group for point in named[camera][number]] for group in several]
        placed = self._triangulator.place_all(points) if points else ()
        numbers = self._numbers([_Known.of(one, at) for one in placed], at)
        figures = tuple(
            Figure(number, each, tuple(camera for camera, _ in group), people[group[0][0]][group[0][1]].bones)
            for number, each, group in zip(numbers, placed, several, strict=True)
        )
        return Moment(at, frame, figures, cameras, len(groups) - len(several))

    def _numbers(self, figures: Sequence[_Known], at: float) -> list[int]:
        """Of the figures of late that are nearest, each once; new ones for the rest."""
        known = {number: one for number, one in self._figures.items() if one.at > at - REMEMBERED}
        moves = sorted(
            (share, number, place)
            for number, before in known.items()
            for place, now in enumerate(figures)
            if (share := now.moved(before)) < 1
        )
        numbers: dict[int, int] = {}
        for _, number, place in moves:
            if place not in numbers and number not in numbers.values():
                numbers[place] = number
        for place in range(len(figures)):
            if place not in numbers:
                numbers[place], self._next = self._next, self._next + 1
        self._figures = known | {numbers[place]: one for place, one in enumerate(figures)}
        return [numbers[place] for place in range(len(figures))]


@dataclass(frozen=True, slots=True)
class _Known:
    """Where a figure was. places: of its points; spread: the median of their largest deviations, metres."""

    at: float
    places: Mapping[str, Floats]
    spread: float

    @classmethod
    def of(cls, placed: Placed, at: float) -> _Known:
        spread = float(np.median([max(point.std) for point in placed.points])) if placed.points else 0.0
        return cls(at, {point.name: np.array(point.place) for point in placed.points}, spread)

    def moved(self, before: _Known) -> float:
        """By how much since then, as a share of the most: the median over the points that both have."""
        moves = [
            float(np.linalg.norm(self.places[name] - place))
            for name, place in before.places.items()
            if name in self.places
        ]
        most = _NEAR + _SURE * float(np.hypot(self.spread, before.spread))
        return float(np.median(moves)) / most if moves else np.inf


def _named(camera: int, subject: Subject) -> tuple[NamedPoint, ...]:
    return tuple(NamedPoint(point.name, camera, point.x, point.y, point.sigma) for point in subject.points)


def _at(seen: Sequence[Seen], at: float) -> tuple[Subject, ...] | None:
    """What a camera sees at a moment; None where it did not look both before and after."""
    for older, newer in zip([None, *seen], seen, strict=False):
        if abs(newer.stamp.captured_at - at) < _SAME:
            return newer.subjects
        if older is not None and older.stamp.captured_at < at < newer.stamp.captured_at:
            span = newer.stamp.captured_at - older.stamp.captured_at
            return _between(older.subjects, newer.subjects, (at - older.stamp.captured_at) / span)
    return None


def _between(older: Sequence[Subject], newer: Sequence[Subject], share: float) -> tuple[Subject, ...]:
    """Those of both frames, moved by a share of their way."""
    before = {one.key: one for one in older}
    if len(before) < len(older) or len({one.key for one in newer}) < len(newer):
        return ()
    return tuple(_moving(before[one.key], one, share) for one in newer if one.key in before)


def _moving(older: Subject, newer: Subject, share: float) -> Subject:
    before = {point.name: point for point in older.points}
    points = tuple(_mixed(before[point.name], point, share) for point in newer.points if point.name in before)
    return replace(newer, points=points)


def _mixed(a: SeenPoint, b: SeenPoint, share: float) -> SeenPoint:
    """Its deviation is the larger one of both and, half way, an eighth of the way, for what moves unevenly."""
    x, y = a.x + share * (b.x - a.x), a.y + share * (b.y - a.y)
    way = float(np.hypot(b.x - a.x, b.y - a.y)) * 4 * share * (1 - share)
    return SeenPoint(b.name, x, y, float(np.hypot(max(a.sigma, b.sigma), way / 8)))
