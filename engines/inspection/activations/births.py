"""Finds the layer where numbers stop being finite: a NaN shows everywhere behind the one that made it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch

from engines.inspection.running.network import Network

FINE, INFINITE, NAN = range(3)


def born(network: Network, inputs: Sequence[torch.Tensor], layer: str) -> str:
    """The layer that made the first of the not finite numbers in `layer`: its own output is not finite, all that is
    computed before it and goes into it is. "" where the layer is finite."""
    state: dict[str, int] = {}
    handles = [
        network.layer(node.name).register_forward_hook(_hook(state, node.outputs)) for node in network.graph.nodes
    ]
    try:
        network.values(inputs, [layer])
    finally:
        for handle in handles:
            handle.remove()
    return _back(network, layer, state)


def _hook(state: dict[str, int], outputs: Sequence[str]) -> Callable[[Any, Any, Any], None]:
    def look(_module: Any, _inputs: Any, result: Any) -> None:
        several = result if isinstance(result, tuple | list) else (result,)
        state.update({name: _badness(one) for name, one in zip(outputs, several, strict=False)})

    return look


def _badness(value: Any) -> int:
    if not isinstance(value, torch.Tensor) or not value.is_floating_point() or bool(torch.isfinite(value).all()):
        return FINE
    return NAN if bool(torch.isnan(value).any()) else INFINITE


def _back(network: Network, layer: str, state: dict[str, int]) -> str:
    """From the layer towards the input, along what is not finite; a NaN before an infinity."""
    makers = network.graph.makers()
    node = network.layer(layer).node
    if not state.get(node.output, FINE):
        return ""
    while bad := [name for name in node.inputs if state.get(name, FINE)]:
        node = makers[max(bad, key=lambda name: state[name])]
    return node.name
