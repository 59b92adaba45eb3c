"""Motion between two described frames as numbers: dense inverse search flow by place and direction.

Kroeger et al.: Fast optical flow using dense inverse search (ECCV 2016). Both pictures are gray and of one small size.
Displacements are divided by the picture's width and by the real time between the frames, so a vector is a speed in
widths per second and does not depend on the frame rate. A grid of cells each tells how much moves into each of eight
directions (a magnitude is shared by the two nearest ones, in proportion), their mean speed and its deviation.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Image, Size

COLUMNS, ROWS, DIRECTIONS = 8, 6, 8
LENGTH = COLUMNS * ROWS * (DIRECTIONS + 2)
"""For each cell, row by row: directions (counter-clockwise from the right), mean, deviation."""
GRAIN = 4
"""Pixels along a side that the flow is averaged over: the fast preset does not see finer ones."""
LONGEST = 1.0
"""Seconds between two frames from which on they say nothing about motion."""
Floats = NDArray[np.float32]


class Motion:
    """Remembers the last picture. The first one after `reset` moves by nothing."""

    def __init__(self, size: Size = Size(320, 240)) -> None:
        self._size = (size.width, size.height)
        self._flow: Any = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_ULTRAFAST)
        self._last: Image | None = None
        self._at = 0.0

    def reset(self) -> None:
        """Forget the last picture."""
        self._last = None

    def describe(self, image: Image, seconds: float) -> Floats:
        """uint8 BGR of any size at a time of the recording -> float32 (480,)."""
        gray = _small_gray(image, self._size)
        last, elapsed = self._last, seconds - self._at
        self._last, self._at = gray, seconds
        if last is None or not 0 < elapsed <= LONGEST:
            return np.zeros(LENGTH, np.float32)
        flow = self._flow.calc(last, gray, None)
        coarse = cv2.resize(flow, None, fx=1 / GRAIN, fy=1 / GRAIN, interpolation=cv2.INTER_AREA)
        return told(coarse / np.float32(elapsed * self._size[0]))


def told(speeds: Floats) -> Floats:
    """Speeds (H, W, 2) in widths per second -> (480,)."""
    cells = _cells(speeds)
    angles, sizes = np.arctan2(-cells[..., 1], cells[..., 0]), np.hypot(cells[..., 0], cells[..., 1])
    place = (angles * (DIRECTIONS / (2 * np.pi))) % DIRECTIONS
    low = np.floor(place).astype(np.intp) % DIRECTIONS
    share = (place - np.floor(place)).astype(np.float32)
    count, each = sizes.shape
    at = np.arange(count)[:, None] * DIRECTIONS
    amounts = np.bincount((at + low).ravel(), (sizes * (1 - share)).ravel(), count * DIRECTIONS)
    amounts += np.bincount((at + (low + 1) % DIRECTIONS).ravel(), (sizes * share).ravel(), count * DIRECTIONS)
    directions = amounts.reshape(count, DIRECTIONS) / each
    both = np.column_stack([directions, sizes.mean(axis=1), sizes.std(axis=1)])
    return np.ascontiguousarray(both.ravel(), np.float32)


def _cells(speeds: Floats) -> Floats:
    """(cells, pixels of each, 2). What does not fill a cell at the right and below is left out."""
    tall, wide = speeds.shape[0] // ROWS, speeds.shape[1] // COLUMNS
    cut = speeds[: tall * ROWS, : wide * COLUMNS].reshape(ROWS, tall, COLUMNS, wide, 2)
    return cut.swapaxes(1, 2).reshape(ROWS * COLUMNS, tall * wide, 2)


def _small_gray(image: Image, size: tuple[int, int]) -> Image:
    way = cv2.INTER_AREA if image.shape[1] > size[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.cvtColor(cv2.resize(image, size, interpolation=way), cv2.COLOR_BGR2GRAY), np.uint8)
