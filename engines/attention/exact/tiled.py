"""Exact attention tile by tile in memory O(n), forward and backward by hand: flash attention in plain torch.

After Dao, arXiv 2205.14135 and 2307.08691. A row keeps the largest score m that it has met, the sum l of exp(s - m) and
the mix of values; a larger m rescales both. The backward makes the weights anew from the log-sum-exp. Sums are in
float32 (float64 for float64), whatever the inputs are. Tiles that causal or window hide are never visited.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import torch
from torch import Tensor
from torch.autograd.function import once_differentiable

from engines.attention.exact.spoilt import contained
from engines.attention.request import Request, blocks, cuts, positions, span, tile_of

ROWS, COLUMNS = 256, 512
LOG2E = 1 / math.log(2)


def forward(asked: Request, lse: bool = False) -> tuple[Tensor, Tensor | None]:
    """(output (B, H, N, e), log-sum-exp (B, H, N)). Gradients for q, k, v and bias, through both, and once."""
    return contained(_run, asked, lse)


def _run(asked: Request, lse: bool) -> tuple[Tensor, Tensor | None]:
    out, total = _Tiled.apply(asked.q, asked.k, asked.v, asked.bias, asked)  # type: ignore[no-untyped-call]
    return out, total if lse else None


class _Tiled(torch.autograd.Function):
    """The tensors apart from the request, so that autograd sees them."""

    @staticmethod
    def forward(
        ctx: Any, q: Tensor, k: Tensor, v: Tensor, bias: Tensor | None, asked: Request
    ) -> tuple[Tensor, Tensor]:
        out, total = _attend(asked)
        ctx.save_for_backward(q, k, v, bias, asked.mask, out, total)
        ctx.asked = replace(asked, q=q[:0], k=k[:0], v=v[:0], mask=None, bias=None)
        ctx.set_materialize_grads(False)
        return out, total

    @staticmethod
    @once_differentiable
    def backward(ctx: Any, d_out: Tensor | None, d_total: Tensor | None) -> tuple[Tensor | None, ...]:
        q, k, v, bias, mask, out, total = ctx.saved_tensors
        asked = replace(ctx.asked, q=q, k=k, v=v, bias=bias, mask=mask)
        d_out = torch.zeros_like(out) if d_out is None else d_out
        return (*_gradients(asked, out, total, d_out, d_total, ctx.needs_input_grad[3]), None)


def _attend(asked: Request) -> tuple[Tensor, Tensor]:
    q, v = asked.q, asked.v
    out = torch.empty(*q.shape[:3], v.shape[3], dtype=q.dtype, device=q.device)
    total = torch.empty(q.shape[:3], dtype=_wide(q), device=q.device)
    for rows in blocks(0, q.shape[2], ROWS):
        out[:, :, rows], total[:, :, rows] = _strip(asked, rows)
    return out, total


def _strip(asked: Request, rows: slice) -> tuple[Tensor, Tensor]:
    """Output and log-sum-exp of some rows, tile by tile."""
    query = asked.q[:, :, rows].to(_wide(asked.q))
    largest = query.new_full(query.shape[:3], -torch.inf)
    sums = torch.zeros_like(largest)
    mixed = query.new_zeros(*query.shape[:3], asked.v.shape[3])
    for columns in _visited(asked, rows):
        scores = _scores(asked, query, rows, columns)
        now = torch.maximum(largest, scores.amax(-1))
        base = now.masked_fill(now == -torch.inf, 0)
        weights = torch.exp2(scores.sub_(base[..., None]), out=scores)
        fade = torch.exp2(largest - base)
        sums = sums * fade + weights.sum(-1)
        mixed = (mixed * fade[..., None]).add_(weights @ asked.v[:, :, columns].to(query.dtype))
        largest = now
    blind = sums == 0
    return mixed / sums.masked_fill(blind, 1)[..., None], (largest + torch.log2(sums)) / LOG2E


def _gradients(
    asked: Request, out: Tensor, total: Tensor, d_out: Tensor, d_total: Tensor | None, of_bias: bool
) -> tuple[Tensor | None, ...]:
    """Of q, k, v and bias. d_total: of the log-sum-exp."""
    wide = _wide(asked.q)
    d_q, d_k, d_v = (torch.zeros_like(x, dtype=wide, memory_format=torch.contiguous_format) for x in _qkv(asked))
    d_bias = torch.zeros_like(asked.bias, dtype=wide) if asked.bias is not None and of_bias else None
    for rows in blocks(0, asked.q.shape[2], ROWS):
        query, d_row = asked.q[:, :, rows].to(wide), d_out[:, :, rows].to(wide)
        delta = (d_row * out[:, :, rows].to(wide)).sum(-1)
        delta = delta if d_total is None else delta - d_total[:, :, rows]
        base = total[:, :, rows].masked_fill(total[:, :, rows] == -torch.inf, torch.inf) * LOG2E
        for columns in _visited(asked, rows):
            weights = torch.exp2(_scores(asked, query, rows, columns).sub_(base[..., None]))
            d_v[:, :, columns] += weights.mT @ d_row
            d_scores = (d_row @ asked.v[:, :, columns].to(wide).mT).sub_(delta[..., None]).mul_(weights)
            d_q[:, :, rows] += d_scores @ asked.k[:, :, columns].to(wide)
            d_k[:, :, columns] += d_scores.mT @ query
            if d_bias is not None:
                tile = tile_of(d_bias, rows, columns)
                tile += d_scores.sum_to_size(tile.shape)
    d_q, d_k = d_q.mul_(asked.scale), d_k.mul_(asked.scale)
    given = None if d_bias is None or asked.bias is None else d_bias.to(asked.bias.dtype)
    return d_q.to(asked.q.dtype), d_k.to(asked.q.dtype), d_v.to(asked.q.dtype), given


def _scores(asked: Request, query: Tensor, rows: slice, columns: slice) -> Tensor:
    """A tile of scores times log2(e), -inf where hidden."""
    scores = (query * (asked.scale * LOG2E)) @ asked.k[:, :, columns].to(query.dtype).mT
    if asked.bias is not None:
        scores.add_(tile_of(asked.bias, rows, columns), alpha=LOG2E)
    if asked.mask is not None:
        scores.masked_fill_(~tile_of(asked.mask, rows, columns), -torch.inf)
    if cuts(asked, rows, columns):
        scores.masked_fill_(~positions(asked, rows, columns), -torch.inf)
    return scores


def _visited(asked: Request, rows: slice) -> Iterator[slice]:
    """Tiles of keys that some of the rows see by their places."""
    keys = span(asked, rows)
    return blocks(keys.start, keys.stop, COLUMNS)


def _qkv(asked: Request) -> tuple[Tensor, Tensor, Tensor]:
    return asked.q, asked.k, asked.v


def _wide(tensor: Tensor) -> torch.dtype:
    return torch.float64 if tensor.dtype == torch.float64 else torch.float32
