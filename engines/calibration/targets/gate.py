"""A quick test for a chessboard in a small picture, because a full search of a frame without a board is slow.

The classic finder thresholds the picture again and again before it gives up. Here the corners of a chessboard are
looked for as what they are: saddle points of the brightness whose neighbours along a line are saddles turned by a
right angle. Clutter has saddles too, but not rows of them that alternate, evenly spaced, in two directions.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from threading import local
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
_BLOCK = 80
"""Saddles whose neighbours are looked for at a time: larger arrays are slow to get."""
_NOWHERE = 1 << 22
"""A squared distance in pixels that no small picture has."""
_EVEN = 0.18


@dataclass(frozen=True, slots=True)
class Saddles:
    """points: N x 2 pixels, strongest first. axes: N x 2 unit vectors of twice the saddle's angle."""

    points: Floats
    axes: Floats


@dataclass(frozen=True, slots=True)
class Lattice:
    """The saddles that hang together as a chequered grid, a mask over all there are; and the distance of neighbours."""

    saddles: Saddles
    joined: NDArray[np.bool_]
    pitch: float

    @property
    def points(self) -> Floats:
        """Of the grid, N x 2 pixels."""
        return self.saddles.points[self.joined]


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
    return Lattice(saddles, joined, pitch)


def find_saddles(gray: Gray, sigma: float = 1.3) -> Saddles:
    """Local maxima of the negative Hessian determinant, at most 320, the strongest first."""
    xx, yy, xy, strength, peak = _hessian(gray, sigma)
    floor = max(40.0, 0.01 * _strong(peak))
    rows, columns = np.divmod(np.flatnonzero((strength == peak) & (strength > floor)), gray.shape[1])
    order = np.argsort(-strength[rows, columns])[:_MOST_SADDLES]
    rows, columns = rows[order], columns[order]
    across, down = (second[rows, columns].astype(np.float32) for second in (xx, yy))
    axes = np.stack([across - down, 2.0 * xy[rows, columns]], axis=1)
    axes /= np.linalg.norm(axes, axis=1, keepdims=True) + 1e-9
    return Saddles(np.stack([columns, rows], axis=1).astype(np.float32), axes.astype(np.float32))


def _hessian(gray: Gray, sigma: float) -> tuple[NDArray[Any], ...]:
    """The derivatives xx, yy and 2 xy, the saddles' strength, and its maximum around each pixel.

    In the thread's own buffers: new ones for each picture take longer than the sums."""
    smooth, xx, yy, xy, strength, peak = _buffers.of(gray.shape)
    cv2.GaussianBlur(gray, (0, 0), sigma, dst=smooth)
    for second, (across, down, scale) in ((xx, (2, 0, 1)), (yy, (0, 2, 1)), (xy, (1, 1, 2))):
        cv2.Sobel(smooth, cv2.CV_16S, across, down, dst=second, ksize=3, scale=scale)
    cv2.multiply(xx, yy, dst=peak, dtype=cv2.CV_32F)
    cv2.subtract(cv2.multiply(xy, xy, dst=strength, dtype=cv2.CV_32F), peak, dst=strength)
    cv2.dilate(strength, np.ones((5, 5), np.uint8), dst=peak)
    return xx, yy, xy, strength, peak


class _Buffers(local):
    """Arrays for pictures of one size, of this thread."""

    def __init__(self) -> None:
        self._arrays: tuple[NDArray[Any], ...] = ()

    def of(self, shape: tuple[int, ...]) -> tuple[NDArray[Any], ...]:
        if not self._arrays or self._arrays[0].shape != shape:
            kinds = (np.uint8, np.int16, np.int16, np.int16, np.float32, np.float32)
            self._arrays = tuple(np.empty(shape, kind) for kind in kinds)
        return self._arrays


_buffers = _Buffers()


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
    """For each saddle the nearest ones turned by a right angle: indices, distances (infinite: there is none).

    Distance and index are parted as one number, which takes a third of the time.
    """
    squares = (saddles.points**2).sum(axis=1)
    wanted = min(_NEIGHBOURS, len(squares)) - 1
    near = np.concatenate(
        [
            np.partition(_keys(saddles, squares, slice(start, start + _BLOCK)), wanted, axis=1)[:, :_NEIGHBOURS]
            for start in range(0, len(squares), _BLOCK)
        ]
    )
    if near.shape[1] < _NEIGHBOURS:
        near = np.pad(near, ((0, 0), (0, _NEIGHBOURS - near.shape[1])), mode="edge")
    distance, nearest = np.divmod(near, _MOST_SADDLES)
    return nearest, np.where(distance < _NOWHERE, np.sqrt(distance), np.inf).astype(np.float32)


def _keys(saddles: Saddles, squares: Floats, some: slice) -> NDArray[np.int32]:
    """Of some saddles (rows) and all (columns): whole squared distances times 320, plus the column."""
    away = saddles.points[some] @ (-2 * saddles.points.T)
    away += squares[some, None] + squares
    away[saddles.axes[some] @ saddles.axes.T > _OPPOSITE] = _NOWHERE
    keys = np.clip(away, 0, _NOWHERE, out=away).astype(np.int32)
    keys *= _MOST_SADDLES
    keys += np.arange(len(squares), dtype=np.int32)
    return keys


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
