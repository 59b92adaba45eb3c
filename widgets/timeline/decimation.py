"""Decimation of curves: the least and the largest value of every pixel column, so that no peak is lost.

Where there are fewer samples than pixels the values between them are interpolated. Time without samples stays empty.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

GAP = 1.0
"""Seconds without a sample from which on a curve is broken, unless its samples always lie further apart."""


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """low, high: (curves, columns), NaN where there is nothing."""

    low: NDArray[np.float32]
    high: NDArray[np.float32]
    crowd: float = 0.0
    """Samples a column, on average over the columns that have some."""


def gap_of(times: NDArray[np.float64]) -> float:
    """Seconds from which on two samples are not joined: `GAP`, or four times the usual distance."""
    if len(times) < 2:
        return GAP
    return max(GAP, 4.0 * float(np.median(np.diff(times[: 512 + 1]))))


def columns(
    times: NDArray[np.float64],
    values: NDArray[np.float32],
    edges: NDArray[np.float64],
    gap: float,
    *,
    least: bool = True,
) -> Columns:
    """Of each column between `edges` (columns + 1, ascending seconds): all samples in it and the curve at both edges.

    times: (n,) ascending; values: (n, curves). A sample belongs to the column whose left edge is at or before it.
    least: False where `low` is of no use; it is then as high.
    """
    wide, curves = len(edges) - 1, values.shape[1] if values.ndim == 2 else 0
    if not len(times) or not curves:
        nothing = np.full((curves, wide), np.nan, np.float32)
        return Columns(nothing, nothing.copy())
    at = _interpolated(times, values, edges, gap)
    high = np.fmax(at[:, :-1], at[:, 1:])
    low = np.fmin(at[:, :-1], at[:, 1:]) if least else high
    bounds = np.searchsorted(times, edges, "left")
    filled = np.flatnonzero(bounds[1:] > bounds[:-1])
    if len(filled):
        part, starts = values[bounds[0] : bounds[-1]], bounds[filled] - bounds[0]
        if least:
            low[:, filled] = np.fmin(low[:, filled], np.minimum.reduceat(part, starts, axis=0).T)
        high[:, filled] = np.fmax(high[:, filled], np.maximum.reduceat(part, starts, axis=0).T)
    return Columns(low, high, float(bounds[-1] - bounds[0]) / max(len(filled), 1))


def _interpolated(
    times: NDArray[np.float64], values: NDArray[np.float32], at: NDArray[np.float64], gap: float
) -> NDArray[np.float32]:
    """(curves, len(at)): values on straight lines between samples, NaN before, after and within gaps."""
    right = np.clip(np.searchsorted(times, at, "left"), 0, len(times) - 1)
    left = np.maximum(right - 1, 0)
    left[times[right] == at] = right[times[right] == at]
    apart = times[right] - times[left]
    share = np.where(apart > 0, (at - times[left]) / np.where(apart > 0, apart, 1.0), 0.0).astype(np.float32)
    mixed = values[left] + (values[right] - values[left]) * share[:, None]
    mixed[(at < times[0]) | (at > times[-1]) | (apart > gap)] = np.nan
    return mixed.T.astype(np.float32)


def first_change(
    times: NDArray[np.float64], values: NDArray[np.float32], before: tuple[NDArray[np.float64], NDArray[np.float32]]
) -> float:
    """From which time on a curve differs from what it was: the last sample that is still the same, -inf when none is.

    Only a curve that grew at its end, or lost its end, keeps a part.
    """
    old_times, old_values = before
    both = min(len(times), len(old_times))
    if values.shape[1:] != old_values.shape[1:] or not both:
        return -np.inf
    differs = times[:both] != old_times[:both]
    if values[:both].__array_interface__["data"] != old_values[:both].__array_interface__["data"]:
        differs |= (values[:both] != old_values[:both]).any(axis=1)
    first = int(np.argmax(differs)) if differs.any() else both
    return float(times[first - 1]) if first else -np.inf
