"""A face turned upright and brought to one size, so that the eyes are always at the same place.

The similarity (turn, scale, shift) that brings the five points closest to the template of ArcFace (Deng et al., 2019),
in closed form (Umeyama, 1991). A wider template shows more of the head, for portraits and landmarks.
"""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Image
from engines.faces.types import ModelCard

SIDE = 112
TEMPLATE = np.array(
    [[38.2946, 51.6963], [73.5318, 51.5014], [56.0252, 71.7366], [41.5493, 92.3655], [70.7299, 92.2041]], np.float64
)
"""Where the five points go in a 112 x 112 picture."""


def template(size: int = SIDE, margin: float = 0.0) -> NDArray[np.float64]:
    """The five points' places in a picture of `size` pixels; margin: extra on each side, as a part of the side."""
    return np.asarray((TEMPLATE + margin * SIDE) * (size / (SIDE * (1 + 2 * margin))), np.float64)


def similarity(points: NDArray[np.floating], target: NDArray[np.floating]) -> NDArray[np.float64]:
    """2 x 3: the turn, scale and shift that bring `points` (n x 2) closest to `target` in least squares.

    No mirroring. Points that all coincide give a shift alone.
    """
    source, goal = np.asarray(points, np.float64), np.asarray(target, np.float64)
    mean, middle = source.mean(axis=0), goal.mean(axis=0)
    a, b = source - mean, goal - middle
    spread = float((a * a).sum())
    if spread <= 0:
        cos, sin = 1.0, 0.0
    else:
        cos = float((a * b).sum()) / spread
        sin = float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()) / spread
    linear = np.array([[cos, -sin], [sin, cos]])
    return np.column_stack([linear, middle - linear @ mean])


def crop(image: Image, points: NDArray[np.floating], size: int = SIDE, margin: float = 0.0) -> Image:
    """The aligned face: size x size BGR; what lies outside the picture is black."""
    matrix = similarity(points, template(size, margin))
    return cast(Image, cv2.warpAffine(image, matrix, (size, size), flags=cv2.INTER_LINEAR))


def crops(image: Image, points: NDArray[np.floating], size: int = SIDE, margin: float = 0.0) -> Image:
    """n aligned faces (n x size x size x 3) for points n x 5 x 2."""
    made = np.zeros((len(points), size, size, 3), np.uint8)
    for index, five in enumerate(points):
        made[index] = crop(image, five, size, margin)
    return made


def inputs(image: Image, points: NDArray[np.floating], card: ModelCard, plain: Image) -> Image:
    """What this recogniser takes of n faces; `plain`, their usual crops, when it takes those."""
    if card.size == SIDE and not card.margin:
        return plain
    return crops(image, points, card.size, card.margin)
