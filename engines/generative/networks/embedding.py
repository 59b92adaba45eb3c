"""Embeddings of what a network is told besides the noised sample: its noise level as waves, and a class.

Whole steps 0..999, flow's t and EDM's ln(sigma)/4 differ by orders of magnitude, so a time is first multiplied by a
scale of its own; after that one set of frequencies serves all.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor, nn

SLOWEST = 200.0
TIME_SCALES = {"edm": 32.0, "ve": 8.0, "flow": 50.0, "vp": 0.1, "vp-scaled": 0.1, "vp-cosine": 0.1}
"""By process: brings a usual range of times to some tens of radians at the fastest wave."""


def waves(time: Tensor, channels: int) -> Tensor:
    """Cosines and sines (B, channels) of times (B,), of 1 down to 1 / `SLOWEST` radians a unit. channels: even."""
    half = channels // 2
    steps = torch.arange(half, dtype=torch.float32, device=time.device) / max(half - 1, 1)
    angles = time[:, None].float() * torch.exp(-math.log(SLOWEST) * steps)
    return torch.cat([angles.cos(), angles.sin()], dim=1).to(time.dtype)


class Conditioning(nn.Module):
    """Time and class as one vector (B, channels). Label `classes` means "no class", and so does None."""

    def __init__(self, channels: int, classes: int = 0, time_scale: float = 1.0) -> None:
        super().__init__()
        self.channels, self.classes, self.time_scale = channels, classes, time_scale
        self.time = nn.Sequential(nn.Linear(channels, channels), nn.SiLU(), nn.Linear(channels, channels))
        self.label = nn.Embedding(classes + 1, channels) if classes else None

    def forward(self, time: Tensor, label: Tensor | None = None) -> Tensor:
        told: Tensor = self.time(waves(time * self.time_scale, self.channels))
        if self.label is None:
            return told
        none = torch.full((len(time),), self.classes, device=time.device)
        return torch.add(told, self.label(none if label is None else label))
