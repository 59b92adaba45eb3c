"""A layer at work on one picture: its maps and their statistics, as the window shows them."""

from __future__ import annotations

from collections.abc import Sequence

import torch

from engines.inspection.activations.births import born
from engines.inspection.activations.layout import as_maps
from engines.inspection.activations.statistics import Dead, channels_of, histogram, order_of, saturated, shown_maps
from engines.inspection.looks import ActivationLook, LookSpec, Seen
from engines.inspection.running.network import Network


def look(network: Network, inputs: Sequence[torch.Tensor], seen: Seen, spec: LookSpec, dead: Dead) -> ActivationLook:
    """Of the layer `seen.layer`. dead: of all frames so far; this one is added."""
    node = network.layer(seen.layer).node
    with torch.inference_mode():
        data = network.values(inputs, [seen.layer])[seen.layer]
        maps = as_maps(data, network.model.sheet, node)
        channels = channels_of(maps)
        counts, edges = histogram(maps)
        which = order_of(channels, spec.sort, spec.most)
        fine = bool(torch.isfinite(maps.sum()))
        return ActivationLook(
            seen, shown_maps(maps, which), tuple(which.tolist()), channels.mean, channels.spread, channels.low,
            channels.high, channels.zeros, dead.add(seen.stamp, maps, channels), saturated(maps, node), dead.frames,
            counts, edges, "" if fine else born(network, inputs, seen.layer),
        )  # fmt: skip
