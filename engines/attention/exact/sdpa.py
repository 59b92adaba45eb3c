"""torch's own kernel, `scaled_dot_product_attention`: on a CPU its flash form, on CUDA the fastest of several."""

from __future__ import annotations

import torch
import torch.nn.functional as F
from torch import Tensor

from engines.attention.request import Request


def refuses(asked: Request, lse: bool) -> str:
    """Why it cannot do what is asked, "" where it can."""
    return "it does not give the log-sum-exp" if lse else ""


def forward(asked: Request, lse: bool = False) -> tuple[Tensor, Tensor | None]:
    """(output, None). A mask and a bias are one tensor to it."""
    square = asked.q.shape[2] == asked.k.shape[2]
    if asked.bias is None and asked.mask is None and asked.window is None and (square or not asked.causal):
        return F.scaled_dot_product_attention(
            asked.q, asked.k, asked.v, is_causal=asked.causal, scale=asked.scale
        ), None
    added = asked.seen()
    if asked.bias is not None:
        added = asked.bias.to(asked.q.dtype) if added is None else _hidden(asked.bias.to(asked.q.dtype), added)
    return F.scaled_dot_product_attention(asked.q, asked.k, asked.v, attn_mask=added, scale=asked.scale), None


def _hidden(bias: Tensor, visible: Tensor) -> Tensor:
    return torch.where(visible, bias, -torch.inf)
