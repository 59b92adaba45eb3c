"""The rig as far as the sets captured so far tell it: solved anew after each one, from where the last solution stands.

The same adjustment as the job's, with a loose prior on lenses that are not known, so that it stands from the first
shared view on. Cameras that share no view with the others are left out until they do. What it says of distances is what
a person at the rig watches shrink; whether to believe the rig is judged by the job alone.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from time import perf_counter

import numpy as np

from engines.calibration.live.information import guessed, vector_of
from engines.calibration.live.rig_types import RigCapture, RigEstimate, RigFinderSettings
from engines.calibration.rig.belief.gathering import Belief
from engines.calibration.rig.fitting import Fitted, fit
from engines.calibration.rig.graph import islands, shared_views
from engines.calibration.rig.pictures.finding import Found, RigShot
from engines.calibration.rig.problem import Problem
from engines.calibration.rig.solving import result_of
from engines.calibration.rig.start import begin
from engines.calibration.rig.types import RigCamera, RigPair, RigSpec
from engines.calibration.solve.fit import fit_camera
from engines.calibration.solve.sights import Floats, Seen
from engines.calibration.targets.detection import Detection
from engines.calibration.targets.shots import Shot
from engines.calibration.types import Capture
from engines.core.errors import KinoscopeError
from engines.core.frames import Size
from engines.core.lenses import Lens, ModelName

_FOCAL, _CENTRE, _TERM = 0.3, 0.06, 0.3
"""Widths of the prior of a lens that is not known: focal length and middle in picture widths, distortion terms."""
_SURE, _SURE_TERM = 1e-3, 1e-6
"""The same of one that is: pixels, terms."""
_WARM = 4
"""Sets from which on the last solution is near enough to begin from."""


def estimate(
    settings: RigFinderSettings, sizes: Sequence[Size], before: RigEstimate | None = None
) -> RigEstimate | None:
    """From `settings.captured`; sizes: of the cameras' pictures. None while no two cameras share a view, and where the
    sets cannot be solved."""
    began = perf_counter()
    placed = _placed(settings)
    if len(placed) < 2:
        return None
    try:
        fitted = _fitted(settings, placed, sizes, before)
    except (KinoscopeError, np.linalg.LinAlgError):
        return None
    result = result_of(fitted, Belief(), 0.0)
    pairs = tuple(_numbered(pair, placed) for pair in result.pairs)
    seconds = perf_counter() - began
    return RigEstimate(placed, result.cameras, pairs, result.rms_px, len(settings.captured), seconds)


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


def _fitted(
    settings: RigFinderSettings, placed: Sequence[int], sizes: Sequence[Size], before: RigEstimate | None
) -> Fitted:
    own = [sizes[number] for number in placed]
    names = tuple(settings.cameras[number] for number in placed)
    found = Found(names, tuple(own), *_shots(settings.captured, placed, own))
    board, *more = settings.boards
    spec = RigSpec((), board, model=settings.model, hold="prior", more_boards=tuple(more), held_out=False)
    told = [settings.lens(number) for number in placed]
    known = [_known(*each, settings.model) for each in zip(names, own, told, strict=True)]
    problem = Problem.of(spec, found, known)
    return fit(problem, begin(problem, _begun(problem, placed, told, before)))


def _begun(
    problem: Problem, placed: Sequence[int], told: Sequence[Lens | None], before: RigEstimate | None
) -> list[Floats]:
    """Lenses to begin with: the known one, that of the last solution, that of the camera's own views, a guess."""
    lenses = []
    for place, (number, lens) in enumerate(zip(placed, told, strict=True)):
        camera = before.camera(number) if before is not None and before.sets >= _WARM else None
        last = camera.lens if camera is not None else None
        views = problem.observations(place)
        if lens is None and last is None and len(views) >= _WARM:
            lenses.append(fit_camera(views, problem.setup(place)).state.camera)
        else:
            lenses.append(vector_of(lens or last or guessed(problem.size(place), problem.spec.model)))
    return lenses


def _known(name: str, size: Size, lens: Lens | None, model: ModelName) -> RigCamera:
    """A camera with what is known of its lens beforehand, surely or hardly."""
    longest = max(size.width, size.height)
    focal, centre, term = (_SURE, _SURE, _SURE_TERM) if lens else (_FOCAL * longest, _CENTRE * longest, _TERM)
    lens = lens or guessed(size, model)
    std = {"fx": focal, "fy": focal, "cx": centre, "cy": centre}
    still = (0.0, 0.0, 0.0)
    terms = (term,) * len(lens.distortion)
    return RigCamera(name, size, lens.model, lens.intrinsics, lens.distortion, still, still, std, terms)


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


def _numbered(pair: RigPair, placed: Sequence[int]) -> RigPair:
    return replace(pair, first=placed[pair.first], second=placed[pair.second])
