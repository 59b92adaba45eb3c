"""The named points of bodies, for whoever joins those of several cameras."""

from __future__ import annotations

from engines.actions.types import POSE_LINES, POSE_NAMES, BodyPose, Watched
from engines.core.sightings import Seen, SeenPoint, Subject

LEAST = 0.5
"""How visible a point is at the least."""
SHARE = 0.012
"""The deviation of a point that is plain to see, in sides of the square that was looked at."""
BONES = tuple((POSE_NAMES[start], POSE_NAMES[end]) for start, end in POSE_LINES)


def seen(watched: Watched) -> Seen:
    """All bodies of a frame. Nothing tells one from another but that there is one at most."""
    return Seen(watched.stamp, tuple(_body(pose) for pose in watched.poses))


def _body(pose: BodyPose) -> Subject:
    points = zip(POSE_NAMES, pose.points, pose.visible, strict=True)
    sigma = max(SHARE * pose.region[2], 1.0)
    return Subject(
        tuple(SeenPoint(name, x, y, sigma / sure) for name, (x, y), sure in points if sure >= LEAST), "", BONES
    )
