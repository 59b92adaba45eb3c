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
        if len(like) != len(self._generators):
            raise ValueError(f"{len(self._generators)} seeds for a batch of {len(like)}")
        drawn = [torch.randn(like.shape[1:], generator=generator) for generator in self._generators]
        return torch.stack(drawn).to(device=like.device, dtype=like.dtype, non_blocking=True)
