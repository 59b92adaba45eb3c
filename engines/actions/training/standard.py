"""Standardised features: the mean and deviation of what is learned from, which go with the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.actions.training.examples import Examples
from engines.actions.training.windows import Floats

LEAST = 0.1
"""Part of its stream's median deviation that a feature's own counts as at least: one that hardly varied while it was
learned from would drown all others at its first change."""


@dataclass(frozen=True, slots=True, eq=False)
class Standard:
    """mean, deviation (D,)."""

    mean: Floats
    deviation: Floats

    @classmethod
    def of(cls, examples: Examples, used: bool = True) -> Standard:
        """Of what is learned from; 0 and 1 where it is not `used`."""
        length = sum(examples.recipe.dims)
        if not used:
            return cls(np.zeros(length, np.float32), np.ones(length, np.float32))
        rows = [each.features for each in examples.train]
        mean = sum(each.sum(axis=0, dtype=np.float64) for each in rows) / examples.chunks
        square = sum(((each - mean) ** 2).sum(axis=0) for each in rows) / examples.chunks
        deviation = np.sqrt(np.asarray(square))
        streams = np.split(deviation, np.cumsum(examples.recipe.dims)[:-1])
        floored = np.concatenate([_floored(each) for each in streams])
        return cls(np.asarray(mean, np.float32), floored.astype(np.float32))

    def rows(self, features: Floats) -> Floats:
        """Features (..., D), standardised just as `Model.standardise` does."""
        scaled: Floats = (features - self.mean) / self.deviation
        return scaled


def _floored(deviation: NDArray[np.float64]) -> NDArray[np.float64]:
    varied = deviation[deviation > 0]
    least = LEAST * float(np.median(varied)) if varied.size else 1.0
    floored: NDArray[np.float64] = np.maximum(deviation, least)
    return floored
