"""Layers of a layout before anything is placed: which edges go down, on which layer each box is, what is left out.

Boxes stand one below what they read; what reads nothing (constants, shapes) moves down to just above its reader, so
that edges are short. A cycle, as a module that is called twice makes when it is folded, is cut where it goes back.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass

Pair = tuple[int, int]
FEW = 6
"""Long edges that one box may have; with more of them they share a lane at the side."""
LONG = 8
"""Layers that a long edge passes."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """down: edges that are laid out, each to a lower layer. back: edges of cycles. long: edges that run at the side.
    ranks: layer of each box, 0 at the top. ties: edges that nobody sees, which hold boxes on their layers."""

    ranks: tuple[int, ...]
    down: tuple[Pair, ...]
    back: tuple[Pair, ...]
    long: tuple[Pair, ...]
    ties: tuple[Pair, ...]


def rank(count: int, edges: Sequence[Pair], most: int) -> Ranked:
    """Layers for `count` boxes. edges: without loops and doubles. most: layers that all edges may pass in sum."""
    order, back = _ordered(count, edges)
    forward = [edge for edge in edges if edge not in back]
    above, below = _neighbours(count, forward)
    ranks = [0] * count
    for box in order:
        ranks[box] = max((ranks[each] + 1 for each in above[box]), default=0)
    highest = list(ranks)
    _lower(order, above, below, ranks)
    long = _too_long(forward, ranks, most)
    down = tuple(edge for edge in forward if edge not in long)
    ties = _ties(down, ranks, highest, above, below)
    return Ranked(tuple(ranks), down, tuple(sorted(back)), tuple(sorted(long)), ties)


def _ordered(count: int, edges: Sequence[Pair]) -> tuple[list[int], set[Pair]]:
    """A topological order, smallest number first, and the edges that had to be cut for there to be one."""
    above, below = _neighbours(count, edges)
    missing = [len(each) for each in above]
    ready = [box for box in range(count) if not missing[box]]
    done, back, order, next_box = [False] * count, set[Pair](), list[int](), 0
    while len(order) < count:
        if not ready:
            while done[next_box]:
                next_box += 1
            back.update((each, next_box) for each in above[next_box] if not done[each])
            ready = [next_box]
        box = heapq.heappop(ready)
        if done[box]:
            continue
        done[box] = True
        order.append(box)
        for each in below[box]:
            missing[each] -= 1
            if not missing[each] and not done[each]:
                heapq.heappush(ready, each)
    return order, back


def _neighbours(count: int, edges: Sequence[Pair]) -> tuple[list[list[int]], list[list[int]]]:
    above: list[list[int]] = [[] for _ in range(count)]
    below: list[list[int]] = [[] for _ in range(count)]
    for source, target in edges:
        above[target].append(source)
        below[source].append(target)
    return above, below


def _lower(order: list[int], above: list[list[int]], below: list[list[int]], ranks: list[int]) -> None:
    """Move down what rests on nothing but sources, as far as its readers let it."""
    free = [False] * len(order)
    for box in order:
        free[box] = len(above[box]) <= len(below[box]) and all(free[each] for each in above[box])
    for box in reversed(order):
        if free[box] and below[box]:
            ranks[box] = min(ranks[each] for each in below[box]) - 1


def _too_long(edges: Sequence[Pair], ranks: list[int], most: int) -> set[Pair]:
    """Edges of boxes that have many long ones, and the longest of all where they pass more than `most` layers."""
    passed = {edge: ranks[edge[1]] - ranks[edge[0]] - 1 for edge in edges}
    by_source: dict[int, list[Pair]] = {}
    for edge, layers in passed.items():
        if layers >= LONG:
            by_source.setdefault(edge[0], []).append(edge)
    long = {edge for group in by_source.values() if len(group) > FEW for edge in group}
    spent = 0
    for edge in sorted(passed, key=lambda edge: (passed[edge], edge)):
        spent += 0 if edge in long else passed[edge]
        if spent > most and passed[edge]:
            long.add(edge)
    return long


def _ties(
    down: Sequence[Pair], ranks: list[int], highest: list[int], above: list[list[int]], below: list[list[int]]
) -> tuple[Pair, ...]:
    """For each box that no laid out edge holds on its layer, one to hold it, from beside its first reader."""
    held = {target for source, target in down if ranks[target] - ranks[source] == 1}
    on_layer: dict[int, int] = {}
    for box, layer in enumerate(ranks):
        if layer == highest[box]:
            on_layer.setdefault(layer, box)
    ties = []
    for box, layer in enumerate(ranks):
        if layer == 0 or box in held:
            continue
        beside = (each for reader in below[box][:1] for peer in above[reader] for each in above[peer])
        holder = next((each for each in beside if ranks[each] == layer - 1), on_layer.get(layer - 1))
        if holder is not None:
            ties.append((holder, box))
    return tuple(ties)
