"""A small convolutional classifier, of clean pictures or of noised ones when it is told the noise level.

The clean one judges samples (its features are what a Frechet distance is measured on), the other one guides.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from engines.diffusion.networks.embedding import Conditioning
from engines.diffusion.networks.unet import Block, norm


class Classifier(nn.Module):
    """`(x, time) -> logits`, x (B, *shape), logits (B, classes). noisy: it is told the time; else time is not read."""

    def __init__(
        self,
        shape: Sequence[int],
        classes: int,
        width: int = 32,
        features: int = 64,
        noisy: bool = False,
        time_scale: float = 1.0,
    ) -> None:
        super().__init__()
        told = 4 * width
        self.told = told
        self.conditioning = Conditioning(told, 0, time_scale) if noisy else None
        self.into = nn.Conv2d(shape[0], width, 3, padding=1)
        self.blocks = nn.ModuleList([Block(width, width, told), Block(width, 2 * width, told)])
        self.last = Block(2 * width, 2 * width, told)
        self.norm = norm(2 * width)
        self.features_layer = nn.Linear(2 * width * 4, features)
        self.out = nn.Linear(features, classes)

    def features(self, x: Tensor, time: Tensor | None = None) -> Tensor:
        """What the last layer reads, (B, features)."""
        told = x.new_zeros(len(x), self.told)
        if self.conditioning is not None and time is not None:
            told = F.silu(self.conditioning(time))
        hidden = self.into(x)
        for block in self.blocks:
            hidden = F.avg_pool2d(block(hidden, told), 2)
        hidden = F.silu(self.norm(self.last(hidden, told)))
        pooled = F.adaptive_avg_pool2d(hidden, 2).flatten(1)
        return F.silu(self.features_layer(pooled))

    def forward(self, x: Tensor, time: Tensor | None = None, label: Tensor | None = None) -> Tensor:
        logits: Tensor = self.out(self.features(x, time))
        return logits


def log_probabilities(logits: Tensor) -> Tensor:
    return torch.log_softmax(logits, dim=-1)
