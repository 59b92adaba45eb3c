"""A body as numbers that do not depend on where it stands, how large it is seen or how often it is looked at.

Points are measured from the middle of the hips in lengths of the torso; how the body leans stays in. Velocities are per
second, smoothed over a fixed time, so the frame rate does not matter. Where nobody is in view everything is zero but
the flag that says so.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.actions.features.pose import POINTS, Body
from engines.core.regions import Floats

SHOULDERS, HIPS = (11, 12), (23, 24)
LENGTH = 2 * POINTS + POINTS + 2 * POINTS + 1
"""Positions (x, y of each point), visibilities, velocities (x, y of each), "nobody"."""
SMOOTH = 0.15
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
        """float32 (166,) for a body, or for nobody, at a time of the recording."""
        if body is None:
            self.reset()
            return nobody()
        places = normalised(body).ravel()
        self._follow(places, seconds)
        whole = np.concatenate([places, body.visible, self._speed, [0.0]])
        return np.asarray(np.nan_to_num(whole, nan=0.0, posinf=0.0, neginf=0.0), np.float32)

    def _follow(self, places: Floats, seconds: float) -> None:
        elapsed = seconds - self._at
        if self._last is None or not 0 < elapsed <= LONGEST:
            self._speed = np.zeros(2 * POINTS)
        else:
            share = 1 - np.exp(-elapsed / SMOOTH)
            self._speed = self._speed + share * ((places - self._last) / elapsed - self._speed)
        self._last, self._at = places, seconds


def nobody() -> NDArray[np.float32]:
    """What stands for a frame without a body."""
    empty = np.zeros(LENGTH, np.float32)
    empty[-1] = 1.0
    return empty


def normalised(body: Body) -> Floats:
    """33 x 2: from the middle of the hips, in lengths of the torso."""
    flat = body.points[:, :2]
    hips, shoulders = flat[list(HIPS)].mean(axis=0), flat[list(SHOULDERS)].mean(axis=0)
    torso = max(float(np.linalg.norm(shoulders - hips)), SHORTEST * body.region.side, 1e-6)
    return np.asarray((flat - hips) / torso)
