"""Distributions whose optimal denoiser is a closed form: Gaussian mixtures and finite sets of points.

They are the judges of every sampler: with E[x0 | y] exact, what remains of an error is the sampler's own. All is
computed in float64 whatever the type of y, so that a float32 run is wrong by its own rounding alone.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod

import torch
from torch import Tensor

from engines.core.errors import BadInput
from engines.core.words import tr
from engines.generative.data.moments import Moments
from engines.generative.diffusion.axis.denoiser import Denoise

LEAST = 1e-30
FAR = 1e30


class Known(ABC):
    """A weighted sum of K parts, noised: `known(y, sigma)` is the optimal denoiser.

    y: (B, ...) with d numbers a sample, in any shape. sigma may be 0 (the nearest point of the support) and infinite
    (the mean). Labels, (B,) whole numbers, choose a class; the number of classes itself stands for none.

    weights: (K,), summing to 1. class_weights: (C, K), p(part | class), or None where there are no classes.
    """

    def __init__(self, weights: Tensor, class_weights: Tensor | None, shape: tuple[int, ...]) -> None:
        weights = weights.double()
        rows = weights[None] if class_weights is None else torch.cat([class_weights.double(), weights[None]])
        self.shape = shape
        self._prior = rows / rows.sum(1, keepdim=True)

    @property
    def classes(self) -> int:
        """How many classes there are; 0 for none."""
        return len(self._prior) - 1

    @property
    def dimensions(self) -> int:
        return math.prod(self.shape)

    @property
    def weights(self) -> Tensor:
        """(K,): of the parts, over all classes."""
        return self._prior[-1]

    def __call__(self, y: Tensor, sigma: Tensor | float) -> Tensor:
        return self._denoise(y, float(sigma), None)

    def denoise(self, labels: Tensor | None = None) -> Denoise:
        """The denoiser of one class a sample, (B,); None: of all classes."""
        return lambda y, sigma: self._denoise(y, float(sigma), labels)

    def log_density(self, y: Tensor, sigma: Tensor | float = 0.0, labels: Tensor | None = None) -> Tensor:
        """ln p(y; sigma) in nats, (B,) float64."""
        flat = self._flat(y)
        return torch.logsumexp(self._log_prior(labels, flat) + self._log_parts(flat, max(float(sigma), LEAST)), 1)

    def posterior(self, y: Tensor, sigma: Tensor | float, labels: Tensor | None = None) -> Tensor:
        """p(part | y), (B, K) float64."""
        flat, level = self._flat(y), max(float(sigma), LEAST)
        prior = self._log_prior(labels, flat)
        if level > FAR:
            return prior.softmax(1).expand(len(flat), -1)
        return torch.softmax(prior + self._log_parts(flat, level), 1)

    def sample(self, count: int, generator: torch.Generator | None = None, labels: Tensor | None = None) -> Tensor:
        """(count, *shape) float64 samples; labels: (count,) or None."""
        prior = self._prior[-1:].expand(count, -1) if labels is None else self._prior[labels]
        parts = torch.multinomial(prior.cpu(), 1, replacement=True, generator=generator)[:, 0]
        return self._draw(parts.to(prior.device), generator).reshape(count, *self.shape)

    def to(self, device: torch.device | str) -> Known:
        """This, moved: its tensors are on `device` afterwards."""
        for name, value in vars(self).items():
            if isinstance(value, Tensor):
                setattr(self, name, value.to(device))
        return self

    @property
    @abstractmethod
    def moments(self) -> Moments:
        """Mean and covariance of the data."""

    @abstractmethod
    def _log_parts(self, y: Tensor, sigma: float) -> Tensor:
        """ln p(y | part; sigma), (B, K)."""

    @abstractmethod
    def _mean(self, y: Tensor, sigma: float, posterior: Tensor) -> Tensor:
        """E[x0 | y], (B, d)."""

    @abstractmethod
    def _draw(self, parts: Tensor, generator: torch.Generator | None) -> Tensor:
        """One sample of each of the given parts, (n, d)."""

    def _denoise(self, y: Tensor, sigma: float, labels: Tensor | None) -> Tensor:
        level = max(sigma, LEAST)
        mean = self._mean(self._flat(y), level, self.posterior(y, level, labels))
        return mean.to(y.dtype).reshape(y.shape)

    def _flat(self, y: Tensor) -> Tensor:
        if y.numel() != len(y) * self.dimensions:
            raise BadInput(
                tr(
                    "A sample of this model has {dimensions} numbers, not {shape}",
                    dimensions=self.dimensions,
                    shape=tuple(y.shape[1:]),
                )
            )
        return y.reshape(len(y), -1).double()

    def _log_prior(self, labels: Tensor | None, like: Tensor) -> Tensor:
        return (self._prior[-1:] if labels is None else self._prior[labels.to(like.device)]).log()


class GaussianMixture(Known):
    """K Gaussians. Each covariance is taken apart once, so that no noise level costs a solve.

    weights (K,), means (K, d), covariances (K, d, d). class_weights: (C, K) p(component | class); or labels: (K,), the
    class of each component.
    """

    def __init__(
        self,
        weights: Tensor,
        means: Tensor,
        covariances: Tensor,
        *,
        class_weights: Tensor | None = None,
        labels: Tensor | None = None,
        shape: tuple[int, ...] = (),
    ) -> None:
        if labels is not None:
            class_weights = _one_hot(labels) * weights.double()
        super().__init__(weights, class_weights, shape or (means.shape[1],))
        self.means = means.double()
        self.values, self.vectors = torch.linalg.eigh(covariances.double())
        self.values = self.values.clamp(min=0)
        self._across = self.vectors.permute(1, 0, 2).reshape(means.shape[1], -1)

    @property
    def moments(self) -> Moments:
        mean = self.weights @ self.means
        off = self.means - mean
        inside = torch.einsum("k,kij,kj,klj->il", self.weights, self.vectors, self.values, self.vectors)
        return Moments.from_covariance(mean, inside + torch.einsum("k,ki,kj->ij", self.weights, off, off))

    def _rotated(self, y: Tensor) -> Tensor:
        """y - mean in the axes of every component, (B, K, d)."""
        here: Tensor = (y @ self._across).reshape(len(y), *self.means.shape)
        return here - torch.einsum("kd,kde->ke", self.means, self.vectors)

    def _log_parts(self, y: Tensor, sigma: float) -> Tensor:
        spread = self.values + sigma**2
        weighed: Tensor = (self._rotated(y) ** 2 / spread).sum(2) + (2 * math.pi * spread).log().sum(1)
        return -weighed / 2

    def _mean(self, y: Tensor, sigma: float, posterior: Tensor) -> Tensor:
        mean: Tensor = posterior @ self.means
        if sigma > FAR:
            return mean
        pulled = self._rotated(y) * (self.values / (self.values + sigma**2)) * posterior[:, :, None]
        mean += pulled.reshape(len(y), -1) @ self._across.T
        return mean

    def _draw(self, parts: Tensor, generator: torch.Generator | None) -> Tensor:
        z = torch.randn(len(parts), self.dimensions, dtype=torch.float64, generator=generator).to(parts.device)
        scaled = z * self.values[parts] ** 0.5
        off: Tensor = (self.vectors[parts] @ scaled[:, :, None])[:, :, 0]
        off += self.means[parts]
        return off


class FiniteData(Known):
    """N points, all as likely: the denoiser is a softmax over them, and a perfect sampler gives one of them back.

    points: (N, ...). labels: (N,) classes or None.
    """

    def __init__(self, points: Tensor, *, labels: Tensor | None = None) -> None:
        if not len(points):
            raise BadInput(tr("A finite data set needs a point at least"))
        even = torch.full((len(points),), 1 / len(points), dtype=torch.float64)
        super().__init__(even, None if labels is None else _one_hot(labels), tuple(points.shape[1:]))
        self.points = points.reshape(len(points), -1).double()

    @property
    def moments(self) -> Moments:
        return Moments.of(self.points)

    def _log_parts(self, y: Tensor, sigma: float) -> Tensor:
        apart = (y**2).sum(1, keepdim=True) - 2 * y @ self.points.T + (self.points**2).sum(1)
        exponent = apart.clamp(min=0) / sigma**2 + self.dimensions * math.log(2 * math.pi * sigma**2)
        return -exponent / 2

    def _mean(self, y: Tensor, sigma: float, posterior: Tensor) -> Tensor:
        mean: Tensor = posterior @ self.points
        return mean

    def _draw(self, parts: Tensor, generator: torch.Generator | None) -> Tensor:
        return self.points.index_select(0, parts)


def _one_hot(labels: Tensor) -> Tensor:
    """(C, K): 1 where a part belongs to a class."""
    return torch.nn.functional.one_hot(labels.long()).T.double()
