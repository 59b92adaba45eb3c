"""Photographs whose eyes are replaced by traced eyeballs that look in a known direction."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.faces.gaze.landmarks import Eye
from engines.faces.gaze.ray import PUPIL

IRIS = 5.85
"""Radius of an iris in millimetres."""
BALL = float(np.hypot(PUPIL, IRIS))
DARK = 2.0


def looking(
    image: NDArray[np.uint8], eyes: tuple[Eye, Eye], balls: NDArray[np.float64], size: float, to: NDArray[np.float64]
) -> NDArray[np.uint8]:
    """The BGR picture with both eyes looking along the unit vector `to` (camera axes).

    balls: 2 x 2, the eyeballs' centres; size: pixels a millimetre.
    """
    made = image.copy()
    for eye, centre in zip(eyes, balls, strict=True):
        reach = 2 * np.linalg.norm(eye.corners[0] - eye.corners[1])
        low = np.maximum(np.floor(centre - reach), 0).astype(int)
        high = np.ceil(centre + reach).astype(int)
        part = made[low[1] : high[1], low[0] : high[0]]
        near = Eye(eye.contour - low, eye.iris - low)
        part[:] = _painted(part, near, centre - low, size, to)
    return made


def _painted(
    part: NDArray[np.uint8], eye: Eye, centre: NDArray[np.float64], size: float, to: NDArray[np.float64]
) -> NDArray[np.uint8]:
    rows, columns = np.indices(part.shape[:2])
    ball = _ball((np.stack([columns, rows], axis=-1) - centre) / size, to, _white(part, eye))
    hole = _inside(part, eye)[..., None]
    return np.asarray(np.clip(np.rint(part * (1 - hole) + ball * hole), 0, 255), np.uint8)


def _inside(image: NDArray[np.uint8], eye: Eye) -> NDArray[np.float64]:
    """How much of each pixel lies between the lids."""
    outline = np.concatenate([eye.contour[0:9], eye.contour[15:8:-1]])
    mask = np.zeros(image.shape[:2], np.uint8)
    cv2.fillPoly(mask, [np.rint(outline * 16).astype(np.int32)], 255, lineType=cv2.LINE_AA, shift=4)
    return mask / 255.0


def _white(image: NDArray[np.uint8], eye: Eye) -> NDArray[np.float64]:
    """The colour of the white of an eye in the light that falls on the skin about it."""
    x, y = np.rint(eye.corners.mean(axis=0)).astype(int)
    reach = int(np.ceil(np.linalg.norm(eye.corners[0] - eye.corners[1])))
    skin = image[max(y - reach, 0) : y + reach, max(x - reach, 0) : x + reach].reshape(-1, 3)
    light = float(np.percentile(skin.max(axis=1), 80))
    return np.clip(light * np.array([0.92, 0.95, 1.0]), 0, 255)


def _ball(away: NDArray[np.float64], towards: NDArray[np.float64], white: NDArray[np.float64]) -> NDArray[np.float64]:
    """Colours of a sphere whose pixels lie `away` (mm) from its centre; the iris is a disc about `towards`."""
    flat = (away**2).sum(axis=-1)
    depth = -np.sqrt(np.maximum(BALL**2 - flat, 0))
    along = away @ towards[:2] + depth * towards[2]
    aside = np.sqrt(np.maximum(BALL**2 - along**2, 0))
    white = white * np.clip(1 - flat / (1.6 * BALL) ** 2, 0.4, 1)[..., None]
    soft = _edge(aside - IRIS)[..., None] * (along > 0)[..., None]
    brown = np.array([40.0, 55.0, 80.0]) * (1 - 0.85 * _edge(aside - DARK)[..., None])
    return np.asarray(white * (1 - soft) + brown * soft)


def _edge(distance: NDArray[np.float64], width: float = 0.4) -> NDArray[np.float64]:
    return np.asarray(1 / (1 + np.exp(np.clip(distance / (width / 2), -50, 50))))
