"""Sheets of pictures: many samples on one, points as a picture, a thumbnail, captions. No Qt, no torch."""

from __future__ import annotations

import math

import cv2
import numpy as np
from numpy.typing import NDArray

PAPER = 255
INK = 25
SIZE = 13
_FACE = "sans"

THUMBNAIL = 160
GRID = 1600
CANVAS = 512
MARGIN = 1.12


def tiled(pictures: NDArray[np.uint8], columns: int = 0, gap: int = 0, most: int = GRID) -> NDArray[np.uint8]:
    """One picture of many (n, H, W[, 3]), row by row. Small ones are enlarged by a whole number, pixel by pixel."""
    columns = columns or math.ceil(math.sqrt(len(pictures)))
    rows = math.ceil(len(pictures) / columns)
    height, width = pictures.shape[1:3]
    sheet = np.zeros((rows * (height + gap) - gap, columns * (width + gap) - gap, *pictures.shape[3:]), np.uint8)
    for index, picture in enumerate(pictures):
        top, left = index // columns * (height + gap), index % columns * (width + gap)
        sheet[top : top + height, left : left + width] = picture
    times = max(1, min(8, most // 4 // max(sheet.shape[:2])))
    return sheet.repeat(times, 0).repeat(times, 1)


def thumbnail(pictures: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The first few samples in a square of `THUMBNAIL` pixels a side, or less."""
    sheet = tiled(pictures[:4] if len(pictures) >= 4 else pictures[:1], most=8 * THUMBNAIL)
    share = THUMBNAIL / max(sheet.shape[:2])
    size = (max(1, round(sheet.shape[1] * share)), max(1, round(sheet.shape[0] * share)))
    way = cv2.INTER_AREA if share < 1 else cv2.INTER_NEAREST
    return np.asarray(cv2.resize(sheet, size, interpolation=way), np.uint8)


def scatter(points: NDArray[np.float64], reach: float = 0.0) -> NDArray[np.uint8]:
    """Points (n, 2) as a grey picture, y upwards. reach: the number at its edge, 0 for all of them in view."""
    canvas = np.full((CANVAS, CANVAS), 24, np.uint8)
    reach = reach or max(float(np.abs(points).max(initial=0.0)) * MARGIN, 1e-9)
    at = (np.stack([points[:, 0], -points[:, 1]], 1) / reach + 1) * (CANVAS - 1) / 2
    for x, y in at.round().astype(int).tolist():
        cv2.circle(canvas, (x, y), 3, 230, -1, cv2.LINE_AA)
    return canvas


def width_of(text: str, size: int = SIZE) -> int:
    """Pixels that a line takes."""
    if not text:
        return 0
    box = cv2.getTextSize((8192, 256), text, (0, 64), cv2.FontFace(_FACE), size)
    return int(box[0] + box[2])


def shortened(text: str, width: int, size: int = SIZE) -> str:
    """The text, or as much of it as fits into a width with an ellipsis after it."""
    if width_of(text, size) <= width:
        return text
    while text and width_of(text + "…", size) > width:
        text = text[:-1]
    return text + "…"


def write(sheet: NDArray[np.uint8], text: str, left: int, baseline: int, size: int = SIZE, ink: int = INK) -> None:
    """Write one line on (H, W, 3) in place; left and baseline in pixels."""
    colour = (ink, ink, ink)
    cv2.putText(sheet, text, (left, baseline), colour, cv2.FontFace(_FACE), size)
