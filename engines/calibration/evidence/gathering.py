"""All the evidence on a fit in one value: how far each corner is believed, the other fit, the uncertainty, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engines.calibration.evidence import rigidity
from engines.calibration.evidence.linear import linearised
from engines.calibration.evidence.mixture import two_cameras
from engines.calibration.evidence.shutter import rolling_shutter
from engines.calibration.evidence.single_corners import suspects, wrong_corners
from engines.calibration.evidence.uncertainty import nearest_distance, uncertainty_map
from engines.calibration.evidence.views import Explanation, View, place_of
from engines.calibration.solve.adjustment import Fit, Floats, Observation, adjust, free_coordinates, project_view
from engines.calibration.solve.fit import one_thread_each
from engines.calibration.solve.robust import WIDTH, robust_fit, weights_of
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.target import Target
from engines.calibration.types import Alternative, Reason, UncertaintyMap
from engines.core.errors import WorkFailed

CLEARLY = 1.5
"""By how much the variance must fall for another explanation than the fit's own."""
_RAYLEIGH = 1.1774
_CALM = 4.5
"""Residuals below this many robust deviations everywhere need no robust fit."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """weights: of each used view's corners; suspects: ids of those that are probably wrong."""

    weights: tuple[tuple[float, ...], ...] = ()
    suspects: tuple[tuple[int, ...], ...] = ()
    other: Alternative | None = None
    uncertainty: tuple[UncertaintyMap, ...] = ()
    reasons: tuple[Reason, ...] = ()


def gather(fit: Fit, views: Sequence[View], setup: Setup) -> Evidence:
    """What there is to say of `fit`, which was made of `views`."""
    with one_thread_each():
        believed, lengths = _believed(fit, views, setup)
        wrong: Sequence[NDArray[np.bool_]] = suspects(lengths)
        clean, rest = _without(fit, views, setup, wrong)
        both = rigidity.compared(clean, rest, setup)
        bent = both is not None and both.bent
        if both is not None and bent and not setup.free_board and _any(wrong):
            free = replace(setup, free_board=True)
            believed, lengths = _believed(both.freed, views, free)
            wrong = suspects(lengths)
        bases = [clean] if both is None or not bent else [both.held, both.freed]
        foreign = _foreign(bases, views, rest, setup)
        if foreign:
            wrong = [np.zeros_like(bad) for bad in wrong]
        reasons = [*wrong_corners(views, setup.target, lengths, wrong), *foreign]
        if both is not None and not foreign:
            reasons += rigidity.findings(both, setup.free_board)
        return Evidence(
            tuple(tuple(float(weight) for weight in weights) for weights in believed),
            tuple(_own_ids(view, bad, setup.target) for view, bad in zip(views, wrong, strict=True)),
            None if both is None else rigidity.other(both, setup.free_board),
            _maps(fit, views, setup),
            tuple(reasons),
        )


def _foreign(bases: Sequence[Fit], views: Sequence[View], seen: Sequence[Observation], setup: Setup) -> list[Reason]:
    """What does not belong to one still camera: of two cameras and a rolling shutter what explains more.

    bases: the fits to begin from; what is found must explain clearly more than the best of them.
    """
    clean = [replace(view, seen=one) for view, one in zip(views, seen, strict=True)]
    told = [found for base in bases for found in _explanations(base, clean, setup) if found is not None]
    best = min(told, key=lambda found: found.variance, default=None)
    least = min(base.variance for base in bases)
    return [best.reason] if best is not None and CLEARLY * best.variance < least else []


def _explanations(fit: Fit, views: Sequence[View], setup: Setup) -> tuple[Explanation | None, ...]:
    near = linearised(fit.state, [view.seen for view in views])
    return two_cameras(fit, views, near, setup.freedom.basis), rolling_shutter(fit, views, near, setup.size)


def _any(wrong: Sequence[NDArray[np.bool_]]) -> bool:
    return any(bool(bad.any()) for bad in wrong)


def _believed(fit: Fit, views: Sequence[View], setup: Setup) -> tuple[Sequence[Floats], list[Floats]]:
    """Weights and lengths of the residuals, of a robust fit where any corner stands out."""
    seen = [view.seen for view in views]
    lengths = _lengths(fit, views)
    middle = float(np.median(np.concatenate(lengths))) / _RAYLEIGH
    if max(float(far.max()) for far in lengths) < _CALM * middle:
        return [weights_of(far, WIDTH * middle) for far in lengths], lengths
    free = free_coordinates(setup.target, seen) if setup.free_board else None
    try:
        robust, weights = robust_fit(fit.state, seen, free, setup.freedom.basis)
    except (WorkFailed, np.linalg.LinAlgError):
        return [weights_of(far, WIDTH * middle) for far in lengths], lengths
    return weights, _lengths(robust, views)


def _lengths(fit: Fit, views: Sequence[View]) -> list[Floats]:
    return [
        np.linalg.norm(project_view(fit.state, number, view.seen.ids) - view.seen.corners, axis=1)
        for number, view in enumerate(views)
    ]


def _without(
    fit: Fit, views: Sequence[View], setup: Setup, wrong: Sequence[NDArray[np.bool_]]
) -> tuple[Fit, list[Observation]]:
    """The fit without the wrong corners, and what it is made of."""
    seen = [view.seen for view in views]
    if not _any(wrong):
        return fit, seen
    rest = [
        replace(one, weights=np.where(bad, 0.0, 1.0 if one.weights is None else one.weights))
        for one, bad in zip(seen, wrong, strict=True)
    ]
    free = free_coordinates(setup.target, seen) if setup.free_board else None
    return adjust(fit.state, rest, free, basis=setup.freedom.basis), rest


def _own_ids(view: View, chosen: NDArray[np.bool_], target: Target) -> tuple[int, ...]:
    return tuple(place_of(target, int(corner)).id for corner in view.seen.ids[chosen])


def _maps(fit: Fit, views: Sequence[View], setup: Setup) -> tuple[UncertaintyMap, ...]:
    seen = np.concatenate([view.seen.corners for view in views])
    near = nearest_distance(fit.state, [view.seen.ids for view in views])
    covariance = fit.camera_covariance
    return tuple(uncertainty_map(fit.state, covariance, seen, setup.size, distance) for distance in (near, 0.0))
