"""Mean and covariance of a data set, kept with a model: what teleport and a Gaussian comparison need."""

from __future__ import annotations

from dataclasses import dataclass

import torch
from torch import Tensor


@dataclass(frozen=True)
class Moments:
    """mean: (d,). covariance = vectors diag(values) vectors^T; values: (k,) falling; vectors: (d, k), orthonormal."""

    mean: Tensor
    values: Tensor
    vectors: Tensor

    @staticmethod
    def of(data: Tensor) -> Moments:
        """Of samples (N, ...), in float64."""
        flat = data.reshape(len(data), -1).double()
        if len(flat) < flat.shape[1]:
            return Moments._of_few(flat)
        return Moments.from_covariance(flat.mean(0), torch.cov(flat.T, correction=0).reshape(flat.shape[1], -1))

    @staticmethod
    def _of_few(flat: Tensor) -> Moments:
        """Of fewer samples than dimensions: the covariance (d, d) is never formed, and k is below their number."""
        mean = flat.mean(0)
        _, spread, axes = torch.linalg.svd(flat - mean, full_matrices=False)
        rank = int((spread > spread.max() * 1e-12).sum()) if spread.max() > 0 else 0
        return Moments(mean, spread[:rank] ** 2 / len(flat), axes[:rank].T)

    @staticmethod
    def from_covariance(mean: Tensor, covariance: Tensor) -> Moments:
        """mean (d,), covariance (d, d)."""
        values, vectors = torch.linalg.eigh(covariance.double())
        return Moments(mean.double(), values.flip(0).clamp(min=0), vectors.flip(1))

    def to(self, like: Tensor) -> Moments:
        """The same with the type and device of a tensor."""
        return Moments(self.mean.to(like), self.values.to(like), self.vectors.to(like))
