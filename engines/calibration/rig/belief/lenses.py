"""Are lenses that are held those of these pictures? The rig is solved with them freed, too, and both are compared.

A lens that is a percent off is hardly seen in the RMS, since boards move nearer or farther; the distances between the
cameras are off by as much. Only views that determine a lens by themselves may speak against one that is held.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from engines.calibration.rig.belief.nested import gain
from engines.calibration.rig.fitting import Fitted, refit
from engines.core.errors import WorkFailed

CHANCE, DEVIATIONS = 1e-4, 4.0
DETERMINED = 0.005
"""Of a focal length: its freed deviation; where it is larger these views cannot say."""


@dataclass(frozen=True, slots=True)
class Misheld:
    """camera: whose lens is the worst. off: by which share its focal length would be longer, and std of that.
    moved: of the distances at most, as a share."""

    camera: int
    off: float
    std: float
    moved: float


def misheld_lens(fitted: Fitted) -> Misheld | None:
    """None where lenses are free, where they fit, or where these views cannot tell."""
    problem = fitted.problem
    known = [camera for camera, one in enumerate(problem.known) if one is not None]
    if not known or problem.spec.hold == "free" or len(problem.frames) < 4 or not fitted.bundle.converged:
        return None
    try:
        freed = refit(replace(problem, spec=replace(problem.spec, hold="free")), fitted.state)
    except (WorkFailed, np.linalg.LinAlgError):
        return None
    extra = sum(freed.bundle.freedom.ways[camera].shape[1] for camera in known)
    gained = gain(fitted, freed, extra)
    if gained is None or gained.chance > CHANCE or not freed.bundle.converged:
        return None
    worst = max((_told(fitted, freed, camera) for camera in known), key=lambda one: abs(one[1]) / one[2])
    camera, off, std = worst
    told = std < DETERMINED and abs(off) > DEVIATIONS * std
    return Misheld(camera, off, std, gained.moved) if told else None


def _told(held: Fitted, freed: Fitted, camera: int) -> tuple[int, float, float]:
    """A camera, by which share its freed focal length is longer, and the deviation of that with the file's own."""
    before, after = (each.state.lenses[camera][:2] for each in (held, freed))
    known = held.problem.known[camera]
    own = 0.0 if known is None else max(known.std.get("fx", 0.0), known.std.get("fy", 0.0))
    std = np.sqrt(np.maximum(np.diag(freed.bundle.lens_covariance(camera))[:2], 0.0) + own**2) / before
    axis = int(np.argmax(np.abs(after / before - 1) / np.maximum(std, 1e-9)))
    return camera, float((after / before - 1)[axis]), max(float(std[axis]), 1e-9)
