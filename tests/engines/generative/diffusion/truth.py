"""Distributions with a closed-form denoiser for the samplers' tests, written apart from the engine's own."""

from __future__ import annotations

import math
from dataclasses import dataclass

import torch
from torch import Tensor


def exact(values: object) -> Tensor:
    return torch.tensor(values, dtype=torch.float64)


@dataclass(frozen=True)
class Normal:
    """A Gaussian with independent coordinates: its denoiser, and its probability-flow ODE solved exactly."""

    mean: Tensor
    variance: Tensor

    def __call__(self, y: Tensor, sigma: Tensor) -> Tensor:
        if float(sigma) == math.inf:
            return self.mean.expand_as(y).clone()
        return self.mean + (y - self.mean) * self.variance / (self.variance + float(sigma) ** 2)

    def solved(self, y: Tensor, sigma: float, following: float) -> Tensor:
        """y(sigma') on the path through y at sigma; sigma may be infinite and y is then eps."""
        to = (self.variance + following**2).sqrt()
        if sigma == math.inf:
            return self.mean + y * to
        return self.mean + (y - self.mean) * to / (self.variance + sigma**2).sqrt()


NORMAL = Normal(exact([1.0, -0.5, 0.2]).double(), torch.tensor([0.7, 0.2, 1.5]))


@dataclass(frozen=True)
class Mixture:
    """Spherical Gaussians: weights (K,), means (K, d), one variance."""

    weights: Tensor
    means: Tensor
    variance: float

    def __call__(self, y: Tensor, sigma: Tensor) -> Tensor:
        if float(sigma) == math.inf:
            return (self.weights @ self.means).expand_as(y).clone()
        total = self.variance + float(sigma) ** 2
        away = y[:, None] - self.means
        share = torch.softmax(self.weights.log() - (away**2).sum(-1) / (2 * total), 1)
        near = self.means + away * (self.variance / total)
        return (share[..., None] * near).sum(1)


MIXTURE = Mixture(
    exact([0.5, 0.3, 0.2]),
    exact([[1.0, 0.0, 0.5, -1.0], [-1.0, 0.7, 0.0, 0.3], [0.2, -1.2, -0.8, 0.6]]),
    0.05,
)


def normal_noise(seed: int, count: int, size: int) -> Tensor:
    return torch.randn(count, size, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


class Replayed:
    """Noise that can be drawn twice: the same numbers to a sampler and to the formula it is compared with."""

    def __init__(self, seed: int) -> None:
        self._generator = torch.Generator().manual_seed(seed)

    def __call__(self, like: Tensor) -> Tensor:
        return torch.randn(like.shape, generator=self._generator, dtype=torch.float64).to(like)
