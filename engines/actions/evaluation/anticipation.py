"""Measures of what a model says of the time to come, beside the plainest guess: the current class goes on."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.actions.evaluation.precision import mean_precision
from engines.actions.evaluation.truth import Truth

Pairs = tuple[tuple[float, float], ...]


def anticipation(
    ahead: ArrayLike, horizons: Sequence[float], times: ArrayLike, truth: Truth, background: int | None = 0
) -> Pairs:
    """(seconds, mAP) for each horizon at which any action occurs. ahead (n, L, C): said in row t of time t + horizon.

    times (n,): seconds of each row. Rows without a future, and whose future is ambiguous, do not count.
    """
    said = np.asarray(ahead, np.float64)
    found = []
    for step, horizon in enumerate(horizons):
        now, then = rows_ahead(times, horizon)
        found.append((horizon, _at(said[now, step], then, truth, background)))
    return tuple((horizon, value) for horizon, value in found if not np.isnan(value))


def carried_on(
    probabilities: ArrayLike, horizons: Sequence[float], times: ArrayLike, truth: Truth, background: int | None = 0
) -> Pairs:
    """The same for the guess that what shows now goes on: probabilities (n, C) of row t, taken for time t + horizon.

    Those of a model are the guess it can make without a decoder; `truth.flags` that of someone who knows the present.
    """
    still = np.repeat(np.asarray(probabilities, np.float64)[:, None], len(horizons), axis=1)
    return anticipation(still, horizons, times, truth, background)


def rows_ahead(times: ArrayLike, horizon: float) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Rows that have a future, and the row nearest in time to `horizon` seconds after each (never a later tie)."""
    seconds = np.asarray(times, np.float64)
    if seconds.size < 2:
        rows = np.arange(seconds.size if horizon == 0 else 0)
        return rows, rows
    half = float(np.median(np.diff(seconds))) / 2
    wanted = seconds + horizon
    now = np.flatnonzero(wanted <= seconds[-1] + half * 0.999)
    after = np.clip(np.searchsorted(seconds, wanted[now] - 1e-9), 1, seconds.size - 1)
    earlier = wanted[now] - seconds[after - 1] <= seconds[after] - wanted[now] + 1e-9
    then = np.where(earlier, after - 1, after)
    near = np.abs(seconds[then] - wanted[now]) <= 2 * half
    return now[near], then[near]


def _at(said: NDArray[np.float64], then: NDArray[np.intp], truth: Truth, background: int | None) -> float:
    kept = truth.kept[then]
    return mean_precision(said[kept], truth.flags[then][kept], background=background)
