"""2-D distributions that are easy to look at, each a mixture of narrow Gaussians so that its denoiser is exact."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from torch import Tensor

from engines.generative.diffusion.distributions.mixtures import GaussianMixture


def gaussian() -> GaussianMixture:
    """One long Gaussian, off the middle and tilted."""
    covariance = torch.tensor([[1.0, 0.6], [0.6, 0.5]], dtype=torch.float64)
    return GaussianMixture(torch.ones(1), torch.tensor([[0.4, -0.2]], dtype=torch.float64), covariance[None])


def mixture(count: int = 8, radius: float = 1.4, width: float = 0.12) -> GaussianMixture:
    """Round Gaussians on a ring; each is a class."""
    return _narrow(_ring(count) * radius, width, torch.arange(count))


def spirals(points: int = 120, turns: float = 1.4, width: float = 0.06) -> GaussianMixture:
    """Two arms; each is a class."""
    along = torch.linspace(0.15, 1, points, dtype=torch.float64).sqrt()
    angle = along * turns * 2 * math.pi
    arm = 1.8 * along[:, None] * torch.stack([angle.cos(), angle.sin()], 1)
    return _narrow(torch.cat([arm, -arm]), width, torch.arange(2).repeat_interleave(points))


def moons(points: int = 60, width: float = 0.09) -> GaussianMixture:
    """Two half circles that reach into one another; each is a class."""
    angle = torch.linspace(0, math.pi, points, dtype=torch.float64)
    upper = torch.stack([angle.cos() - 0.5, angle.sin() - 0.25], 1)
    return _narrow(1.2 * torch.cat([upper, -upper]), width, torch.arange(2).repeat_interleave(points))


def checkerboard(side: int = 4, inside: int = 7, width: float = 0.035) -> GaussianMixture:
    """The dark squares of a board of `side` squares, each filled with a lattice of Gaussians."""
    squares = [(i, j) for i in range(side) for j in range(side) if (i + j) % 2 == 0]
    offset = (torch.arange(inside, dtype=torch.float64) + 0.5) / inside
    lattice = torch.cartesian_prod(offset, offset)
    board = torch.cat([lattice + torch.tensor(square) for square in squares])
    return _narrow((board - side / 2) * (3.6 / side), width)


def _ring(count: int) -> Tensor:
    angle = torch.arange(count, dtype=torch.float64) * (2 * math.pi / count)
    return torch.stack([angle.cos(), angle.sin()], 1)


def _narrow(means: Tensor, width: float, labels: Tensor | None = None) -> GaussianMixture:
    count = len(means)
    covariances = width**2 * torch.eye(2, dtype=torch.float64).expand(count, 2, 2)
    return GaussianMixture(torch.full((count,), 1 / count), means, covariances, labels=labels)


SHAPES: dict[str, Callable[[], GaussianMixture]] = {
    "gaussian": gaussian,
    "mixture": mixture,
    "spirals": spirals,
    "moons": moons,
    "checkerboard": checkerboard,
}
