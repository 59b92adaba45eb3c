"""Which faces are in a picture, however large or small it is: a detector with a plan of where to look."""

from __future__ import annotations

from typing import cast

import cv2
import numpy as np

from engines.core.frames import Image
from engines.faces.detect import Detections, Detector, YuNet
from engines.faces.types import FinderSettings

MOST_SIDE = 1920
"""A larger picture is reduced to this side for the plain search."""
LEAST_SIDE = 64
"""A smaller picture is padded to this side: networks need some surroundings."""


class Finder:
    """A `Detector` that follows `FinderSettings`. Its cost depends on the picture's size alone."""

    def __init__(self, settings: FinderSettings, detector: Detector) -> None:
        self.settings = settings
        self._detector = detector

    def detect(self, image: Image, *, score: float | None = None) -> Detections:
        """Faces, best first, in pixels of `image`; score: least score, None for the settings'."""
        least = self.settings.score if score is None else score
        reduction = min(1.0, MOST_SIDE / max(image.shape[:2]))
        return scaled(self._detector.detect(_padded(_resized(image, reduction)), score=least), 1 / reduction)


def open_finder(settings: FinderSettings) -> Finder:
    """The detector and search that the settings name. Raises `FileMissing` when its weights were not fetched."""
    return Finder(settings, YuNet(settings.threads))


def scaled(found: Detections, scale: float) -> Detections:
    """The same faces in a picture `scale` times as large. Pixel centres are whole numbers."""
    shift = np.float32((scale - 1) / 2)
    boxes = np.hstack([found.boxes[:, :2] * np.float32(scale) + shift, found.boxes[:, 2:] * np.float32(scale)])
    return Detections(boxes, found.points * np.float32(scale) + shift, found.scores)


def _resized(image: Image, scale: float) -> Image:
    if scale == 1:
        return image
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cast(Image, cv2.resize(image, None, fx=scale, fy=scale, interpolation=way))


def _padded(image: Image) -> Image:
    low, right = (max(0, LEAST_SIDE - side) for side in image.shape[:2])
    return cast(Image, cv2.copyMakeBorder(image, 0, low, 0, right, cv2.BORDER_CONSTANT)) if low or right else image
