"""Weights of attention while a model runs: from its queries and keys by tiles, or from its own matrix where it must.

Abnar and Zuidema, Quantifying Attention Flow in Transformers, 2020, give the rollout.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from engines.attention import maps
from engines.core.errors import BadInput
from engines.inspection.attention.sites import Site, word_of
from engines.inspection.reading.references import Ref
from engines.inspection.running.network import Network
from engines.inspection.types import Kind, Node

MOST = 1 << 26
"""Elements of a matrix of weights that is looked at as a whole."""


class Weights(Protocol):
    """A matrix of weights (heads, N, M) that answers without being there."""

    @property
    def shape(self) -> tuple[int, int, int]: ...

    def row(self, token: int) -> Tensor:
        """(H, M)."""
        ...

    def mass_and_entropy(self) -> tuple[Tensor, Tensor]:
        """What each key receives, (H, M), and the entropy of each row in nats, (H, N)."""
        ...

    def onward(self, weights: Tensor) -> Tensor:
        """weights (N,) times the matrix, (H, M)."""
        ...


@dataclass(frozen=True, slots=True)
class Streamed:
    """By tiles: q (1, H, N, d), k (1, H, M, d); asked: scale, bias, mask and causal as the attention had them."""

    q: Tensor
    k: Tensor
    asked: dict[str, Any]

    @property
    def shape(self) -> tuple[int, int, int]:
        return self.q.shape[1], self.q.shape[2], self.k.shape[2]

    def row(self, token: int) -> Tensor:
        return maps.rows(self.q, self.k, None, [token], **self.asked)[0, :, 0]

    def mass_and_entropy(self) -> tuple[Tensor, Tensor]:
        mass, entropy = maps.mass_and_entropy(self.q, self.k, None, **self.asked)
        return mass[0], entropy[0]

    def onward(self, weights: Tensor) -> Tensor:
        return maps.weighted_mass(self.q, self.k, weights, **self.asked)[0]


@dataclass(frozen=True, slots=True)
class Whole:
    """The model's own matrix, (H, N, M)."""

    matrix: Tensor

    @property
    def shape(self) -> tuple[int, int, int]:
        heads, rows, keys = self.matrix.shape
        return heads, rows, keys

    def row(self, token: int) -> Tensor:
        return self.matrix[:, token]

    def mass_and_entropy(self) -> tuple[Tensor, Tensor]:
        return self.matrix.sum(-2), torch.special.entr(self.matrix).sum(-1)

    def onward(self, weights: Tensor) -> Tensor:
        return weights @ self.matrix


def watch(network: Network, inputs: Sequence[Tensor], watched: Sequence[Site]) -> list[Weights]:
    """Run as far as the last of these layers: weights of each."""
    with _listening(network, watched) as heard:
        network.values(inputs, [watched[-1].name])
    return [_weights(network, site, heard) for site in watched]


@contextmanager
def _listening(network: Network, watched: Sequence[Site]) -> Iterator[dict[str, Any]]:
    """What goes into each node of the sites by its name; what comes out of those whose matrix is looked at."""
    heard: dict[str, Any] = {}
    handles = []

    def going_in(name: str) -> Any:
        return lambda _step, given: heard.__setitem__(name, given)

    def coming_out(name: str) -> Any:
        return lambda _step, _given, result: heard.__setitem__(name, result)

    for site in watched:
        if not site.followed:
            handles.append(network.layer(site.name).register_forward_hook(coming_out(site.name)))
            continue
        for name in (site.scores, *site.between):
            handles.append(network.layer(name).register_forward_pre_hook(going_in(name)))
    try:
        yield heard
    finally:
        for handle in handles:
            handle.remove()


def _weights(network: Network, site: Site, heard: dict[str, Any]) -> Weights:
    if not site.followed:
        return _whole(site, heard[site.name])
    given = heard[site.scores]
    if site.fused:
        return _fused(network.layer(site.scores).node, given)
    q, k = given[0].detach(), given[-1].detach().transpose(-1, -2)
    scale, bias = 1.0, None
    before = network.layer(site.scores).node
    for name in site.between:
        node = network.layer(name).node
        scale, bias = _changed(node, node.inputs.index(before.output), heard[name], scale, bias)
        before = node
    return _streamed(q, k, bias, scale=scale)


def _whole(site: Site, matrix: Tensor) -> Whole:
    if matrix.numel() > MOST:
        told = f"The matrix of '{site.name}' has {matrix.numel():,} weights, and is too large to be looked at"
        raise BadInput(told, hint="Give the model smaller inputs")
    return Whole(matrix.detach().float().flatten(0, -3) if matrix.ndim > 2 else matrix.detach().float()[None])


def _fused(node: Node, given: Sequence[Tensor | None]) -> Streamed:
    q, k, mask = given[0], given[min(1, len(given) - 1)], given[3] if len(given) > 3 else None
    assert q is not None
    assert k is not None
    if q.ndim > 2 and k.shape[-3] not in (1, q.shape[-3]):
        k = k.repeat_interleave(q.shape[-3] // k.shape[-3], -3)
    told = node.attributes
    return _streamed(q.detach(), k.detach(), mask, scale=told.get("scale"), causal=bool(told.get("causal")))


def _streamed(q: Tensor, k: Tensor, mask: Tensor | None, **asked: Any) -> Streamed:
    """What comes before the last two axes are heads."""
    lead = np.broadcast_shapes(tuple(q.shape[:-2]), tuple(k.shape[:-2]))
    if mask is not None:
        asked["mask" if mask.dtype == torch.bool else "bias"] = _folded(mask.detach(), lead)
    return Streamed(_folded(q, lead)[None], _folded(k, lead)[None], asked)


def _folded(data: Tensor, lead: Sequence[int]) -> Tensor:
    """(heads, rows, columns), or fewer axes where all heads share it."""
    if data.ndim < 2 or (data.shape[:-2].numel() == 1 and math.prod(lead) != 1):
        return data.reshape(data.shape[-2:])
    return data.expand(*lead, *data.shape[-2:]).reshape(-1, *data.shape[-2:])


def _changed(node: Node, at: int, given: Sequence[Tensor | None], scale: float, bias: Tensor | None) -> Any:
    """Scale and bias behind a node: both are scaled, or the bias grows."""
    if node.kind is Kind.CAST:
        return scale, bias
    others = [one for index, one in enumerate(given) if index != at and one is not None]
    other = others[0] if others else _constant(node)
    if node.kind is Kind.ADD:
        return scale, _sum(bias, other)
    factor = float(other) if word_of(node) == "mul" else 1 / float(other)
    return scale * factor, None if bias is None else bias * factor


def _sum(bias: Tensor | None, other: Tensor | float) -> Tensor | None:
    """A number alone changes no softmax."""
    if not isinstance(other, Tensor):
        return bias
    return other.detach() if bias is None else bias + other.detach()


def _constant(node: Node) -> float:
    return next(float(one) for one in node.call["args"] if not isinstance(one, Ref))
