"""Settles corners on the saddles of the brightness, each with a window of its own, and tells how sure each one is."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.targets.detection import Floats, Gray

_STOP = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 60, 1e-4)
_FLOOR = 0.06
"""What no noise explains, in pixels (what else lies in the window): a standard deviation is never told to be smaller."""


def settled(gray: Gray, corners: Floats, halves: NDArray[np.int64]) -> Floats:
    """N x 2 corners to subpixel accuracy with these half-widths of their windows."""
    found = np.array(corners, dtype=np.float64)
    for half in np.unique(halves):
        which = halves == half
        start = np.ascontiguousarray(corners[which], dtype=np.float32).reshape(-1, 1, 2)
        found[which] = cv2.cornerSubPix(gray, start, (int(half), int(half)), (-1, -1), _STOP).reshape(-1, 2)
    return found


def smooth(flat: Floats, image: Floats) -> Floats:
    """Where a flat board's corners (N x 2) are in a picture, N x 2, by a perspective and a polynomial for the lens.

    The polynomial (Cauchy's weights, at most cubic) passes what is wrong with single corners by.
    """
    across, _ = cv2.findHomography(flat, image, 0)
    laid = cv2.perspectiveTransform(flat[None], across)[0]
    x, y = ((flat - flat.mean(axis=0)) / np.maximum(np.abs(flat - flat.mean(axis=0)).max(axis=0), 1e-9)).T
    degree = 3 if len(flat) >= 40 else 2 if len(flat) >= 20 else 1
    terms = np.stack([x**i * y**j for i in range(degree + 1) for j in range(degree + 1 - i)], axis=1)
    off, bend = image - laid, np.zeros_like(laid)
    for _ in range(8):
        far = np.linalg.norm(off - bend, axis=1)
        weight = 1 / (1 + (far / max(1.5 * float(np.median(far)), 0.02)) ** 2)
        root = np.sqrt(weight)[:, None]
        bend = terms @ np.linalg.lstsq(root * terms, root * off, rcond=None)[0]
    return np.asarray(laid + bend, dtype=np.float64)


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
