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
from engines.core.words import tr

MOST_FOLDS, EACH = 12, 16
"""Blocks of frames; up to so many frames each one is left out by itself."""
LEAST_FRAMES = 4

Further = Callable[[float, str], None]


@dataclass(frozen=True, slots=True)
class LeftOutFrames:
    """view_squares: by the place of a view among the used ones, its sum of squared distances with its frame left out,
    of the corners that the fit believes; not of views without any. distances: of each fold, F x C x C metres; focals:
    F x C x 2 pixels. blocks: how many there are; a fold without which the cameras fall apart tells nothing."""

    view_squares: dict[int, float]
    distances: Floats
    focals: Floats
    blocks: int

    @property
    def spreads(self) -> Floats:
        """The jackknife's standard deviation of the distances, C x C metres."""
        return self._jackknifed(self.distances)

    @property
    def focal_spreads(self) -> Floats:
        """The same of fx and fy, C x 2 pixels."""
        return self._jackknifed(self.focals)

    def _jackknifed(self, values: Floats) -> Floats:
        """Folds that are missing count as the others do on average."""
        return np.asarray(np.sqrt(self.blocks - 1) * values.std(axis=0))


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
            further(number / count, tr("Leaving out frames: {number} of {count}", number=number, count=count))
            if fold is not None:
                squares |= fold[0]
                distances.append(fold[1])
                focals.append(fold[2])
    return (
        LeftOutFrames(squares, np.array(distances), np.array(focals), count) if len(distances) >= LEAST_FRAMES else None
    )


def _fold(fitted: Fitted, block: set[str]) -> tuple[dict[int, float], Floats, Floats] | None:
    problem = fitted.problem
    rest = replace(problem.without(block), spec=replace(problem.spec, reference=""))
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
    sights = [replace(one, groups=numbers[one.groups]) for one in fitted.believed_sights(groups)]
    if not sights:
        return {}
    state = replace(rig, boards=_in_rig(fitted.state, rig, np.flatnonzero(groups)))
    still = Freedom(tuple(np.zeros((len(lens), 0)) for lens in rig.lenses), (False,) * problem.cameras)
    posed = bundle(state, sights, still, "linear", near=True)
    return {
        int(place): float(own[trust > 0].sum())
        for one, squares in zip(sights, posed.squares, strict=True)
        for place, own, trust in zip(one.places, squares, one.trust, strict=True)
    }


def _in_rig(state: RigState, rig: RigState, groups: np.typing.NDArray[np.int64]) -> Motions:
    """The boards as the first camera saw them, in the coordinates of the other rig."""
    return rig.places[0].inverse.after(state.places[0]).after(state.boards[groups])
