"""Face detection in pictures of any size: a detector with a plan of where to look."""

from __future__ import annotations

from functools import lru_cache
from typing import cast

import cv2
import numpy as np

from engines.core.frames import Image
from engines.faces.detection.blazeface import REACH as BLAZEFACE
from engines.faces.detection.blazeface import BlazeFace
from engines.faces.detection.pyramid import Pass, Reach, merged, overlaps, plan
from engines.faces.detection.second_look import CHANCE, confirmed
from engines.faces.detection.yunet import OVERLAP, Detections, Detector, Floats, YuNet
from engines.faces.types import FinderSettings

YUNET = Reach(least=40, most=480, side=1920, tile=1024, whole=1 << 24)
"""Of faces 40 pixels wide on photographs it finds 19 in 20; beyond 480 it begins to find parts of them."""
TINY = 0.75
"""Of the smallest face looked for: what is found below that is a pattern more often than a face."""
LEAST_SIDE = 64
"""A smaller picture is padded to this side: networks need some surroundings."""


class Finder:
    """A `Detector` that follows `FinderSettings`. Its cost follows from the picture's size: see `cost`.

    What the plain search does not see is looked at again, at about a third of a plain VGA search each.
    """

    def __init__(self, settings: FinderSettings, detector: Detector, reach: Reach) -> None:
        self.settings = settings
        self._detector, self._reach = detector, reach

    def detect(self, image: Image, *, score: float | None = None) -> Detections:
        """Faces, best first, in pixels of `image`; score: least score, None for the settings'."""
        least = self.settings.score if score is None else score
        passes = self.passes(image.shape[1], image.shape[0])
        parts = [self._look(image, one, least - CHANCE * (one.scale > passes[0].scale)) for one in passes]
        trust = [_trust(part, one.scale, self._reach) for part, one in zip(parts, passes, strict=True)]
        found = merged(parts, trust)
        plain = [part for part, one in zip(parts, passes, strict=True) if one.scale <= passes[0].scale]
        if len(plain) == len(parts):
            return found
        unseen = np.asarray((overlaps(found.boxes, merged(plain).boxes) <= OVERLAP).all(axis=1), np.bool_)
        keep = ~unseen | (np.sqrt(np.prod(found.boxes[:, 2:], axis=1)) >= TINY * self.settings.smallest)
        return confirmed(image, found.take(keep), np.flatnonzero(unseen[keep]), self._detector, least)

    def passes(self, width: int, height: int) -> tuple[Pass, ...]:
        """Where a picture of this size is looked at."""
        return _plan(width, height, self.settings, self._reach)

    def cost(self, width: int, height: int) -> float:
        """How many times the work of the plain search this search is, for a picture of this size."""
        plain = _plan(width, height, FinderSettings(search="plain"), self._reach)
        if self._reach.fixed:
            return len(self.passes(width, height)) / len(plain)
        return sum(one.pixels for one in self.passes(width, height)) / sum(one.pixels for one in plain)

    def _look(self, image: Image, one: Pass, least: float) -> Detections:
        part = image[one.y : one.y + one.height, one.x : one.x + one.width]
        scale = 1.0 if self._reach.fixed else one.scale
        found = self._detector.detect(_padded(_resized(part, scale)), score=max(least, 0.01))
        return moved(scaled(_sound(found), 1 / scale), one.x, one.y)


def open_finder(settings: FinderSettings) -> Finder:
    """The detector and search that the settings name. Raises `FileMissing` when its weights were not fetched."""
    if settings.detector == "blazeface":
        return Finder(settings, BlazeFace(settings.threads), BLAZEFACE)
    return Finder(settings, YuNet(settings.threads), YUNET)


def scaled(found: Detections, scale: float) -> Detections:
    """The same faces in a picture `scale` times as large. Pixel centres are whole numbers."""
    factor, shift = np.float32(scale), np.float32((scale - 1) / 2)
    boxes = np.hstack([found.boxes[:, :2] * factor + shift, found.boxes[:, 2:] * factor])
    return Detections(boxes, found.points * factor + shift, found.scores)


def moved(found: Detections, x: float, y: float) -> Detections:
    """The same faces in a picture of which theirs is the part that begins at (x, y)."""
    shift = np.array([x, y], np.float32)
    return Detections(found.boxes + np.concatenate([shift, shift * 0]), found.points + shift, found.scores)


@lru_cache(maxsize=64)
def _plan(width: int, height: int, settings: FinderSettings, reach: Reach) -> tuple[Pass, ...]:
    return plan(width, height, settings.search, settings.smallest, reach)


def _trust(found: Detections, scale: float, reach: Reach) -> Floats:
    """The points of a face that is large for the network lie less well than those of the same face reduced."""
    large = np.sqrt(np.prod(found.boxes[:, 2:], axis=1)) * scale > reach.most / 2
    return np.asarray(found.scores - large, np.float32)


def _sound(found: Detections) -> Detections:
    """Without what has no size or is no number."""
    return found.take(np.flatnonzero(np.isfinite(found.boxes).all(axis=1) & (found.boxes[:, 2:] > 0).all(axis=1)))


def _resized(image: Image, scale: float) -> Image:
    if scale == 1:
        return image
    height, width = (max(round(side * scale), 1) for side in image.shape[:2])
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
    return cast(Image, cv2.resize(image, (width, height), interpolation=way))


def _padded(image: Image) -> Image:
    low, right = (max(0, LEAST_SIDE - side) for side in image.shape[:2])
    return cast(Image, cv2.copyMakeBorder(image, 0, low, 0, right, cv2.BORDER_CONSTANT)) if low or right else image
