"""The upper tail of impostor similarities: how rarely two different people look this alike, beyond what was counted.

Similarities above a high level follow a generalised Pareto law (Pickands, 1975; Balkema and de Haan, 1974). Its scale
and shape are not fitted to one value: they are kept as a distribution on a grid (the likelihood times a prior on the
shape), so that a share far beyond the data comes with its uncertainty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.faces.vectors import Floats

SHAPE_PRIOR = (-0.1, 0.07)
"""Mean and standard deviation: a cosine is bounded and nearly normal for strangers, so its tail is slightly short."""
_SHAPES = np.linspace(-0.28, 0.1, 20)
_SCALES = np.geomspace(0.5, 2.0, 41)


@dataclass(frozen=True, slots=True)
class Tail:
    """The law above `start`. share: of all pairs beyond it; counted: independent pairs it was counted from.

    shapes, scales, weights: the grid of laws, equal lengths, the weights adding up to 1.
    """

    start: float
    share: float
    counted: float
    shapes: Floats
    scales: Floats
    weights: Floats

    def beyond(self, at: Floats) -> Floats:
        """Share of all pairs at or above `at` (>= start), averaged over the laws."""
        return np.asarray(self.share * (self.weights @ self._survivals(at)), np.float64)

    def band(self, at: Floats, z: float = 1.96) -> tuple[Floats, Floats]:
        """Low and high of the same, 95 %: of the law and of the count together, added up on the log scale."""
        laws = self._survivals(at)
        order = np.argsort(laws, axis=0)
        ranked = np.take_along_axis(laws, order, axis=0)
        mass = np.cumsum(self.weights[order], axis=0)
        mean = np.maximum(self.weights @ laws, 1e-300)
        counting = z / np.sqrt(max(self.counted, 1.0))
        ends = []
        for quantile, sign in ((0.025, -1.0), (0.975, 1.0)):
            row = np.argmax(mass >= min(quantile, 1 - 1e-9), axis=0)
            law = np.log(np.maximum(ranked[row, np.arange(len(at))], 1e-300) / mean)
            ends.append(self.share * mean * np.exp(sign * np.hypot(law, counting)))
        return np.minimum(ends[0], 1.0), np.minimum(ends[1], 1.0)

    def _survivals(self, at: Floats) -> Floats:
        beyond = np.maximum(np.asarray(at, np.float64) - self.start, 0.0)
        return survival(beyond[None, :], self.shapes[:, None], self.scales[:, None])


def survival(excess: Floats, shape: Floats | float, scale: Floats | float) -> Floats:
    """Generalised Pareto: share of excesses at or above `excess`: (1 + shape excess / scale) ^ (-1 / shape)."""
    shape = np.where(np.abs(shape) < 1e-6, 1e-6, shape)
    return np.asarray(np.maximum(1 + shape * excess / scale, 0.0) ** (-1 / shape), np.float64)


def fit(excess: Floats, weights: Floats, *, start: float, share: float, inflation: float = 1.0) -> Tail:
    """The tail from excesses over `start`, each worth `weights` pairs; inflation: see `impostors.inflation`."""
    counted = float(weights.sum()) / inflation
    mean = max(float(weights @ excess) / max(float(weights.sum()), 1e-12), 1e-6)
    shapes = np.repeat(_SHAPES, len(_SCALES))
    scales = np.tile(_SCALES, len(_SHAPES)) * mean * (1 - shapes)
    likelihood = np.array([_likelihood(excess, weights, a, b) for a, b in zip(shapes, scales, strict=True)]) / inflation
    prior = -0.5 * ((shapes - SHAPE_PRIOR[0]) / SHAPE_PRIOR[1]) ** 2
    logs = likelihood + prior
    grid = np.exp(logs - logs.max())
    keep = grid > 1e-4
    return Tail(start, share, counted, shapes[keep], scales[keep], grid[keep] / grid[keep].sum())


def _likelihood(excess: Floats, weights: Floats, shape: float, scale: float) -> float:
    inside = 1 + shape * excess / scale
    if inside.min() <= 0:
        return -np.inf
    if abs(shape) < 1e-6:
        return float(-weights.sum() * np.log(scale) - weights @ excess / scale)
    return float(-weights.sum() * np.log(scale) - (1 + 1 / shape) * (weights @ np.log(inside)))
