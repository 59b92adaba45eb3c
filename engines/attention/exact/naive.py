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
    weights = torch.softmax(scores, dim=-1)
    if visible is not None:
        weights = weights.masked_fill(~visible, 0.0)
    out = _mixed(weights, asked.v, visible)
    return out, torch.logsumexp(scores, dim=-1) if lse else None


def _mixed(weights: Tensor, v: Tensor, visible: Tensor | None) -> Tensor:
    """weights v, where a value that is not finite reaches only those who see it."""
    if visible is None or v.is_cuda or torch.isfinite(v.sum()):
        return weights @ v
    bad = ~torch.isfinite(v)
    reached = torch.broadcast_to(visible, weights.shape).to(weights.dtype) @ bad.to(weights.dtype) > 0
    return torch.where(reached, torch.nan, weights @ v.masked_fill(bad, 0.0))
