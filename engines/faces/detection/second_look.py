"""A small face is only believed when it is seen again: buttons and leaves look like faces at one size and one phase.

Around each candidate the picture is brought to two more sizes, as it is and mirrored. Real faces of 10 pixels keep
their score; what only looked like one loses it, so that even a lower first score may be given a chance.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Image
from engines.faces.detection.pyramid import overlaps
from engines.faces.detection.yunet import OVERLAP, Detections, Detector, Floats

SIDES = (32.0, 48.0)
"""To which size of face a candidate is brought."""
AROUND = 4
"""Side of the part that is looked at, in sides of the face."""
CHANCE = 0.15
"""How far below the least score a candidate may be at first."""
LEAST_SCORE = 0.1


def confirmed(
    image: Image, found: Detections, doubtful: NDArray[np.intp], detector: Detector, least: float
) -> Detections:
    """`found`, best first, where the rows `doubtful` have the mean score of their looks, if that is `least` or more."""
    scores = found.scores.copy()
    for row in doubtful:
        scores[row] = seen_again(image, found.boxes[row], detector)
    order = np.argsort(-scores, kind="stable")
    return Detections(found.boxes, found.points, scores).take(order[scores[order] >= least])


def seen_again(image: Image, box: Floats, detector: Detector) -> float:
    """Mean score of the face in `box` (x, y, width, height) over two sizes and their mirror images."""
    looks = [_score(image, box, side, mirror, detector) for side in SIDES for mirror in (1, -1)]
    return float(np.mean(looks))


def _score(image: Image, box: Floats, face: float, mirror: int, detector: Detector) -> float:
    scale = face / max(float(np.sqrt(box[2] * box[3])), 1e-3)
    side = int(AROUND * face)
    middle = box[:2] + box[2:] / 2
    flip = np.array([mirror * scale, scale])
    matrix = np.column_stack([np.diag(flip), side / 2 - flip * middle])
    part = cv2.warpAffine(image, matrix, (side, side), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    again = detector.detect(np.asarray(part, np.uint8), score=LEAST_SCORE)
    expected = np.concatenate([side / 2 - box[2:] * scale / 2, box[2:] * scale])[None]
    return float(again.scores[overlaps(again.boxes, expected)[:, 0] > OVERLAP].max(initial=0.0))
