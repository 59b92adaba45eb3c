"""Frames that repeat another one: the board lay still before all cameras, so they tell nothing new and count once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from engines.calibration.evidence.twins import twin_distance, twins
from engines.calibration.solve.adjustment import Observation
from engines.calibration.solve.sights import Seen
from engines.core.frames import Size


def repeated(views: Mapping[str, Sequence[Seen]], corners: int, sizes: Sequence[Size]) -> dict[str, str]:
    """For each frame that repeats an earlier one, which. views: of each frame; corners: how many the target has."""
    frames = list(views)
    whole = [_as_one(views[frame], corners) for frame in frames]
    middles = np.array([one.corners.mean(axis=0) for one in whole])
    distance = min(twin_distance(size) for size in sizes)
    found: dict[str, str] = {}
    for number, frame in enumerate(frames):
        near = _near(middles, number, distance)
        firsts = [other for other in near if frames[other] not in found]
        first = next((other for other in firsts if twins([whole[other], whole[number]], distance)), None)
        if first is not None:
            found[frame] = frames[first]
    return found


def _near(middles: NDArray[np.float64], number: int, distance: float) -> list[int]:
    """Earlier frames whose corners lie about where those of this one do, whatever few of them are missing."""
    away = np.linalg.norm(middles[:number] - middles[number], axis=1)
    return [int(other) for other in np.flatnonzero(away < 100 * distance)]


def _as_one(views: Sequence[Seen], corners: int) -> Observation:
    """All that the cameras saw in a frame as one view, with a number for each corner of each camera."""
    ids = np.concatenate([view.ids + view.camera * corners for view in views])
    return Observation(ids, np.concatenate([view.corners for view in views]))
