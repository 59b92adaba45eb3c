"""The rig's problem as our own solver is given it, with what it says of its own uncertainty."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

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
    slope = distance_slope(solution)
    spread = np.sqrt(np.einsum("dn,nm,dm->d", slope, solution.covariance, slope))
    return Errors(
        off[:, :2].ravel(),
        (off / stated)[:, :2].ravel(),
        distances,
        distances / spread,
        (off / stated)[:, 2:].ravel(),
    )


def distance_slope(solution: Bundle) -> Floats:
    """Of every distance by the kept unknowns: a small turn w and shift v move a centre -R't by R' (w x t - v)."""
    places, columns = solution.state.places, solution.freedom.columns
    centres = np.array([-turn.T @ shift for turn, shift in zip(places.turns, places.shifts, strict=True)])
    one, other = np.triu_indices(len(places), 1)
    slope = np.zeros((len(one), len(solution.covariance)))
    for row, (a, b) in enumerate(zip(one, other, strict=True)):
        way = (centres[a] - centres[b]) / np.linalg.norm(centres[a] - centres[b])
        for camera, sign in ((a, 1.0), (b, -1.0)):
            if solution.freedom.movable[camera]:
                turned = places.turns[camera] @ way
                by_turn = np.cross(places.shifts[camera], turned)
                slope[row, columns[camera][-6:]] += sign * np.concatenate([by_turn, -turned])
    return slope
