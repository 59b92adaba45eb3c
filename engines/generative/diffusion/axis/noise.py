"""Noise that depends on its seed alone: one generator a sample, drawn on the CPU.

So a seed gives the same noise alone, in a batch of eight, and on every device.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TypeAlias

import torch
from torch import Tensor

Noise: TypeAlias = Callable[[Tensor], Tensor]
"""`(like) -> z`: fresh standard normal numbers of the shape, type and device of `like`. `torch.randn_like` is one."""


class SeededNoise:
    """Standard normal noise for a batch, a generator for each of its seeds. Not shared between threads."""

    def __init__(self, seeds: Sequence[int]) -> None:
        self._generators = [torch.Generator().manual_seed(seed) for seed in seeds]

    def __call__(self, like: Tensor) -> Tensor:
        """like: (B, ...), B the number of seeds. Drawn in float32 whatever the type of `like`."""
        if like.shape[0] != len(self._generators):
            raise ValueError(f"{len(self._generators)} seeds for a batch of {len(like)}")
        if like.is_cpu and like.dtype == torch.float32 and like.is_contiguous():
            return self._fill(torch.empty_like(like))
        drawn = self._fill(torch.empty(like.shape, dtype=torch.float32, pin_memory=like.is_cuda))
        return drawn.to(device=like.device, dtype=like.dtype, non_blocking=True)

    def _fill(self, rows: Tensor) -> Tensor:
        """Rows that lie one after the other, each from its own generator: what `torch.randn` of a row would give."""
        if len(self._generators) == 1:
            return rows.normal_(generator=self._generators[0])
        for row, generator in zip(rows, self._generators, strict=True):
            row.normal_(generator=generator)
        return rows
