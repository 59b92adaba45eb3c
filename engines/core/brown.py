"""Lenses of Brown's family: where their curve folds over, and the way back from pixels to directions, exactly.

OpenCV's fixed-point iteration is quick and right on mild lenses; on strong ones it ends off by pixels or beyond the
radius where the model folds over. So each point is projected again, and what does not come back is solved by Newton's
method from the radial terms' own inverse.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_STOP = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 50, 1e-12)
_EXACT, _GOOD = 1e-9, 1e-7
_ROUNDS = 30
_CHUNK = 20_000


def straightened(pixels: Floats, matrix: Floats, distortion: Floats) -> Floats:
    """N x 2 pixels to N x 2 coordinates (x/z, y/z); NaN where the lens shows no direction there."""
    parts = [_solved(pixels[start : start + _CHUNK], matrix, distortion) for start in range(0, len(pixels), _CHUNK)]
    return np.concatenate(parts) if parts else np.zeros((0, 2))


def _solved(pixels: Floats, matrix: Floats, distortion: Floats) -> Floats:
    first = cv2.undistortPoints(pixels.reshape(-1, 1, 2), matrix, distortion, criteria=_STOP)
    flat = np.nan_to_num(np.asarray(first, dtype=np.float64).reshape(-1, 2), nan=1e6, posinf=1e6, neginf=-1e6)
    image, turn = _projected(flat, matrix, distortion)
    radii, drawn = radial_table(distortion)
    known = (np.abs(image - pixels).max(axis=1) < _EXACT) & (np.linalg.norm(flat, axis=1) < radii[-1])
    known &= np.linalg.det(turn) > 0
    lost = np.flatnonzero(~known)
    if len(lost):
        flat[lost] = _newton(pixels[lost], _radial_start(pixels[lost], matrix, radii, drawn), matrix, distortion)
    return flat


def radial_table(distortion: Floats) -> tuple[Floats, Floats]:
    """Radii from 0 to where the model folds over (at most 89 degrees), and the radii that it draws for them."""
    k1, k2, _, _, k3, k4, k5, k6 = np.pad(distortion, (0, max(8 - len(distortion), 0)))[:8]
    radii = np.tan(np.radians(np.linspace(0.0, 89.0, 2000)))
    square = radii**2
    below = 1 + square * (k4 + square * (k5 + square * k6))
    with np.errstate(divide="ignore", invalid="ignore"):
        drawn = radii * (1 + square * (k1 + square * (k2 + square * k3))) / below
    ends = np.flatnonzero((np.diff(drawn) <= 0) | (below[1:] <= 0))
    last = int(ends[0]) + 1 if len(ends) else len(radii)
    return radii[:last], drawn[:last]


def _radial_start(pixels: Floats, matrix: Floats, radii: Floats, drawn: Floats) -> Floats:
    flat = (pixels - matrix[:2, 2]) / np.diag(matrix)[:2]
    far = np.linalg.norm(flat, axis=1)
    return np.asarray(flat * (np.interp(far, drawn, radii) / np.maximum(far, 1e-12))[:, None])


def _newton(pixels: Floats, start: Floats, matrix: Floats, distortion: Floats) -> Floats:
    """Newton's method, each step halved until it helps."""
    flat = start.copy()
    image, turn = _projected(flat, matrix, distortion)
    for _ in range(_ROUNDS):
        off = np.linalg.norm(image - pixels, axis=1)
        if (off < _EXACT).all():
            break
        step = _quotient(turn, pixels - image)
        for _ in range(8):
            trial, ways = _projected(flat + step, matrix, distortion)
            worse = ~(np.linalg.norm(trial - pixels, axis=1) <= off)
            if not worse.any():
                break
            step[worse] /= 2
        step[worse] = 0.0
        flat = flat + step
        image, turn = _projected(flat, matrix, distortion) if worse.any() else (trial, ways)
    right = (np.linalg.norm(image - pixels, axis=1) < _GOOD) & (np.linalg.det(turn) > 0)
    return np.where(right[:, None], flat, np.nan)


def _quotient(turn: Floats, error: Floats) -> Floats:
    """turn^-1 error for N matrices 2 x 2; a small one where a matrix is singular."""
    det = np.linalg.det(turn)
    det = np.where(np.abs(det) > 1e-9, det, 1e-9)
    a, b, c, d = turn[:, 0, 0], turn[:, 0, 1], turn[:, 1, 0], turn[:, 1, 1]
    x = (d * error[:, 0] - b * error[:, 1]) / det
    y = (a * error[:, 1] - c * error[:, 0]) / det
    return np.column_stack([x, y])


def _projected(flat: Floats, matrix: Floats, distortion: Floats) -> tuple[Floats, Floats]:
    """Pixels of N directions (x, y, 1), and their derivatives by x and y, N x 2 x 2."""
    ways = np.column_stack([flat, np.ones(len(flat))]).reshape(-1, 1, 3)
    image, jacobian = cv2.projectPoints(ways, np.zeros(3), np.zeros(3), matrix, distortion)
    by_way = np.asarray(jacobian, dtype=np.float64)[:, 3:5].reshape(-1, 2, 2)
    return np.asarray(image, dtype=np.float64).reshape(-1, 2), by_way
