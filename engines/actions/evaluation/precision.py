"""Average precision of frames, plain and calibrated, and its mean over classes.

Frames that share a score are one step down the ranking, as in scikit-learn's `average_precision_score`: no order is
made up among them, so constant scores give the share of positives.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Measure = Callable[[ArrayLike, ArrayLike], float]


def average_precision(scores: ArrayLike, positive: ArrayLike) -> float:
    """Precision averaged over the positives, each at its own score: sum of (R_k - R_k-1) P_k. NaN without a positive.

    scores (n,): higher is surer. positive (n,): truth.
    """
    found, wrong = ranking(scores, positive)
    return _over_positives(found, found / np.maximum(found + wrong, 1))


def calibrated(scores: ArrayLike, positive: ArrayLike) -> float:
    """Calibrated average precision: false positives weigh 1/w, w = negatives / positives. NaN without a positive.

    cPrec(k) = TP / (TP + FP / w), averaged over the positives (De Geest et al. 2016), so that chance is one half
    however rare the class is.
    """
    found, wrong = ranking(scores, positive)
    if found.size == 0 or found[-1] == 0:
        return float("nan")
    lighter = wrong * (found[-1] / max(wrong[-1], 1.0))
    return _over_positives(found, found / np.maximum(found + lighter, np.finfo(float).tiny))


def ranking(scores: ArrayLike, positive: ArrayLike) -> tuple[Floats, Floats]:
    """True and false positives down to each distinct score, highest first: (k,), (k,)."""
    values = np.asarray(scores, np.float64)
    truth = np.asarray(positive, np.bool_)
    order = np.argsort(-values, kind="stable")
    values, truth = values[order], truth[order]
    last = np.append(np.flatnonzero(np.diff(values)), values.size - 1) if values.size else np.zeros(0, np.intp)
    found = np.cumsum(truth)[last].astype(np.float64)
    return found, last + 1.0 - found


def by_class(scores: ArrayLike, truth: ArrayLike, measure: Measure = average_precision) -> Floats:
    """A measure for each class (C,), NaN where the class does not occur. scores (n, C); truth (n,) or (n, C)."""
    values = np.asarray(scores, np.float64)
    flags = one_hot(truth, values.shape[1])
    return np.array([measure(values[:, index], flags[:, index]) for index in range(values.shape[1])])


def mean_precision(
    scores: ArrayLike, truth: ArrayLike, measure: Measure = average_precision, background: int | None = 0
) -> float:
    """Mean over the classes that occur, the background left out (None: there is none). NaN when no class occurs."""
    values = by_class(scores, truth, measure)
    if background is not None:
        values = np.delete(values, background)
    return mean_of(values)


def mean_of(values: ArrayLike) -> float:
    """Mean of what is not NaN; NaN of nothing."""
    numbers = np.asarray(values, np.float64)
    numbers = numbers[~np.isnan(numbers)]
    return float(numbers.mean()) if numbers.size else float("nan")


def one_hot(truth: ArrayLike, classes: int) -> NDArray[np.bool_]:
    """(n, C) flags of class indices (n,); flags, one-hot and multi-hot (n, C), go through. Indices below 0 are none."""
    given = np.asarray(truth)
    if given.ndim == 2:
        return given > 0.5 if given.dtype != np.bool_ else given
    flags: NDArray[np.bool_] = given[:, None] == np.arange(classes)
    return flags


def _over_positives(found: Floats, precision: Floats) -> float:
    if found.size == 0 or found[-1] == 0:
        return float("nan")
    return float(np.sum(np.diff(found, prepend=0.0) * precision) / found[-1])
