"""Which cameras agree on a point: of three and more, the one that is wrong is told by the others."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache

import numpy as np
from numpy.typing import NDArray

from engines.calibration.rig.optics import Eye
from engines.calibration.rig.points.intersection import Flags, Floats, Meeting, Rays, meet

Rows = NDArray[np.int64]
CHANCE = 1e-3
"""Of misfits, the share that is taken for a disagreement although it is chance."""


def agreeing(eyes: Sequence[Eye], covariance: Floats | None, rays: Rays, used: Flags) -> tuple[Meeting, Flags]:
    """Where the rays meet, and by which cameras: `used` without those that disagree with all others.

    A camera is left out only where the rest agree, and would not without any other one.
    """
    whole, kept, left = meet(eyes, covariance, rays, used), used.copy(), used.copy()
    rows = np.flatnonzero(~_fits(whole, used) & (used.sum(axis=1) > 2))
    while len(rows):
        misfit = _one_less(eyes, covariance, rays.of(rows), left[rows])
        good, worst = (misfit <= _gates(left[rows].sum(axis=1) - 1)[:, None]).sum(axis=1), misfit.argmin(axis=1)
        left[rows, worst] = False
        kept[rows[good == 1]] = left[rows[good == 1]]
        rows = rows[(good == 0) & (left[rows].sum(axis=1) > 2)]
    changed = np.flatnonzero((kept != used).any(axis=1))
    if len(changed):
        whole = whole.with_rows(changed, meet(eyes, covariance, rays.of(changed), kept[changed]))
    return whole, kept


def doubtful(meeting: Meeting, used: Flags) -> Flags:
    """Which points their cameras disagree on."""
    return np.asarray(meeting.misfit > _gates(used.sum(axis=1)))


def _fits(meeting: Meeting, used: Flags) -> Flags:
    return np.asarray(meeting.ahead & ~doubtful(meeting, used))


def _one_less(eyes: Sequence[Eye], covariance: Floats | None, rays: Rays, used: Flags) -> Floats:
    """The misfit of each point without each camera, P x C; infinite without one that is not used."""
    rows, cameras = np.nonzero(used)
    rest = used[rows]
    rest[np.arange(len(rows)), cameras] = False
    meeting = meet(eyes, covariance, rays.of(rows), rest)
    misfit = np.full(used.shape, np.inf)
    misfit[rows, cameras] = np.where(meeting.ahead, meeting.misfit, np.inf)
    return misfit


def _gates(cameras: Rows) -> Floats:
    """The largest misfit of points that this many cameras agree on."""
    table = _table(int(cameras.max(initial=2)))
    return np.asarray(table[cameras])


@cache
def _table(most: int) -> Floats:
    """By the number of cameras: quantiles of chi-square with 2 C - 3 degrees of freedom."""
    from scipy.special import chdtri

    freedom = np.maximum(2 * np.arange(most + 1) - 3, 1)
    return np.asarray(chdtri(freedom, CHANCE), dtype=np.float64)
