"""Where tokens lie on the picture: their grid from the map that they were made of, and those that come before them."""

from __future__ import annotations

import math
from dataclasses import dataclass

from engines.inspection.types import Graph, Kind, Node

EXTRA = 16
"""Tokens before those of the picture, at most: the class and registers."""
MAPS = (Kind.CONV, Kind.POOL, Kind.RESIZE, Kind.SPACE_DEPTH)


@dataclass(frozen=True, slots=True)
class Tokens:
    """rows x columns of the picture, after `extra` others. known: the graph says so; else it is guessed."""

    rows: int
    columns: int
    extra: int
    known: bool = True

    def number(self, unit: tuple[int, int]) -> int:
        """Of a token by its (row, column) cut to the grid; (-1, -1) is the class token, the middle where there is
        none."""
        row, column = unit
        if min(unit) < 0:
            row, column = self.rows // 2, self.columns // 2
            if self.extra:
                return 0
        return self.extra + min(row, self.rows - 1) * self.columns + min(column, self.columns - 1)

    def place(self, number: int) -> tuple[int, int]:
        """(row, column) of a token, (-1, -1) before the grid."""
        at = number - self.extra
        return (-1, -1) if at < 0 else divmod(at, self.columns)


def tokens_of(graph: Graph, node: Node, count: int) -> Tokens:
    """The grid of `count` tokens that go into a node: of the nearest map before it with as many places, else square,
    else a row."""
    for high, wide in _maps_before(graph, node):
        if 0 <= count - high * wide <= EXTRA and high * wide > 1:
            return Tokens(high, wide, count - high * wide)
    for extra in range(min(EXTRA + 1, count)):
        side = math.isqrt(count - extra)
        if side > 1 and side * side == count - extra:
            return Tokens(side, side, extra, False)
    return Tokens(1, count, 0, False)


def _maps_before(graph: Graph, node: Node) -> list[tuple[int, int]]:
    """Sizes of the maps that lead to a node, the nearest first."""
    makers = graph.makers()
    seen, waiting, found = {node.name}, [node], []
    for one in waiting:
        for name in one.inputs:
            maker = makers.get(name)
            if maker is None or maker.name in seen:
                continue
            seen.add(maker.name)
            waiting.append(maker)
            if maker.kind in MAPS and len(shape := graph.shape(maker.output) or ()) == 4:
                first, last = maker.attributes.get("axes", (2, 3))
                found.append((shape[first], shape[last]))
    return found
