"""Frames left out of a rig's fit: how well the rest foretells them, and how far the distances move without them.

The frames go in blocks, since neighbours of a film know the same. The spread of the distances is the jackknife's
(Tukey 1958; Efron, "The jackknife, the bootstrap and other resampling plans", 1982), which holds where the errors are
those of frames (not of one moment, a board that moved) and not those of corners.
"""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from engines.calibration.rig.fitting import Fitted, refit
from engines.calibration.rig.graph import islands
from engines.calibration.rig.problem import Problem
from engines.calibration.solve.bundle import bundle
from engines.calibration.solve.equations import Floats, Freedom, RigState
from engines.calibration.solve.fit import one_thread_each
from engines.calibration.solve.motions import Motions
from engines.core.errors import KinoscopeError

MOST_FOLDS, EACH = 12, 16
"""Blocks of frames; up to so many frames each one is left out by itself."""
LEAST_FRAMES = 4

Further = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class LeftOutFrames:
    """view_squares: by the place of a view among the used ones, its sum of squared distances with its frame left out,
    of the corners that the fit believes. distances: of each fold, F x C x C metres; focals: F x C x 2 pixels."""

    view_squares: dict[int, float]
    distances: Floats
    focals: Floats

    @property
    def spreads(self) -> Floats:
        """The jackknife's standard deviation of the distances, C x C metres."""
        return _jackknifed(self.distances)

    @property
    def focal_spreads(self) -> Floats:
        """The same of fx and fy, C x 2 pixels."""
        return _jackknifed(self.focals)


def _jackknifed(values: Floats) -> Floats:
    away = values - values.mean(axis=0)
    return np.asarray(np.sqrt((len(values) - 1) / len(values) * (away**2).sum(axis=0)))


def leave_out(fitted: Fitted, further: Further, threads: int = 2) -> LeftOutFrames | None:
    """None where there are too few frames, or where without some of them the cameras do not hang together."""
    frames = fitted.problem.frames
    if len(frames) < LEAST_FRAMES:
        return None
    count = len(frames) if len(frames) <= EACH else MOST_FOLDS
    blocks = [set(block) for block in np.array_split(np.array(frames), count)]
    squares: dict[int, float] = {}
    distances, focals = [], []
    with one_thread_each(), ThreadPoolExecutor(max(threads, 1), "leave-out") as pool:
        for number, fold in enumerate(pool.map(lambda block: _fold(fitted, block), blocks), 1):
            further(number / count, f"Leaving out frames: {number} of {count}")
            if fold is not None:
                squares |= fold[0]
                distances.append(fold[1])
                focals.append(fold[2])
    return LeftOutFrames(squares, np.array(distances), np.array(focals)) if len(distances) >= LEAST_FRAMES else None


def _fold(fitted: Fitted, block: set[str]) -> tuple[dict[int, float], Floats, Floats] | None:
    problem = fitted.problem
    if problem.spec.reference.removeprefix("frame:") in block:
        return None
    rest = problem.without(block)
    if len(islands(rest.shared, problem.cameras)) > 1 or not _all_see(rest):
        return None
    kept = np.array([number for number, (frame, _) in enumerate(problem.groups) if frame not in block])
    try:
        others = refit(rest, replace(fitted.state, boards=fitted.state.boards[kept]))
        focals = np.array([lens[:2] for lens in others.state.lenses])
        return _foretold(fitted, others.state, block), others.distances(), focals
    except KinoscopeError:
        return None


def _all_see(problem: Problem) -> bool:
    return len({view.camera for view in problem.seen}) == problem.cameras


def _foretold(fitted: Fitted, rig: RigState, block: set[str]) -> dict[int, float]:
    """The left-out frames under a rig that does not know them: only the poses of their boards are fitted."""
    problem = fitted.problem
    groups = np.array([frame in block for frame, _ in problem.groups])
    numbers = np.cumsum(groups) - 1
    sights = []
    for one, weights in zip(problem.sights, fitted.bundle.weights, strict=True):
        chosen = groups[one.groups]
        own = one.of_groups(groups)
        trust = np.where(weights[chosen] > 0.25, own.trust, 0.0)
        sights.append(replace(own, groups=numbers[own.groups], trust=trust))
    state = replace(rig, boards=_in_rig(fitted.state, rig, np.flatnonzero(groups)))
    still = Freedom(tuple(np.zeros((len(lens), 0)) for lens in rig.lenses), (False,) * problem.cameras)
    posed = bundle(state, [one for one in sights if one.count], still, "linear", near=True)
    found = {}
    for one, squares in zip([one for one in sights if one.count], posed.squares, strict=True):
        for row, place in enumerate(one.places):
            found[int(place)] = float((squares[row] * (one.trust[row] > 0)).sum())
    return found


def _in_rig(state: RigState, rig: RigState, groups: np.typing.NDArray[np.int64]) -> Motions:
    """The boards as the first camera saw them, in the coordinates of the other rig."""
    return rig.places[0].inverse.after(state.places[0]).after(state.boards[groups])
