"""Bodies in a whole picture: MediaPipe's pose detector in LiteRT, whose boxes are told from 2254 anchors.

A body is the middle of its hips and a point on the circle about the whole of it, from which comes the turned square
that the landmark network looks at. As the makers do, the picture is shrunk by bilinear interpolation alone: means over
areas look better and are recognised less often.
"""

from __future__ import annotations

from functools import cache

import cv2
import numpy as np

from engines.core.frames import Image
from engines.core.networks.litert import Network
from engines.core.regions import Floats, Region, back

SIDE = 224
GRIDS = ((28, 2), (14, 2), (7, 6))
"""Cells along a side, anchors in each. Strides 8, 16 and three times 32 of 224 pixels, two anchors for each layer."""
LEAST = 0.5
"""Score from which on there is a body."""
ROOM = 1.25
"""The square's side, in diameters of the circle about the body."""
OVERLAP = 0.3
"""Boxes that overlap by this much of their union are of one body."""
MIDDLE = 0.5
"""How much less a body at the edge of the picture counts than one in its middle."""


class BodyDetector:
    """Not to be used by two threads at once. calls: how often it was needed so far."""

    def __init__(self, threads: int = 1) -> None:
        self._network = Network("pose-detection", threads, low=-1.0)
        self.calls = 0

    def detect(self, image: Image, square: Region) -> Region | None:
        """The square about the most prominent body in an upright square of a BGR picture, None without one."""
        self.calls += 1
        matrix = square.matrix(SIDE)
        seen = cv2.warpAffine(image, matrix, (SIDE, SIDE), flags=cv2.INTER_LINEAR)
        values, logits = sorted(self._network.run(np.asarray(seen, np.uint8)), key=lambda one: -one.shape[-1])
        scores = 1 / (1 + np.exp(-np.clip(logits[0, :, 0].astype(np.float64), -80, 80)))
        good = np.flatnonzero(scores >= LEAST)
        if not good.size:
            return None
        boxes, points = _decoded(values[0, good].astype(np.float64), anchors()[good], matrix)
        weights = scores[good] * prominence(points[:, 0], np.linalg.norm(points[:, 1] - points[:, 0], axis=1), image)
        same = _overlap(boxes, int(np.argmax(weights))) >= OVERLAP
        hips, rim = np.average(points[same], axis=0, weights=scores[good][same])
        return square_about(hips, rim)


def prominence(hips: Floats, size: Floats | float, image: Image) -> Floats:
    """How much bodies stand out, for hips (n x 2) and sizes in pixels: large ones, and those in the middle."""
    height, width = image.shape[:2]
    away = np.linalg.norm(hips - ((width - 1) / 2, (height - 1) / 2), axis=-1) / (max(height, width) / 2)
    return np.asarray(size * (1 - MIDDLE * np.clip(away, 0, 1)))


def square_about(hips: Floats, rim: Floats) -> Region:
    """The turned square for the middle of the hips and a point on the circle about the body, above it when upright."""
    across, down = rim - hips
    angle = np.pi / 2 - np.arctan2(-down, across)
    turned = float((angle + np.pi) % (2 * np.pi) - np.pi)
    return Region((float(hips[0]), float(hips[1])), 2 * ROOM * float(np.hypot(across, down)), turned)


@cache
def anchors() -> Floats:
    """(2254, 2): x, y as shares of the side; row by row, the anchors of one cell together."""
    return np.concatenate([_grid(side, each) for side, each in GRIDS])


def _grid(side: int, each: int) -> Floats:
    rows, columns = np.divmod(np.arange(side * side), side)
    return np.repeat(np.column_stack([columns + 0.5, rows + 0.5]) / side, each, axis=0)


def _decoded(values: Floats, at: Floats, matrix: Floats) -> tuple[Floats, Floats]:
    """Boxes (n x 2 x 2: low, high, in the network's pixels) and points (n x 2 x 2: hips, rim, in the picture's)."""
    middles = values[:, :2] + at * SIDE
    boxes = np.stack([middles - values[:, 2:4] / 2, middles + values[:, 2:4] / 2], axis=1)
    points = values[:, 4:8].reshape(-1, 2, 2) + at[:, None] * SIDE - 0.5
    return boxes, back(points.reshape(-1, 2), matrix).reshape(-1, 2, 2)


def _overlap(boxes: Floats, best: int) -> Floats:
    """Intersection over union of every box with one of them."""
    low, high = boxes[:, 0], boxes[:, 1]
    inside = np.clip(np.minimum(high, high[best]) - np.maximum(low, low[best]), 0, None).prod(axis=1)
    areas = (high - low).prod(axis=1)
    return np.asarray(inside / np.maximum(areas + areas[best] - inside, 1e-9))
