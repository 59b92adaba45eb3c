"""Streams of probabilities grouped into segments all at once, by the rule that `streaming.events` follows live.

For each class alone: a segment begins where its probability reaches the threshold, and ends where it falls below the
release level (hysteresis, so that it does not flicker); what is shorter than `least` is dropped.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.actions.evaluation.truth import Truth, runs

Floats = NDArray[np.float64]
RELEASE, LEAST = 0.6, 0.2
"""Part of the threshold below which a segment ends; seconds that it lasts at least. As in `watching.detect`."""


@dataclass(frozen=True, slots=True, eq=False)
class Segments:
    """d segments of one class. spans (d, 2): start and end in seconds. confidence (d,): mean probability."""

    spans: Floats
    confidence: Floats

    def __len__(self) -> int:
        return len(self.spans)


def edges(times: ArrayLike) -> Floats:
    """Begins of all rows and the end of the last one (n + 1,): seconds. The last row is as long as the median one."""
    seconds = np.asarray(times, np.float64)
    step = float(np.median(np.diff(seconds))) if seconds.size > 1 else 0.0
    return np.append(seconds, seconds[-1] + step) if seconds.size else seconds


def held(probability: ArrayLike, threshold: float, release: float) -> NDArray[np.bool_]:
    """Whether an event lasts in each row (n,): set at the threshold, kept down to the release level."""
    values = np.asarray(probability, np.float64)
    said = np.where(values >= threshold, 1, np.where(values < release, -1, 0))
    rows = np.arange(values.size)
    newest = np.maximum.accumulate(np.where(said != 0, rows, -1)) if values.size else rows
    lasting: NDArray[np.bool_] = (newest >= 0) & (said[np.maximum(newest, 0)] > 0)
    return lasting


def grouped(
    probability: ArrayLike, times: ArrayLike, threshold: float, release: float = RELEASE, least: float = LEAST
) -> Segments:
    """Segments of one class. probability, times (n,): of each row. One that still lasts ends with the last row."""
    values = np.asarray(probability, np.float64)
    borders = edges(times)
    lasting = held(values, threshold, release * threshold)
    parts = [(start, stop) for start, stop in runs(lasting) if borders[stop] - borders[start] >= least - 1e-9]
    spans = np.array([(borders[start], borders[stop]) for start, stop in parts], np.float64).reshape(-1, 2)
    return Segments(spans, np.array([values[start:stop].mean() for start, stop in parts], np.float64))


def without_dropped(found: Segments, times: ArrayLike, dropped: NDArray[np.bool_]) -> Segments:
    """Less the segments that lie for more than half of their time in rows that do not count."""
    if not dropped.any() or not len(found):
        return found
    borders = edges(times)
    lost = np.concatenate([[0.0], np.cumsum(np.diff(borders) * dropped)])
    within = np.interp(found.spans[:, 1], borders, lost) - np.interp(found.spans[:, 0], borders, lost)
    kept = within <= 0.5 * (found.spans[:, 1] - found.spans[:, 0])
    return Segments(found.spans[kept], found.confidence[kept])


def true_spans(truth: Truth, cls: int, times: ArrayLike) -> Floats:
    """Start and end in seconds (g, 2) of the instances of a class, as far as the rows show them."""
    borders = edges(times)
    spans = []
    for instance in truth.instances:
        first, after = np.searchsorted(truth.frames, (instance.start, instance.end + 1))
        if instance.cls == cls and after > first:
            spans.append((borders[first], borders[after]))
    return np.array(spans, np.float64).reshape(-1, 2)
