"""Intervals: how far a measured share may be from the true one. Every figure about faces is shown with one.

Shares counted in independent trials have closed forms; where a person brings several images, trials are not
independent and people are drawn again instead of images (bootstrap over people).
"""

from __future__ import annotations

import numpy as np
from scipy import special

from engines.faces.vectors import Floats

Interval = tuple[float, float]


def wilson(hits: float, trials: float, level: float = 0.95) -> Interval:
    """Wilson's score interval (1927) of a share of independent trials; (0, 1) without trials."""
    if trials <= 0:
        return 0.0, 1.0
    z = float(special.ndtri(0.5 + level / 2))
    share = hits / trials
    middle = (share + z * z / (2 * trials)) / (1 + z * z / trials)
    half = z / (1 + z * z / trials) * np.sqrt(share * (1 - share) / trials + z * z / (4 * trials * trials))
    low, high = max(0.0, float(middle - half)), min(1.0, float(middle + half))
    return 0.0 if hits <= 0 else low, 1.0 if hits >= trials else high


def clopper_pearson(hits: float, trials: float, level: float = 0.95) -> Interval:
    """The exact interval (Clopper and Pearson, 1934): never covers less than `level`; (0, 1) without trials."""
    if trials <= 0:
        return 0.0, 1.0
    tail = (1 - level) / 2
    low = 0.0 if hits <= 0 else float(special.betaincinv(hits, trials - hits + 1, tail))
    high = 1.0 if hits >= trials else float(special.betaincinv(hits + 1, trials - hits, 1 - tail))
    return low, high


def draws(people: int, times: int, seed: int = 0) -> Floats:
    """times x people: how often each person comes up when `people` of them are drawn with replacement."""
    chances = np.full(people, 1 / people)
    return np.random.default_rng(seed).multinomial(people, chances, size=times).astype(np.float64)


def percentile(values: Floats, level: float = 0.95) -> Interval:
    """The middle `level` of bootstrapped figures; NaN, from draws that held nothing, is left out."""
    kept = values[np.isfinite(values)]
    if not len(kept):
        return 0.0, 1.0
    low, high = np.quantile(kept, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def share_by_people(hits: Floats, trials: Floats, *, times: int = 1000, seed: int = 0) -> Interval:
    """The interval of sum(hits) / sum(trials), person by person, when people are drawn again."""
    if not len(trials) or trials.sum() <= 0:
        return 0.0, 1.0
    if len(trials) == 1 or float(hits.sum()) in (0.0, float(trials.sum())):
        return wilson(float(hits.sum()), max(1.0, float((trials > 0).sum())))
    weights = draws(len(trials), times, seed)
    with np.errstate(invalid="ignore", divide="ignore"):
        return percentile(weights @ hits / (weights @ trials))
