"""Distances of samples from data: sliced Wasserstein, Frechet, precision and recall; straightness of paths.

All take plain features, (n, d), in any type and compute in float64. Who shows a Frechet distance names the features.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor


def wasserstein(a: Tensor, b: Tensor, order: float = 2.0) -> Tensor:
    """W_p of one-dimensional samples, column by column: a (n, k), b (m, k) to (k,). Exact, also where n is not m."""
    a, b = a.double().sort(0).values, b.double().sort(0).values
    n, m = len(a), len(b)
    edges = torch.cat([torch.arange(1, n + 1) * m, torch.arange(1, m + 1) * n]).sort().values
    middle = edges - 1
    share = torch.diff(edges, prepend=edges.new_zeros(1)).double() / (n * m)
    apart = (a[middle.div(m, rounding_mode="floor")] - b[middle.div(n, rounding_mode="floor")]).abs() ** order
    return (share.to(a.device) @ apart) ** (1 / order)


def sliced_wasserstein(a: Tensor, b: Tensor, *, directions: int = 256, seed: int = 0, order: float = 2.0) -> float:
    """(mean over directions of W_p^p)^(1/p) of a (n, ...) and b (m, ...) (Bonneel et al. 2015). Directions by seed."""
    a, b = a.flatten(1).double(), b.flatten(1).double()
    generator = torch.Generator().manual_seed(seed)
    axes = torch.randn(a.shape[1], directions, generator=generator, dtype=torch.float64).to(a.device)
    axes = axes / axes.norm(dim=0)
    return float((wasserstein(a @ axes, b @ axes, order) ** order).mean() ** (1 / order))


def frechet(a: Tensor, b: Tensor) -> float:
    """Squared Frechet distance of the Gaussians of two sets of features (n, d): FID, of Inception's features."""
    first, second = a.flatten(1).double(), b.flatten(1).double()
    return frechet_of(first.mean(0), _covariance(first), second.mean(0), _covariance(second))


def frechet_of(mean_a: Tensor, covariance_a: Tensor, mean_b: Tensor, covariance_b: Tensor) -> float:
    """|m_a - m_b|^2 + tr(A + B - 2 (A^1/2 B A^1/2)^1/2) (Dowson and Landau 1982)."""
    root = _root(covariance_a.double())
    cross = torch.linalg.eigvalsh(root @ covariance_b.double() @ root).clamp(min=0).sqrt().sum()
    apart = ((mean_a.double() - mean_b.double()) ** 2).sum()
    return float(apart + covariance_a.double().trace() + covariance_b.double().trace() - 2 * cross)


def precision_recall(real: Tensor, fake: Tensor, neighbours: int = 3) -> tuple[float, float]:
    """Share of fakes within the reach of real ones, and of real ones within that of fakes.

    A sample reaches as far as its k-th nearest neighbour of its own set (Kynkaanniemi et al. 2019). (n, d) features.
    """
    real, fake = real.flatten(1).double(), fake.flatten(1).double()
    across = torch.cdist(real, fake)
    precise = (across <= _reach(real, neighbours)[:, None]).any(0)
    recalled = (across <= _reach(fake, neighbours)[None]).any(1)
    return float(precise.double().mean()), float(recalled.double().mean())


def straightness(paths: Tensor) -> float:
    """|end - begin| over the length of the path, a mean over samples; 1 is straight. paths: (K + 1, n, d)."""
    length = paths.diff(dim=0).norm(dim=2).sum(0)
    direct = (paths[-1] - paths[0]).norm(dim=1)
    return float(torch.where(length > 0, direct / length.clamp(min=1e-30), 1.0).mean())


def _reach(points: Tensor, neighbours: int) -> Tensor:
    """Distance of each point to its k-th nearest other one, (n,)."""
    k = min(neighbours, len(points) - 1)
    if k < 1:
        return points.new_full((len(points),), math.inf)
    return torch.cdist(points, points).kthvalue(k + 1, dim=1).values


def _covariance(features: Tensor) -> Tensor:
    return torch.cov(features.T).reshape(features.shape[1], features.shape[1])


def _root(covariance: Tensor) -> Tensor:
    values, vectors = torch.linalg.eigh(covariance)
    root: Tensor = (vectors * values.clamp(min=0).sqrt()) @ vectors.T
    return root
