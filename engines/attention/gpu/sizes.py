"""Tile sizes, warps and stages by head dimension and type: a table instead of a search at the first call.

Sizes that fit a Hopper GPU's registers and shared memory without spilling, as its assembler reports them.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import torch

SMALLEST = 16
MULTIPROCESSORS = 132


@dataclass(frozen=True, slots=True)
class Sizes:
    """rows: of the tile that a program keeps; step: of those that it loops over."""

    rows: int
    step: int
    warps: int
    stages: int

    def within(self, length: int, others: int, block: int = 0) -> Sizes:
        """Not longer than what there is, nor than a block of a block mask (0: none)."""
        longest = block or max(self.rows, self.step)
        rows = min(self.rows, padded(length), longest)
        return replace(self, rows=rows, step=min(self.step, padded(others), longest))


# By the wider head dimension, padded: (half precision, float32).
FORWARD = {
    16: (Sizes(128, 64, 4, 3), Sizes(64, 32, 4, 2)),
    32: (Sizes(128, 64, 4, 3), Sizes(64, 32, 4, 2)),
    64: (Sizes(128, 64, 4, 3), Sizes(64, 32, 8, 2)),
    128: (Sizes(128, 64, 8, 3), Sizes(32, 16, 4, 2)),
}
BACKWARD = {
    16: (Sizes(128, 32, 4, 3), Sizes(64, 32, 8, 2)),
    32: (Sizes(128, 32, 4, 3), Sizes(64, 32, 8, 2)),
    64: (Sizes(128, 32, 8, 3), Sizes(32, 32, 8, 2)),
    128: (Sizes(128, 32, 8, 2), Sizes(32, 32, 8, 2)),
}


def padded(size: int) -> int:
    """The power of two that holds it, 16 at least: what a product of tiles takes."""
    return max(SMALLEST, 1 << (size - 1).bit_length())


def forward(dim: int, dtype: torch.dtype) -> Sizes:
    return FORWARD[padded(dim)][dtype == torch.float32]


def backward(dim: int, dtype: torch.dtype) -> Sizes:
    return BACKWARD[padded(dim)][dtype == torch.float32]


def spread(sizes: Sizes, length: int, heads: int) -> Sizes:
    """Tiles half as long where whole ones would leave multiprocessors idle. heads: of the batch in all."""
    idle = -(-length // sizes.rows) * heads < MULTIPROCESSORS
    return replace(sizes, rows=sizes.rows // 2) if idle and sizes.rows > 64 else sizes
