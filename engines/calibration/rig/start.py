"""Where the solver of a rig begins: lenses camera by camera, places along the best supported edges, boards by the
camera that explains all others best."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np

from engines.calibration.rig.ends import back_turns, nearest, numbered_alike
from engines.calibration.rig.graph import check_connected, spanning_tree
from engines.calibration.rig.problem import Problem
from engines.calibration.solve.equations import Floats, RigState, squares_of
from engines.calibration.solve.fit import LEAST_VIEWS, fit_camera
from engines.calibration.solve.motions import Motions
from engines.calibration.solve.poses import pose_from_rays
from engines.calibration.solve.setup import Setup
from engines.calibration.solve.sights import Seen
from engines.core.errors import WorkFailed
from engines.core.lenses import DISTORTION_NAMES, Lens
from engines.core.projection import rays
from engines.core.words import tr

MOST_VIEWS = 40
"""Views that a camera's own fit begins with."""
USUAL_FOCAL = 0.9
"""In widths of the picture, where nothing else is known."""
_MOST_STEPS = 100
_FAR = 50.0
"""Pixels beyond which a corner says nothing more against a pose."""


@dataclass(frozen=True, slots=True)
class Start:
    """state: to begin with; guessed: cameras whose lens is a guess, because their views did not give one.

    problem: its views numbered alike in all cameras, where the board looks the same turned.
    """

    problem: Problem
    state: RigState
    guessed: tuple[int, ...]


def begin(problem: Problem, lenses: Sequence[Floats] | None = None) -> Start:
    """Raises `WorkFailed` when the cameras do not hang together. lenses: to begin with instead of those found."""
    check_connected(problem.shared, problem.names, problem.reference)
    found, guessed = (list(lenses), []) if lenses is not None else _lenses(problem)
    poses = _poses(problem, found)
    places = _places(problem, poses)
    problem, poses = numbered_alike(problem, places, poses)
    state = RigState(
        tuple(problem.setup(camera).model for camera in range(problem.cameras)),
        tuple(found), places, Motions.still(len(problem.groups)), problem.target.corners.copy(),
    )  # fmt: skip
    return Start(problem, _with_boards(problem, state, poses), tuple(guessed))


def lens_of(problem: Problem, camera: int, values: Floats) -> Lens:
    """A camera's lens of its solved values: fx, fy, cx, cy in pixels, then the distortion."""
    return Lens.of(problem.setup(camera).model, values)


def usual_lens(problem: Problem, camera: int, focal: float = USUAL_FOCAL) -> Floats:
    """A guess: so many widths of the picture, its middle, no distortion."""
    size, setup = problem.size(camera), problem.setup(camera)
    f = focal * max(size.width, size.height)
    middle = (size.width - 1) / 2, (size.height - 1) / 2
    return setup.freedom.conform(np.array([f, f, *middle, *([0.0] * len(DISTORTION_NAMES[setup.model]))]))


def _lenses(problem: Problem) -> tuple[list[Floats], list[int]]:
    lenses, guessed = [], []
    for camera in range(problem.cameras):
        known = problem.known[camera]
        if known is not None:
            lenses.append(np.array(known.lens.values))
            continue
        try:
            lenses.append(_own_lens(problem, camera))
        except (WorkFailed, np.linalg.LinAlgError, cv2.error):
            guessed.append(camera)
            lenses.append(usual_lens(problem, camera))
    return ([np.mean(lenses, axis=0)] * len(lenses) if problem.spec.shared_lens else lenses), guessed


def _own_lens(problem: Problem, camera: int) -> Floats:
    views = sorted(problem.observations(camera), key=lambda view: -len(view.ids))
    if len(views) < LEAST_VIEWS:
        raise WorkFailed(tr("Too few views"))
    step = max(len(views) // MOST_VIEWS, 1)
    setup = problem.setup(camera)
    found = fit_camera(views[::step][:MOST_VIEWS], _plain(setup)).state.camera
    more = np.zeros(4 + len(DISTORTION_NAMES[setup.model]) - len(found))
    return setup.freedom.conform(np.concatenate([found, more]))


def _plain(setup: Setup) -> Setup:
    """Brown's model in place of a richer one, whose terms may run away together where one camera's views are few."""
    if setup.model == "fisheye4":
        return setup
    richer = DISTORTION_NAMES["tilted14"][len(DISTORTION_NAMES["brown5"]) :]
    return replace(setup, model="brown5", fix=tuple(name for name in setup.fix if name not in richer))


def _poses(problem: Problem, lenses: Sequence[Floats]) -> list[Motions | None]:
    """Board to camera of every used view; None where it cannot be told."""
    found: list[Motions | None] = []
    for view in problem.seen:
        try:
            found.append(_pose(problem, view, lens_of(problem, view.camera, lenses[view.camera])))
        except (WorkFailed, cv2.error):
            found.append(None)
    return found


def _pose(problem: Problem, view: Seen, lens: Lens) -> Motions:
    pose = pose_from_rays(problem.target.corners[view.ids], rays(lens, view.corners))
    return Motions.of(pose)


def _places(problem: Problem, poses: Sequence[Motions | None]) -> Motions:
    """Rig to camera along the tree, the reference camera at the origin."""
    by_camera: list[dict[int, Motions]] = [{} for _ in range(problem.cameras)]
    for view, pose in zip(problem.seen, poses, strict=True):
        if pose is not None:
            by_camera[view.camera][view.group] = pose
    found: dict[int, Motions] = {problem.reference: Motions.still(1)}
    for start, end in spanning_tree(problem.shared, problem.reference, problem.cameras):
        both = sorted(by_camera[start].keys() & by_camera[end].keys())
        if not both:
            names = tr("{first} and {second}", first=problem.names[start], second=problem.names[end])
            raise WorkFailed(
                tr("No board pose could be told from what {names} share", names=names),
                hint=tr("Take more shared views"),
            )
        steps = [
            Motions.joined(
                [by_camera[end][group].after(turn).after(by_camera[start][group].inverse) for turn in turned]
            )
            for group in both
            for turned in [back_turns(problem.target.boards[problem.groups[group][1]])]
        ]
        found[end] = _most_central(steps).after(found[start])
    return Motions.joined([found[camera] for camera in range(problem.cameras)])


def _most_central(steps: Sequence[Motions]) -> Motions:
    """Of the motions that each frame allows the one that is nearest to all frames: a wrong pose does not move it."""
    steps = steps[:: max(len(steps) // _MOST_STEPS, 1)]
    scale = max(float(np.median([np.linalg.norm(one.shifts[0]) for one in steps])), 1e-9)
    offered = Motions.joined(steps)
    away = [nearest(one, offered, scale) for one in steps]
    return offered[int(np.argmin(np.sum(away, axis=0)))]


def _with_boards(problem: Problem, state: RigState, poses: Sequence[Motions | None]) -> RigState:
    """Each board where the camera says whose word fits the pictures of all best."""
    best = np.full(len(problem.groups), np.inf)
    boards = Motions.of(np.tile([0.0, 0.0, 0.0, 0.0, 0.0, 1.0], (len(problem.groups), 1)))
    turns, shifts = boards.turns.copy(), boards.shifts.copy()
    for camera in range(problem.cameras):
        told = {v.group: p for v, p in zip(problem.seen, poses, strict=True) if v.camera == camera and p is not None}
        if not told:
            continue
        groups = np.array(sorted(told))
        offered = state.places[camera].inverse.after(Motions.joined([told[int(group)] for group in groups]))
        trial_turns, trial_shifts = turns.copy(), shifts.copy()
        trial_turns[groups], trial_shifts[groups] = offered.turns, offered.shifts
        misfit = _misfits(problem, replace(state, boards=Motions(trial_turns, trial_shifts)))
        better = groups[misfit[groups] < best[groups]]
        best[better], turns[better], shifts[better] = misfit[better], trial_turns[better], trial_shifts[better]
    return replace(state, boards=Motions(turns, shifts))


def _misfits(problem: Problem, state: RigState) -> Floats:
    """Of each board pose: how far the corners of all cameras are off, far ones counted alike."""
    total = np.zeros(len(problem.groups))
    for sights in problem.sights:
        far = np.minimum(np.sqrt(squares_of(state, sights)), _FAR)
        np.add.at(total, sights.groups, far.sum(axis=1))
    return total
