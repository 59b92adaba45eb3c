"""Photographs with small faces pasted at known places: the truth that searches for small faces are measured against."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Image
from engines.faces.detection.pyramid import overlaps
from engines.faces.detection.yunet import Detector

SIDE = 640
SIZES = 10.0, 16.0
"""Sides of the pasted faces in pixels: roots of their areas."""
SAME, KNOWN = 0.3, 0.2


@dataclass(frozen=True)
class SmallFaces:
    """boxes: n x 4 (x, y, width, height) of the pasted faces; own: of faces that were there before.

    squares: what was pasted, in which people behind the portrayed one may be seen, too.
    """

    image: Image
    boxes: NDArray[np.float64]
    squares: NDArray[np.float64]
    own: NDArray[np.float64]


def pasted(background: Image, portraits: Sequence[Image], finder: Detector, seed: int, count: int = 12) -> SmallFaces:
    """`count` portraits reduced until the face is small, without overlaps.

    finder: tells where the face of a portrait is at full size, and which faces the background has of its own.
    """
    rng = np.random.default_rng(seed)
    image = _fitted(background).copy()
    own = finder.detect(image, score=0.6).boxes.astype(np.float64)
    free = np.ones(image.shape[:2], bool)
    for x, y, width, height in own.astype(int):
        free[max(y - 8, 0) : y + height + 8, max(x - 8, 0) : x + width + 8] = False
    boxes: list[NDArray[np.float64]] = []
    squares: list[tuple[int, int, int, int]] = []
    while len(boxes) < count:
        small, box = _reduced(portraits[int(rng.integers(len(portraits)))], finder, float(rng.uniform(*SIZES)))
        side = len(small)
        x, y = (int(rng.integers(4, length - side - 4)) for length in (image.shape[1], image.shape[0]))
        if free[y - 4 : y + side + 4, x - 4 : x + side + 4].all():
            image[y : y + side, x : x + side] = small
            free[y - 4 : y + side + 4, x - 4 : x + side + 4] = False
            boxes.append(box + [x, y, 0, 0])
            squares.append((x, y, side, side))
    return SmallFaces(image, np.array(boxes), np.array(squares, np.float64), own)


def judged(scene: SmallFaces, found: NDArray[np.floating]) -> tuple[int, int]:
    """(pasted faces that were found, boxes on what is no face)."""
    boxes = np.asarray(found, np.float32)
    hits = overlaps(scene.boxes.astype(np.float32), boxes) > SAME
    known = (overlaps(scene.own.astype(np.float32), boxes) > KNOWN).any(axis=0)
    middles, low = boxes[:, :2] + boxes[:, 2:] / 2, scene.squares[:, None, :2]
    inside = (middles[None] >= low) & (middles[None] < low + scene.squares[:, None, 2:])
    known |= inside.all(axis=2).any(axis=0)
    return int(hits.any(axis=1).sum()), int((~known).sum())


def _fitted(background: Image) -> Image:
    scale = SIDE / max(background.shape[:2])
    return np.asarray(cv2.resize(background, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA), np.uint8)


def _reduced(portrait: Image, finder: Detector, size: float) -> tuple[Image, NDArray[np.float64]]:
    """A square around the face, reduced, and the face's box in it."""
    x, y, width, height = finder.detect(portrait, score=0.6).boxes[0].astype(np.float64)
    middle = np.array([x + width / 2, y + height / 2])
    half = int(min(0.9 * height, *middle, *(np.array(portrait.shape[1::-1]) - middle)))
    left, top = (middle - half).astype(int)
    side = max(round(2 * half * size / np.sqrt(width * height)), 8)
    part = portrait[top : top + 2 * half, left : left + 2 * half]
    small = np.asarray(cv2.resize(part, (side, side), interpolation=cv2.INTER_AREA), np.uint8)
    return small, np.array([x - left, y - top, width, height]) * side / (2 * half)
