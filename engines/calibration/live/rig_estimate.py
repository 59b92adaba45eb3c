"""The rig as far as the sets captured so far tell it: solved anew after each one, from where the last solution stands.

The same adjustment as the job's, with a loose prior on lenses that are not known, so that it stands from the first
shared view on. Cameras that share no view with the others are left out until they do. What it says of distances is what
a person at the rig watches shrink; whether to believe the rig is judged by the job alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from time import perf_counter

import cv2
import numpy as np

from engines.calibration.live.information import guessed, vector_of
from engines.calibration.live.rig_types import RigCapture, RigEstimate, RigFinderSettings
from engines.calibration.rig.fitting import Fitted, fit, refit
from engines.calibration.rig.found import Found, RigShot
from engines.calibration.rig.graph import islands, shared_views
from engines.calibration.rig.places import vector
from engines.calibration.rig.problem import Problem
from engines.calibration.rig.start import begin, lens_of
from engines.calibration.rig.types import RigCamera, RigPair, RigSpec
from engines.calibration.rig.uncertainty import Uncertainty
from engines.calibration.solve.equations import RigState
from engines.calibration.solve.fit import fit_camera
from engines.calibration.solve.motions import Motions
from engines.calibration.solve.poses import pose_from_rays
from engines.calibration.solve.sights import Floats, Seen
from engines.calibration.targets.detection import Detection
from engines.calibration.targets.shots import Shot
from engines.calibration.types import Capture
from engines.core.errors import KinoscopeError
from engines.core.frames import Size
from engines.core.lenses import Lens, ModelName
from engines.core.projection import rays

_FOCAL, _CENTRE, _TERM = 0.3, 0.06, 0.3
"""Widths of the prior of a lens that is not known: focal length and middle in picture widths, distortion terms."""
_SURE, _SURE_TERM = 1e-3, 1e-6
"""The same of one that is: pixels, terms."""
_WARM = 4
"""Sets from which on the last solution is near enough to begin from."""
_FAILURES = KinoscopeError, np.linalg.LinAlgError, cv2.error


@dataclass(frozen=True, slots=True)
class Solution:
    """An estimate, and where the solver stands: of which sets, for which lenses, in what state."""

    told: RigEstimate
    captured: tuple[RigCapture, ...]
    lenses: tuple[Lens | None, ...]
    groups: tuple[tuple[str, int], ...]
    state: RigState

    def boards(self) -> dict[tuple[RigCapture, int], Motions]:
        """Where each board was, by its set and number."""
        return {
            (self.captured[int(frame)], board): self.state.boards[number]
            for number, (frame, board) in enumerate(self.groups)
        }


def estimate(settings: RigFinderSettings, sizes: Sequence[Size], before: Solution | None = None) -> Solution | None:
    """From `settings.captured`; sizes: of the cameras' pictures. None while no two cameras share a view, and where the
    sets cannot be solved."""
    began = perf_counter()
    placed = _placed(settings)
    if len(placed) < 2:
        return None
    try:
        problem = _problem(settings, placed, sizes)
        known = before if before is not None and _continues(before, settings, placed) else None
        fitted = (
            _begun(problem, settings, placed) if known is None else refit(problem, _carried(problem, settings, known))
        )
    except _FAILURES:
        return None
    cameras, pairs = _told(fitted, placed)
    told = RigEstimate(placed, cameras, pairs, _rms(fitted), len(settings.captured), perf_counter() - began)
    return Solution(told, settings.captured, settings.lenses, problem.groups, fitted.state)


def _placed(settings: RigFinderSettings) -> tuple[int, ...]:
    """Numbers of the cameras of the largest group that hangs together."""
    count = len(settings.cameras)
    seen = [
        Seen(camera, group * len(settings.boards) + sight.board, sight.board, np.array(sight.ids), np.zeros((0, 2)))
        for group, capture in enumerate(settings.captured)
        for camera, sight in enumerate(capture.sights)
        if sight is not None
    ]
    return max(islands(shared_views(seen, count), count), key=len)


def _problem(settings: RigFinderSettings, placed: Sequence[int], sizes: Sequence[Size]) -> Problem:
    own = [sizes[number] for number in placed]
    names = tuple(settings.cameras[number] for number in placed)
    found = Found(names, tuple(own), *_shots(settings.captured, placed, own))
    board, *more = settings.boards
    spec = RigSpec((), board, model=settings.model, hold="prior", more_boards=tuple(more), held_out=False)
    told = [settings.lens(number) for number in placed]
    return Problem.of(spec, found, [_known(*each, settings.model) for each in zip(names, own, told, strict=True)])


def _shots(
    captured: Sequence[RigCapture], placed: Sequence[int], sizes: Sequence[Size]
) -> tuple[tuple[str, ...], tuple[RigShot, ...]]:
    """Names of the frames, and what was seen in them."""
    shots = [
        RigShot(str(number), place, _shot(str(number), sight, size))
        for number, capture in enumerate(captured)
        for place, (camera, size) in enumerate(zip(placed, sizes, strict=True))
        if (sight := capture.sights[camera]) is not None
    ]
    return tuple(str(number) for number in range(len(captured))), tuple(shots)


def _shot(frame: str, sight: Capture, size: Size) -> Shot:
    found = Detection(np.array(sight.ids, dtype=np.int64), np.array(sight.corners), 0)
    return Shot(frame, Path(frame), size, found, board=sight.board)


def _known(name: str, size: Size, lens: Lens | None, model: ModelName) -> RigCamera:
    """A camera with what is known of its lens beforehand, surely or hardly."""
    longest = max(size.width, size.height)
    focal, centre, term = (_SURE, _SURE, _SURE_TERM) if lens else (_FOCAL * longest, _CENTRE * longest, _TERM)
    lens = lens or guessed(size, model)
    std = {"fx": focal, "fy": focal, "cx": centre, "cy": centre}
    still = (0.0, 0.0, 0.0)
    terms = (term,) * len(lens.distortion)
    return RigCamera(name, size, lens.model, lens.intrinsics, lens.distortion, still, still, std, terms)


def _begun(problem: Problem, settings: RigFinderSettings, placed: Sequence[int]) -> Fitted:
    """From lenses that are known, or those of each camera's own views, or a guess."""
    lenses = []
    for place, number in enumerate(placed):
        lens, views = settings.lens(number), problem.observations(place)
        if lens is None and len(views) >= _WARM:
            lenses.append(fit_camera(views, problem.setup(place)).state.camera)
        else:
            lenses.append(vector_of(lens or guessed(problem.size(place), settings.model)))
    return fit(problem, begin(problem, lenses))


def _continues(before: Solution, settings: RigFinderSettings, placed: tuple[int, ...]) -> bool:
    """The last solution is of the same cameras, and of sets enough to begin from."""
    same = before.told.placed == placed and before.lenses == settings.lenses
    return same and before.told.sets >= _WARM and before.state.models[0] == _model(settings, placed[0])


def _model(settings: RigFinderSettings, number: int) -> ModelName:
    lens = settings.lens(number)
    return settings.model if lens is None else lens.model


def _carried(problem: Problem, settings: RigFinderSettings, before: Solution) -> RigState:
    """The last state, with the boards of new sets where the camera that sees most of them says."""
    known, state = before.boards(), before.state
    boards = []
    for number, (frame, board) in enumerate(problem.groups):
        there = known.get((settings.captured[int(frame)], board))
        boards.append(_seen_at(problem, number, state) if there is None else there)
    return RigState(state.models, state.lenses, state.places, Motions.joined(boards), problem.target.corners.copy())


def _seen_at(problem: Problem, group: int, state: RigState) -> Motions:
    view: Seen = max((one for one in problem.seen if one.group == group), key=lambda one: one.ids.size)
    lens = lens_of(problem, view.camera, state.lenses[view.camera])
    pose = pose_from_rays(problem.target.corners[view.ids], rays(lens, view.corners))
    return state.places[view.camera].inverse.after(Motions.of(pose))


def _told(fitted: Fitted, placed: Sequence[int]) -> tuple[tuple[RigCamera, ...], tuple[RigPair, ...]]:
    """The cameras, and each pair's distance with its deviation, numbered as in the rig."""
    sure, pairs = Uncertainty(fitted.bundle), []
    for a, b in combinations(range(len(placed)), 2):
        told, shared = sure.pair(a, b), fitted.problem.shared[a, b]
        stds = told.distance_std, told.angle_std
        pairs.append(RigPair(placed[a], placed[b], told.distance, told.angle, *stds, frames=shared.views))
    return tuple(_camera(fitted, number) for number in range(len(placed))), tuple(pairs)


def _camera(fitted: Fitted, number: int) -> RigCamera:
    problem, state = fitted.problem, fitted.state
    pose = state.places[number].poses[0]
    lens = lens_of(problem, number, state.lenses[number])
    rvec, tvec = vector(pose[:3]), vector(pose[3:])
    return RigCamera(
        problem.names[number], problem.size(number), lens.model, lens.intrinsics, lens.distortion, rvec, tvec, {}
    )


def _rms(fitted: Fitted) -> float:
    """2-D, over the corners that are believed."""
    bundle = fitted.bundle
    parts = [own[fit] for own, fit in zip(bundle.squares, bundle.believed, strict=True)]
    squares: Floats = np.concatenate(parts)
    return float(np.sqrt(squares.mean())) if len(squares) else 0.0
