"""The most that this machine does, measured: a large matrix product and a large copy, as a roofline needs them."""

from __future__ import annotations

from time import perf_counter

import torch

from engines.attention.auto.race import settle
from engines.attention.types import Ceiling

LONG_ENOUGH = 0.02
SIDES = (256, 512, 1024, 2048, 4096, 8192)
COPIED = 2**27
"""Bytes, more than a cache holds."""
TURNS = 5


def ceiling(dtype: torch.dtype, device: str) -> Ceiling:
    """The best of a few turns of each: the ceiling is what the machine can do, not what it usually does. Small products
    are over before another program interrupts them, large ones fill a wide machine: the better counts.
    """
    best = 0.0
    for side in SIDES:
        spent = min(_product(side, dtype, device) for _ in range(TURNS))
        best = max(best, 2e-9 * side**3 / spent)
        if spent > LONG_ENOUGH:
            break
    return Ceiling(best, 2e-9 * COPIED / _copy(device))


def higher(one: Ceiling, other: Ceiling) -> Ceiling:
    return Ceiling(max(one.gflops, other.gflops), max(one.gbytes, other.gbytes))


def _product(side: int, dtype: torch.dtype, device: str) -> float:
    """Seconds of one product of square matrices."""
    a = torch.ones(side, side, dtype=dtype, device=device)
    out = torch.empty_like(a)
    settle(device)
    start = perf_counter()
    torch.mm(a, a, out=out)
    settle(device)
    return perf_counter() - start


def _copy(device: str) -> float:
    """Seconds of the fastest copy."""
    source = torch.ones(COPIED, dtype=torch.uint8, device=device)
    target, spent = torch.zeros_like(source), []
    for _ in range(TURNS):
        settle(device)
        start = perf_counter()
        target.copy_(source)
        settle(device)
        spent.append(perf_counter() - start)
    return min(spent)
