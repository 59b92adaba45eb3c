"""Turned squares of a picture, as landmark networks look at them: cut out, and their points brought back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Image

Floats: TypeAlias = NDArray[np.float64]
Point: TypeAlias = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Region:
    """A square of the picture. centre and side in pixels; angle in radians, clockwise: how far it is turned."""

    centre: Point
    side: float
    angle: float

    def matrix(self, size: int, mirrored: bool = False) -> Floats:
        """2 x 3: from the picture to `size` x `size` pixels of the region, left and right changed where mirrored."""
        scale = size / max(self.side, 1e-6)
        cos, sin = scale * np.cos(self.angle), scale * np.sin(self.angle)
        linear = np.array([[cos, sin], [-sin, cos]])
        if mirrored:
            linear[0] *= -1
        return np.column_stack([linear, (size - 1) / 2 - linear @ np.asarray(self.centre)])


def cut(image: Image, matrix: Floats, size: int, border: int = cv2.BORDER_CONSTANT) -> Image:
    """The region as a picture; from a much larger one it is shrunk by areas first, so that nothing is skipped.

    border: OpenCV's way to fill what lies outside the picture.
    """
    shrink = int(1 / max(float(np.hypot(*matrix[:, 0])), 1e-6))
    if shrink < 2:
        return cast(Image, cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR, borderMode=border))
    corners = back(np.array([[-1, -1], [size, -1], [size, size], [-1, size]], np.float64), matrix)
    height, width = image.shape[:2]
    low = np.clip(np.floor(corners.min(axis=0)), 0, (width - 1, height - 1)).astype(int)
    high = np.clip(np.ceil(corners.max(axis=0)), low + 1, (width, height)).astype(int)
    part = image[low[1] : high[1], low[0] : high[0]]
    small = cv2.resize(part, (-(-part.shape[1] // shrink), -(-part.shape[0] // shrink)), interpolation=cv2.INTER_AREA)
    across, down = part.shape[1] / small.shape[1], part.shape[0] / small.shape[0]
    linear = matrix[:, :2] * (across, down)
    corner = low + (across / 2 - 0.5, down / 2 - 0.5)
    shifted = np.column_stack([linear, matrix[:, :2] @ corner + matrix[:, 2]])
    return cast(Image, cv2.warpAffine(small, shifted, (size, size), flags=cv2.INTER_LINEAR, borderMode=border))


def back(points: Floats, matrix: Floats) -> Floats:
    """n x 2 of the region, in pixels of the picture."""
    return np.asarray(np.linalg.solve(matrix[:, :2], (points - matrix[:, 2]).T).T)
