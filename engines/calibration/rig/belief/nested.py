"""Two fits to the same corners, one of which may move more: would chance alone gain as much?"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.calibration.evidence.usual_shapes import by_chance
from engines.calibration.rig.fitting import Fitted


@dataclass(frozen=True, slots=True)
class Gain:
    """chance: of so large a gain (F test), where what was held is right; share: of the corners' variance that it takes.

    moved: of the distances at most, as a share.
    """

    chance: float
    share: float
    moved: float


def gain(held: Fitted, freed: Fitted, extra: int) -> Gain | None:
    """extra: unknowns that the second has and the first has not. None where there is nothing to compare."""
    before, after = _squares(held, held), _squares(freed, held)
    corners = sum(len(view.ids) for view in held.problem.seen)
    left = 2 * corners - len(held.bundle.freedom.kept) - extra - 6 * len(held.problem.groups)
    if extra <= 0 or left <= 0 or before <= after:
        return None
    chance = by_chance(extra, left, ((before - after) / extra) / (after / left))
    share = 1 - (after / left) / (before / (left + extra))
    apart = np.abs(freed.distances() - held.distances()) / np.maximum(held.distances(), 1e-9)
    return Gain(chance, share, float(apart.max()))


def _squares(fitted: Fitted, weighed: Fitted) -> float:
    """Sum of squared distances of the corners that the second solution believes."""
    pairs = zip(fitted.bundle.squares, weighed.bundle.believed, strict=True)
    return float(sum(squares[believed].sum() for squares, believed in pairs))
