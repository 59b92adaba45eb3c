"""A quick test for a chessboard in a small picture, because a full search of a frame without a board is slow.

The classic finder thresholds the picture again and again before it gives up. Here the corners of a chessboard are
looked for as what they are: saddle points of the brightness whose neighbours along a line are saddles turned by a
right angle. Clutter has saddles too, but not rows of them that alternate, evenly spaced, in two directions.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Gray = NDArray[np.uint8]

_MOST_SADDLES = 320
_NEIGHBOURS = 6
_PAIRS = np.array(list(combinations(range(_NEIGHBOURS), 2)))
_OPPOSITE = -0.7
_EVEN = 0.18


@dataclass(frozen=True, slots=True)
class Saddles:
    """points: N x 2 pixels, strongest first. axes: N x 2 unit vectors of twice the saddle's angle."""

    points: Floats
    axes: Floats


@dataclass(frozen=True, slots=True)
class Lattice:
    """The corners that hang together as a chequered grid: N x 2 pixels, and the distance between neighbours."""

    points: Floats
    pitch: float


def find_lattice(gray: Gray, grid: tuple[int, int]) -> Lattice | None:
    """The chequered grid in a small gray picture, if about half of a board of columns x rows corners is there.

    On the 26 real photographs 24 to 47 corners of 54 are crossings of two lines of saddles, on clutter 5 at most.
    """
    saddles = find_saddles(gray)
    columns, rows = grid
    needed, crossings_needed = max(6, columns * rows // 2), max(2, round(0.3 * (columns - 2) * (rows - 2)))
    if len(saddles.points) < needed:
        return None
    joined, pitch, crossings = _chains(saddles)
    if joined.sum() < needed or crossings < crossings_needed:
        return None
    return Lattice(saddles.points[joined], pitch)


def find_saddles(gray: Gray, sigma: float = 1.3) -> Saddles:
    """Local maxima of the negative Hessian determinant, at most 320, the strongest first."""
    smooth = cv2.GaussianBlur(gray, (0, 0), sigma).astype(np.float32)
    xx = cv2.Sobel(smooth, cv2.CV_32F, 2, 0, ksize=3)
    yy = cv2.Sobel(smooth, cv2.CV_32F, 0, 2, ksize=3)
    xy = cv2.Sobel(smooth, cv2.CV_32F, 1, 1, ksize=3)
    strength = cv2.multiply(xy, xy, scale=4.0) - cv2.multiply(xx, yy)
    peak = cv2.dilate(strength, np.ones((5, 5), np.uint8))
    floor = max(40.0, 0.01 * _strong(peak))
    rows, columns = np.nonzero((strength == peak) & (strength > floor))
    order = np.argsort(-strength[rows, columns])[:_MOST_SADDLES]
    rows, columns = rows[order], columns[order]
    axes = np.stack([xx[rows, columns] - yy[rows, columns], 4 * xy[rows, columns]], axis=1)
    axes /= np.linalg.norm(axes, axis=1, keepdims=True) + 1e-9
    return Saddles(np.stack([columns, rows], axis=1).astype(np.float32), axes.astype(np.float32))


def _strong(peak: NDArray[Any]) -> float:
    """The strength of about the fortieth strongest saddle, so that one glint does not set the scale."""
    return float(np.partition(peak[::4, ::4].ravel(), -40)[-40]) if peak.size > 4000 else float(peak.max())


def _chains(saddles: Saddles) -> tuple[NDArray[np.bool_], float, int]:
    """The largest set of saddles joined through even, alternating triples; its pitch; how many are crossings."""
    points, count = saddles.points, len(saddles.points)
    nearest, distance = _opposite_neighbours(saddles)
    first, second = nearest[:, _PAIRS[:, 0]], nearest[:, _PAIRS[:, 1]]
    one, two = points[first] - points[:, None], points[second] - points[:, None]
    length = np.minimum(distance[:, _PAIRS[:, 0]], distance[:, _PAIRS[:, 1]])
    even = (np.linalg.norm(one + two, axis=2) < _EVEN * length) & np.isfinite(distance[:, _PAIRS[:, 1]])
    middle, pair = np.nonzero(even)
    if not len(middle):
        return np.zeros(count, dtype=np.bool_), 0.0, 0
    labels = _components(
        count, np.concatenate([middle, middle]), np.concatenate([first[middle, pair], second[middle, pair]])
    )
    biggest = np.bincount(labels[middle]).argmax()
    joined = labels == biggest
    inside = joined[middle]
    crossings = _crossings(middle[inside], one[middle, pair][inside], count)
    return joined, float(np.median(length[middle, pair][inside])), crossings


def _opposite_neighbours(saddles: Saddles) -> tuple[NDArray[np.int64], Floats]:
    """For each saddle the nearest ones turned by a right angle: indices, distances (infinite: there is none)."""
    points, axes = saddles.points, saddles.axes
    squares = (points**2).sum(axis=1)
    away = squares[:, None] + squares[None] - 2 * points @ points.T
    away[axes @ axes.T > _OPPOSITE] = np.inf
    wanted = min(_NEIGHBOURS, len(points) - 1)
    nearest = np.argpartition(away, wanted, axis=1)[:, :_NEIGHBOURS]
    if nearest.shape[1] < _NEIGHBOURS:
        nearest = np.pad(nearest, ((0, 0), (0, _NEIGHBOURS - nearest.shape[1])), mode="edge")
    distance = np.sqrt(np.maximum(np.take_along_axis(away, nearest, axis=1), 0))
    return nearest, distance.astype(np.float32)


def _components(count: int, a: NDArray[np.int64], b: NDArray[np.int64]) -> NDArray[np.int64]:
    """Connected components by spreading the smallest label, each label being the number of a member."""
    labels = np.arange(count)
    while True:
        before = labels.copy()
        low = np.minimum(labels[a], labels[b])
        np.minimum.at(labels, a, low)
        np.minimum.at(labels, b, low)
        labels = labels[labels]
        if np.array_equal(before, labels):
            return labels


def _crossings(middle: NDArray[np.int64], along: Floats, count: int) -> int:
    """How many saddles are the middle of two triples in clearly different directions."""
    twice = 2 * np.arctan2(along[:, 1], along[:, 0])
    weights = np.cos(twice), np.sin(twice), np.ones_like(twice)
    x, y, number = (np.bincount(middle, weights=weight, minlength=count) for weight in weights)
    together = np.hypot(x, y) / np.maximum(number, 1)
    return int(((number >= 2) & (together < 0.9)).sum())
