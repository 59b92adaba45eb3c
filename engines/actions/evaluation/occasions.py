"""Actions as occasions, not frames: were their starts called, were they found as a whole, and at what threshold."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.actions.evaluation.detections import matched, overlap, point_precision, segment_precision, surest_first
from engines.actions.evaluation.grouping import LEAST, Segments, edges, grouped, true_spans, without_dropped
from engines.actions.evaluation.precision import mean_of
from engines.actions.evaluation.truth import Truth
from engines.actions.study_types import TradeOff

Pairs = tuple[tuple[float, float], ...]
OVERLAPS = (0.3, 0.4, 0.5, 0.6, 0.7)
OFFSETS = tuple(float(seconds) for seconds in range(1, 11))
SHORT_OFFSETS = tuple(round(0.2 * step, 1) for step in range(1, 11))
SHORT = 120.0
"""Seconds of video below which actions follow one another so fast that offsets up to 2 s say more."""
THRESHOLDS = tuple(round(0.05 * step, 2) for step in range(1, 20))


def starts(
    probabilities: ArrayLike, times: ArrayLike, truth: Truth, offsets: Sequence[float] = (), background: int | None = 0
) -> Pairs:
    """(offset in s, mean point-level AP over the classes that start in these rows); () where none does.

    A start is called where the likeliest class becomes another action than in the row before, as sure as its
    probability in that row. offsets: 1 to 10 s, of a short video .2 to 2 s.
    """
    values, seconds = np.asarray(probabilities, np.float64), np.asarray(times, np.float64)
    borders = edges(seconds)
    offsets = offsets or (SHORT_OFFSETS if borders[-1] - borders[0] < SHORT else OFFSETS)
    best = np.argmax(values, axis=1)
    new = np.diff(best, prepend=-1 if background is None else background) != 0
    new &= truth.kept
    pairs = []
    for offset in offsets:
        of_class = []
        for index in _actions(values, background):
            rows = np.flatnonzero(new & (best == index))
            of_class.append(point_precision(seconds[rows], values[rows, index], _begun(truth, index, seconds), offset))
        pairs.append((offset, mean_of(of_class)))
    return tuple(pair for pair in pairs if not np.isnan(pair[1]))


def segments(
    probabilities: ArrayLike,
    times: ArrayLike,
    truth: Truth,
    threshold: float = 0.5,
    least: float = LEAST,
    background: int | None = 0,
) -> Pairs:
    """(temporal IoU, mAP) of the streams grouped into segments, scored by their mean probability; .3 to .7."""
    true = _true(probabilities, times, truth, background)
    found = _by_class(probabilities, times, truth, true, threshold, least)
    pairs = []
    for share in OVERLAPS:
        values = [segment_precision(mine.spans, mine.confidence, true, share) for mine, true in found]
        pairs.append((share, mean_of(values)))
    return tuple(pair for pair in pairs if not np.isnan(pair[1]))


def trade_off(
    probabilities: ArrayLike,
    times: ArrayLike,
    truth: Truth,
    thresholds: Sequence[float] = THRESHOLDS,
    least: float = LEAST,
    background: int | None = 0,
) -> TradeOff:
    """What each threshold does to the events of all classes together, at a temporal IoU of .5.

    Precision where nothing is called is 1: nothing called was wrong. Delays below 0 are events that began too soon.
    """
    borders = edges(times)
    minutes = max(float(np.sum(np.diff(borders)[truth.kept])) / 60.0, 1e-9)
    true = _true(probabilities, times, truth, background)
    rows = [
        _at_threshold(_by_class(probabilities, times, truth, true, threshold, least), minutes)
        for threshold in thresholds
    ]
    precision, recall, alarms, delay = (tuple(column) for column in zip(*rows, strict=True)) if rows else ((),) * 4
    return TradeOff(tuple(thresholds), precision, recall, alarms, delay)


def _at_threshold(
    found: list[tuple[Segments, NDArray[np.float64]]], minutes: float
) -> tuple[float, float, float, float | None]:
    called = sum(len(mine) for mine, _ in found)
    real = sum(len(true) for _, true in found)
    delays: list[float] = []
    for mine, true in found:
        taken = matched(overlap(mine.spans, true), surest_first(mine.confidence), 0.5 - 1e-9)
        hit = taken >= 0
        delays.extend((mine.spans[hit, 0] - true[taken[hit], 0]).tolist())
    right = len(delays)
    return (
        right / called if called else 1.0,
        right / real if real else 0.0,
        (called - right) / minutes,
        sum(delays) / right if right else None,
    )


def _by_class(
    probabilities: ArrayLike,
    times: ArrayLike,
    truth: Truth,
    true: dict[int, NDArray[np.float64]],
    threshold: float,
    least: float,
) -> list[tuple[Segments, NDArray[np.float64]]]:
    """For each action class: the segments found, and the true ones."""
    values = np.asarray(probabilities, np.float64)
    found = {index: grouped(values[:, index], times, threshold, least=least) for index in true}
    return [(without_dropped(found[index], times, truth.dropped), spans) for index, spans in true.items()]


def _true(
    probabilities: ArrayLike, times: ArrayLike, truth: Truth, background: int | None
) -> dict[int, NDArray[np.float64]]:
    return {index: true_spans(truth, index, times) for index in _actions(np.asarray(probabilities), background)}


def _begun(truth: Truth, index: int, seconds: NDArray[np.float64]) -> NDArray[np.float64]:
    """When the instances of a class began, as far as their first frame is among the rows."""
    begun = [each.start for each in truth.instances if each.cls == index and truth.begins(each)]
    rows = np.searchsorted(truth.frames, np.array(begun, np.int64))
    return seconds[rows[rows < seconds.size]]


def _actions(values: NDArray[np.float64], background: int | None) -> list[int]:
    return [index for index in range(values.shape[1]) if index != background]
