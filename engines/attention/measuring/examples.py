"""Requests of random numbers, for measuring and checking kernels."""

from __future__ import annotations

import torch

from engines.attention.request import Request, request
from engines.attention.types import WhichSpec
from engines.core.errors import UsageError
from engines.core.words import tr

LARGEST = 1 << 28
"""Numbers in q: with k, v and the output 4 GB in float32."""


def check_size(batch: int, heads: int, length: int, dim: int) -> None:
    """Raises `UsageError` for tensors that would fill a computer."""
    if batch * heads * length * dim > LARGEST:
        told = tr(
            "({batch}, {heads}, {length}, {dim}) are {numbers:,} numbers in q alone",
            batch=batch,
            heads=heads,
            length=length,
            dim=dim,
            numbers=batch * heads * length * dim,
        )
        raise UsageError(
            told, hint=tr("Give a smaller batch, fewer heads or less length: at most {largest:,}", largest=LARGEST)
        )


def check_seed(seed: int) -> None:
    """Raises `UsageError` for one that a generator does not take."""
    if not 0 <= seed < 1 << 63:
        raise UsageError(tr("The seed is {seed}", seed=seed), hint=tr("Give a whole number from 0 to 2^63 - 1"))


def example(asked: WhichSpec, seed: int = 0) -> Request:
    """q, k, v of independent normal numbers, the same for a seed on every machine; wanting gradients if `backward`."""
    check_size(asked.batch, asked.heads, asked.length, asked.dim)
    shape = (asked.batch, asked.heads, asked.length, asked.dim)
    drawn = torch.Generator().manual_seed(seed)
    q, k, v = (
        torch.randn(shape, generator=drawn).to(asked.device, getattr(torch, asked.dtype)).requires_grad_(asked.backward)
        for _ in range(3)
    )
    return request(q, k, v, asked.causal, window=asked.window)
