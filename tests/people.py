"""Invented people: one photograph of a face, bent into many that a recogniser tells apart, pictured again and again.

For tests that need some people. Each is a smooth bending of the store's portrait with a colour of skin of its own, and
each picture of them has another pose, light and noise. Pictures are 250 x 250 with the face in the middle.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import cv2
import numpy as np

SIZE = 250
FACE = (223, 120)
"""The middle of the face in the store's portrait."""
HALF = 118
"""Half the side of the square about it, of the same picture."""
SEEDS = (360, 0, 1, 15, 26, 62, 163, 258)
"""Bendings of which no two look alike to a recogniser."""

Picture = np.ndarray[Any, np.dtype[np.uint8]]


def picture(portrait: Path, person: int, shot: int = 0) -> Picture:
    """Picture number `shot` of a person."""
    rng = np.random.default_rng([person, shot])
    turn = cv2.getRotationMatrix2D((SIZE / 2, SIZE / 2), rng.uniform(-4, 4), rng.uniform(0.94, 1.04))
    posed = cv2.warpAffine(_head(portrait, person), turn, (SIZE, SIZE), borderMode=cv2.BORDER_REFLECT)
    lit = posed.astype(np.float32) * rng.uniform(0.85, 1.1) + rng.normal(0, 3, posed.shape)
    return np.clip(lit, 0, 255).astype(np.uint8)


@cache
def _head(portrait: Path, person: int) -> Picture:
    rng = np.random.default_rng(SEEDS[person] if person < len(SEEDS) else 1000 + person)
    image = np.asarray(cv2.imread(str(portrait)))
    x, top = FACE[0], max(FACE[1] - HALF, 0)
    head = cv2.resize(image[top : top + 2 * HALF, x - HALF : x + HALF], (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
    bent = cv2.resize(rng.normal(0, 14, (5, 5, 2)).astype(np.float32), (SIZE, SIZE), interpolation=cv2.INTER_CUBIC)
    places = np.mgrid[:SIZE, :SIZE][::-1].astype(np.float32).transpose(1, 2, 0) + bent
    face = cv2.remap(head, places[..., 0], places[..., 1], cv2.INTER_CUBIC, borderMode=cv2.BORDER_REFLECT)
    if rng.random() < 0.5:
        face = np.ascontiguousarray(face[:, ::-1])
    lab = cv2.cvtColor(face, cv2.COLOR_BGR2LAB).astype(np.float32)
    lab[..., 0] = 255 * (lab[..., 0] / 255) ** rng.uniform(0.6, 1.7)
    lab[..., 1:] += rng.uniform(-10, 10, 2)
    return np.asarray(cv2.cvtColor(np.clip(lab, 0, 255).astype(np.uint8), cv2.COLOR_LAB2BGR))


NAMES = ("Ada", "Ben", "Cleo", "Dan", "Eve", "Finn", "Gus", "Hana")
SHOTS = 6


def write(portrait: Path, folder: Path) -> Path:
    """Six pictures of each: Ada_0001.jpg to Hana_0006.jpg."""
    for person, name in enumerate(NAMES):
        for shot in range(SHOTS):
            path = folder / f"{name}_{shot + 1:04d}.jpg"
            cv2.imwrite(str(path), picture(portrait, person, shot), [cv2.IMWRITE_JPEG_QUALITY, 95])
    return folder


def group(portrait: Path, *persons: int, side: int = 250) -> Picture:
    """People side by side before a quiet wall, three in a row."""
    rows = -(-len(persons) // 3)
    wall = np.random.default_rng(2).integers(90, 140, (4 * rows, 12, 3), np.uint8)
    image = cv2.resize(wall, (3 * side + 60, rows * side + 60), interpolation=cv2.INTER_CUBIC)
    mask = np.zeros((SIZE, SIZE, 1), np.float32)
    cv2.ellipse(mask, (SIZE // 2, SIZE // 2), (100, 115), 0, 0, 360, 1.0, -1)
    mask = cv2.resize(cv2.GaussianBlur(mask, (0, 0), 5), (side, side))[..., None]
    for number, person in enumerate(persons):
        x, y = 30 + number % 3 * side, 30 + number // 3 * side
        area = image[y : y + side, x : x + side]
        head = cv2.resize(picture(portrait, person), (side, side), interpolation=cv2.INTER_AREA)
        area[:] = (area * (1 - mask) + head * mask).astype(np.uint8)
    return np.asarray(image, np.uint8)
