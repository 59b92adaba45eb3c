"""Tells where a flat board's corners must be by their neighbours, so that a wrong one never passes for a good one.

A lens bends a board as a whole, but hardly a few of its squares: there a homography holds. Each corner is laid by the
homography of its nearest neighbours, which do not include the tag that it belongs to.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.calibration.targets.detection import Floats

Ids = NDArray[np.int64]

_NEIGHBOURS = 12
_ROUNDS = 8
CLOSE = 0.7, 0.02
"""Pixels, and pitches in the picture, that a corner may lie from where its neighbours lay it."""
_USUAL = 3.0
"""Medians of all corners that it may lie off, where that is less."""


def laid(flat: Floats, image: Floats, groups: Ids, wanted: Floats, own: Ids) -> tuple[Floats, Floats]:
    """Where neighbours put a board's points, M x 2 pixels, and how far these neighbours are, M, in the board's metres.

    flat, image: N x 2, the known corners on the board in metres and in the picture; groups: N, whose they are. wanted:
    M x 2 on the board; own: M, the groups that must not be asked. NaN where there are too few neighbours.
    """
    away = np.linalg.norm(wanted[:, None] - flat[None], axis=2)
    away[own[:, None] == groups[None]] = np.inf
    nearest = np.argsort(away, axis=1)[:, :_NEIGHBOURS]
    away = np.take_along_axis(away, nearest, axis=1)
    asked = np.isfinite(away)
    enough = asked.sum(axis=1) >= 4
    found = np.full((len(wanted), 2), np.nan)
    if enough.any():
        found[enough] = _homographies(flat[nearest[enough]], image[nearest[enough]], asked[enough], wanted[enough])
    return found, np.where(asked, away, 0).sum(axis=1) / np.maximum(asked.sum(axis=1), 1)


def agreeing(
    flat: Floats, image: Floats, groups: Ids, pitch: float, within: tuple[float, float] = CLOSE
) -> NDArray[np.bool_]:
    """Which corners lie where their neighbours lay them; the worst are left out first, as they mislead the others.

    As in `laid`; pitch: from group to group in metres; within: pixels and pitches in the picture.
    """
    kept = np.ones(len(flat), dtype=np.bool_)
    for _ in range(_ROUNDS):
        off = _off(flat[kept], image[kept], groups[kept], pitch, within)
        if (off <= 1).all():
            return kept
        kept[kept] = off <= max(1.0, 0.5 * float(off.max()))
    kept[kept] = _off(flat[kept], image[kept], groups[kept], pitch, within) <= 1
    return kept


def _off(flat: Floats, image: Floats, groups: Ids, pitch: float, within: tuple[float, float]) -> Floats:
    """Distances from where the neighbours lay the corners over what is allowed, N."""
    if len(flat) < 5:
        return np.full(len(flat), np.inf)
    places, reach = laid(flat, image, groups, flat, groups)
    scale = np.sqrt(image.var(axis=0).sum() / max(float(flat.var(axis=0).sum()), 1e-12))
    allowed = (within[0] + within[1] * scale * pitch) * np.maximum(reach / (2 * pitch), 1)
    off = np.nan_to_num(np.linalg.norm(places - image, axis=1), nan=1e9)
    return np.asarray(off / np.minimum(allowed, 0.15 + _USUAL * float(np.median(off))))


def _homographies(flat: Floats, image: Floats, asked: NDArray[np.bool_], wanted: Floats) -> Floats:
    """M x 2: `wanted` through M homographies of M x K x 2 points each (DLT, normalised), those that are `asked`."""
    weight = asked[..., None] / asked.sum(axis=1)[:, None, None]
    (from_middle, from_size), (to_middle, to_size) = (_frame(points, weight) for points in (flat, image))
    x, y = np.moveaxis((flat - from_middle) / from_size * asked[..., None], 2, 0)
    u, v = np.moveaxis((image - to_middle) / to_size, 2, 0)
    one, none = asked.astype(np.float64), np.zeros_like(x)
    rows = [
        np.stack([x, y, one, none, none, none, -u * x, -u * y, -u * one], axis=2),
        np.stack([none, none, none, x, y, one, -v * x, -v * y, -v * one], axis=2),
    ]
    design = np.concatenate(rows, axis=1)
    across = np.linalg.eigh(design.mT @ design)[1][:, :, 0].reshape(-1, 3, 3)
    place = (wanted - from_middle[:, 0]) / from_size[:, 0]
    seen = np.einsum("mij,mj->mi", across, np.column_stack([place, np.ones(len(place))]))
    depth = np.where(np.abs(seen[:, 2:]) > 1e-9, seen[:, 2:], np.nan)
    return np.asarray(seen[:, :2] / depth * to_size[:, 0] + to_middle[:, 0])


def _frame(points: Floats, weight: Floats) -> tuple[Floats, Floats]:
    middle = (points * weight).sum(axis=1, keepdims=True)
    spread = (((points - middle) ** 2) * weight).sum(axis=(1, 2), keepdims=True)
    return middle, np.sqrt(np.maximum(spread / 2, 1e-18))
