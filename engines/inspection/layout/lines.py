"""Edges of a layered drawing as polylines: through the gaps they were given, or by a lane at the side."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.inspection.layout.packing import Passing
from engines.inspection.layout.ranking import Pair, Ranked

Point = tuple[float, float]
LANE = 12.0
"""Between two lanes."""


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """points: (m, 2) float32 of all edges, one after another. starts: (edges + 1,) int32, where each begins. aside:
    (edges,) bool, those that run by a lane."""

    points: NDArray[np.float32]
    starts: NDArray[np.int32]
    aside: NDArray[np.bool_]

    def line(self, edge: int) -> NDArray[np.float32]:
        """Points of one edge, (k, 2)."""
        return self.points[self.starts[edge] : self.starts[edge + 1]]


@dataclass(frozen=True, slots=True)
class _Room:
    ranks: tuple[int, ...]
    middles: NDArray[np.float64]
    width: float
    height: float
    across: float
    down: float

    def top(self, layer: int) -> float:
        return layer * (self.height + self.down)

    def start(self, box: int) -> Point:
        return float(self.middles[box]), self.top(self.ranks[box]) + self.height

    def end(self, box: int) -> Point:
        return float(self.middles[box]), self.top(self.ranks[box])


def drawn(
    edges: Sequence[Pair],
    ranked: Ranked,
    middles: NDArray[np.float64],
    passing: Passing,
    sizes: tuple[float, float, float, float],
) -> Lines:
    """Lines of all edges. sizes: width and height of a box, room across and down."""
    room = _Room(ranked.ranks, middles, *sizes)
    lanes = _lanes(ranked, room)
    made: dict[Pair, list[Point]] = {}
    for edge in dict.fromkeys(edges):
        if edge in lanes:
            made[edge] = list(_by_lane(edge, lanes[edge], room))
        elif edge[0] == edge[1]:
            made[edge] = list(_loop(edge[0], room))
        else:
            made[edge] = list(_through(edge, passing.get(edge, ()), room))
    all_points = [made[edge] for edge in edges]
    starts = np.concatenate([[0], np.cumsum([len(line) for line in all_points])]).astype(np.int32)
    points = np.array([point for line in all_points for point in line], np.float32).reshape(-1, 2)
    return Lines(points, starts, np.array([edge in lanes for edge in edges], np.bool_))


def _through(edge: Pair, places: tuple[float, ...], room: _Room) -> Iterator[Point]:
    """Down through each layer that it passes, straight where boxes stand beside it."""
    source, target = edge
    yield room.start(source)
    for layer, x in enumerate(places, room.ranks[source] + 1):
        yield x, room.top(layer)
        yield x, room.top(layer) + room.height
    yield room.end(target)


def _by_lane(edge: Pair, x: float, room: _Room) -> Iterator[Point]:
    """Out below its source, along the lane, and in above its target."""
    start, end = room.start(edge[0]), room.end(edge[1])
    out, back = start[1] + room.down * 0.35, end[1] - room.down * 0.35
    yield from (start, (start[0], out), (x, out), (x, back), (end[0], back), end)


def _loop(box: int, room: _Room) -> Iterator[Point]:
    x, bottom = room.start(box)
    side, out = x + room.width / 2 + room.across * 0.4, room.down * 0.3
    top = room.end(box)[1]
    yield from ((x, bottom), (x, bottom + out), (side, bottom + out), (side, top - out), (x, top - out), (x, top))


def _lanes(ranked: Ranked, room: _Room) -> dict[Pair, float]:
    """x of the lane of each edge that has one: those of one source share it, and free lanes are used again."""
    spans: dict[tuple[int, bool], tuple[int, int]] = {}
    for group, back in ((ranked.long, False), (ranked.back, True)):
        for source, target in group:
            ends = sorted((room.ranks[source], room.ranks[target]))
            low, high = spans.get((source, back), (ends[0], ends[1]))
            spans[source, back] = min(low, ends[0]), max(high, ends[1])
    right = float(room.middles.max(initial=0.0)) + room.width / 2 + room.across
    taken: list[int] = []
    lane: dict[tuple[int, bool], float] = {}
    for key, (low, high) in sorted(spans.items(), key=lambda item: (item[1], item[0])):
        free = next((place for place, until in enumerate(taken) if until < low), len(taken))
        taken[free:] = [high, *taken[free + 1 :]]
        lane[key] = right + LANE * free
    return {edge: lane[edge[0], back] for group, back in ((ranked.long, False), (ranked.back, True)) for edge in group}
