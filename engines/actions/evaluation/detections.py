"""Detections against instances, for a class: starts within an offset in time, and segments by temporal overlap."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


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
