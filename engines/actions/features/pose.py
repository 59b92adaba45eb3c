"""One body in a picture, followed from frame to frame: MediaPipe's pose detector and landmarks in LiteRT.

Bazarevsky et al.: BlazePose (2020). The detector looks at the whole picture and gives the middle of the hips and a
point on the circle about the whole body: a turned square. The landmark network sees that square alone and gives 33
points and two more of the same meaning, from which the next frame's square comes. So the detector is only needed again
when the body was lost (a score below one half). It sees 224 pixels, in which somebody far off is too small: where it
finds nobody it looks closer too, at one part of the picture in each frame, in turn. As its makers do, the picture is
shrunk to that by bilinear interpolation alone: means over areas look better and are recognised less often.
"""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np

from engines.actions.features.pose_anchors import anchors
from engines.actions.types import BodyPose
from engines.core.frames import Image
from engines.core.litert import Network
from engines.core.regions import Floats, Region, back, cut

WIDE, CLOSE = 224, 256
"""Sides of what the detector and the landmark network see."""
POINTS = 33
LEAST = 0.5
"""Score from which on there is a body."""
ROOM = 1.25
"""The square's side, in diameters of the circle about the body."""
PART = 0.6
"""Side of the part that is looked at closer, in long sides of the picture."""
TURNS = np.array([(0.5, 0.5), (0, 0.5), (1, 0.5), (0, 0), (1, 0), (0, 1), (1, 1)])
"""Where that part lies, from the left and top end to the other."""
OVERLAP = 0.3
"""Boxes that overlap by this much of their union are of one body."""


@dataclass(frozen=True, slots=True)
class Body:
    """points: 33 x 3 in pixels (z too, from the hips towards the viewer negative); visible, present: (33,) 0 to 1.

    metres: 33 x 3 from the middle of the hips, as the square was turned. ahead: where to look in the next frame.
    """

    points: Floats
    visible: Floats
    present: Floats
    metres: Floats
    score: float
    region: Region
    ahead: Region

    def as_pose(self) -> BodyPose:
        """The plain value."""
        points = tuple((float(x), float(y)) for x, y in self.points[:, :2])
        region = (*self.region.centre, self.region.side, float(np.degrees(self.region.angle)))
        return BodyPose(points, tuple(map(float, self.visible)), region, self.score)


class BodyFinder:
    """Finds the clearest body and keeps to it. Not to be used by two threads at once.

    Raises `FileMissing` when the networks were not fetched. detections: how often the detector was needed so far.
    """

    def __init__(self, threads: int = 1) -> None:
        self._wide = Network("pose-detection", threads, low=-1.0)
        self._close = Network("pose-landmarks", threads)
        self.detections = 0
        self.reset()

    def reset(self) -> None:
        """Look everywhere again."""
        self._region: Region | None = None
        self._turn = 0

    def find(self, image: Image) -> Body | None:
        """The body in a BGR picture; None where nobody is in view."""
        body = self._look(image, self._region) if self._region is not None else None
        if body is None:
            region = self.detect(image) or self._detect_closer(image)
            body = self._look(image, region) if region is not None else None
        self._region = body.ahead if body is not None else None
        return body

    def detect(self, image: Image) -> Region | None:
        """The square of the clearest body in a picture."""
        self.detections += 1
        height, width = image.shape[:2]
        matrix = Region(((width - 1) / 2, (height - 1) / 2), float(max(height, width)), 0.0).matrix(WIDE)
        seen = cv2.warpAffine(image, matrix, (WIDE, WIDE), flags=cv2.INTER_LINEAR)
        values, logits = sorted(self._wide.run(np.asarray(seen, np.uint8)), key=lambda one: -one.shape[-1])
        scores = _sigmoid(logits[0, :, 0].astype(np.float64))
        if scores.max() < LEAST:
            return None
        hips, rim = back(_clearest(values[0].astype(np.float64), scores) - 0.5, matrix)
        return _region(hips, rim)

    def _detect_closer(self, image: Image) -> Region | None:
        """The same in the part of the picture whose turn it is."""
        height, width = image.shape[:2]
        side = np.minimum(round(PART * max(height, width)), (width, height))
        left, top = np.round(TURNS[self._turn % len(TURNS)] * ((width, height) - side)).astype(int)
        self._turn += 1
        found = self.detect(image[top : top + side[1], left : left + side[0]])
        if found is None:
            return None
        return Region((found.centre[0] + float(left), found.centre[1] + float(top)), found.side, found.angle)

    def _look(self, image: Image, region: Region) -> Body | None:
        """The body in a square, None below the least score."""
        matrix = region.matrix(CLOSE)
        outputs = {one.size: one for one in self._close.run(cut(image, matrix, CLOSE, cv2.BORDER_REPLICATE))}
        score = float(outputs[1].ravel()[0])
        if not score >= LEAST:
            return None
        rows = outputs[195].reshape(39, 5).astype(np.float64)
        flat = back(rows[:, :2] - 0.5, matrix)
        placed = np.column_stack([flat, rows[:, 2] * region.side / CLOSE])
        chances = _sigmoid(rows[:POINTS, 3:])
        metres = outputs[117].reshape(39, 3)[:POINTS].astype(np.float64)
        ahead = _region(placed[POINTS, :2], placed[POINTS + 1, :2])
        return Body(placed[:POINTS], chances[:, 0], chances[:, 1], metres, score, region, ahead)


def _region(middle: Floats, rim: Floats) -> Region:
    """The turned square for the middle of the hips and a point on the circle about the body, above it when upright."""
    across, down = rim - middle
    angle = np.pi / 2 - np.arctan2(-down, across)
    turned = float((angle + np.pi) % (2 * np.pi) - np.pi)
    return Region((float(middle[0]), float(middle[1])), 2 * ROOM * float(np.hypot(across, down)), turned)


def _clearest(values: Floats, scores: Floats) -> Floats:
    """2 x 2 in pixels of the square: hips and rim of the best (score times size), a mean over all that overlap it."""
    middles, sizes = values[:, :2] + anchors() * WIDE, values[:, 2:4]
    which = np.flatnonzero(scores >= LEAST)
    best = which[np.argmax(scores[which] * np.hypot(*(values[which, 6:8] - values[which, 4:6]).T))]
    low, high = middles - sizes / 2, middles + sizes / 2
    inside = np.clip(np.minimum(high[which], high[best]) - np.maximum(low[which], low[best]), 0, None).prod(axis=1)
    union = sizes[which].prod(axis=1) + sizes[best].prod() - inside
    same = which[inside >= OVERLAP * union]
    points = values[same, 4:8].reshape(-1, 2, 2) + anchors()[same, None] * WIDE
    return np.asarray(np.average(points, axis=0, weights=scores[same]))


def _sigmoid(values: Floats) -> Floats:
    return np.asarray(1 / (1 + np.exp(-np.clip(values, -80, 80))))
