"""The fit of one camera to what its views show, and the same with each view left out.

The start comes from OpenCV (closed form, then its own refinement of the rigid board); `adjust` carries it to the
optimum, frees the board if wanted, and gives the covariance. Leaving a view out starts from the full solution: it is
a few steps away, and the folds are tested to end where a cold start ends.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager, suppress
from dataclasses import replace

import cv2
import numpy as np
from threadpoolctl import threadpool_limits

from engines.calibration.solve.adjustment import (
    Bools,
    Fit,
    Floats,
    Observation,
    State,
    adjust,
    free_coordinates,
    view_squares,
)
from engines.calibration.solve.poses import pose_from_rays
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.target import Target
from engines.core.brown import radial_table
from engines.core.context import Context
from engines.core.errors import WorkFailed
from engines.core.frames import Size
from engines.core.lenses import DISTORTION_NAMES, ModelName
from engines.core.projection import rays
from engines.core.words import tr, tr_count

LEAST_VIEWS = 3
_FLAGS: dict[ModelName, int] = {
    "brown5": 0,
    "rational8": cv2.CALIB_RATIONAL_MODEL,
    "thinprism12": cv2.CALIB_RATIONAL_MODEL | cv2.CALIB_THIN_PRISM_MODEL,
    "tilted14": cv2.CALIB_RATIONAL_MODEL | cv2.CALIB_THIN_PRISM_MODEL | cv2.CALIB_TILTED_MODEL,
}
_FIELDS = (40.0, 60.0, 80.0, 100.0, 130.0, 160.0, 190.0, 220.0)
"""Fields of view in degrees over the picture's longer side that a fisheye's fit begins with."""
_TILT = tr("Take views with the board tilted in different directions, not only facing the camera")


def distortion_count(model: ModelName) -> int:
    return len(DISTORTION_NAMES[model])


def fit_camera(views: Sequence[Observation], setup: Setup) -> Fit:
    """Calibrate from at least three views. Raises `WorkFailed` when they cannot carry the model.

    With a free board the corners of the solution keep OpenCV's gauge; see `aligned` for one that is easy to read.
    """
    check_counts(views, setup)
    with one_thread_each():
        basis = setup.freedom.basis
        rigid = min(_rigid(views, setup, basis), key=lambda fit: (_folds(fit.state, views), fit.squares))
        _check_sane(rigid, setup.size)
        return adjust(rigid.state, views, _free(views, setup), basis=basis) if setup.free_board else rigid


def _rigid(views: Sequence[Observation], setup: Setup, basis: Floats) -> list[Fit]:
    """From every start that can be had. Raises `WorkFailed` where none leads anywhere."""
    fits, failed = [], None
    for start in _starts(views, setup):
        try:
            fits.append(adjust(start, views, basis=basis))
        except (WorkFailed, np.linalg.LinAlgError) as problem:
            failed = problem
    if not fits:
        raise WorkFailed(tr("These views do not fix the camera"), hint=_TILT) from failed
    return fits


def _folds(state: State, views: Sequence[Observation]) -> bool:
    """Whether the lens has a pole or turns back within what the views show: it fits between corners by chance."""
    if state.model == "fisheye4":
        return False
    radii, _ = radial_table(state.camera[4:])
    for pose, view in zip(state.poses, views, strict=True):
        seen = state.points[view.ids] @ np.asarray(cv2.Rodrigues(pose[:3])[0]).T + pose[3:]
        if (seen[:, 2] <= 0).any() or (np.linalg.norm(seen[:, :2], axis=1) > radii[-1] * seen[:, 2]).any():
            return True
    return False


def one_thread_each() -> AbstractContextManager[object]:
    """Keep the linear algebra from spreading over threads: the systems are small, and on a busy machine its threads
    wait for one another (measured: 0.5 s for a fit that takes 0.04 s)."""
    limits: AbstractContextManager[object] = threadpool_limits(1, user_api="blas")
    return limits


def check_counts(views: Sequence[Observation], setup: Setup) -> None:
    """Raise `WorkFailed` when there are fewer measurements than unknowns."""
    if len(views) < LEAST_VIEWS:
        raise WorkFailed(
            tr_count(
                len(views),
                "Only {n} view shows the board; a calibration needs at least {least}",
                "Only {n} views show the board; a calibration needs at least {least}",
                least=LEAST_VIEWS,
            ),
            hint=tr("Take 10 to 20 views with the board tilted in different directions, over the whole picture"),
        )
    measured = sum(2 * len(view.ids) for view in views)
    free = _free(views, setup)
    unknown = setup.freedom.basis.shape[1] + 6 * len(views) + (0 if free is None else int(free.sum()))
    if measured <= unknown:
        raise WorkFailed(
            tr("{measured} measurements cannot fix {unknown} unknowns", measured=measured, unknown=unknown),
            hint=tr("Take more views, or calibrate without the free shape and with Brown's model of 5 terms"),
        )


def leave_one_out(
    full: Fit, views: Sequence[Observation], setup: Setup, ctx: Context, threads: int = 2
) -> Iterator[float]:
    """For each view the sum of squared residuals with camera and board shape from the other views, held.

    Only the pose of the left-out view is fitted, on all its corners.
    """
    pool = ThreadPoolExecutor(max_workers=max(threads, 1), thread_name_prefix="leave-one-out")
    with one_thread_each():
        try:
            folds = [pool.submit(held_out, full.state, views, number, setup) for number in range(len(views))]
            for fold in folds:
                ctx.check()
                yield fold.result()
        finally:
            pool.shutdown(wait=True, cancel_futures=True)


def held_out(start: State, views: Sequence[Observation], number: int, setup: Setup) -> float:
    """One fold: fit without view `number`, then its pose alone; its sum of squared residuals."""
    rest = [*views[:number], *views[number + 1 :]]
    state = replace(start, poses=np.delete(start.poses, number, axis=0))
    free = _free(rest, setup)
    if free is not None:
        unknown = ~free.any(axis=1) & _estimated(views, setup.target)
        state = replace(state, points=np.where(unknown[:, None], setup.target.corners, state.points))
    others = adjust(state, rest, free, basis=setup.freedom.basis)
    alone = replace(others.state, poses=start.poses[number : number + 1])
    return adjust(alone, [views[number]], fixed_camera=True).squares


def pose_of(state: State, view: Observation) -> Fit:
    """The pose of a view that was not part of the fit; camera and board shape held."""
    pose = pose_from_rays(state.points[view.ids], rays(state.lens, view.corners))
    return adjust(replace(state, poses=pose[None]), [view], fixed_camera=True)


def aligned(state: State, views: Sequence[Observation], target: Target) -> State:
    """The same solution with each board's freed corners laid as close as possible onto the nominal ones.

    A similarity (Umeyama 1991) that the pictures cannot see: every projection stays what it was.
    """
    points, poses = state.points.copy(), state.poses.copy()
    for number, board in enumerate(target.boards):
        part = target.part(number)
        turn, scale, shift = _similarity(state.points[part], board.corners)
        points[part] = scale * state.points[part] @ turn.T + shift
        for index, view in enumerate(views):
            if part.start <= view.ids[0] < part.stop:
                poses[index] = _moved_pose(state.poses[index], turn, scale, shift)
    return replace(state, points=points, poses=poses)


def _similarity(solved: Floats, nominal: Floats) -> tuple[Floats, float, Floats]:
    """Rotation, scale and shift that lay N x 3 solved points onto the nominal ones."""
    centre, middle = nominal.mean(axis=0), solved.mean(axis=0)
    u, _, vt = np.linalg.svd((nominal - centre).T @ (solved - middle))
    turn = u @ np.diag([1.0, 1.0, np.linalg.det(u @ vt)]) @ vt
    scale = float(np.sum((nominal - centre) * ((solved - middle) @ turn.T)) / np.sum((solved - middle) ** 2))
    return turn, scale, centre - scale * turn @ middle


def _moved_pose(pose: Floats, turn: Floats, scale: float, shift: Floats) -> Floats:
    rotation = cv2.Rodrigues(pose[:3])[0] @ turn.T
    return np.concatenate([cv2.Rodrigues(rotation)[0].ravel(), scale * pose[3:] - rotation @ shift])


def _free(views: Sequence[Observation], setup: Setup) -> Bools | None:
    return free_coordinates(setup.target, views) if setup.free_board else None


def _estimated(views: Sequence[Observation], target: Target) -> Bools:
    return np.asarray(free_coordinates(target, views).any(axis=1), dtype=np.bool_)


def _starts(views: Sequence[Observation], setup: Setup) -> Iterator[State]:
    """OpenCV's solution for the model; for a lens with more terms also the Brown one with zeros for the rest."""
    if setup.model == "fisheye4":
        yield from _fisheye_starts(views, setup)
        return
    for start in dict.fromkeys(("brown5", setup.model)):
        with suppress(WorkFailed):
            state = _opencv(views, setup, start)
            missing = 4 + distortion_count(setup.model) - len(state.camera)
            camera = setup.freedom.conform(np.concatenate([state.camera, np.zeros(missing)]))
            yield replace(state, camera=camera, model=setup.model)


def _fisheye_starts(views: Sequence[Observation], setup: Setup) -> Iterator[State]:
    """Equidistant lenses of many focal lengths with the poses that each implies; the two that fit best."""
    middle = (setup.size.width - 1) / 2, (setup.size.height - 1) / 2
    longest = max(setup.size.width, setup.size.height)
    tried = []
    for field in _FIELDS:
        focal = longest / np.radians(field)
        camera = setup.freedom.conform(np.array([focal, focal, *middle, 0.0, 0.0, 0.0, 0.0]))
        with suppress(WorkFailed, cv2.error):
            state = _posed(State(camera, np.zeros((len(views), 6)), setup.target.corners, "fisheye4"), views)
            tried.append((float(view_squares(state, views).sum()), field, state))
    yield from (state for _, _, state in sorted(tried)[:2])


def _posed(state: State, views: Sequence[Observation]) -> State:
    """With the pose of each view as its rays tell it; the fit refines them all."""
    poses = [pose_from_rays(state.points[view.ids], rays(state.lens, view.corners)) for view in views]
    return replace(state, poses=np.array(poses))


def _opencv(views: Sequence[Observation], setup: Setup, model: ModelName) -> State:
    corners = setup.target.corners
    world = [corners[view.ids].astype(np.float32) for view in views]
    image = [view.corners.astype(np.float32).reshape(-1, 1, 2) for view in views]
    shape = (setup.size.width, setup.size.height)
    try:
        _, k, d, rvecs, tvecs = cv2.calibrateCamera(world, image, shape, None, None, flags=_FLAGS[model])
    except cv2.error as error:
        raise WorkFailed(tr("These views do not fix the camera"), hint=_TILT) from error
    lens = np.asarray(d, dtype=np.float64).ravel()[: distortion_count(model)]
    poses = [np.concatenate([r.ravel(), t.ravel()]) for r, t in zip(rvecs, tvecs, strict=True)]
    return State(np.concatenate([[k[0, 0], k[1, 1], k[0, 2], k[1, 2]], lens]), np.array(poses), corners, model)


def _check_sane(fit: Fit, size: Size) -> None:
    longest = max(size.width, size.height)
    fx, fy = fit.state.camera[:2]
    if not (np.isfinite(fit.state.camera).all() and 0.02 * longest < min(fx, fy) and max(fx, fy) < 1000 * longest):
        raise WorkFailed(
            tr("The calibration ran away: the focal length makes no sense"),
            hint=tr("Check the board's description and take views with the board tilted in different directions"),
        )
