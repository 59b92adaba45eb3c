"""From a picture to a network's input: size, colours, numbers, axes; and back from its pixels to the picture's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Image

Fit = Literal["stretch", "letterbox", "crop"]
Order = Literal["RGB", "BGR", "grey"]
Axes = Literal["NCHW", "NHWC"]


@dataclass(frozen=True, slots=True)
class Preprocessing:
    """size: (height, width) of the input. x = (pixel - mean) / std of pixels from 0 to 255, one number for all channels
    or one for each, in the order of `colours`.

    fit: how a picture of another shape goes in: stretched, whole within a grey border, or its middle alone.
    """

    size: tuple[int, int] = (224, 224)
    colours: Order = "RGB"
    mean: tuple[float, ...] = (0.0,)
    std: tuple[float, ...] = (255.0,)
    axes: Axes = "NCHW"
    fit: Fit = "stretch"

    def place(self, height: int, width: int) -> Placement:
        """Where a picture of this size comes to lie in the input."""
        high, wide = self.size
        if self.fit == "stretch":
            return Placement(wide / width, high / height, 0.0, 0.0)
        choose = min if self.fit == "letterbox" else max
        scale = choose(wide / width, high / height)
        return Placement(scale, scale, (wide - scale * width) / 2, (high - scale * height) / 2)

    def prepare(self, image: Image) -> tuple[NDArray[np.float32], Placement]:
        """uint8 BGR of any size -> float32 (1, C, h, w) or (1, h, w, C), and where the picture lies in it."""
        high, wide = self.size
        placed = self.place(*image.shape[:2])
        way = cv2.INTER_AREA if min(placed.scale_x, placed.scale_y) < 1 else cv2.INTER_LINEAR
        seen = _resized(image, placed, high, wide, way)
        if self.colours == "grey":
            seen = np.asarray(cv2.cvtColor(seen, cv2.COLOR_BGR2GRAY)[..., None], np.uint8)
        elif self.colours == "RGB":
            seen = np.asarray(cv2.cvtColor(seen, cv2.COLOR_BGR2RGB), np.uint8)
        data = (seen.astype(np.float32) - np.asarray(self.mean, np.float32)) / np.asarray(self.std, np.float32)
        return np.ascontiguousarray(data[None] if self.axes == "NHWC" else data.transpose(2, 0, 1)[None]), placed


@dataclass(frozen=True, slots=True)
class Placement:
    """Pixel corner (x, y) of the picture lies at (scale_x x + left, scale_y y + top) of the input."""

    scale_x: float
    scale_y: float
    left: float
    top: float

    def to_picture(self, x: float, y: float) -> tuple[float, float]:
        """A corner in the input's pixels -> in the picture's."""
        return (x - self.left) / self.scale_x, (y - self.top) / self.scale_y

    def to_input(self, x: float, y: float) -> tuple[float, float]:
        """A corner in the picture's pixels -> in the input's."""
        return x * self.scale_x + self.left, y * self.scale_y + self.top


def _resized(image: Image, placed: Placement, high: int, wide: int, way: int) -> Image:
    """The picture in its place, grey around it."""
    height, width = image.shape[:2]
    inner_h, inner_w = max(1, round(height * placed.scale_y)), max(1, round(width * placed.scale_x))
    small = cv2.resize(image, (inner_w, inner_h), interpolation=way)
    if (inner_h, inner_w) == (high, wide):
        return np.asarray(small, np.uint8)
    top, left = round(placed.top), round(placed.left)
    if placed.top < 0 or placed.left < 0:
        return np.asarray(small[max(-top, 0) :, max(-left, 0) :][:high, :wide], np.uint8)
    below, right = high - inner_h - top, wide - inner_w - left
    framed = cv2.copyMakeBorder(small, top, below, left, right, cv2.BORDER_CONSTANT, value=(114, 114, 114))
    return np.asarray(framed, np.uint8)
