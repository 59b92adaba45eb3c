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
    """N x 2 x 2 in squared pixels: what the picture's noise does to settled corners, and what no noise explains."""
    return noise_covariance(gray, corners, halves) + _FLOOR**2 * np.eye(2)


def noise_covariance(gray: Gray, corners: Floats, halves: NDArray[np.int64]) -> Floats:
    """N x 2 x 2 in squared pixels: what white noise does to corners that `settled` with these half-widths.

    A corner solves G q = sum of w g g' p over its window (g: gradients at p, w: the window's Gaussian, G: the sum of
    w g g'), so to first order a change of the gradients moves it by the inverse of G times the sum of
    w (dg (g'p) + g (dg'p)), p counted from the corner. The gradients are differences of pixels that were interpolated;
    back through both, each pixel gets its share in the corner, and their squares add up. Compression, whose
    noise is not white, is not in it.
    """
    floating, variance = gray.astype(np.float32), noise_level(gray) ** 2
    covariance = np.empty((len(corners), 2, 2))
    for half in np.unique(halves):
        which = halves == half
        normal, shares = _shares(floating, corners[which], int(half))
        inverse = np.linalg.inv(normal + 1e-6 * np.eye(2))
        spread = (shares @ shares.mT).astype(np.float64)
        covariance[which] = variance * inverse @ spread @ inverse
    return covariance


def _shares(gray: NDArray[np.float32], corners: Floats, half: int) -> tuple[Floats, NDArray[np.float32]]:
    """G, N x 2 x 2, and how G times each corner moves with each pixel around it, N x 2 x pixels."""
    whole = np.floor(corners).astype(np.int64)
    part = (corners - whole).astype(np.float32)[:, :, None, None]
    reach = np.arange(-half - 1, half + 3)
    columns, rows = (np.clip(whole[:, axis, None] + reach, 0, gray.shape[1 - axis] - 1) for axis in (0, 1))
    pixels = gray[rows[:, :, None], columns[:, None, :]]
    x, y = part[:, 0], part[:, 1]
    lines = pixels[:, :-1] + y * (pixels[:, 1:] - pixels[:, :-1])
    patch = lines[:, :, :-1] + x * (lines[:, :, 1:] - lines[:, :, :-1])
    across, down = patch[:, 1:-1, 2:] - patch[:, 1:-1, :-2], patch[:, 2:, 1:-1] - patch[:, :-2, 1:-1]
    steps = np.arange(-half, half + 1, dtype=np.float32)
    bell = np.exp(-((steps / half) ** 2))
    weight = bell[:, None] * bell
    wide, high = weight * across, weight * down
    mixed = (wide * down).sum(axis=(1, 2))
    normal = np.stack([(wide * across).sum(axis=(1, 2)), mixed, mixed, (high * down).sum(axis=(1, 2))], axis=1)
    along = weight * (across * steps + down * steps[:, None])
    moved = np.zeros((len(corners), 2, *pixels.shape[1:]), np.float32)
    by_across = np.stack([along + wide * steps, high * steps], axis=1)
    by_down = np.stack([wide * steps[:, None], along + high * steps[:, None]], axis=1)
    inner = moved[:, :, :-1, :-1]
    inner[:, :, 1:-1, 2:] += by_across
    inner[:, :, 1:-1, :-2] -= by_across
    inner[:, :, 2:, 1:-1] += by_down
    inner[:, :, :-2, 1:-1] -= by_down
    x, y = x[:, None], y[:, None]
    moved[:, :, :, 1:] = moved[:, :, :, 1:] * (1 - x) + x * moved[:, :, :, :-1]
    moved[:, :, :, :1] *= 1 - x
    moved[:, :, 1:] = moved[:, :, 1:] * (1 - y) + y * moved[:, :, :-1]
    moved[:, :, :1] *= 1 - y
    return normal.reshape(-1, 2, 2).astype(np.float64), moved.reshape(len(corners), 2, -1)


def noise_level(gray: Gray) -> float:
    """Standard deviation of a picture's noise in levels (Immerkær 1996, by the median, which edges do not move)."""
    mask = np.array([[1, -2, 1], [-2, 4, -2], [1, -2, 1]], np.float32)
    rough = cv2.filter2D(gray, cv2.CV_32F, mask)[1:-1, 1:-1]
    return max(float(np.median(np.abs(rough[::2, ::2]))) / 6 / 0.6745, 0.3)
