"""torch's own kernel, `scaled_dot_product_attention`: on a CPU its flash form, on CUDA the fastest of several."""

from __future__ import annotations

import math
from dataclasses import replace

import torch
import torch.nn.functional as F
from torch import Tensor

from engines.attention.exact.spoilt import contained
from engines.attention.request import Request
from engines.core.words import tr

WIDE = 64
"""Keys from which torch's CPU kernel passes NaN on, in output and log-sum-exp: with fewer than a vector has numbers it
answers with 0."""
MANY = 1024
"""Rows."""


def refuses(asked: Request, lse: bool) -> str:
    """Why it cannot do what is asked, "" where it can. torch gives the log-sum-exp in its flash forms alone."""
    return (_refuses_flash(asked) or (_refuses_cuda(asked) if asked.q.is_cuda else "")) if lse else ""


def _refuses_flash(asked: Request) -> str:
    """Of the flash form itself. Where it ran and every row's log-sum-exp is finite, no number was lost."""
    if asked.needs_gradient:
        return tr("its log-sum-exp carries no gradient")
    return "" if asked.q.shape[3] == asked.v.shape[3] else tr("it gives the log-sum-exp where q and v are of one dim")


def _refuses_cuda(asked: Request) -> str:
    dim = asked.q.shape[3]
    if asked.q.dtype not in (torch.float16, torch.bfloat16) or dim % 8 or dim > 256:
        return tr("on CUDA it gives the log-sum-exp in float16 and bfloat16 at dims of 8, 16, ... 256")
    return "" if _is_bare(asked) else tr("on CUDA it gives the log-sum-exp without mask, bias or window")


def forward(asked: Request, lse: bool = False) -> tuple[Tensor, Tensor | None]:
    """(output, log-sum-exp or None). A mask and a bias are one tensor to it."""
    asked = asked if asked.scale > 0 else _turned(asked)
    if asked.plain and _is_large(asked) and not asked.q.is_cuda and not _refuses_flash(asked):
        out, total = _with_lse(asked, True)
        if math.isfinite(total.sum().item()):
            return out, total if lse else None
    return contained(_with_lse if lse else _alone, asked, lse)


def _is_large(asked: Request) -> bool:
    """Whether a look at the log-sum-exp costs less than one at the output, and tells as much."""
    batch, heads, rows, _ = asked.q.shape
    return asked.k.shape[2] >= WIDE and batch * heads * rows >= MANY


def _turned(asked: Request) -> Request:
    """The same by a scale above 0: torch's flash form multiplies -infinity, what causal hides, by the scale."""
    if asked.scale == 0:
        return replace(asked, q=asked.q * 0, scale=1.0)
    return replace(asked, q=-asked.q, scale=-asked.scale)


def _alone(asked: Request, lse: bool) -> tuple[Tensor, None]:
    q, k, v = asked.q, asked.k, asked.v
    if _is_bare(asked):
        return F.scaled_dot_product_attention(q, k, v, is_causal=asked.causal, scale=asked.scale), None
    return F.scaled_dot_product_attention(q, k, v, attn_mask=_added(asked), scale=asked.scale), None


def _with_lse(asked: Request, lse: bool) -> tuple[Tensor, Tensor]:
    """By the flash forms themselves; they read dims as if these lay side by side."""
    q, k, v = (x if x.stride(-1) == 1 else x.contiguous() for x in (asked.q, asked.k, asked.v))
    bare = _is_bare(asked)
    causal = asked.causal and bare
    if q.is_cuda:
        flash = torch.ops.aten._scaled_dot_product_flash_attention.default
        out, total = flash(q, k, v, is_causal=causal, scale=asked.scale)[:2]
        return out, total
    mask = None if bare else _as_floats(asked)
    flash = torch.ops.aten._scaled_dot_product_flash_attention_for_cpu.default
    out, total = flash(q, k, v, is_causal=causal, attn_mask=mask, scale=asked.scale)
    return out, total if mask is None else total.masked_fill((mask == -torch.inf).all(-1), -torch.inf)


def _is_bare(asked: Request) -> bool:
    """Whether there is nothing to add to the scores: torch's causal form is for as many queries as keys."""
    square = asked.q.shape[2] == asked.k.shape[2]
    return asked.bias is None and asked.mask is None and asked.window is None and (square or not asked.causal)


def _added(asked: Request) -> Tensor:
    """What is hidden and the bias as one tensor of bool or of q's dtype, broadcast to (B, H, N, M)."""
    visible, bias = asked.seen(), asked.bias
    if bias is None:
        assert visible is not None
        return _lifted(visible)
    bias = _lifted(bias.to(asked.q.dtype))
    return bias if visible is None else torch.where(visible, bias, -torch.inf)


def _lifted(square: Tensor) -> Tensor:
    return square[(None,) * (4 - square.ndim)]


def _as_floats(asked: Request) -> Tensor:
    """`_added` as floats of (1 or B, 1 or H, N, M)."""
    added = _added(asked)
    if added.dtype == torch.bool:
        added = torch.zeros_like(added, dtype=asked.q.dtype).masked_fill_(~added, -torch.inf)
    return added.expand(-1, -1, asked.q.shape[2], asked.k.shape[2])
