"""The rig's problem as scipy's `least_squares` and Ceres are given it, from the same start as ours.

Both get every corner at once, sorted by views, and the first camera's pose held. Projection and derivatives are
OpenCV's C++, so that none of their time is lost in slow costs of ours.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares
from scipy.sparse import csr_matrix

from workbench.benchmarks.calibration.rig_problem import Problem, Rig, Sights

Floats = NDArray[np.float64]
_LENS, _POSE = 9, 6


@dataclass(frozen=True)
class Answer:
    """finished: by its own measure, not because its steps ran out."""

    rig: Rig
    finished: bool


def scipy_solved(problem: Problem, bend: float | None, most: int, ftol: float = 1e-8) -> Answer:
    """Finite differences with sparsity, as multical and aniposelib do. bend: of Huber's loss in pixels; None: linear.

    most: evaluations, which a Jacobian's differences are not counted among. ftol: as in scipy, whose default it is;
    aniposelib stops at 1e-4.
    """
    start, sights = problem.start, problem.sights
    solved = least_squares(
        partial(_residuals, start, sights),
        _packed(start),
        jac_sparsity=_sparsity(start, sights),
        x_scale="jac",
        ftol=ftol,
        method="trf",
        loss="linear" if bend is None else "huber",
        f_scale=1.0 if bend is None else bend,
        max_nfev=most,
    )
    return Answer(_unpacked(solved.x, start), solved.status > 0)


def _packed(rig: Rig) -> Floats:
    return np.concatenate([rig.cameras.ravel(), rig.places[1:].ravel(), rig.boards.ravel()])


def _unpacked(values: Floats, like: Rig) -> Rig:
    lenses, places = like.cameras.size, like.places.size - _POSE
    cameras, rest, boards = np.split(values, [lenses, lenses + places])
    free = np.concatenate([like.places[:1], rest.reshape(-1, _POSE)])
    return replace(like, cameras=cameras.reshape(-1, _LENS), places=free, boards=boards.reshape(-1, _POSE))


def _residuals(like: Rig, sights: Sights, values: Floats) -> Floats:
    rig = _unpacked(values, like)
    rows = [
        _image(rig.cameras[camera], rig.places[camera], rig.boards[frame], rig.points[sights.corner[rows]])[0]
        for frame, camera, rows in sights.views()
    ]
    return np.asarray((np.concatenate(rows) - sights.seen).ravel())


def _sparsity(rig: Rig, sights: Sights) -> csr_matrix:
    """A residual knows its camera's lens and pose and its frame's board."""
    lenses, first = rig.cameras.size, rig.cameras.size + rig.places.size - _POSE
    lens = _LENS * sights.camera[:, None] + np.arange(_LENS)
    place = lenses + _POSE * (sights.camera[:, None] - 1) + np.arange(_POSE)
    board = first + _POSE * sights.frame[:, None] + np.arange(_POSE)
    columns = np.hstack([lens, np.where(sights.camera[:, None] > 0, place, lens[:, :1]), board])
    rows = np.repeat(np.arange(2 * len(columns)), columns.shape[1])
    shape = (2 * len(columns), first + rig.boards.size)
    return csr_matrix((np.ones(len(rows), dtype=np.int8), (rows, np.repeat(columns, 2, axis=0).ravel())), shape=shape)


def ceres_solved(problem: Problem, bend: float | None, most: int) -> Answer:
    """Ceres through pyceres: one analytic cost a view, sparse Schur complement, one thread.

    Huber's loss is within the cost, corner by corner: Ceres' own would take a view's corners for one residual, and a
    Python cost for every corner takes a minute.
    """
    ceres = import_module("pyceres")
    rig, task = _copied(problem.start), ceres.Problem()
    cost = _cost_class(ceres)
    for frame, camera, rows in problem.sights.views():
        points, seen = rig.points[problem.sights.corner[rows]], problem.sights.seen[rows]
        blocks = [rig.cameras[camera], rig.places[camera], rig.boards[frame]]
        task.add_residual_block(cost(points, seen, bend), None, blocks)
    task.set_parameter_block_constant(rig.places[0])
    options = ceres.SolverOptions()
    options.linear_solver_type = ceres.LinearSolverType.SPARSE_SCHUR
    options.max_num_iterations, options.num_threads = most, 1
    options.minimizer_progress_to_stdout = False
    summary = ceres.SolverSummary()
    ceres.solve(options, task, summary)
    return Answer(rig, summary.termination_type == ceres.TerminationType.CONVERGENCE)


def _copied(rig: Rig) -> Rig:
    """With an array of its own for every block, which Ceres writes into."""
    return replace(rig, cameras=rig.cameras.copy(), places=rig.places.copy(), boards=rig.boards.copy())


def _cost_class(ceres: Any) -> Callable[..., Any]:
    class ViewCost(ceres.CostFunction):
        def __init__(self, points: Floats, seen: Floats, bend: float | None) -> None:
            super().__init__()
            self.set_num_residuals(2 * len(seen))
            self.set_parameter_block_sizes([_LENS, _POSE, _POSE])
            self.points, self.seen, self.bend = points, seen, bend

        def Evaluate(self, parameters: Any, residuals: Any, jacobians: Any) -> bool:
            lens, place, board = parameters
            image, by_lens, by_place, by_board = _image(lens, place, board, self.points)
            error = image - self.seen
            residuals[:], slope = _bent(error, self.bend)
            for target, part in zip(jacobians or (), (by_lens, by_place, by_board), strict=False):
                if target is not None:
                    target[:] = (part if slope is None else _sloped(slope, part)).ravel()
            return True

    return ViewCost


def _bent(error: Floats, bend: float | None) -> tuple[Floats, Floats | None]:
    """N x 2 errors as 2N residuals whose squares are Huber's loss of each corner's length, with their N x 2 x 2 slope.

    Huber's loss rho(s) of squared lengths: s within `bend`, 2 bend sqrt(s) - bend^2 beyond.
    """
    if bend is None:
        return error.ravel(), None
    length = np.maximum(np.linalg.norm(error, axis=1), 1e-12)
    wide = length > bend
    held = np.where(wide, np.sqrt(np.maximum(2 * bend * length - bend**2, bend**2)), length)
    along = np.where(wide, bend / held, 1.0)
    unit, times = error / length[:, None], held / length
    slope = times[:, None, None] * np.eye(2) + (along - times)[:, None, None] * unit[:, :, None] * unit[:, None, :]
    return (error * times[:, None]).ravel(), slope


def _sloped(slope: Floats, part: Floats) -> Floats:
    return np.asarray(slope @ part.reshape(len(slope), 2, -1))


def _image(lens: Floats, place: Floats, board: Floats, points: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """N x 2 pixels, and 2N-row derivatives by lens, the camera's place and the board's pose."""
    both = cv2.composeRT(board[:3], board[3:], place[:3], place[3:])
    fx, fy, cx, cy = lens[:4]
    matrix = np.array([[fx, 0.0, cx], [0.0, fy, cy], [0.0, 0.0, 1.0]])
    image, slopes = cv2.projectPoints(points.reshape(-1, 1, 3), both[0], both[1], matrix, lens[4:])
    by_board = np.block([[both[2], both[3]], [both[6], both[7]]])
    by_place = np.block([[both[4], both[5]], [both[8], both[9]]])
    slope = np.asarray(slopes, dtype=np.float64)
    pixels, by_pose = np.asarray(image, dtype=np.float64).reshape(-1, 2), slope[:, :_POSE]
    return pixels, slope[:, _POSE : _POSE + _LENS], by_pose @ by_place, by_pose @ by_board
