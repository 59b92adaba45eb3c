"""Colours for magnitudes and, about zero, for signed values: the same in the window and in files, and over pictures."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Image

OVER = 0.72
"""Share of the colour where it lies over a picture."""
LEVELS = np.arange(256, dtype=np.uint8)
VIRIDIS: NDArray[np.uint8] = cv2.applyColorMap(LEVELS, cv2.COLORMAP_VIRIDIS).reshape(-1, 3)[:, ::-1].astype(np.uint8)
"""(256, 3) RGB."""
ENDS: NDArray[np.uint8] = np.array([(33, 113, 200), (244, 244, 244), (224, 110, 0)], np.uint8)
"""RGB of the least value, of zero, of the largest."""
DIVERGING: NDArray[np.uint8] = np.stack(
    [np.interp(LEVELS, (0, 127.5, 255), channel) for channel in ENDS.T], 1
).round().astype(np.uint8)  # fmt: skip
"""(256, 3) RGB, from blue over white to orange."""


def viridis(values: NDArray[Any], low: float, high: float) -> Image:
    """RGB (..., 3) of values: `low` is the darkest colour, `high` the brightest; nan as `low`."""
    share = np.clip((np.nan_to_num(values, nan=low) - low) / max(high - low, 1e-300), 0, 1)
    colours: Image = VIRIDIS[(share * 255).round().astype(np.uint8)]
    return colours


def laid_over(picture: Image, values: NDArray[Any], low: float, high: float, side: int) -> Image:
    """RGB: a picture (H, W[, 3]), its longer side `side` pixels, under a map (rows, columns) of its patches."""
    large = sized(picture, side)
    heat = cv2.resize(viridis(values, low, high), large.shape[1::-1], interpolation=cv2.INTER_NEAREST)
    return np.asarray(cv2.addWeighted(heat, OVER, large, 1 - OVER, 0), np.uint8)


def sized(picture: Image, side: int) -> Image:
    """A picture (H, W[, 3]) in three colours, its longer side `side` pixels."""
    longest = max(picture.shape[:2])
    size = tuple(max(round(length * side / longest), 1) for length in (picture.shape[1], picture.shape[0]))
    colour = picture if picture.ndim == 3 else np.repeat(picture[..., None], 3, 2)
    way = cv2.INTER_NEAREST if longest < side else cv2.INTER_AREA
    return np.asarray(cv2.resize(colour, size, interpolation=way), np.uint8)
