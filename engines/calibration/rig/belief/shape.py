"""Is the board of a rig what it was said to be? The rig is solved with its shape freed too, and both are compared."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engines.calibration.evidence.rigidity import CHANCE, LEAST, SHARE
from engines.calibration.rig.belief.nested import gain
from engines.calibration.rig.fitting import Fitted, refit
from engines.calibration.solve.adjustment import State
from engines.calibration.solve.equations import Floats
from engines.calibration.solve.fit import aligned
from engines.core.errors import WorkFailed

LEAST_CORNERS = 8
MOVED = 1e-3
"""Of distances and focal lengths, as a share: a shape that moves them by more counts, however little it explains."""


@dataclass(frozen=True, slots=True)
class Shape:
    """freed: the other solution. share: of the corners' variance that the shape explains; moved: of distances and focal
    lengths at most, as a share; off: of the corners from where they should be, root mean square in metres."""

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
    gained = gain(held, freed, len(freed.bundle.freedom.kept) - len(held.bundle.freedom.kept))
    if gained is None:
        return None
    off, size = _off(freed)
    moved = max(gained.moved, _focals_moved(held, freed))
    bent = gained.chance < CHANCE and off > LEAST * size and (gained.share > SHARE or moved > MOVED)
    return Shape(freed, gained.share, moved, off) if bent else None


def _focals_moved(held: Fitted, freed: Fitted) -> float:
    before, after = (np.array([lens[:2] for lens in each.state.lenses]) for each in (held, freed))
    return float(np.abs(after / before - 1).max())


def _off(freed: Fitted) -> tuple[float, float]:
    """Of the freed corners and half the boards' size, metres, each board laid onto the nominal one."""
    target = freed.problem.target
    points: Floats = aligned(State(np.zeros(9), np.zeros((0, 6)), freed.state.points), [], target).points
    free = freed.bundle.freedom.free
    seen = np.ones(len(points), dtype=bool) if free is None else free.any(axis=1)
    size = max(float(np.abs(board.corners - board.corners.mean(axis=0)).max()) for board in target.boards)
    return float(np.sqrt(np.mean(np.sum((points[seen] - target.corners[seen]) ** 2, axis=1)))), size


def stretch_of(fitted: Fitted) -> float:
    """By which share a freed board is longer one way than across; 0 where it was held.

    Its size then hangs on which of its sides is as it was said to be, which no picture tells.
    """
    free = fitted.bundle.freedom.free
    if not fitted.problem.spec.free_board or free is None:
        return 0.0
    target, points, found = fitted.problem.target, fitted.state.points, 0.0
    for number in range(len(target.boards)):
        part = target.part(number)
        seen = np.flatnonzero(free[part].any(axis=1)) + part.start
        flat, there = (values[seen] - values[seen].mean(axis=0) for values in (target.corners, points))
        if len(seen) > LEAST_CORNERS:
            sides = np.linalg.svd(np.linalg.lstsq(flat[:, :2], there, rcond=None)[0], compute_uv=False)
            found = max(found, float(sides[0] / sides[1]) - 1)
    return found
