"""Earliness of a model: average precision of the frames in each tenth of their instance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.actions.evaluation.precision import mean_of
from engines.actions.evaluation.truth import Instance, Truth

TENTHS = 10
Floats = NDArray[np.float64]


def by_decile(probabilities: ArrayLike, truth: Truth, background: int | None = 0) -> tuple[float | None, ...]:
    """Mean over classes for [0, 10 %), [10, 20 %) ... of each instance; None where no class has a frame.

    For a class: all its negatives, and of every instance the frames of that tenth, at least one. Rows (n, C) as in
    `truth`; a class that does not occur is left out of the mean.
    """
    values = np.asarray(probabilities, np.float64)
    actions = [index for index in range(values.shape[1]) if index != background]
    table = np.array([_of_class(values[:, index], truth, index) for index in actions]).reshape(-1, TENTHS)
    means = [mean_of(column) for column in table.T]
    return tuple(None if np.isnan(mean) else mean for mean in means)


def tenth_of(instance: Instance, tenth: int) -> tuple[int, int]:
    """Frames (both inclusive) of one tenth: those k of L with tenth <= 10 k / L < tenth + 1, else the one it is in."""
    length = instance.end - instance.start + 1
    first, after = -(-tenth * length // TENTHS), -(-(tenth + 1) * length // TENTHS)
    if first == after:
        first, after = tenth * length // TENTHS, tenth * length // TENTHS + 1
    return instance.start + first, instance.start + after - 1


def beside(positive: Floats, negative: Floats) -> float:
    """Average precision of a few scores among many others, which are in ascending order. NaN without a positive.

    The mean over the positives of the precision at their own score, as `precision.average_precision` has it.
    """
    if not positive.size:
        return float("nan")
    ranked = np.sort(positive)
    found = positive.size - np.searchsorted(ranked, ranked, "left")
    wrong = negative.size - np.searchsorted(negative, ranked, "left")
    return float(np.mean(found / (found + wrong)))


def _of_class(scores: Floats, truth: Truth, index: int) -> list[float]:
    """By tenth (10,)."""
    shown = truth.flags[:, index]
    negative = np.sort(scores[truth.kept & ~shown])
    spans = [each for each in truth.instances if each.cls == index]
    found = []
    for tenth in range(TENTHS):
        positive = np.zeros(len(scores), np.bool_)
        for instance in spans:
            first, last = tenth_of(instance, tenth)
            positive[slice(*np.searchsorted(truth.frames, (first, last + 1)))] = True
        found.append(beside(scores[positive & shown & truth.kept], negative))
    return found
