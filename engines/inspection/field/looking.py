"""A unit's field on one frame: the exact box, and what the unit really rests on by its gradient."""

from __future__ import annotations

from weakref import WeakKeyDictionary

import numpy as np
import torch

from engines.inspection.field.exact import Field, field_of, sight_of
from engines.inspection.field.gradient import channels_of, index_of, side_of, slope_of
from engines.inspection.field.sights import Sight
from engines.inspection.looks import FieldLook, LookSpec, Seen
from engines.inspection.running.network import Network

KEPT: WeakKeyDictionary[Network, dict[str, Sight]] = WeakKeyDictionary()
FIELDS: WeakKeyDictionary[Network, dict[tuple[str, tuple[int, int]], Field]] = WeakKeyDictionary()
MOST = 64


def look(network: Network, inputs: tuple[torch.Tensor, ...], seen: Seen, spec: LookSpec) -> FieldLook:
    """The look at the unit that `spec` names, of `spec.layer`.

    Raises `UsageError` for a layer, unit or channel that is not there, `BadInput` for a layer that sees nothing.
    """
    sight = _sight(network, spec.layer)
    field = _field(network, spec.layer, spec.unit, sight)
    if spec.effective:
        value, slope = slope_of(network, inputs, spec.layer, field.unit, spec.channel, sight)
        peak = float(slope.max(initial=0))
        effective = (slope / peak if peak > 0 else slope).astype(np.float32)
        side = side_of(slope)
    else:
        with torch.no_grad():
            values = network.values(inputs, [spec.layer])[spec.layer]
        value, effective, side = float(values[index_of(sight, values.shape, field.unit, spec.channel)]), None, 0.0
    top, left, bottom, right = field.box
    area = max((bottom - top) * (right - left), 1)
    return FieldLook(
        seen, field.unit, field.grid, spec.channel, value, field.box, int(field.pixels.sum()) / area,
        bool(field.pixels.all()), effective, side, channels_of(sight), field.note,
    )  # fmt: skip


def _sight(network: Network, layer: str) -> Sight:
    held = KEPT.setdefault(network, {})
    if layer not in held:
        _make_room(held)
        held[layer] = sight_of(network.graph, layer)
    return held[layer]


def _field(network: Network, layer: str, unit: tuple[int, int], sight: Sight) -> Field:
    held = FIELDS.setdefault(network, {})
    if (layer, unit) not in held:
        _make_room(held)
        held[layer, unit] = field_of(sight, unit)
    return held[layer, unit]


def _make_room(held: dict[object, object] | dict[str, Sight] | dict[tuple[str, tuple[int, int]], Field]) -> None:
    while len(held) >= MOST:
        held.pop(next(iter(held)))  # type: ignore[call-overload]
