"""Finds dark round blobs and measures them: where each one's weight lies, how sure that is, and how large it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.targets.detection import Floats, Gray

_LEAST_AREA = 10.0
_LEAST_CONTRAST = 12.0
_ROUND = 0.84, 1.12
_RINGS = 1.6, 4.0
"""Beyond a blob's rim, in pixels: where its paper begins, and how far it is looked at."""
_WAYS = (0.12, 0.0), (0.0, 0.35), (0.3, 0.0), (0.06, 0.0), (0.0, 0.2), (0.0, 0.55), (0.7, 0.0)
"""A neighbourhood as a share of the picture's shorter side, or a level between its darkest and its brightest."""
_FLOOR = 0.005
"""What no noise explains, in pixels: a standard deviation is never told to be smaller."""


@dataclass(frozen=True, slots=True)
class Blobs:
    """middles: N x 2 pixels; areas: N; spreads: N x 2 x 2, the second moments about the middles."""

    middles: Floats
    areas: Floats
    spreads: Floats

    def some(self, which: NDArray[np.int64]) -> Blobs:
        return Blobs(self.middles[which], self.areas[which], self.spreads[which])

    def enlarged(self, scale: float) -> Blobs:
        """As they lie in the whole picture, of which this was `scale` times as large."""
        return Blobs((self.middles + 0.5) / scale - 0.5, self.areas / scale**2, self.spreads / scale**2)


@dataclass(frozen=True, slots=True)
class Measured:
    """middles: N x 2 pixels; covariance: N x 2 x 2; diameters: N, of circles of the same area."""

    middles: Floats
    covariance: Floats
    diameters: Floats


def masks(smooth: Gray) -> Iterator[Gray]:
    """What is dark, 1 or 0, in several ways: against its neighbourhood, which bears uneven light, and in the whole
    picture, which bears dark things beside the paper."""
    low, high = (float(value) for value in np.percentile(smooth[::2, ::2], (1, 99)))
    for block, level in _WAYS:
        if block:
            side = max(int(block * min(smooth.shape)), 7) | 1
            way = cv2.ADAPTIVE_THRESH_MEAN_C
            yield np.asarray(cv2.adaptiveThreshold(smooth, 1, way, cv2.THRESH_BINARY_INV, side, 7), dtype=np.uint8)
        else:
            yield np.asarray(smooth < low + level * (high - low), dtype=np.uint8)


def find_blobs(mask: Gray) -> Blobs:
    """Spots of 1 that are ellipses by their moments."""
    count, labels, stats, centroids = cv2.connectedComponentsWithStats(mask, connectivity=4)
    height, width = mask.shape
    left, top, wide, high, areas = stats.T
    inside = (left > 0) & (top > 0) & (left + wide < width) & (top + high < height)
    fits = inside & (areas >= _LEAST_AREA) & (areas < 0.1 * width * height)
    fits[0] = False
    middles: Floats = np.asarray(centroids, dtype=np.float64)
    spreads = _spreads(np.asarray(labels, dtype=np.int32), fits, count, middles, areas)
    fill = areas / (4 * np.pi * np.sqrt(np.maximum(np.linalg.det(spreads), 1e-9)))
    kept = fits & (fill > _ROUND[0]) & (fill < _ROUND[1])
    return Blobs(middles[kept], areas[kept].astype(np.float64), spreads[kept])


def _spreads(labels: NDArray[np.int32], fits: NDArray[np.bool_], count: int, middles: Floats, areas: Floats) -> Floats:
    """Second moments of the labelled areas that may be circles, count x 2 x 2."""
    rows, columns = np.nonzero(fits[labels])
    label = labels[rows, columns]
    x, y = columns - middles[label, 0], rows - middles[label, 1]
    xx, xy, yy = (np.bincount(label, value, count) / np.maximum(areas, 1) for value in (x * x, x * y, y * y))
    return np.asarray(np.stack([xx + 1 / 12, xy, xy, yy + 1 / 12], axis=1).reshape(-1, 2, 2))


def measured(gray: Gray, blobs: Blobs) -> Measured | None:
    """The blobs measured by the brightness they take from their paper; None where one of them cannot be."""
    reach = _reach(blobs)
    found = [_one(gray, *each) for each in zip(blobs.middles, blobs.spreads, reach, strict=True)]
    known = [each for each in found if each is not None]
    if len(known) < len(found):
        return None
    middles, covariance, diameters = (np.array(values) for values in zip(*known, strict=True))
    return Measured(middles, covariance, diameters)


def _reach(blobs: Blobs) -> Floats:
    """How far each blob is looked at, as a multiple of its own ellipse: half the way to its neighbours' at most."""
    apart = blobs.middles[None] - blobs.middles[:, None]
    inverse = np.linalg.inv(blobs.spreads) / 4
    far = np.sqrt(np.einsum("abi,aij,abj->ab", apart, inverse, apart))
    np.fill_diagonal(far, np.inf)
    return np.asarray(far.min(axis=1) / 2, dtype=np.float64)


def _one(gray: Gray, middle: Floats, spread: Floats, reach: float) -> tuple[Floats, Floats, float] | None:
    """Middle, covariance and diameter of one blob."""
    minor, major = (2 * float(side) for side in np.sqrt(np.linalg.eigvalsh(spread)))
    outer = min(reach, 1 + _RINGS[1] / minor)
    half = int(np.ceil(outer * major)) + 1
    column, row = (int(round(float(value))) for value in middle)
    left, top = column - half, row - half
    part = gray[max(top, 0) : row + half + 1, max(left, 0) : column + half + 1].astype(np.float64)
    y, x = np.mgrid[max(top, 0) : max(top, 0) + part.shape[0], max(left, 0) : max(left, 0) + part.shape[1]]
    found = middle
    for _ in range(2):
        apart = np.stack([x - found[0], y - found[1]], axis=-1)
        far = np.sqrt(np.einsum("hwi,ij,hwj->hw", apart, np.linalg.inv(spread) / 4, apart))
        paper = (far <= outer) & (far >= min(1 + _RINGS[0] / minor, 0.5 * (1 + outer)))
        if paper.sum() < 6 or (far < 0.5).sum() < 1:
            return None
        plane = np.stack([np.ones_like(far), apart[..., 0], apart[..., 1]], axis=-1)
        level = np.linalg.lstsq(plane[paper], part[paper], rcond=None)[0]
        taken = plane @ level - part
        contrast = float(np.median(taken[far < 0.5]))
        if contrast < _LEAST_CONTRAST:
            return None
        seen = far <= outer
        weight = float(taken[seen].sum())
        found = found + (taken[seen, None] * apart[seen]).sum(axis=0) / weight
    noise = float(taken[paper].std())
    covariance = noise**2 * apart[seen].T @ apart[seen] / weight**2 + _FLOOR**2 * np.eye(2)
    return found, covariance, float(np.sqrt(4 * weight / contrast / np.pi))
