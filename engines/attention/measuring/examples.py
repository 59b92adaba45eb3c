"""Requests of random numbers, for measuring and checking kernels."""

from __future__ import annotations

import torch

from engines.attention.request import Request, request
from engines.attention.types import WhichSpec


def example(asked: WhichSpec, seed: int = 0) -> Request:
    """q, k, v of independent normal numbers, the same for a seed on every machine; wanting gradients if `backward`."""
    shape = (asked.batch, asked.heads, asked.length, asked.dim)
    drawn = torch.Generator().manual_seed(seed)
    q, k, v = (
        torch.randn(shape, generator=drawn).to(asked.device, getattr(torch, asked.dtype)).requires_grad_(asked.backward)
        for _ in range(3)
    )
    return request(q, k, v, asked.causal, window=asked.window)
