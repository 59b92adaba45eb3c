"""Weights of attention while a model runs: from its queries and keys by tiles, or from its own matrix where it must.

Abnar and Zuidema, Quantifying Attention Flow in Transformers, 2020, give the rollout.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

import numpy as np
import torch
from torch import Tensor

from engines.attention import maps
from engines.core.errors import BadInput
from engines.core.words import tr
from engines.inspection.attention.sites import Site
from engines.inspection.running.network import Network, Step
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


class Unfollowed(Exception):
    """Queries and keys of a site do not give its weights as it is understood here."""

    def __init__(self, site: Site) -> None:
        super().__init__(site.name)
        self.site = site


def watch(network: Network, inputs: Sequence[Tensor], watched: Sequence[Site]) -> list[Weights]:
    """Run as far as the last of these layers: weights of each. Raises `Unfollowed`."""
    with _listening(network, watched) as heard:
        network.values(inputs, [watched[-1].name])
    return [_weights(network, site, heard) for site in watched]


@dataclass(slots=True)
class Heard:
    """given: what went into a node, by its name. given_off: what a site's softmax gave, its last row alone where
    queries and keys say the rest."""

    given: dict[str, Sequence[Tensor | None]] = field(default_factory=dict)
    given_off: dict[str, Tensor] = field(default_factory=dict)


@contextmanager
def _listening(network: Network, watched: Sequence[Site]) -> Iterator[Heard]:
    heard = Heard()
    handles = []

    def going_in(name: str) -> Any:
        return lambda _step, given: heard.given.__setitem__(name, given)

    def coming_out(site: Site) -> Any:
        part = slice(-1, None) if site.followed else slice(None)
        return lambda _step, _given, result: heard.given_off.__setitem__(site.name, result[..., part, :].clone())

    for site in watched:
        if not site.fused:
            handles.append(network.layer(site.name).register_forward_hook(coming_out(site)))
        if site.followed:
            names = (site.scores, *site.between)
            handles += [network.layer(name).register_forward_pre_hook(going_in(name)) for name in names]
    try:
        yield heard
    finally:
        for handle in handles:
            handle.remove()


def _weights(network: Network, site: Site, heard: Heard) -> Weights:
    if site.fused:
        return _fused(network.layer(site.scores).node, heard.given[site.scores])
    given_off = heard.given_off[site.name]
    return _written_out(network, site, heard, given_off) if site.followed else _whole(site, given_off)


def _written_out(network: Network, site: Site, heard: Heard, row: Tensor) -> Streamed:
    """Queries and keys have to give the softmax's own last row; keys may come either way round."""
    given = heard.given[site.scores]
    q, k = given[0], given[min(1, len(given) - 1)]
    scale, bias = 1.0, None
    before = network.layer(site.scores).node
    for name in site.between:
        step = network.layer(name)
        scale, bias = _changed(site, step, step.node.inputs.index(before.output), heard.given[name], scale, bias)
        before = step.node
    assert q is not None
    assert k is not None
    for turned in (k.detach().transpose(-1, -2), k.detach()):
        if turned.shape[-1] == q.shape[-1] and turned.shape[-2] == row.shape[-1]:
            found = _streamed(q.detach(), turned, bias, scale=scale)
            if torch.allclose(found.row(q.shape[-2] - 1), _whole(site, row).matrix[:, 0], 1e-3, 1e-5, equal_nan=True):
                return found
    raise Unfollowed(site)


def _whole(site: Site, matrix: Tensor) -> Whole:
    if matrix.numel() > MOST:
        told = tr(
            "The matrix of '{site}' has {weights:,} weights, and is too large to be looked at",
            site=site.name,
            weights=matrix.numel(),
        )
        raise BadInput(told, hint=tr("Give the model smaller inputs"))
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


def _changed(
    site: Site, step: Step, at: int, given: Sequence[Tensor | None], scale: float, bias: Tensor | None
) -> tuple[float, Tensor | None]:
    """Scale and bias behind a node: the bias grows, or both are scaled. A number that is added changes no softmax."""
    others = [one for index, one in enumerate(given) if index != at and one is not None]
    if step.node.kind is Kind.CAST:
        return scale, bias
    if step.node.kind is Kind.ADD and others:
        added = others[0].detach()
        return scale, added if bias is None else bias + added
    zero, one, two = (_tried(step, at, given, number) for number in (0.0, 1.0, 2.0))
    factor = one - zero
    if not math.isclose(two - zero, 2 * factor, rel_tol=1e-5):
        raise Unfollowed(site)
    return scale * factor, None if bias is None else bias * factor


def _tried(step: Step, at: int, given: Sequence[Tensor | None], number: float) -> float:
    """What a node makes of a single number."""
    return float(step(*(torch.tensor([number]) if index == at else one for index, one in enumerate(given))))
