"""The definition of attention, as one would write it down: the whole matrix of scores, its softmax, times v.

Every other exact kernel is held against this one in float64. A row that sees no key is 0, its log-sum-exp -infinity.
What is hidden adds nothing, whatever it holds: 0 times NaN is not asked.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engines.attention.request import Request


def forward(asked: Request, lse: bool = False) -> tuple[Tensor, Tensor | None]:
    """(output (B, H, N, e), log-sum-exp of the scores (B, H, N) or None)."""
    scores = asked.q @ asked.k.transpose(-1, -2) * asked.scale
    if asked.bias is not None:
        scores = scores + asked.bias.to(scores.dtype)
    visible = asked.seen()
    if visible is not None:
        scores = scores.masked_fill(~visible, -torch.inf)
    hidden = None if visible is None and asked.bias is None else scores == -torch.inf
    blind = None if hidden is None else hidden.all(-1, keepdim=True)
    scores = scores if blind is None else scores.masked_fill(blind, 0.0)
    weights = torch.softmax(scores, dim=-1)
    weights = weights if hidden is None else weights.masked_fill(hidden, 0.0)
    return mixed(weights, asked.v, visible), _total(scores, blind) if lse else None


def _total(scores: Tensor, blind: Tensor | None) -> Tensor:
    """Of scores in half precision too it is in float32."""
    total = torch.logsumexp(scores if scores.dtype == torch.float64 else scores.float(), dim=-1)
    return total if blind is None else total.masked_fill(blind[..., 0], -torch.inf)


def mixed(weights: Tensor, v: Tensor, visible: Tensor | None) -> Tensor:
    """weights v, where a value that is not finite reaches only those who see it."""
    if visible is None or v.is_cuda or torch.isfinite(v.sum()):
        return weights @ v
    bad = ~torch.isfinite(v)
    reached = torch.broadcast_to(visible, weights.shape).to(weights.dtype) @ bad.to(weights.dtype) > 0
    return torch.where(reached, torch.nan, weights @ v.masked_fill(bad, 0.0))
