"""A small convolutional classifier, of clean pictures or of noised ones when it is told the noise level.

The clean one judges samples (its features are what a Frechet distance is measured on), the other one guides.
"""

from __future__ import annotations

from collections.abc import Sequence

import torch.nn.functional as F
from torch import Tensor, nn

from engines.generative.networks.embedding import Conditioning
from engines.generative.networks.unet import Block, norm

POOLED = 3


class Classifier(nn.Module):
    """`(x, time) -> logits`, x (B, *shape), logits (B, classes). noisy: it is told the time; else time is not read."""

    def __init__(
        self,
        shape: Sequence[int],
        classes: int,
        width: int = 32,
        features: int = 64,
        patch: int = 1,
        noisy: bool = False,
        time_scale: float = 1.0,
    ) -> None:
        super().__init__()
        self.patch, self.told = patch, 4 * width
        self.conditioning = Conditioning(self.told, 0, time_scale) if noisy else None
        self.into = nn.Conv2d(shape[0] * patch**2, width, 3, padding=1)
        self.large = Block(width, width, self.told)
        self.small = nn.ModuleList([Block(width, 2 * width, self.told), Block(2 * width, 2 * width, self.told)])
        self.norm = norm(2 * width)
        self.gather = nn.Linear(2 * width * POOLED**2, features)
        self.out = nn.Linear(features, classes)

    def features(self, x: Tensor, time: Tensor | None = None) -> Tensor:
        """The last layer's input, (B, features)."""
        told = x.new_zeros(len(x), self.told)
        if self.conditioning is not None and time is not None:
            told = F.silu(self.conditioning(time))
        hidden = F.avg_pool2d(self.large(self.into(F.pixel_unshuffle(x, self.patch)), told), 2)
        for block in self.small:
            hidden = block(hidden, told)
        pooled = F.adaptive_avg_pool2d(F.silu(self.norm(hidden)), POOLED)
        return F.silu(self.gather(pooled.flatten(1)))

    def forward(self, x: Tensor, time: Tensor | None = None, label: Tensor | None = None) -> Tensor:
        logits: Tensor = self.out(self.features(x, time))
        return logits
