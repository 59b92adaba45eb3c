"""The rig's problem as our own solver is given it, with what it says of its own uncertainty."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from engines.calibration.rig.uncertainty import Uncertainty
from engines.calibration.solve.adjustment import Observation, free_coordinates
from engines.calibration.solve.bundle import Bundle, bundle
from engines.calibration.solve.equations import Freedom, RigState
from engines.calibration.solve.motions import Motions
from engines.calibration.solve.sights import Seen, Sights, laid_out
from engines.calibration.targets.target import Target
from workbench.benchmarks.calibration.rig_problem import BOARD, Problem, Rig
from workbench.benchmarks.calibration.rig_problem import Sights as Corners

Floats = NDArray[np.float64]
_LENS = 9


@dataclass(frozen=True)
class Given:
    """What our solver is called with."""

    start: RigState
    sights: tuple[Sights, ...]
    freedom: Freedom


def given(problem: Problem, free_board: bool = False, corners: Corners | None = None) -> Given:
    """corners: to be used instead of all that were seen."""
    corners = problem.sights if corners is None else corners
    start, target = problem.start, Target((BOARD,))
    count = len(start.cameras)
    views = [
        Seen(camera, frame, 0, corners.corner[rows], corners.seen[rows]) for frame, camera, rows in corners.views()
    ]
    free = free_coordinates(target, [Observation(view.ids, view.corners) for view in views]) if free_board else None
    state = RigState(
        ("brown5",) * count, tuple(start.cameras), Motions.of(start.places), Motions.of(start.boards), start.points
    )
    freedom = Freedom((np.eye(_LENS),) * count, (False, *(True,) * (count - 1)), free=free)
    return Given(state, laid_out(views, [target.part(0)]), freedom)


def solved(task: Given, loss: str = "geman") -> Bundle:
    return bundle(task.start, task.sights, task.freedom, loss)


def rig_of(solution: Bundle) -> Rig:
    state = solution.state
    return Rig(np.array(state.lenses), state.places.poses, state.boards.poses, state.points)


@dataclass(frozen=True)
class Errors:
    """What is off and by how many stated deviations: of focal lengths (2C, pixels) and distances (metres).

    A freed board has no size of its own but that of the two corners that are held; distances follow it.
    """

    focals: Floats
    focal_sigmas: Floats
    distances: Floats
    distance_sigmas: Floats
    others_sigmas: Floats


def errors_of(solution: Bundle, problem: Problem) -> Errors:
    """others: the middles and distortions of all cameras."""
    lenses = np.array(solution.state.lenses)
    off = lenses - problem.truth.cameras
    stated = np.sqrt(np.array([np.diag(solution.lens_covariance(camera)) for camera in range(len(lenses))]))
    distances = rig_of(solution).distances - problem.truth.distances
    sure = Uncertainty(solution)
    spread = np.array([sure.pair(a, b).distance_std for a, b in combinations(range(len(lenses)), 2)])
    return Errors(
        off[:, :2].ravel(),
        (off / stated)[:, :2].ravel(),
        distances,
        distances / spread,
        (off / stated)[:, 2:].ravel(),
    )
