"""torch's `flex_attention`, compiled for the request: never taken by `auto`, for compiling costs seconds to a minute.

It skips the blocks that causal and window hide. On a CPU it needs a C++ compiler and has no backward.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import torch
from torch import Tensor

from engines.attention.exact.spoilt import contained
from engines.attention.request import Request
from engines.core.words import tr


def refuses(asked: Request, lse: bool) -> str:
    """Why it cannot do what is asked, "" where it can."""
    if asked.q.is_cuda:
        return "" if asked.q.shape[3] >= 16 else tr("it needs a head dim of 16 or more")
    if asked.needs_gradient:
        return tr("on a CPU it has no backward")
    if asked.q.dtype == torch.float64:
        return tr("on a CPU it does not take float64")
    return tr("on a CPU it does not give the log-sum-exp") if lse else ""


def forward(asked: Request, lse: bool = False) -> tuple[Tensor, Tensor | None]:
    """(output, log-sum-exp or None). The first request of a form waits for the compiler."""
    return contained(_run, asked, lse)


def _run(asked: Request, lse: bool) -> tuple[Tensor, Tensor | None]:
    (batch, heads, count, _), keys = asked.q.shape, asked.k.shape[2]
    full = (batch, heads, count, keys)
    hidden = None if asked.mask is None else asked.mask.expand(full)
    added = None if asked.bias is None else asked.bias.expand(full)
    near = (asked.causal, asked.window, count, keys, str(asked.q.device))
    blocks = None if not asked.causal and asked.window is None else _blocks(*near)
    out = compiled()(asked.q, asked.k, asked.v, _score_mod(hidden, added), blocks, asked.scale, return_lse=lse)
    return (out[0], out[1]) if lse else (out, None)


def _score_mod(mask: Tensor | None, bias: Tensor | None) -> Callable[..., Tensor] | None:
    if mask is None and bias is None:
        return None

    def changed(score: Tensor, b: Tensor, h: Tensor, i: Tensor, j: Tensor) -> Tensor:
        score = score if bias is None else score + bias[b, h, i, j]
        return score if mask is None else torch.where(mask[b, h, i, j], score, -torch.inf)

    return changed


@cache
def compiled() -> Callable[..., Any]:
    """torch's function, which compiles itself for every form of request."""
    from torch.nn.attention.flex_attention import flex_attention

    return torch.compile(flex_attention, dynamic=False)


@cache
def _blocks(causal: bool, window: int | None, count: int, keys: int, device: str) -> Any:
    """Which blocks of 128 x 128 causal and window leave."""
    from torch.nn.attention.flex_attention import create_block_mask

    def near(b: Tensor, h: Tensor, i: Tensor, j: Tensor) -> Tensor:
        ahead = j - (i + (keys - count))
        shown = ahead <= 0 if causal else ahead == ahead
        return shown if window is None else shown & (ahead.abs() < window)

    return create_block_mask(near, None, None, count, keys, device=device)
