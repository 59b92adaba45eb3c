"""Did camera or board move while the rows were read? A rolling shutter shears and stretches each view its own way.

Each view gets a velocity beside its pose: what a shift does to the corners, times how far down the picture each one is.
A shear that changes from view to view is what no lens and no board can do; but a lens that the model does not hold is
helped by it too, so one field over the picture, the same for all views, is the control.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from engines.calibration.evidence.linear import Linear, rest_of
from engines.calibration.evidence.usual_shapes import by_chance
from engines.calibration.evidence.views import Explanation, View
from engines.calibration.solve.adjustment import Fit, Floats
from engines.calibration.types import Reason
from engines.core.frames import Size
from engines.core.words import tr

GAIN = 1.5
"""By how much velocities must lessen the variance, and by how much more than a field does."""
CHANCE = 1e-6
_DEGREE = 5


def rolling_shutter(fit: Fit, views: Sequence[View], near: Sequence[Linear], size: Size) -> Explanation | None:
    """Where the residuals follow the row, each view in its own way. near: `linearised`."""
    places = [view.seen.corners / (size.width, size.height) - 0.5 for view in views]
    still = np.array([np.sum(rest_of(one.error, one.by_pose) ** 2) for one in near])
    moving = np.array([np.sum(_moving(one, place) ** 2) for one, place in zip(near, places, strict=True)])
    extra, left = 3 * len(near), fit.residuals - fit.parameters - 3 * len(near)
    if left <= 0:
        return None
    variance = max(float(moving.sum()) / left, 1e-300)
    field = _with_field(near, places) / (left + extra)
    chance = by_chance(extra, left, (still.sum() - moving.sum()) / extra / variance)
    if min(fit.variance, field) < GAIN * variance or chance > CHANCE:
        return None
    most = ", ".join(views[number].name for number in np.argsort(moving - still)[:3])
    found = tr("The residuals follow the rows of the picture, in each view another way, most in {most}", most=most)
    words = tr(
        "{found}: a rolling shutter; hold both still for each view; the deviations do not cover this", found=found
    )
    return Explanation(Reason("rolling-shutter", 1, words), variance)


def _moving(one: Linear, place: Floats) -> Floats:
    """What a velocity along x, y and z does not explain."""
    down = np.repeat(place[:, 1], 2)[:, None]
    return rest_of(one.error, np.column_stack([one.by_pose, down * one.by_pose[:, 3:]]))


def _with_field(near: Sequence[Linear], places: Sequence[Floats]) -> float:
    """Squares that are left when a smooth field over the picture, a polynomial each way, may move the corners."""
    parts = [_field(place) for place in places]
    rests = [rest_of(np.column_stack([one.error, part]), one.by_pose) for one, part in zip(near, parts, strict=True)]
    whole = np.concatenate(rests)
    return float(np.sum(rest_of(whole[:, 0], whole[:, 1:]) ** 2))


def _field(place: Floats) -> Floats:
    x, y = 2 * place.T
    terms = np.stack([x**i * y**j for i in range(_DEGREE + 1) for j in range(_DEGREE + 1 - i)], axis=1)
    return np.kron(terms, np.eye(2)).reshape(-1, 2 * terms.shape[1])
