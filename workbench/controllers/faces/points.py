"""The named points of faces, for whoever joins those of several cameras."""

from __future__ import annotations

from engines.core.sightings import Seen, SeenPoint, Subject
from engines.faces.types import POINT_NAMES, Recognition, TrackedFace

SHARE = 0.025
"""The deviation of a point, in widths of the face."""
_LINES = ((0, 2), (1, 2), (2, 3), (2, 4), (0, 1), (3, 4))
BONES = tuple((POINT_NAMES[start], POINT_NAMES[end]) for start, end in _LINES)


def seen(recognition: Recognition) -> Seen:
    """All faces that were found in this very frame, by their tracks."""
    return Seen(recognition.stamp, tuple(_face(one) for one in recognition.faces if one.seen))


def _face(face: TrackedFace) -> Subject:
    sigma = max(SHARE * face.box.width, 0.5)
    points = tuple(SeenPoint(name, x, y, sigma) for name, (x, y) in zip(POINT_NAMES, face.points, strict=True))
    return Subject(points, str(face.track), BONES)
