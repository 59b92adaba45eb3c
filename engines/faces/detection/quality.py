"""The quality of a face for recognition: sharpness, size, view, light and the detector's score.

The parts are joined so that a person's better images are those more like their other images: among usable faces the
detector's score says most, and the length of the network's vector, where it is known, says more than all that is seen
(Meng et al.: MagFace, 2021; measured here on photographs of 1265 people). A part that makes a face useless, such as a
blur, takes the total down with it.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Image
from engines.faces.detection.yunet import Detections
from engines.faces.types import Quality

Values = NDArray[np.float64]
NEEDED = np.array([0.28, 0.35, 0.2, 0.5])[:, None]
"""Of sharpness, size, frontal, light: below these a face is hardly usable (one in a hundred press photographs is)."""
WEIGHT = 0.1
"""Exponent of sharpness, frontal and light above that, beside 1 for score and for clarity."""
ALONE = 3.0
"""Exponent of the score where clarity is not known."""
SCORES = 0.5, 0.95
"""Detector scores that count as 0 and as 1."""
DETAIL = 0.006
"""Share of a face's variance that is finer than a pixel or two: of a photograph that is just sharp."""
SIDE = 112
"""From this many pixels the aligned face is no enlargement."""


def assess(image: Image, found: Detections, crops: Image, clarity: Values | None = None) -> tuple[Quality, ...]:
    """The quality of each of n faces, from the detections and their aligned crops (n x size x size x 3 BGR).

    clarity: 0 to 1, from the lengths of their vectors (`Network.judge`), None when they were not described.
    """
    del image
    if not len(found):
        return ()
    grey = np.stack([cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY) for crop in crops])
    seen = np.stack([sharpness(grey), size(found), frontal(found), light(grey)])
    scores = np.clip(found.scores.astype(np.float64), 0, 1)
    rows = np.vstack([total(seen, scores, clarity), seen, scores]).T.round(4).tolist()
    return tuple(Quality(*row) for row in rows)


def total(seen: Values, scores: Values, clarity: Values | None) -> Values:
    """seen: sharpness, size, frontal, light (4 x n); scores, clarity: n. -> n, 0 to 1."""
    usable = np.minimum(seen / NEEDED, 1).prod(axis=0)
    sure = np.clip((scores - SCORES[0]) / (SCORES[1] - SCORES[0]), 0, 1)
    inner = sure**ALONE if clarity is None else sure * clarity
    return np.asarray(usable * inner * seen.prod(axis=0) ** WEIGHT, np.float64)


def sharpness(grey: Image) -> Values:
    """Of aligned grey faces: fine detail as a share of the contrast, 0 to 1, one half for what is just sharp."""
    shares = []
    for face in grey.astype(np.float32):
        smooth = cv2.GaussianBlur(face, (0, 0), 1)
        shares.append(float((face - smooth).var()) / max(float(smooth.var()), 1.0))
    return np.asarray(np.array(shares) / (np.array(shares) + DETAIL), np.float64)


def size(found: Detections) -> Values:
    """Of the face in the picture: 1 from `SIDE` pixels."""
    sides = np.sqrt(np.prod(found.boxes[:, 2:].astype(np.float64), axis=1))
    return np.asarray(np.clip(sides / SIDE, 0, 1), np.float64)


def frontal(found: Detections) -> Values:
    """1 when the nose lies midway between the eyes and between eyes and mouth, 0 in profile."""
    points = found.points.astype(np.float64)
    eyes, mouth = points[:, :2].mean(axis=1), points[:, 3:].mean(axis=1)
    across, down = points[:, 1] - points[:, 0], mouth - eyes
    nose = points[:, 2] - eyes
    sideways = (nose * across).sum(1) / np.maximum((across * across).sum(1), 1e-6)
    lengthwise = (nose * down).sum(1) / np.maximum((down * down).sum(1), 1e-6)
    return np.asarray(np.exp(-((sideways / 0.35) ** 2) - ((lengthwise - 0.54) / 0.35) ** 2), np.float64)


def light(grey: Image) -> Values:
    """Of aligned grey faces: 1 when neither dark, blown out nor flat."""
    pixels = grey.reshape(len(grey), -1).astype(np.float32)
    lost = ((pixels < 8) | (pixels > 247)).mean(axis=1)
    contrast = np.clip(pixels.std(axis=1) / 30, 0, 1)
    middle = np.clip(1 - np.abs(pixels.mean(axis=1) - 128) / 128, 0, 1)
    return np.asarray(np.sqrt(contrast * np.clip(1.5 * middle, 0, 1)) * (1 - lost), np.float64)
