"""Attention at work on one picture: where each token looks, what is looked at, and what reaches it through all layers.

Rollout: Abnar and Zuidema, Quantifying Attention Flow in Transformers, 2020: each layer is half its weights, heads
averaged, half itself; the layers are multiplied. A token's row of the product needs no matrix.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.core.errors import BadInput, UsageError
from engines.core.words import tr
from engines.inspection.attention.sites import Site, sites
from engines.inspection.attention.tokens import Tokens, tokens_of
from engines.inspection.attention.weights import Unfollowed, Weights, watch
from engines.inspection.looks import AttentionLook, LookSpec, Seen
from engines.inspection.running.network import Network


class AttentionView:
    """Layers of attention of one network, found once."""

    def __init__(self, network: Network) -> None:
        """Raises `BadInput` for a model without self-attention."""
        self._network = network
        everything = sites(network.graph)
        self.sites = tuple(site for site in everything if not self._crosses(site))
        self._left_out = len(everything) - len(self.sites)
        if not self.sites:
            what = tr("only attends from one thing to another") if everything else tr("has no layer of attention")
            raise BadInput(
                f"{network.model.sheet.title} {what}", hint=tr("Choose a transformer that looks at pictures")
            )

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(site.name for site in self.sites)

    def layer(self, spec: LookSpec) -> str:
        """The one asked for; else the first, for what comes through all layers the last. Raises `UsageError`."""
        if spec.layer and spec.layer not in self.names:
            hint = tr("Those that do are {names}", names=", ".join(self.names[:3]))
            raise UsageError(tr("'{layer}' does not attend", layer=spec.layer), hint=hint)
        return spec.layer or self.names[-1 if spec.map == "rollout" else 0]

    @torch.no_grad()
    def look(self, inputs: Sequence[Tensor], seen: Seen, spec: LookSpec) -> AttentionLook:
        """Of the layer `seen.layer`."""
        at = self.names.index(seen.layer)
        first = 0 if spec.map == "rollout" else at
        weights = self._watch(inputs, first, at + 1)
        heads, count, keys = weights[-1].shape
        if count != keys:
            raise UsageError(
                tr(
                    "'{layer}' attends from {count} tokens to {keys} others, not to themselves",
                    layer=seen.layer,
                    count=count,
                    keys=keys,
                )
            )
        tokens = tokens_of(self._network.graph, self._network.layer(self.sites[at].scores).node, count)
        token = tokens.number(spec.unit)
        mass, entropy = weights[-1].mass_and_entropy()
        each = {"mass": mass, "entropy": entropy}.get(spec.map)
        each = weights[-1].row(token) if each is None else each
        flown, note = rollout(weights, token) if spec.map == "rollout" else (None, "")
        shown = _of_head(each, spec.head) if flown is None else flown
        return AttentionLook(
            replace(seen, shape=weights[-1].shape), self.names, (tokens.rows, tokens.columns), tokens.extra,
            tokens.place(token), spec.map, _on_grid(shown[None], tokens)[0], _on_grid(each, tokens),
            entropy.mean(-1).float().numpy(), self._note(self.sites[at], spec, heads, tokens, note),
        )  # fmt: skip

    def _watch(self, inputs: Sequence[Tensor], first: int, stop: int) -> list[Weights]:
        """A layer whose queries and keys do not say it all is looked at as a whole from then on."""
        while True:
            try:
                return watch(self._network, inputs, self.sites[first:stop])
            except Unfollowed as found:
                self.sites = tuple(replace(site, followed=False) if site == found.site else site for site in self.sites)

    def _crosses(self, site: Site) -> bool:
        """Whether keys are of something else than queries, as far as their numbers tell."""
        graph, node = self._network.graph, self._network.layer(site.name).node
        if site.fused:
            q, k = (graph.shape(node.inputs[min(at, len(node.inputs) - 1)]) for at in (0, 1))
            sides = (q[-2], k[-2]) if q and k else (-1, -1)
        else:
            shape = graph.shape(node.output)
            sides = (shape[-2], shape[-1]) if shape and len(shape) > 1 else (-1, -1)
        return -1 not in sides and sides[0] != sides[1]

    def _note(self, site: Site, spec: LookSpec, heads: int, tokens: Tokens, rolled: str) -> str:
        """What is to be known of a look, in words."""
        told = [rolled] if rolled else []
        if spec.head >= heads:
            told.append(tr("This layer has {heads} heads: their mean is shown", heads=heads))
        if not tokens.known:
            told.append(
                tr("No map of the model has as many places as there are tokens: they stand in a row")
                if tokens.rows == 1
                else tr(
                    "No map of the model has as many places as there are tokens: "
                    "they stand in a square, which is a guess"
                )
            )
        shape = self._network.graph.shape(self._network.layer(site.scores).node.inputs[0]) or ()
        if len(shape) > 3 and shape[0] > 1:
            told.append(tr("It attends within {shape} windows: each has heads and a grid of its own", shape=shape[0]))
        if self._left_out:
            told.append(tr("Layers that attend to something else are left out: {left_out}", left_out=self._left_out))
        return ". ".join(told)


def rollout(weights: Sequence[Weights], token: int) -> tuple[Tensor, str]:
    """What reaches a token of the last layer through all before it, (N,), sums to 1; and in words where it begins, if
    that is not the first layer: layers of other lengths do not multiply.
    """
    count = weights[-1].shape[1]
    flown = torch.zeros(count)
    flown[token] = 1
    for back, layer in enumerate(reversed(weights)):
        if layer.shape[1:] != (count, count):
            return flown, tr("Rolled out through the last {back} layers: those before have other tokens", back=back)
        flown = (flown + layer.onward(flown).float().mean(0)) / 2
    return flown, ""


def _of_head(each: Tensor, head: int) -> Tensor:
    """(H, N) -> (N,): one of them, or their mean."""
    return each[head] if 0 <= head < len(each) else each.mean(0)


def _on_grid(each: Tensor, tokens: Tokens) -> NDArray[np.float32]:
    """(H, N) -> (H, rows, columns), without the tokens before the grid."""
    grid = each[:, tokens.extra :].reshape(-1, tokens.rows, tokens.columns)
    found: NDArray[np.float32] = grid.float().numpy()
    return found
