"""Did the camera move while its rows were read? A rolling shutter shears and stretches what moves, row by row.

Each view gets a velocity beside its pose: what the pose's six numbers do to the corners, times how far down the picture
each one is. The same with columns for rows is the control, because no shutter runs sideways: a lens that the model
does not hold, or a bent board, is helped by both alike.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from engines.calibration.evidence.linear import Linear, rest_of
from engines.calibration.evidence.views import View
from engines.calibration.solve.adjustment import Fit, Floats
from engines.calibration.types import Reason
from engines.core.frames import Size

GAIN = 1.5
"""By how much a velocity by rows must lessen the variance, and by how much more than one by columns."""
CHANCE = 1e-6


def rolling_shutter(fit: Fit, views: Sequence[View], near: Sequence[Linear], size: Size) -> Iterator[Reason]:
    """Says that the shutter rolls where the residuals follow the row. near: `linearised`."""
    still, rows, columns, left = (np.zeros(len(views)) for _ in range(4))
    for number, (view, one) in enumerate(zip(views, near, strict=True)):
        x, y = (view.seen.corners / (size.width, size.height) - 0.5).T
        left[number] = len(one.error) - 12
        still[number] = np.sum(rest_of(one.error, one.by_pose) ** 2)
        rows[number], columns[number] = (_with_velocity(one, along) for along in (y, x))
    if left.min() <= 0:
        return
    before, after = _variance(still, left + 6), _variance(rows, left)
    if before > GAIN * after and _variance(columns, left) > GAIN * after and _by_chance(still, rows, left) < CHANCE:
        moved = [views[number].name for number in np.argsort(rows / still)[:3]]
        found = f"The residuals follow the rows of the picture, most in {', '.join(moved)}"
        yield Reason("rolling-shutter", 1, f"{found}: a rolling shutter; hold camera and board still for each view")


def _with_velocity(one: Linear, along: Floats) -> float:
    moving = np.repeat(along, 2)[:, None] * one.by_pose
    return float(np.sum(rest_of(one.error, np.column_stack([one.by_pose, moving])) ** 2))


def _variance(squares: Floats, left: Floats) -> float:
    return float(squares.sum() / left.sum())


def _by_chance(still: Floats, rows: Floats, left: Floats) -> float:
    from scipy.special import fdtrc

    extra = 6 * len(still)
    ratio = (still.sum() - rows.sum()) / extra / max(rows.sum() / left.sum(), 1e-300)
    return float(fdtrc(extra, left.sum(), ratio))
