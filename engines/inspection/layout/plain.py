"""A plain layered layout that needs no library: each layer in order of the mean of its neighbours (barycentres)."""

from __future__ import annotations

from collections.abc import Hashable, Mapping, Sequence

import numpy as np

from engines.inspection.layout.packing import Column, Passing
from engines.inspection.layout.ranking import Pair, Ranked

Place = Hashable
"""A box by its number, or an edge on a layer that it passes."""
Near = dict[Place, list[Place]]
SWEEPS = 8


def plain(ranked: Ranked, apart: float) -> tuple[Column, Passing]:
    """Middles of boxes, `apart` from one another, the middle of each layer at 0; places where edges pass layers."""
    chains = {edge: _chain(edge, ranked.ranks) for edge in ranked.down}
    layers: list[list[Place]] = [[] for _ in range(max(ranked.ranks, default=-1) + 1)]
    for box, layer in enumerate(ranked.ranks):
        layers[layer].append(box)
    above, below = Near(), Near()
    for (source, _target), chain in chains.items():
        for layer, each in enumerate(chain[1:-1], ranked.ranks[source] + 1):
            layers[layer].append(each)
        for one, other in zip(chain, chain[1:], strict=False):
            above.setdefault(other, []).append(one)
            below.setdefault(one, []).append(other)
    at = _ordered(layers, above, below)
    middles = np.array([at[box] * apart for box in range(len(ranked.ranks))], np.float64)
    return middles, {edge: tuple(at[each] * apart for each in chain[1:-1]) for edge, chain in chains.items()}


def _chain(edge: Pair, ranks: Sequence[int]) -> list[Place]:
    source, target = edge
    return [source, *((edge, layer) for layer in range(ranks[source] + 1, ranks[target])), target]


def _ordered(layers: list[list[Place]], above: Near, below: Near) -> dict[Place, float]:
    at = {each: float(place) for layer in layers for place, each in enumerate(layer)}
    for sweep in range(SWEEPS):
        down = sweep % 2 == 0
        for layer in layers if down else reversed(layers):
            _sort(layer, above if down else below, at)
    return at


def _sort(layer: list[Place], near: Mapping[Place, list[Place]], at: dict[Place, float]) -> None:
    wanted = {each: sum(at[other] for other in near[each]) / len(near[each]) for each in layer if each in near}
    layer.sort(key=lambda each: wanted.get(each, at[each]))
    at.update((each, place - (len(layer) - 1) / 2) for place, each in enumerate(layer))
