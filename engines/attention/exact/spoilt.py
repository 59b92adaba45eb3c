"""Numbers that are not finite, kept to the rows that see them: fast kernels lose them or spread them.

torch's CPU kernel gives 0 for a query of NaN, and 0 times a hidden NaN is NaN to every matrix product. So an output
with a row that begins with 0 is looked into, and where keys are hidden one with NaN; others cost a look at themselves.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from typing import TypeAlias

import torch
from torch import Tensor

from engines.attention.request import Request, seen

ROWS = 256
Answer: TypeAlias = tuple[Tensor, Tensor | None]


def contained(run: Callable[[Request, bool], Answer], asked: Request, lse: bool) -> Answer:
    """run(asked, lse); where a number of q, k or v is not finite, without it, and NaN in the rows that see it. On CUDA
    and under torch.compile nothing is looked at: it would wait for the device, and cut the graph.
    """
    out, total = run(asked, lse)
    if out.is_cuda or torch.compiler.is_compiling() or _looks_sound(out, asked.plain) or finite(asked):
        return out, total
    bad_q, bad_k, bad_v = ~torch.isfinite(asked.q), ~torch.isfinite(asked.k), ~torch.isfinite(asked.v)
    clean = replace(
        asked, q=asked.q.masked_fill(bad_q, 0), k=asked.k.masked_fill(bad_k, 0), v=asked.v.masked_fill(bad_v, 0)
    )
    out, total = run(clean, lse)
    scores, values = _reached(asked, bad_q.any(-1), bad_k.any(-1), bad_v)
    out = out.masked_fill(scores[..., None] | values, torch.nan)
    return out, None if total is None else total.masked_fill(scores, torch.nan)


def _looks_sound(out: Tensor, plain: bool) -> bool:
    """plain: every row sees every key, so NaN is where it belongs, and only what was lost is looked for."""
    first = out.select(-1, 0)
    return int(torch.count_nonzero(first)) == first.numel() and (plain or math.isfinite(out.sum().item()))


def finite(asked: Request) -> bool:
    """Whether every number of q, k and v is finite."""
    if math.isfinite((asked.q.sum() + asked.k.sum() + asked.v.sum()).item()):
        return True
    return all(bool(torch.isfinite(tensor).all()) for tensor in (asked.q, asked.k, asked.v))


def _reached(asked: Request, q: Tensor, k: Tensor, v: Tensor) -> tuple[Tensor, Tensor]:
    """Rows whose scores hold one, (B, H, N), and outputs that mix one in, (B, H, N, e), a strip of rows at a time."""
    marks = torch.cat([torch.ones_like(k)[..., None], k[..., None], v], -1).float()
    found = []
    for start in range(0, q.shape[-1], ROWS):
        rows = slice(start, start + ROWS)
        visible = seen(asked, rows)
        if visible is None:
            hit = marks.amax(-2, keepdim=True).expand(*q[..., rows].shape, -1) > 0
        else:
            hit = (visible.expand(*q[..., rows].shape, k.shape[-1]).float() @ marks) > 0
        found.append(torch.cat([(q[..., rows, None] & hit[..., :1]) | hit[..., 1:2], hit[..., 2:]], -1))
    whole = torch.cat(found, -2)
    return whole[..., 0], whole[..., 1:]
