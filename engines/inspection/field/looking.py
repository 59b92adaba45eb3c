"""A unit's field on one frame: the exact box, and what the unit really rests on by its gradient."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np
import torch

from engines.inspection.field.exact import Field, field_of, sight_of
from engines.inspection.field.gradient import channels_of, index_of, side_of, slope_of
from engines.inspection.field.shaping import shaped, where_the_picture_is
from engines.inspection.field.sights import Sight
from engines.inspection.looks import FieldLook, LookSpec, Seen
from engines.inspection.running.network import Network
from engines.inspection.types import Graph, Shape

K = TypeVar("K")
V = TypeVar("V")
MOST = 64
Unit = tuple[int, int]


@dataclass
class _Held:
    """What was worked out for pictures of one shape: layers' sights and units' fields, the newest of them."""

    graph: Graph
    sights: dict[str, Sight] = field(default_factory=dict)
    fields: dict[tuple[str, Unit], Field] = field(default_factory=dict)

    def sight(self, layer: str) -> Sight:
        return _kept(self.sights, layer, lambda: sight_of(self.graph, layer))

    def seen(self, layer: str, unit: Unit) -> Field:
        return _kept(self.fields, (layer, unit), lambda: field_of(self.sight(layer), unit))


KEPT: WeakKeyDictionary[Network, tuple[Shape, _Held]] = WeakKeyDictionary()


def look(network: Network, inputs: tuple[torch.Tensor, ...], seen: Seen, spec: LookSpec) -> FieldLook:
    """The look at the unit that `spec` names, of its layer, that of `seen` where it names none.

    Raises `UsageError` for a layer, unit or channel that is not there, `BadInput` for a layer that sees nothing.
    """
    held, layer = _held(network, inputs), spec.layer or seen.layer
    sight, found = held.sight(layer), held.seen(layer, spec.unit)
    if spec.effective:
        value, slope = slope_of(network, inputs, layer, found.unit, spec.channel, sight)
        peak = float(slope.max(initial=0))
        effective = (slope / peak if peak > 0 else slope).astype(np.float32)
        side = side_of(slope)
    else:
        with torch.no_grad():
            values = network.values(inputs, [layer])[layer]
        value, effective, side = float(values[index_of(sight, values.shape, found.unit, spec.channel)]), None, 0.0
    top, left, bottom, right = found.box
    area = max((bottom - top) * (right - left), 1)
    return FieldLook(
        seen, found.unit, found.grid, spec.channel, value, found.box, int(found.pixels.sum()) / area,
        bool(found.pixels.all()), effective, side, channels_of(sight), found.note,
    )  # fmt: skip


def _held(network: Network, inputs: tuple[torch.Tensor, ...]) -> _Held:
    """Made anew for pictures of another shape."""
    name, _axes = where_the_picture_is(network.graph)
    shape = tuple(inputs[network.graph.inputs.index(name)].shape)
    known, held = KEPT.get(network, ((), None))
    if held is None or known != shape:
        held = _Held(shaped(network.model, shape))
        KEPT[network] = shape, held
    return held


def _kept(held: dict[K, V], key: K, make: Callable[[], V]) -> V:
    if key not in held:
        while len(held) >= MOST:
            held.pop(next(iter(held)))
        held[key] = make()
    return held[key]
