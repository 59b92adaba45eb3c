"""The networks under a margin softmax: a projection of finished embeddings, or a small network of its own.

The small one goes from 112 x 112 to 28 x 28 at once and works there with full 3 x 3 convolutions: on a processor they
give more for a millisecond than the depthwise ones of MobileFaceNet (Chen et al., 2018), whose global depthwise
convolution at the end it keeps. 0.27 million weights.
"""

from __future__ import annotations

import torch
from torch import Tensor, nn

from engines.faces.recognition.align import SIDE

WIDTH = 24
PULL = 0.01
MEAN = STD = 127.5
"""How pixels (0 to 255, RGB) are brought to -1 ... 1 for `SmallFace`."""


class Projection(nn.Module):
    """A linear map of embeddings (B, wide) to (B, dim), which begins as the principal axes of what it will see.

    `pull` draws it back there (L2-SP; Li et al., 2018), so that people outside the folder are told apart as before.
    """

    start: Tensor

    def __init__(self, vectors: Tensor, dim: int) -> None:
        super().__init__()
        self.linear = nn.Linear(vectors.shape[1], dim, bias=False)
        _, _, axes = torch.linalg.svd(vectors, full_matrices=False)
        first = axes[:dim]
        with torch.no_grad():
            self.linear.weight.mul_(0.1)
            self.linear.weight[: len(first)] = first
        self.register_buffer("start", self.linear.weight.detach().clone())

    @torch.no_grad()
    def pull(self) -> None:
        """Add to the gradient that of half the squared distance to where it began, times `PULL`."""
        weight = self.linear.weight
        if weight.grad is not None:
            weight.grad += PULL * (weight - self.start)

    def forward(self, vectors: Tensor) -> Tensor:
        found: Tensor = self.linear(vectors)
        return found


class Residual(nn.Module):
    """Two 3 x 3 convolutions beside the identity."""

    def __init__(self, width: int) -> None:
        super().__init__()
        self.inner = nn.Sequential(
            *_layer(width, width), nn.Conv2d(width, width, 3, padding=1, bias=False), nn.BatchNorm2d(width)
        )

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = x + self.inner(x)
        return found


class SmallFace(nn.Module):
    """(B, 3, 112, 112) RGB, -1 ... 1 -> (B, dim), not yet of length 1."""

    def __init__(self, dim: int, width: int = WIDTH) -> None:
        super().__init__()
        last = 4 * width
        self.layers = nn.Sequential(
            nn.Conv2d(3, width, 6, stride=4, padding=1, bias=False),
            nn.BatchNorm2d(width),
            nn.PReLU(width),
            *_layer(width, 2 * width, 2),
            Residual(2 * width),
            *_layer(2 * width, last, 2),
            Residual(last),
            nn.Conv2d(last, last, SIDE // 16, groups=last, bias=False),
            nn.BatchNorm2d(last),
            nn.Flatten(),
            nn.Linear(last, dim, bias=False),
            nn.BatchNorm1d(dim),
        )

    def forward(self, x: Tensor) -> Tensor:
        found: Tensor = self.layers(x)
        return found


def _layer(into: int, out: int, stride: int = 1) -> tuple[nn.Module, ...]:
    return nn.Conv2d(into, out, 3, stride, 1, bias=False), nn.BatchNorm2d(out), nn.PReLU(out)
