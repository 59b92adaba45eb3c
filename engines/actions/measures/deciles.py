"""How early an action is known: average precision of the frames in each tenth of their instance."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.actions.measures.precision import average_precision, mean_of
from engines.actions.measures.truth import Instance, Truth

TENTHS = 10


def by_decile(probabilities: ArrayLike, truth: Truth, background: int | None = 0) -> tuple[float | None, ...]:
    """Mean over classes for [0, 10 %), [10, 20 %) ... of each instance; None where no class has a frame.

    For a class: all its negatives, and of every instance the frames of that tenth, at least one. Rows (n, C) as in
    `truth`; a class that does not occur is left out of the mean.
    """
    values = np.asarray(probabilities, np.float64)
    actions = [index for index in range(values.shape[1]) if index != background]
    means = [mean_of([_of_class(values, truth, index, tenth) for index in actions]) for tenth in range(TENTHS)]
    return tuple(None if np.isnan(mean) else mean for mean in means)


def tenth_of(instance: Instance, tenth: int) -> tuple[int, int]:
    """Frames (both inclusive) of one tenth: those k of L with tenth <= 10 k / L < tenth + 1, else the one it is in."""
    length = instance.end - instance.start + 1
    first, after = -(-tenth * length // TENTHS), -(-(tenth + 1) * length // TENTHS)
    if first == after:
        first, after = tenth * length // TENTHS, tenth * length // TENTHS + 1
    return instance.start + first, instance.start + after - 1


def _of_class(values: NDArray[np.float64], truth: Truth, index: int, tenth: int) -> float:
    positive = np.zeros(len(values), np.bool_)
    for instance in truth.instances:
        if instance.cls == index:
            first, last = tenth_of(instance, tenth)
            positive |= (truth.frames >= first) & (truth.frames <= last)
    positive &= truth.flags[:, index]
    counted = (positive | ~truth.flags[:, index]) & truth.kept
    return average_precision(values[counted, index], positive[counted])
