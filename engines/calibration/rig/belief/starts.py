"""Other starts of a rig's fit: whether lenses that begin elsewhere end at the same rig, and which end is the best.

Few or flat views leave valleys in which focal lengths and places change together at hardly any cost; a solver then
stops where it came from, with a low error. Beginning from longer and shorter lenses shows it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engines.calibration.rig.fitting import Fitted, fit
from engines.calibration.rig.problem import Problem
from engines.calibration.rig.start import begin, usual_lens
from engines.calibration.solve.bundle import Told
from engines.calibration.solve.equations import Floats
from engines.core.errors import WorkFailed

FOCALS = (0.75, 1.3)
"""In parts of the focal lengths that were found."""
COMPETING = 1.25
"""Times the least cost, up to which an end may be the right one."""


def other_ends(fitted: Fitted, told: Told | None = None) -> tuple[Fitted, ...]:
    """From longer and shorter lenses without distortion; nothing where all are held or drawn to what is known."""
    problem = fitted.problem
    if all(known is not None for known in problem.known) and problem.spec.hold != "free":
        return ()
    found = []
    for share in FOCALS:
        try:
            end = fit(problem, begin(problem, _lenses(problem, fitted, share)), told)
            found.append(replace(end, guessed=fitted.guessed))
        except (WorkFailed, np.linalg.LinAlgError):
            continue
    return tuple(found)


def best(ends: Sequence[Fitted]) -> Fitted:
    """The end of the least cost, all measured alike; the first where they are equal."""
    deviations = ends[0].bundle.deviations
    return min(ends, key=lambda end: end.cost(deviations) * (1.0 if end is ends[0] else 1 + 1e-6))


def apart(ends: Sequence[Fitted]) -> float:
    """The largest difference of a distance between two ends that compete, as a share of it.

    An end that fits far worse than the best is where a start was lost, and no other rig that the views allow.
    """
    deviations = ends[0].bundle.deviations
    costs = [end.cost(deviations) for end in ends]
    distances = np.array(
        [end.distances() for end, cost in zip(ends, costs, strict=True) if cost <= COMPETING * min(costs)]
    )
    middle = np.maximum(np.median(distances, axis=0), 1e-9)
    spread = (distances.max(axis=0) - distances.min(axis=0)) / middle
    np.fill_diagonal(spread, 0.0)
    return float(spread.max())


def _lenses(problem: Problem, fitted: Fitted, share: float) -> list[Floats]:
    lenses = []
    for camera, lens in enumerate(fitted.state.lenses):
        if problem.known[camera] is not None and problem.spec.hold != "free":
            lenses.append(lens)
            continue
        size = problem.size(camera)
        lenses.append(usual_lens(problem, camera, share * float(lens[0]) / max(size.width, size.height)))
    return lenses
