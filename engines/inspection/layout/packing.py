"""Parts of a graph that nothing joins, side by side in rows of a page, in their order."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engines.inspection.layout.ranking import Pair, Ranked

Passing = dict[Pair, tuple[float, ...]]
Column = NDArray[np.float64]
PAGE = 1.3
"""Width of a page that is not full, in roots of the area of its parts."""


def packed(
    ranked: Ranked, middles: Column, passing: Passing, size: tuple[float, float], room: tuple[float, float]
) -> tuple[Ranked, Column, Passing]:
    """The same with every part moved to its place. size: of a box, room: between two, across and down."""
    parts = components(len(middles), (*ranked.down, *ranked.ties, *ranked.back, *ranked.long))
    count = int(parts.max(initial=-1)) + 1
    low, high = np.full(count, np.inf), np.full(count, -np.inf)
    np.minimum.at(low, parts, middles - size[0] / 2)
    np.maximum.at(high, parts, middles + size[0] / 2)
    for (source, _target), places in passing.items():
        if places:
            low[parts[source]] = min(low[parts[source]], *places)
            high[parts[source]] = max(high[parts[source]], *places)
    layers = np.zeros(count, np.int64)
    np.maximum.at(layers, parts, np.array(ranked.ranks, np.int64) + 1)
    lefts, tops = _shelves(high - low + room[0], layers, size[1] + room[1])
    shift = lefts - low
    ranks = np.array(ranked.ranks, np.int64) + tops[parts]
    moved = {edge: tuple(place + float(shift[parts[edge[0]]]) for place in places) for edge, places in passing.items()}
    return replace(ranked, ranks=tuple(ranks.tolist())), middles + shift[parts], moved


def _shelves(widths: Column, layers: NDArray[np.int64], pitch: float) -> tuple[Column, NDArray[np.int64]]:
    """Left end and first layer of every part: in rows, a new one where a page about square is full."""
    page = max(float(widths.max(initial=0.0)), PAGE * math.sqrt(float((widths * layers).sum()) * pitch))
    lefts, tops = np.zeros(len(widths)), np.zeros(len(widths), np.int64)
    left, top, tallest = 0.0, 0, 0
    for part, (width, tall) in enumerate(zip(widths.tolist(), layers.tolist(), strict=True)):
        if left and left + width > page:
            left, top, tallest = 0.0, top + tallest, 0
        lefts[part], tops[part] = left, top
        left, tallest = left + width, max(tallest, tall)
    return lefts, tops


def components(count: int, edges: tuple[Pair, ...]) -> NDArray[np.int64]:
    """Number of the part that each box is in, counted by their first boxes."""
    above = list(range(count))

    def root(box: int) -> int:
        while above[box] != box:
            above[box] = above[above[box]]
            box = above[box]
        return box

    for source, target in edges:
        one, other = sorted((root(source), root(target)))
        above[other] = one
    roots = [root(box) for box in range(count)]
    numbers = {each: number for number, each in enumerate(dict.fromkeys(roots))}
    return np.array([numbers[each] for each in roots], np.int64)
