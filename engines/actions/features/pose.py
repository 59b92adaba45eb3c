"""One body in a picture, followed from frame to frame: MediaPipe's pose detector and landmarks in LiteRT.

Bazarevsky et al.: BlazePose (2020). The detector looks at the whole picture and gives a turned square. The landmark
network sees that square alone and gives 33 points and two more that tell the next frame's square. So the detector is
only needed when the body was lost (a score below one half), and twice a second, to see whether somebody else stands out
more: the body that is followed is the large one in the middle, whoever was seen first. The detector sees 224 pixels, in
which somebody far off is too small: where it finds nobody it looks closer too, at one part of the picture in each
frame, in turn. MediaPipe also draws the points towards the peaks of heat maps, which moves them by a thirtieth of the
torso; actions were told apart no better with it, so it is left out.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import cv2
import numpy as np

from engines.actions.features.pose_detector import LEAST, BodyDetector, prominence, square_about
from engines.actions.types import BodyPose
from engines.core.frames import Image
from engines.core.networks.litert import Network
from engines.core.regions import Floats, Region, back, cut

SIDE = 256
POINTS = 33
READ = (0, 1, 4)
"""Outputs: 39 x 5 points, score, 39 x 3 points in metres; not the silhouette and the heat maps."""
PART = 0.6
"""Side of the part that is looked at closer, in long sides of the picture."""
TURNS = ((0.5, 0.5), (0, 0.5), (1, 0.5), (0, 0), (1, 0), (0, 1), (1, 1))
"""Where that part lies, from the left and top end to the other."""
EVERY = 0.5
"""Seconds between two looks for somebody who stands out more."""
MORE = 1.25
"""How much more that is."""
SAME = 0.25
"""Squares whose middles are closer than this, in sides, are of one body."""


@dataclass(frozen=True, slots=True)
class Body:
    """points: 33 x 3 in pixels (z too, from the hips towards the viewer negative); visible, present: (33,) 0 to 1.

    metres: 33 x 3 from the middle of the hips, as the square was turned. ahead: where to look in the next frame.
    fresh: it is not the body of the frame before.
    """

    points: Floats
    visible: Floats
    present: Floats
    metres: Floats
    score: float
    region: Region
    ahead: Region
    fresh: bool = False

    def as_pose(self) -> BodyPose:
        """The plain value."""
        points = tuple((float(x), float(y)) for x, y in self.points[:, :2])
        region = (*self.region.centre, self.region.side, float(np.degrees(self.region.angle)))
        return BodyPose(points, tuple(map(float, self.visible)), region, self.score)


class BodyFinder:
    """Finds the most prominent body and keeps to it. Not to be used by two threads at once.

    Raises `FileMissing` when the networks were not fetched.
    """

    def __init__(self, threads: int = 1) -> None:
        self.detector = BodyDetector(threads)
        self._landmarks = Network("pose-landmarks", threads, outputs=READ)
        self.reset()

    def reset(self) -> None:
        """Look everywhere again."""
        self._region: Region | None = None
        self._turn = 0
        self._looked = -np.inf

    def find(self, image: Image, seconds: float) -> Body | None:
        """The body in a BGR picture at a time of the recording; None where nobody is in view."""
        body = self._look(image, self._region) if self._region is not None else None
        if body is None:
            body = self._sought(image, seconds)
        elif not 0 <= seconds - self._looked < EVERY:
            body = self._more_prominent(image, seconds, body)
        self._region = body.ahead if body is not None else None
        return body

    def _sought(self, image: Image, seconds: float) -> Body | None:
        self._looked = seconds
        region = self.detector.detect(image, _whole(image)) or self.detector.detect(image, self._part(image))
        return self._newly(image, region) if region is not None else None

    def _more_prominent(self, image: Image, seconds: float, body: Body) -> Body:
        """Somebody else who stands out much more, or the body itself. Looks at all and at the middle in turn."""
        self._looked = seconds
        self._turn += 1
        square = _whole(image) if self._turn % 2 else _part(image, *TURNS[0])
        other = self.detector.detect(image, square)
        if other is None or _apart(other, body.ahead) < SAME * max(other.side, body.ahead.side):
            return body
        more = _prominence(other, image) > MORE * _prominence(body.ahead, image)
        return (self._newly(image, other) if more else None) or body

    def _newly(self, image: Image, region: Region) -> Body | None:
        body = self._look(image, region)
        return replace(body, fresh=True) if body is not None else None

    def _part(self, image: Image) -> Region:
        """The part of the picture whose turn it is."""
        self._turn += 1
        return _part(image, *TURNS[(self._turn - 1) % len(TURNS)])

    def _look(self, image: Image, region: Region) -> Body | None:
        """The body in a square, None below the least score."""
        if not 1 <= region.side < 1e5:
            return None
        matrix = region.matrix(SIDE)
        outputs = {one.size: one for one in self._landmarks.run(cut(image, matrix, SIDE, cv2.BORDER_REPLICATE))}
        score = float(outputs[1].ravel()[0])
        if not score >= LEAST:
            return None
        rows = outputs[195].reshape(39, 5).astype(np.float64)
        placed = np.column_stack([back(rows[:, :2] - 0.5, matrix), rows[:, 2] * region.side / SIDE])
        chances = 1 / (1 + np.exp(-np.clip(rows[:POINTS, 3:], -80, 80)))
        metres = outputs[117].reshape(39, 3)[:POINTS].astype(np.float64)
        ahead = square_about(placed[POINTS, :2], placed[POINTS + 1, :2])
        return Body(placed[:POINTS], chances[:, 0], chances[:, 1], metres, score, region, ahead)


def _whole(image: Image) -> Region:
    height, width = image.shape[:2]
    return Region(((width - 1) / 2, (height - 1) / 2), float(max(height, width)), 0.0)


def _part(image: Image, across: float, down: float) -> Region:
    height, width = image.shape[:2]
    side = PART * max(height, width)
    x, y = (min(side, size) / 2 + share * max(size - side, 0) for share, size in ((across, width), (down, height)))
    return Region((x - 0.5, y - 0.5), side, 0.0)


def _apart(one: Region, other: Region) -> float:
    return float(np.hypot(one.centre[0] - other.centre[0], one.centre[1] - other.centre[1]))


def _prominence(region: Region, image: Image) -> float:
    return float(prominence(np.asarray(region.centre), region.side, image))
