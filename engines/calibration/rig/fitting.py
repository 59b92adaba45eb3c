"""The fit of a rig: what is free, where it begins, and the solution."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engines.calibration.rig.names import floor_frame
from engines.calibration.rig.problem import Problem
from engines.calibration.rig.start import Start, begin
from engines.calibration.rig.types import RigCamera
from engines.calibration.solve.adjustment import State
from engines.calibration.solve.bundle import Bundle, Told, bundle
from engines.calibration.solve.circles import has_circles, unbiased
from engines.calibration.solve.equations import Bools, Floats, Freedom, Prior, RigState, Weighing, cost_of
from engines.calibration.solve.fit import one_thread_each
from engines.calibration.solve.losses import Losses
from engines.calibration.solve.sights import Sights
from engines.core.errors import UsageError
from engines.core.lenses import DISTORTION_NAMES, ModelName
from engines.core.words import tr

_CIRCLE_ROUNDS = 2
_FOCAL_PRIOR, _MIDDLE_PRIOR, _TERM_PRIOR = 0.01, 0.01, 0.05
"""Deviations of a known lens whose file tells none: of the focal length and the middle in parts of the focal length."""
_USUAL = {"k4": 1.0, "k5": 1.0, "k6": 1.0, "s1": 0.01, "s2": 0.01, "s3": 0.01, "s4": 0.01, "tau_x": 0.1, "tau_y": 0.1}
"""Of the terms by which a lens that is solved is richer than Brown's."""


@dataclass(frozen=True, slots=True)
class Fitted:
    """A problem and its solution. guessed: cameras whose views alone gave no lens to begin with."""

    problem: Problem
    bundle: Bundle
    guessed: tuple[int, ...] = ()

    @property
    def state(self) -> RigState:
        return self.bundle.state

    @property
    def centres(self) -> Floats:
        """Of the cameras in the rig's coordinates, C x 3 metres."""
        return self.state.places.inverse.shifts

    def cost(self, deviations: Floats) -> float:
        """The robust cost where each camera's corners have these deviations, so that two solutions can be compared."""
        weighing = Weighing(Losses(self.problem.spec.loss), self.bundle.width, deviations)
        return cost_of(self.state, self.problem.sights, weighing, self.bundle.freedom)

    def believed_sights(self, groups: Bools) -> list[Sights]:
        """What was seen of some board poses, of all G by their numbers: only corners that fit, and views with any."""
        found = []
        for one, believed in zip(self.problem.sights, self.bundle.believed, strict=True):
            some = one.of_groups(groups)
            some = replace(some, trust=np.where(believed[groups[one.groups]], some.trust, 0.0))
            found.append(some.of_views(some.trust.max(axis=1) > 0))
        return [one for one in found if one.count]

    def distances(self) -> Floats:
        """Between cameras, C x C metres."""
        return np.asarray(np.linalg.norm(self.centres[:, None] - self.centres[None], axis=2))


def fit(problem: Problem, start: Start | None = None, told: Told | None = None) -> Fitted:
    """Solve from `start`, by default what the views themselves give. Raises `WorkFailed`."""
    with one_thread_each():
        start = begin(problem) if start is None else start
        problem, state, held = _referred(start.problem, start.state)
        posed = bundle(state, problem.sights, freedom(problem, held, poses_only=True), problem.spec.loss)
        problem = unbiased_views(problem, posed.state)
        solved = bundle(posed.state, problem.sights, freedom(problem, held), problem.spec.loss, told)
        for _ in range(_CIRCLE_ROUNDS if has_circles(problem.target) and not solved.stopped else 0):
            problem = unbiased_views(problem, solved.state)
            solved = bundle(solved.state, problem.sights, freedom(problem, held), problem.spec.loss, told, near=True)
        return Fitted(problem, solved, start.guessed)


def unbiased_views(problem: Problem, state: RigState) -> Problem:
    """The views with what projecting a circle adds to its middle taken away, as `state` tells it."""
    if not has_circles(problem.target):
        return problem
    seen = list(problem.seen)
    for camera in range(problem.cameras):
        places = [place for place, view in enumerate(seen) if view.camera == camera]
        poses = state.places[camera].after(state.boards[[seen[place].group for place in places]]).poses
        alone = State(state.lenses[camera], poses, state.points, state.models[camera])
        views = [replace(problem.observed(place), ids=seen[place].ids) for place in places]
        for place, view in zip(places, unbiased(alone, views, problem.target), strict=True):
            seen[place] = replace(seen[place], corners=view.corners)
    return replace(problem, seen=tuple(seen))


def refit(problem: Problem, state: RigState) -> Fitted:
    """From a state near the solution, with the same cameras and as many board poses as the problem has."""
    with one_thread_each():
        problem, state, held = _referred(problem, state)
        return Fitted(problem, bundle(state, problem.sights, freedom(problem, held), problem.spec.loss, near=True))


def freedom(problem: Problem, held: tuple[int, ...] = (), poses_only: bool = False) -> Freedom:
    """What may move; poses_only: neither lenses nor the board's shape."""
    ways, priors = [], []
    for camera in range(problem.cameras):
        basis = problem.setup(camera).freedom.basis
        known = problem.known[camera]
        fixed = poses_only or (known is not None and problem.spec.hold == "fixed")
        ways.append(np.zeros((len(basis), 0)) if fixed else basis)
        drawn = known is not None and problem.spec.hold == "prior"
        priors.append(_prior(known) if known is not None and drawn else _usual(problem.setup(camera).model))
    movable = tuple(bool(held) or camera != problem.reference for camera in range(problem.cameras))
    free = None if poses_only else problem.free
    shared = problem.spec.shared_lens and not poses_only
    return Freedom(tuple(ways), movable, held, free, shared, tuple(priors))


def _referred(problem: Problem, state: RigState) -> tuple[Problem, RigState, tuple[int, ...]]:
    """The state in the coordinates asked for, and the groups that are held there."""
    wanted = floor_frame(problem.spec.reference)
    if wanted is None:
        return problem, state, ()
    wanted = problem.repeats.get(wanted, wanted)
    groups = [number for number, (frame, _) in enumerate(problem.groups) if frame == wanted]
    if not groups:
        hint = tr("Name a frame in which a camera sees the board")
        raise UsageError(tr("No board was found in the frame '{wanted}'", wanted=wanted), hint=hint)
    floor = state.boards[groups[0]]
    places, boards = state.places.after(floor), floor.inverse.after(state.boards)
    return problem, replace(state, places=places, boards=boards), (groups[0],)


def _usual(model: ModelName) -> Prior | None:
    """Terms of the usual order. A factor above and below changes no picture, and a tilted sensor is nearly a shifted
    one: unless something holds them, such terms run away together and the solver never ends."""
    terms = [0.0 if model == "fisheye4" else _USUAL.get(name, 0.0) for name in DISTORTION_NAMES[model]]
    told = np.array([0.0] * 4 + [1 / term**2 if term else 0.0 for term in terms])
    return Prior(np.zeros(len(told)), np.diag(told)) if told.any() else None


def _prior(camera: RigCamera) -> Prior:
    lens = camera.lens
    focal = lens.intrinsics.fx
    told = [camera.std.get(name, 0.0) for name in ("fx", "fy", "cx", "cy")]
    usual = [_FOCAL_PRIOR * focal] * 2 + [_MIDDLE_PRIOR * focal] * 2
    pinhole = [std or other for std, other in zip(told, usual, strict=True)]
    terms = [std or _TERM_PRIOR for std in camera.distortion_std] or [_TERM_PRIOR] * len(lens.distortion)
    return Prior(np.array(lens.values), np.diag(1 / np.array([*pinhole, *terms]) ** 2))
