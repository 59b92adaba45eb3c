"""Batches of a step of training: pictures, their shifts, noise levels and noise.

All of it depends on the seed and the number of the step alone, not on what was drawn before. So a training that goes on
after a crash continues the same random stream with nothing to remember.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engines.generative.data.datasets import Dataset


@dataclass(frozen=True)
class Batch:
    """x0, eps: (B, C, H, W); label: (B,) or None; generator: for what else the step draws."""

    x0: Tensor
    eps: Tensor
    label: Tensor | None
    generator: torch.Generator


def batch(data: Dataset, step: int, size: int, seed: int, *, drop_class: float = 0.0, augment: int = 0) -> Batch:
    """The batch of one step. Every picture is seen once before any is seen twice."""
    generator = stream(seed, 1, step)
    chosen = order(len(data.images), step, size, seed)
    x0 = moved(data.images[chosen], augment, generator)
    eps = torch.randn(x0.shape, generator=generator) if data.noise is None else data.noise[chosen]
    label = None
    if data.labels is not None:
        dropped = torch.rand(size, generator=generator) < drop_class
        label = torch.where(dropped, len(data.classes), data.labels[chosen])
    return Batch(x0, eps, label, generator)


def stream(*numbers: int) -> torch.Generator:
    """A generator that depends on all of the numbers, unlike that of any others."""
    return torch.Generator().manual_seed(int(np.random.SeedSequence(numbers).generate_state(1)[0]))


def order(count: int, step: int, size: int, seed: int) -> Tensor:
    """Which samples a step takes, (size,): a fresh shuffle of all `count` for each round through them."""
    first, last = step * size, (step + 1) * size
    rounds = range(first // count, (last - 1) // count + 1)
    shuffled = torch.cat([torch.randperm(count, generator=stream(seed, 2, turn)) for turn in rounds])
    return shuffled[first - rounds[0] * count : last - rounds[0] * count]


def moved(images: Tensor, pixels: int, generator: torch.Generator) -> Tensor:
    """Images (B, C, H, W), each moved by up to so many whole pixels both ways; edges are continued."""
    if not pixels:
        return images
    count, channels, height, width = images.shape
    down, right = torch.randint(0, 2 * pixels + 1, (2, count, 1), generator=generator)
    padded = F.pad(images, (pixels,) * 4, mode="replicate")
    rows = (torch.arange(height) + down)[:, None, :, None]
    tall = padded.gather(2, rows.expand(count, channels, height, padded.shape[3]))
    columns = (torch.arange(width) + right)[:, None, None, :]
    return tall.gather(3, columns.expand(count, channels, height, width))
