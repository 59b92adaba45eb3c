"""Attention over parts of the keys, brought together by their log-sum-exps: a long cache is attended in pieces."""

from __future__ import annotations

from collections.abc import Iterable

import torch
from torch import Tensor


def merge(parts: Iterable[tuple[Tensor, Tensor]]) -> tuple[Tensor, Tensor]:
    """(output, log-sum-exp) of `attention_with_lse` over all keys, from those over disjoint sets of them.

    parts: outputs (B, H, N, e) and log-sum-exps (B, H, N), of one shape each. A row that sees no key in any part is 0.
    """
    outs, totals = zip(*parts, strict=True)
    each = torch.stack(totals)
    total = torch.logsumexp(each, 0)
    shares = torch.exp(each - total.masked_fill(total == -torch.inf, 0))
    mixed = sum(share[..., None] * out.to(each.dtype) for share, out in zip(shares, outs, strict=True))
    return mixed.to(outs[0].dtype), total
