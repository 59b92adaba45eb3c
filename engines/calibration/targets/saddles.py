"""Settles corners on the saddles of the brightness, each with a window of its own, and tells how sure each one is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.targets.detection import Floats, Gray

_STOP = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 60, 1e-4)
_FLOOR = 0.045
"""In pixels: no standard deviation is told to be smaller, for what else lies in the window."""


def settled(gray: Gray, corners: Floats, halves: NDArray[np.int64]) -> Floats:
    """N x 2 corners to subpixel accuracy with these half-widths of their windows."""
    found = np.array(corners, dtype=np.float64)
    for half in np.unique(halves):
        which = halves == half
        start = np.ascontiguousarray(corners[which], dtype=np.float32).reshape(-1, 1, 2)
        found[which] = cv2.cornerSubPix(gray, start, (int(half), int(half)), (-1, -1), _STOP).reshape(-1, 2)
    return found


def smooth(flat: Floats, image: Floats, size: tuple[int, int]) -> Floats:
    """Where a flat board's corners (N x 2) are in a picture of (width, height), N x 2, by all of them together.

    A homography behind a lens with one parameter (the division model: Fitzgibbon 2001), which is searched for; single
    wrong corners do not move it. Good to some tenths of a pixel.
    """
    middle, reach = (np.array(size) - 1) / 2, float(np.hypot(*size)) / 2
    seen = (image - middle) / reach
    best, step = (np.inf, 0.0, image), 0.12
    for values in (np.arange(-5, 3), *(np.array([-1, 1]),) * 4):
        for bend in best[1] + step * values:
            laid = _bent(_across(flat, _straight(seen, bend), reach), bend) * reach + middle
            cost = float(np.minimum(np.linalg.norm(laid - image, axis=1), 3.0).mean())
            best = min(best, (cost, float(bend), laid), key=lambda each: each[0])
        step /= 2
    return best[2]


def _across(flat: Floats, straight: Floats, reach: float) -> Floats:
    """The board through the homography that most of its corners agree on."""
    found, _ = cv2.findHomography(flat, straight * reach, cv2.RANSAC, 1.5)
    return straight if found is None else np.asarray(cv2.perspectiveTransform(flat[None], found)[0] / reach)


def _straight(seen: Floats, bend: float) -> Floats:
    return np.asarray(seen / (1 + bend * (seen**2).sum(axis=1, keepdims=True)))


def _bent(straight: Floats, bend: float) -> Floats:
    root = np.sqrt(np.maximum(1 - 4 * bend * (straight**2).sum(axis=1, keepdims=True), 0.0))
    return np.asarray(2 * straight / (1 + root))


def corner_covariance(gray: Gray, corners: Floats, halves: NDArray[np.int64]) -> Floats:
    """N x 2 x 2 in squared pixels: the noise over the gradients in the window (Förstner and Gülch 1987, eq. 8)."""
    smooth = gray.astype(np.float32)
    across, down = (cv2.Sobel(smooth, cv2.CV_32F, *way, ksize=3, scale=1 / 8) for way in ((1, 0), (0, 1)))
    products = across * across, across * down, down * down
    variance = noise_level(gray) ** 2
    covariance = np.empty((len(corners), 2, 2))
    height, width = gray.shape
    column, row = np.clip(np.rint(corners).astype(int), 0, (width - 1, height - 1)).T
    for number, (x, y, half) in enumerate(zip(column, row, halves, strict=True)):
        part = slice(max(y - half, 0), y + half + 1), slice(max(x - half, 0), x + half + 1)
        xx, xy, yy = (float(product[part].sum()) for product in products)
        normal = np.array([[xx, xy], [xy, yy]]) + 1e-6 * np.eye(2)
        covariance[number] = variance * np.linalg.inv(normal) + _FLOOR**2 * np.eye(2)
    return covariance


def noise_level(gray: Gray) -> float:
    """Standard deviation of a picture's noise in levels (Immerkær 1996, by the median, which edges do not move)."""
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    rough = cv2.filter2D(gray, cv2.CV_32F, mask)[1:-1, 1:-1]
    return max(float(np.median(np.abs(rough[::2, ::2]))) / 6 / 0.6745, 0.3)
