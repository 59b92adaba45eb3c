"""How fit a face is for recognition, from what is seen of it: sharpness, size, view, light and the detector's score."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Image
from engines.faces.detect import Detections
from engines.faces.types import Quality

Values = NDArray[np.float64]


def assess(image: Image, found: Detections, crops: Image) -> tuple[Quality, ...]:
    """The quality of each of n faces, from the detections and their aligned crops (n x size x size x 3 BGR)."""
    del image
    if not len(found):
        return ()
    grey = np.stack([cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY) for crop in crops])
    parts = (sharpness(grey), size(found), frontal(found), light(grey), np.clip(found.scores.astype(np.float64), 0, 1))
    total = np.prod(np.stack(parts), axis=0) ** (1 / len(parts))
    columns = zip(total, *parts, strict=True)
    return tuple(Quality(*(round(float(value), 4) for value in row)) for row in columns)


def sharpness(grey: Image) -> Values:
    """Of aligned grey faces: the share of fine detail in the contrast, 0 to 1."""
    fine = np.array([float(cv2.Laplacian(one, cv2.CV_32F, ksize=1).var()) for one in grey])
    contrast = grey.reshape(len(grey), -1).astype(np.float32).var(axis=1)
    return np.asarray(1 - np.exp(-fine / (0.05 * np.maximum(contrast, 1.0))), np.float64)


def size(found: Detections) -> Values:
    """Of the face in the picture: 1 from 112 pixels, where the aligned crop is no longer an enlargement."""
    sides = np.sqrt(np.prod(found.boxes[:, 2:].astype(np.float64), axis=1))
    return np.asarray(np.clip(sides / 112, 0, 1), np.float64)


def frontal(found: Detections) -> Values:
    """1 when the nose lies midway between the eyes and between eyes and mouth, 0 in profile."""
    points = found.points.astype(np.float64)
    eyes, mouth = points[:, :2].mean(axis=1), points[:, 3:].mean(axis=1)
    across, down = points[:, 1] - points[:, 0], mouth - eyes
    nose = points[:, 2] - eyes
    sideways = np.abs((nose * across).sum(1) / np.maximum((across * across).sum(1), 1e-6))
    lengthwise = (nose * down).sum(1) / np.maximum((down * down).sum(1), 1e-6)
    return np.asarray(np.exp(-((sideways / 0.3) ** 2) - ((lengthwise - 0.55) / 0.3) ** 2), np.float64)


def light(grey: Image) -> Values:
    """Of aligned grey faces: 1 when neither dark, blown out nor flat."""
    pixels = grey.reshape(len(grey), -1).astype(np.float32)
    lost = ((pixels < 8) | (pixels > 247)).mean(axis=1)
    contrast = np.clip(pixels.std(axis=1) / 30, 0, 1)
    middle = np.clip(1 - np.abs(pixels.mean(axis=1) - 128) / 128, 0, 1)
    return np.asarray(np.sqrt(contrast * np.clip(1.5 * middle, 0, 1)) * (1 - lost), np.float64)
