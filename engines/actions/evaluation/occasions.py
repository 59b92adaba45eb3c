"""Measures of actions as occasions, not frames: starts that were called, segments that were found, thresholds."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.actions.evaluation.grouping import LEAST, Segments, edges, grouped, true_spans, without_dropped
from engines.actions.evaluation.precision import mean_of
from engines.actions.evaluation.truth import Truth
from engines.actions.study_types import TradeOff

Floats = NDArray[np.float64]

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
    """The effect of each threshold on the events of all classes together, at a temporal IoU of .5.

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
    """Begins of the instances of a class, as far as their first frame is among the rows."""
    begun = [each.start for each in truth.instances if each.cls == index and truth.begins(each)]
    rows = np.searchsorted(truth.frames, np.array(begun, np.int64))
    return seconds[rows[rows < seconds.size]]


def _actions(values: NDArray[np.float64], background: int | None) -> list[int]:
    return [index for index in range(values.shape[1]) if index != background]


def overlap(segments: ArrayLike, instances: ArrayLike) -> Floats:
    """Temporal intersection over union (d, g) of segments (d, 2) and instances (g, 2): start and end in seconds."""
    mine = np.asarray(segments, np.float64).reshape(-1, 1, 2)
    true = np.asarray(instances, np.float64).reshape(1, -1, 2)
    shared = np.minimum(mine[..., 1], true[..., 1]) - np.maximum(mine[..., 0], true[..., 0])
    shared = np.maximum(shared, 0.0)
    union = (mine[..., 1] - mine[..., 0]) + (true[..., 1] - true[..., 0]) - shared
    return np.where(union > 0, shared / np.where(union > 0, union, 1.0), 0.0)


def matched(closeness: ArrayLike, order: ArrayLike, least: float) -> NDArray[np.int64]:
    """Which instance each detection takes (d,), -1 for none. closeness (d, g): higher is closer.

    Detections choose in `order`; each takes the closest instance still free whose closeness is at least `least`.
    """
    near = np.asarray(closeness, np.float64).copy()
    taken = np.full(near.shape[0], -1, np.int64)
    for detection in np.asarray(order, np.intp):
        if near.shape[1] == 0:
            break
        best = int(np.argmax(near[detection]))
        if near[detection, best] >= least:
            taken[detection] = best
            near[:, best] = -np.inf
    return taken


def surest_first(confidence: ArrayLike) -> NDArray[np.intp]:
    return np.argsort(-np.asarray(confidence, np.float64), kind="stable")


def point_precision(times: ArrayLike, confidence: ArrayLike, starts: ArrayLike, offset: float) -> float:
    """Point-level average precision of action starts (Shou et al. 2018): mean over the instances of the precision at
    the detection that found each, 0 for one not found. NaN without an instance.

    times (d,): seconds at which a start was called; starts (g,): true ones. A detection is right within `offset`
    seconds of a start that no surer one has taken.
    """
    true = np.asarray(starts, np.float64)
    if true.size == 0:
        return float("nan")
    order = surest_first(confidence)
    apart = np.abs(np.asarray(times, np.float64).reshape(-1, 1) - true.reshape(1, -1))
    right = (matched(-apart, order, -offset - 1e-9) >= 0)[order]
    precision = np.cumsum(right) / np.arange(1, right.size + 1)
    return float(precision[right].sum() / true.size)


def segment_precision(segments: ArrayLike, confidence: ArrayLike, instances: ArrayLike, least: float) -> float:
    """Average precision of segments at a temporal IoU of `least`, interpolated as ActivityNet's evaluation does:
    precision at each recall is the best at that recall or any higher. NaN without an instance.

    segments (d, 2), instances (g, 2): seconds.
    """
    true = np.asarray(instances, np.float64).reshape(-1, 2)
    if true.shape[0] == 0:
        return float("nan")
    order = surest_first(confidence)
    right = (matched(overlap(segments, true), order, least - 1e-9) >= 0)[order]
    precision = np.cumsum(right) / np.arange(1, right.size + 1)
    best = np.maximum.accumulate(precision[::-1])[::-1]
    return float(best[right].sum() / true.shape[0])
