"""A map in colours over the picture that it explains, in the place where the picture went into the model."""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Image
from engines.core.networks.preprocessing import Placement
from engines.core.pictures.heat import ENDS, viridis
from engines.inspection.attribution.asked import AttributeResult, Explained

CLIPPED = 0.99
"""Quantile of |map| that gets the strongest colour: single pixels would leave all others pale."""
OPACITY = 0.75


def reach(one: Explained) -> float:
    """The value that gets the strongest colour; 0 for a map of zeros."""
    sizes = np.abs(one.map).ravel()
    place = int(CLIPPED * (sizes.size - 1))
    return float(np.partition(sizes, place)[place]) or float(sizes.max())


def placed_in(result: AttributeResult, picture: Image) -> Placement:
    """Where the whole picture lies in the input; the result holds a smaller one."""
    (high, wide), placed = picture.shape[:2], result.placed
    ratio = result.picture.shape[1] / wide, result.picture.shape[0] / high
    return Placement(placed.scale_x * ratio[0], placed.scale_y * ratio[1], placed.left, placed.top)


def on_picture(values: NDArray[Any], placed: Placement, height: int, width: int) -> NDArray[np.float32]:
    """A map of the input (h, w) at each pixel of the picture; nan where the picture did not go in."""
    x = ((np.arange(width) + 0.5) * placed.scale_x + placed.left).astype(np.float32)
    y = ((np.arange(height) + 0.5) * placed.scale_y + placed.top).astype(np.float32)
    columns, rows = np.meshgrid(x - np.float32(0.5), y - np.float32(0.5))
    found = cv2.remap(values.astype(np.float32), columns, rows, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    found[(y < 0) | (y > values.shape[0])] = np.nan
    found[:, (x < 0) | (x > values.shape[1])] = np.nan
    return np.asarray(found, np.float32)


def coloured(values: NDArray[Any], most: float, signed: bool) -> Image:
    """RGB of values: of magnitudes, or of the one sign or the other, whose `strength` then tells how much."""
    exact = np.asarray(values, np.float64)
    return ENDS[np.where(exact < 0, 0, 2)] if signed else viridis(exact, 0.0, most)


def strength(values: NDArray[Any], most: float, signed: bool) -> NDArray[np.float32]:
    """How much of the colour is seen, 0 to 1: signed maps are see-through at zero, so that what speaks for and against
    the target lies on the picture."""
    share = np.clip(np.abs(values) / max(most, 1e-30), 0, 1) if signed else np.ones_like(values)
    return np.asarray(np.nan_to_num(share), np.float32)


def overlaid(picture: Image, one: Explained, placed: Placement, opacity: float = OPACITY) -> Image:
    """BGR: the picture without its colours under those of the map; untouched where it did not go in."""
    values, most = on_picture(one.map, placed, *picture.shape[:2]), reach(one)
    heat = coloured(values, most, one.signed)[..., ::-1].astype(np.float32)
    alpha = opacity * strength(values, most, one.signed)[..., None]
    grey = cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)[..., None].astype(np.float32)
    mixed = heat * alpha + grey * (1 - alpha)
    return np.where(np.isnan(values)[..., None], picture, mixed.round()).astype(np.uint8)
