"""Tells which of the people (or other things with named points) in the cameras of a rig are the same.

Two are the same when the rays of their points pass by one another as closely as pixels allow. Of all ways to put them
together, with one of each camera at most, the one is taken that explains most: exactly, by branch and bound.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from engines.calibration.rig.optics import Eye
from engines.calibration.rig.points.intersection import Flags, Floats
from engines.calibration.rig.types import NamedPoint

One: TypeAlias = tuple[int, int]
"""A camera, and the number of somebody in it."""
Everybody: TypeAlias = Sequence[Sequence[Sequence[NamedPoint]]]
"""By camera and number: the points of somebody."""
_RIG = 1.0
"""Pixels by which a rig may be off."""
_CAP, _GATE = 25.0, 9.0
"""Squared deviations: the most that one point counts for, and the mean from which on two are not the same."""
_FEWEST = 2
"""Points that two must share to be compared."""
_MOST = 20_000
"""Of steps of the search: then the best so far stands."""


def associate(eyes: Sequence[Eye], people: Everybody) -> tuple[tuple[One, ...], ...]:
    """Everybody in one group, by the first of a group; groups of one are those that no other camera sees."""
    ones = [(camera, number) for camera, each in enumerate(people) for number in range(len(each))]
    looks = [_Look.of(eyes[camera], people[camera][number]) for camera, number in ones]
    costs = np.zeros((len(ones), len(ones)))
    for at, (camera, _) in enumerate(ones):
        for other in range(at):
            if ones[other][0] != camera:
                costs[at, other] = costs[other, at] = _cost(looks[at], looks[other])
    groups = _Search(costs, np.array([camera for camera, _ in ones], dtype=np.int64)).run()
    return tuple(tuple(ones[at] for at in group) for group in groups)


@dataclass(frozen=True, slots=True)
class _Look:
    """Somebody in one camera. ways: N x 3 unit directions; spread: N, of the directions in radians."""

    centre: Floats
    names: dict[str, int]
    ways: Floats
    spread: Floats

    @classmethod
    def of(cls, eye: Eye, points: Sequence[NamedPoint]) -> _Look:
        ways = eye.look(np.array([(point.x, point.y) for point in points]).reshape(-1, 2))
        sigma = np.array([point.sigma for point in points])
        focal = np.sqrt(eye.lens.intrinsics.fx * eye.lens.intrinsics.fy)
        names = {point.name: at for at, point in enumerate(points) if np.isfinite(ways[at]).all()}
        return cls(eye.centre, names, ways, np.hypot(sigma, _RIG) / focal)


def _cost(one: _Look, other: _Look) -> float:
    """How badly two agree, 0 where that is not known and less where they do: in squared deviations over the gate."""
    shared = [name for name in one.names if name in other.names]
    if len(shared) < _FEWEST:
        return 0.0
    at, there = [one.names[name] for name in shared], [other.names[name] for name in shared]
    a, b, between = one.ways[at], other.ways[there], other.centre - one.centre
    miss = np.cross(a, b) @ between
    by_one, by_other = _across(np.cross(b, between), a), _across(np.cross(between, a), b)
    spread = np.hypot(one.spread[at] * by_one, other.spread[there] * by_other)
    off = (miss / np.maximum(spread, 1e-300)) ** 2
    return float(np.where(_ahead(a, b, between), np.minimum(off, _CAP), _CAP).mean()) - _GATE


def _across(slope: Floats, way: Floats) -> Floats:
    """Lengths of derivatives by a direction, which cannot change along itself."""
    return np.asarray(np.linalg.norm(slope - (slope * way).sum(axis=1, keepdims=True) * way, axis=1))


def _ahead(a: Floats, b: Floats, between: Floats) -> Flags:
    """Where rays come nearest to one another in front of both cameras, or are parallel as far as can be told."""
    cosine, along_a, along_b = (a * b).sum(axis=1), a @ between, b @ between
    first, second = along_a - cosine * along_b, cosine * along_a - along_b
    slack = 1e-3 * float(np.linalg.norm(between))
    return np.asarray((first > -slack) & (second > -slack))


class _Search:
    """Groups with the least sum of costs. costs: P x P; cameras: P, ascending."""

    def __init__(self, costs: Floats, cameras: Floats) -> None:
        self._costs, self._cameras = costs, cameras.tolist()
        gains = [self._most_gained(at) for at in range(len(cameras))]
        self._rest = [*np.cumsum(gains[::-1])[::-1].tolist(), 0.0]
        self._best, self._groups = np.inf, list[list[int]]()
        self._steps = 0

    def run(self) -> list[list[int]]:
        self._place(0, [], 0.0)
        return self._groups

    def _most_gained(self, at: int) -> float:
        """By joining one to those before it, as if nobody else wanted them: one of each camera."""
        best: dict[int, float] = {}
        for other in range(at):
            camera = self._cameras[other]
            best[camera] = min(best.get(camera, 0.0), float(self._costs[at, other]))
        return sum(gain for camera, gain in best.items() if camera != self._cameras[at])

    def _place(self, at: int, groups: list[list[int]], cost: float) -> None:
        if cost + self._rest[at] >= self._best or self._steps > _MOST:
            return
        self._steps += 1
        if at == len(self._cameras):
            self._best, self._groups = cost, [list(group) for group in groups]
            return
        free = [group for group in groups if self._cameras[at] not in (self._cameras[one] for one in group)]
        joined = sorted(((float(self._costs[at, group].sum()), number) for number, group in enumerate(free)))
        for extra, number in joined:
            if extra < 0:
                free[number].append(at)
                self._place(at + 1, groups, cost + extra)
                free[number].pop()
        self._place(at + 1, [*groups, [at]], cost)
