"""Is the board of a rig what it was said to be? The rig is solved with its shape freed too, and both are compared."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engines.calibration.evidence.rigidity import CHANCE, LEAST, SHARE
from engines.calibration.evidence.usual_shapes import by_chance
from engines.calibration.rig.fitting import Fitted, refit
from engines.calibration.solve.adjustment import State
from engines.calibration.solve.equations import Floats
from engines.calibration.solve.fit import aligned
from engines.core.errors import WorkFailed


@dataclass(frozen=True, slots=True)
class Shape:
    """freed: the other solution. share: of the corners' variance that the shape explains; moved: of the distances at
    most, as a share; off: of the corners from where they should be, root mean square in metres."""

    freed: Fitted
    share: float
    moved: float
    off: float


def board_is_bent(fitted: Fitted) -> Shape | None:
    """None where the board is flat as far as these views tell, was freed anyway, or cannot be freed."""
    problem = fitted.problem
    if problem.spec.free_board or len(problem.frames) < 4 or not fitted.bundle.converged:
        return None
    try:
        freed = refit(replace(problem, spec=replace(problem.spec, free_board=True)), fitted.state)
    except (WorkFailed, np.linalg.LinAlgError):
        return None
    return _judged(fitted, freed)


def _judged(held: Fitted, freed: Fitted) -> Shape | None:
    before, after = _squares(held, held), _squares(freed, held)
    extra = len(freed.bundle.freedom.kept) - len(held.bundle.freedom.kept)
    corners = sum(len(view.ids) for view in held.problem.seen)
    left = 2 * corners - len(freed.bundle.freedom.kept) - 6 * len(held.problem.groups)
    if extra <= 0 or left <= 0 or before <= after:
        return None
    chance = by_chance(extra, left, ((before - after) / extra) / (after / left))
    share = 1 - (after / left) / (before / (left + extra))
    off, size = _off(freed)
    apart = np.abs(freed.distances() - held.distances()) / np.maximum(held.distances(), 1e-9)
    bent = chance < CHANCE and share > SHARE and off > LEAST * size
    return Shape(freed, share, float(apart.max()), off) if bent else None


def _squares(fitted: Fitted, weighed: Fitted) -> float:
    """Sum of squared distances of the corners that the first solution believes."""
    pairs = zip(fitted.bundle.squares, weighed.bundle.believed, strict=True)
    return float(sum(squares[believed].sum() for squares, believed in pairs))


def _off(freed: Fitted) -> tuple[float, float]:
    """Of the freed corners and half the boards' size, metres, each board laid onto the nominal one."""
    target = freed.problem.target
    points: Floats = aligned(State(np.zeros(9), np.zeros((0, 6)), freed.state.points), [], target).points
    free = freed.bundle.freedom.free
    seen = np.ones(len(points), dtype=bool) if free is None else free.any(axis=1)
    size = max(float(np.abs(board.corners - board.corners.mean(axis=0)).max()) for board in target.boards)
    return float(np.sqrt(np.mean(np.sum((points[seen] - target.corners[seen]) ** 2, axis=1)))), size
