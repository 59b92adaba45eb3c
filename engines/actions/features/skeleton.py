"""A body as numbers that do not depend on where it stands, how large it is seen or how often it is looked at.

Points are measured from the middle of the hips in lengths of the torso; how the body leans stays in. Joints and a few
distances say again what a small head would have to learn: how arms and legs are bent, what touches what. Velocities are
per second, smoothed over a fixed time. Where nobody is in view everything is zero but the flag that says so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.actions.features.pose import POINTS, Body
from engines.core.regions import Floats

SHOULDERS, HIPS = (11, 12), (23, 24)
JOINTS = np.array([
    *((11, 13, 15), (12, 14, 16), (13, 11, 23), (14, 12, 24), (11, 23, 25), (12, 24, 26), (23, 25, 27), (24, 26, 28)),
])  # fmt: skip
"""Elbows, shoulders, hips and knees, left and right: the point in the middle is the joint."""
PAIRS = np.array(
    [(15, 0), (16, 0), (15, 16), (15, 23), (16, 24), (27, 28), (25, 26), (15, 11), (16, 12), (15, 12), (16, 11)]
)
"""Wrists to nose, to each other, to hips and to both shoulders; ankles and knees to each other."""
PARTS = (2 * POINTS, POINTS, 2 * len(JOINTS), len(PAIRS), 2 * POINTS, 1)
"""Places (x, y of each point), visibilities, cosines then sines of joints, distances, velocities (x, y), "nobody"."""
LENGTH = sum(PARTS)
SMOOTH = 0.3
"""Seconds: time constant of the velocities."""
LONGEST = 1.0
"""Seconds between two sights of a body from which on they say nothing about its velocity."""
SHORTEST = 0.2
"""Of the looked-at square's side: the least length of a torso, for one seen end on."""


class Skeleton:
    """Remembers where the body was."""

    def __init__(self) -> None:
        self.reset()

    def reset(self) -> None:
        """Forget earlier frames."""
        self._last: Floats | None = None
        self._at = 0.0
        self._speed = np.zeros(2 * POINTS)

    def describe(self, body: Body | None, seconds: float) -> NDArray[np.float32]:
        """float32 (193,) for a body, or for nobody, at a time of the recording."""
        if body is None or body.fresh:
            self.reset()
        if body is None:
            return nobody()
        places = normalised(body)
        self._follow(places.ravel(), seconds)
        bent = joints(places)
        apart = np.linalg.norm(places[PAIRS[:, 0]] - places[PAIRS[:, 1]], axis=1)
        whole = np.concatenate([places.ravel(), body.visible, bent, apart, self._speed, [0.0]])
        return whole.astype(np.float32)

    def _follow(self, places: Floats, seconds: float) -> None:
        elapsed = seconds - self._at
        if self._last is None or not 0 < elapsed <= LONGEST:
            self._speed = np.zeros(2 * POINTS)
        else:
            share = 1 - np.exp(-elapsed / SMOOTH)
            self._speed = self._speed + share * ((places - self._last) / elapsed - self._speed)
        self._last, self._at = places, seconds


def nobody() -> NDArray[np.float32]:
    """Numbers that stand for a frame without a body."""
    empty = np.zeros(LENGTH, np.float32)
    empty[-1] = 1.0
    return empty


def normalised(body: Body) -> Floats:
    """33 x 2: from the middle of the hips, in lengths of the torso; zeros where a point is no number."""
    flat = body.points[:, :2]
    hips, shoulders = flat[list(HIPS)].mean(axis=0), flat[list(SHOULDERS)].mean(axis=0)
    torso = max(float(np.linalg.norm(shoulders - hips)), SHORTEST * body.region.side, 1e-6)
    return np.asarray(np.nan_to_num((flat - hips) / torso, nan=0.0, posinf=0.0, neginf=0.0))


def joints(places: Floats) -> Floats:
    """(16,): cosine, then sine of the angle at each joint, counted from the first bone to the second."""
    first, second = (places[JOINTS[:, end]] - places[JOINTS[:, 1]] for end in (0, 2))
    along = (first * second).sum(axis=1)
    across = first[:, 0] * second[:, 1] - first[:, 1] * second[:, 0]
    size = np.maximum(np.hypot(along, across), 1e-9)
    return np.concatenate([along / size, across / size])
