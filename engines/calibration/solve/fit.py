"""The fit of one camera to what its views show, and the same with each view left out.

The start comes from OpenCV (closed form, then its own refinement of the rigid board); `adjust` carries it to the
optimum, frees the board if wanted, and gives the covariance. Leaving a view out starts from the full solution: it is
a few steps away, and the folds are tested to end where a cold start ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import replace

import cv2
import numpy as np
from threadpoolctl import threadpool_limits

from engines.calibration.solve.adjustment import Bools, Fit, Floats, Observation, State, adjust, free_coordinates
from engines.calibration.solve.camera_models import calibration_flags, distortion_count
from engines.calibration.types import ModelName
from engines.core.boards import Board
from engines.core.context import Context
from engines.core.errors import WorkFailed
from engines.core.frames import Size

LEAST_VIEWS = 3


def fit_camera(
    views: Sequence[Observation], board: Board, size: Size, model: ModelName = "brown5", free_board: bool = False
) -> Fit:
    """Calibrate from at least three views. Raises `WorkFailed` when they cannot carry the model.

    With `free_board` the corners of the solution keep OpenCV's gauge; see `aligned` for one that is easy to read.
    """
    check_counts(views, board, model, free_board)
    with one_thread_each():
        starts = _starts(views, board, size, model)
        rigid = min((adjust(start, views) for start in starts), key=lambda fit: fit.squares)
        _check_sane(rigid, size)
        return adjust(rigid.state, views, _free(views, board, free_board)) if free_board else rigid


def one_thread_each() -> AbstractContextManager[object]:
    """Keep the linear algebra from spreading over threads: the systems are small, and on a busy machine its threads
    wait for one another (measured: 0.5 s for a fit that takes 0.04 s)."""
    limits: AbstractContextManager[object] = threadpool_limits(1, user_api="blas")
    return limits


def check_counts(views: Sequence[Observation], board: Board, model: ModelName, free_board: bool) -> None:
    """Raise `WorkFailed` when there are fewer measurements than unknowns."""
    if len(views) < LEAST_VIEWS:
        shown = "1 view shows" if len(views) == 1 else f"{len(views)} views show"
        raise WorkFailed(
            f"Only {shown} the board; a calibration needs at least {LEAST_VIEWS}",
            hint="Take 10 to 20 views with the board tilted in different directions, over the whole picture",
        )
    measured = sum(2 * len(view.ids) for view in views)
    free = _free(views, board, free_board)
    unknown = 4 + distortion_count(model) + 6 * len(views) + (0 if free is None else int(free.sum()))
    if measured <= unknown:
        raise WorkFailed(
            f"{measured} measurements cannot fix {unknown} unknowns",
            hint="Take more views, or calibrate without the free shape and with brown5",
        )


def leave_one_out(
    full: Fit, views: Sequence[Observation], board: Board, free_board: bool, ctx: Context, threads: int = 2
) -> Iterator[float]:
    """For each view the sum of squared residuals with camera and board shape from the other views, held.

    Only the pose of the left-out view is fitted, on all its corners.
    """
    pool = ThreadPoolExecutor(max_workers=max(threads, 1), thread_name_prefix="leave-one-out")
    with one_thread_each():
        try:
            folds = [
                pool.submit(held_out, full.state, views, number, board, free_board) for number in range(len(views))
            ]
            for fold in folds:
                ctx.check()
                yield fold.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def held_out(start: State, views: Sequence[Observation], number: int, board: Board, free_board: bool) -> float:
    """One fold: fit without view `number`, then its pose alone; its sum of squared residuals."""
    rest = [*views[:number], *views[number + 1 :]]
    state = replace(start, poses=np.delete(start.poses, number, axis=0))
    free = _free(rest, board, free_board)
    if free is not None:
        unknown = ~free.any(axis=1) & _estimated(views, board)
        state = replace(state, points=np.where(unknown[:, None], board.corners, state.points))
    others = adjust(state, rest, free)
    alone = replace(others.state, poses=start.poses[number : number + 1])
    return adjust(alone, [views[number]], fixed_camera=True).squares


def pose_of(state: State, view: Observation) -> Fit:
    """The pose of a view that was not part of the fit; camera and board shape held."""
    seen = np.ascontiguousarray(state.points[view.ids]).reshape(-1, 1, 3)
    corners = np.ascontiguousarray(view.corners).reshape(-1, 1, 2)
    found, rvec, tvec = cv2.solvePnP(seen, corners, state.matrix, state.camera[4:])
    if not found:
        raise WorkFailed("The pose of a view could not be found")
    pose = np.concatenate([rvec.ravel(), tvec.ravel()])[None]
    return adjust(replace(state, poses=pose), [view], fixed_camera=True)


def aligned(state: State, board: Board) -> State:
    """The same solution with the board's freed corners laid as close as possible onto the nominal ones.

    A similarity (Umeyama 1991) that the pictures cannot see: every projection stays what it was.
    """
    nominal, solved = board.corners, state.points
    centre, middle = nominal.mean(axis=0), solved.mean(axis=0)
    u, _, vt = np.linalg.svd((nominal - centre).T @ (solved - middle))
    turn = u @ np.diag([1.0, 1.0, np.linalg.det(u @ vt)]) @ vt
    scale = float(np.sum((nominal - centre) * ((solved - middle) @ turn.T)) / np.sum((solved - middle) ** 2))
    shift = centre - scale * turn @ middle
    points = scale * solved @ turn.T + shift
    poses = [_moved_pose(pose, turn, scale, shift) for pose in state.poses]
    return replace(state, points=points, poses=np.array(poses))


def _moved_pose(pose: Floats, turn: Floats, scale: float, shift: Floats) -> Floats:
    rotation = cv2.Rodrigues(pose[:3])[0] @ turn.T
    return np.concatenate([cv2.Rodrigues(rotation)[0].ravel(), scale * pose[3:] - rotation @ shift])


def _free(views: Sequence[Observation], board: Board, free_board: bool) -> Bools | None:
    return free_coordinates(board.corner_grid, views) if free_board else None


def _estimated(views: Sequence[Observation], board: Board) -> Bools:
    return np.asarray(free_coordinates(board.corner_grid, views).any(axis=1), dtype=np.bool_)


def _starts(views: Sequence[Observation], board: Board, size: Size, model: ModelName) -> Iterator[State]:
    """OpenCV's solution for the model; for a rational lens also the Brown one with three zeros more."""
    for start in dict.fromkeys(("brown5", model)):
        state = _opencv(views, board, size, start)
        missing = 4 + distortion_count(model) - len(state.camera)
        yield replace(state, camera=np.concatenate([state.camera, np.zeros(missing)]))


def _opencv(views: Sequence[Observation], board: Board, size: Size, model: ModelName) -> State:
    world = [board.corners[view.ids].astype(np.float32) for view in views]
    image = [view.corners.astype(np.float32).reshape(-1, 1, 2) for view in views]
    shape = (size.width, size.height)
    try:
        _, k, d, rvecs, tvecs = cv2.calibrateCamera(world, image, shape, None, None, flags=calibration_flags(model))
    except cv2.error as error:
        raise WorkFailed(
            "These views do not fix the camera",
            hint="Take views with the board tilted in different directions, not only facing the camera",
        ) from error
    lens = np.asarray(d, dtype=np.float64).ravel()[: distortion_count(model)]
    poses = [np.concatenate([r.ravel(), t.ravel()]) for r, t in zip(rvecs, tvecs, strict=True)]
    return State(np.concatenate([[k[0, 0], k[1, 1], k[0, 2], k[1, 2]], lens]), np.array(poses), board.corners)


def _check_sane(fit: Fit, size: Size) -> None:
    longest = max(size.width, size.height)
    fx, fy = fit.state.camera[:2]
    if not (np.isfinite(fit.state.camera).all() and 0.02 * longest < min(fx, fy) and max(fx, fy) < 1000 * longest):
        raise WorkFailed(
            "The calibration ran away: the focal length makes no sense",
            hint="Check the board's description and take views with the board tilted in different directions",
        )
