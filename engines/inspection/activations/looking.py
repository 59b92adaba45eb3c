"""A layer at work on one picture: its maps and their statistics, as the window shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import torch

from engines.inspection.activations.births import born
from engines.inspection.activations.layout import Layout
from engines.inspection.activations.statistics import Dead, channels_of, histogram, order_of, saturated, shown_maps
from engines.inspection.looks import ActivationLook, LookSpec, Seen
from engines.inspection.running.network import Network


def look(network: Network, inputs: Sequence[torch.Tensor], seen: Seen, spec: LookSpec, layout: Layout,
         dead: Dead) -> ActivationLook:  # fmt: skip
    """Of the layer `seen.layer`, which has this layout. dead: of all frames so far; this one is added."""
    node = network.layer(seen.layer).node
    with torch.inference_mode():
        data = network.values(inputs, [seen.layer])[seen.layer]
        maps = layout.maps(data)
        channels = channels_of(maps)
        counts, edges = histogram(maps)
        which = order_of(channels, spec.sort, spec.most)
        fine = bool(torch.isfinite(maps.sum()))
        dead_ones = dead.add(seen.stamp, maps, channels)
        return ActivationLook(
            seen=replace(seen, shape=tuple(data.shape)), maps=shown_maps(maps, which), channels=tuple(which.tolist()),
            mean=channels.mean, spread=channels.spread, low=channels.low, high=channels.high, zeros=channels.zeros,
            dead=dead_ones, saturated=saturated(maps, node), frames=dead.frames, counts=counts, edges=edges,
            born="" if fine else born(network, inputs, seen.layer),
        )  # fmt: skip
