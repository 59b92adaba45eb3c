"""Photographs with small faces pasted at known places: the truth that detectors are measured against."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

SIDE = 640


@dataclass(frozen=True)
class SmallFaces:
    """image: BGR. boxes: n x 4 (x, y, width, height) of the pasted faces; own: faces that were there before."""

    image: np.ndarray
    boxes: np.ndarray
    own: np.ndarray


def pasted(background: np.ndarray, portraits: list[Path], finder, seed: int, count: int = 12) -> SmallFaces:
    """`count` portraits reduced until the face has 10 to 16 pixels (root of its area), without overlaps.

    finder: tells where the face of a portrait is at its full size, and which faces the background has of its own.
    """
    rng = np.random.default_rng(seed)
    scale = SIDE / max(background.shape[:2])
    image = cv2.resize(background, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    own = finder.detect(image).boxes
    boxes: list[np.ndarray] = []
    free = np.ones(image.shape[:2], bool)
    for x, y, width, height in own.astype(int):
        free[max(y - 8, 0) : y + height + 8, max(x - 8, 0) : x + width + 8] = False
    while len(boxes) < count:
        small, box = _reduced(portraits[int(rng.integers(len(portraits)))], finder, float(rng.uniform(10, 16)))
        side = len(small)
        x, y = (int(rng.integers(4, length - side - 4)) for length in (image.shape[1], image.shape[0]))
        if free[y - 4 : y + side + 4, x - 4 : x + side + 4].all():
            image[y : y + side, x : x + side] = small
            free[y - 4 : y + side + 4, x - 4 : x + side + 4] = False
            boxes.append(box + [x, y, 0, 0])
    return SmallFaces(image, np.array(boxes), own)


def overlaps(a: np.ndarray, b: np.ndarray) -> np.ndarray:
    """n x 4 and m x 4 -> n x m: shared part of the union."""
    low = np.maximum(a[:, None, :2], b[None, :, :2])
    high = np.minimum(a[:, None, :2] + a[:, None, 2:], b[None, :, :2] + b[None, :, 2:])
    shared = np.prod(np.clip(high - low, 0, None), axis=2)
    return shared / (np.prod(a[:, 2:], axis=1)[:, None] + np.prod(b[:, 2:], axis=1)[None] - shared)


def judged(scene: SmallFaces, found: np.ndarray) -> tuple[int, int]:
    """(pasted faces that were found, boxes on nothing that is a face)."""
    hits = overlaps(scene.boxes, found) > 0.3
    known = (overlaps(np.vstack([scene.boxes, scene.own]), found) > 0.2).any(axis=0)
    return int(hits.any(axis=1).sum()), int((~known).sum())


def _reduced(portrait: Path, finder, size: float) -> tuple[np.ndarray, np.ndarray]:
    image = cv2.imread(str(portrait))
    x, y, width, height = finder.detect(image).boxes[0].astype(float)
    middle = np.array([x + width / 2, y + height / 2])
    half = int(min(0.9 * height, *middle, *(np.array(image.shape[1::-1]) - middle)))
    left, top = (middle - half).astype(int)
    scale = size / np.sqrt(width * height)
    part = image[top : top + 2 * half, left : left + 2 * half]
    side = max(round(2 * half * scale), 8)
    small = cv2.resize(part, (side, side), interpolation=cv2.INTER_AREA)
    scale = side / (2 * half)
    return small, np.array([(x - left) * scale, (y - top) * scale, width * scale, height * scale])
