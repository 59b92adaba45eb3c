"""Views that repeat another one, so that the same photograph under ten names is counted once.

A copy that was saved anew differs by hundredths of a pixel; two frames of a still film differ by the noise of the
corners, which two frames share for the rest (the same blur, the same pixels under each corner), so that they tell
nothing new of the lens. Both are twins. A camera in the hand moves by many times as much between two photographs.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engines.calibration.solve.adjustment import Observation
from engines.core.frames import Size

NEAREST = 1 / 2000
"""Views whose corners lie nearer than this share of the picture's longer side (RMS) are twins, whatever the noise."""
NOISES = 2.0
"""So are those nearer than this many times the fit's RMS: two looks at one thing differ by 1.4 times of it."""
FARTHEST = 1 / 500


def twin_distance(size: Size, rms: float = 0.0) -> float:
    """How near, RMS in pixels, the corners of twins lie. rms: of a fit, where there is one."""
    longest = max(size.width, size.height)
    return float(np.clip(NOISES * rms, NEAREST * longest, FARTHEST * longest))


def twins(views: Sequence[Observation], distance: float) -> dict[int, int]:
    """For each view that repeats an earlier one its number and that of the first that it repeats."""
    found: dict[int, int] = {}
    firsts: list[int] = []
    for number, view in enumerate(views):
        first = next((first for first in firsts if _apart(views[first], view) < distance), None)
        if first is None:
            firsts.append(number)
        else:
            found[number] = first
    return found


def _apart(one: Observation, other: Observation) -> float:
    """RMS distance of the corners that two views share; infinite where they share less than four fifths."""
    _, here, there = np.intersect1d(one.ids, other.ids, return_indices=True)
    if 5 * len(here) < 4 * max(len(one.ids), len(other.ids)):
        return np.inf
    return float(np.sqrt(np.mean(np.sum((one.corners[here] - other.corners[there]) ** 2, axis=1))))
