"""All the evidence on a fit in one value: how far each corner is believed, the other fit, the uncertainty, reasons."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np

from engines.calibration.evidence import rigidity
from engines.calibration.evidence.linear import linearised
from engines.calibration.evidence.mixture import two_cameras
from engines.calibration.evidence.richness import unneeded_terms
from engines.calibration.evidence.shutter import rolling_shutter
from engines.calibration.evidence.single_corners import suspects, wrong_corners
from engines.calibration.evidence.uncertainty import nearest_distance, uncertainty_map
from engines.calibration.evidence.views import Explanation, View, place_of
from engines.calibration.solve.adjustment import Bools, Fit, Floats, Observation, adjust, free_coordinates
from engines.calibration.solve.fit import one_thread_each
from engines.calibration.solve.robust import WIDTH, lengths_of, robust_fit, spread_of, weighted, weights_of
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.target import Target
from engines.calibration.types import Alternative, Reason, Remedy, UncertaintyMap
from engines.core.errors import WorkFailed
from engines.core.words import tr

CLEARLY = 1.5
"""By how much the variance must fall for another explanation than the fit's own."""
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
        corners = _corners(fit, views, setup)
        both = corners.both
        foreign = _foreign(corners.bases, [replace(v, seen=s) for v, s in zip(views, corners.rest, strict=True)], setup)
        wrong = [bad & (not foreign) for bad in corners.wrong]
        told = [*_unfinished(fit, setup), *unneeded_terms(fit, [view.seen for view in views], setup)]
        reasons = [*told, *wrong_corners(views, setup.target, corners.lengths, wrong), *foreign]
        if not foreign:
            reasons += _of_the_board(corners, setup)
        return Evidence(
            tuple(tuple(float(weight) for weight in weights) for weights in corners.weights),
            tuple(_own_ids(view, bad, setup.target) for view, bad in zip(views, wrong, strict=True)),
            None if both is None else rigidity.other(both, setup.free_board),
            _maps(fit, views, setup),
            tuple(reasons),
        )


def _unfinished(fit: Fit, setup: Setup) -> Iterator[Reason]:
    """A fit that ran out of steps creeps along a valley: its numbers and deviations are those of no optimum."""
    if not fit.converged:
        words = tr("The solver found no optimum: the lens model has more terms than these views can fix")
        remedy = None if setup.model == "brown5" else Remedy("use_model", "brown5")
        yield Reason("no-optimum", 2, tr("{words}; take more views or a simpler model", words=words), remedy)


def _of_the_board(corners: _Corners, setup: Setup) -> Iterator[Reason]:
    if corners.both is not None:
        yield from rigidity.findings(corners.both, setup)
    elif not setup.free_board:
        yield from rigidity.findings_alone(corners.clean, corners.rest, setup)


@dataclass(frozen=True, slots=True)
class _Corners:
    """How far each corner is believed, and the fit of both boards to those that are.

    weights, lengths of residuals, wrong: of each view's corners. clean: the fit without the wrong ones, of `rest`.
    """

    weights: Sequence[Floats]
    lengths: Sequence[Floats]
    wrong: Sequence[Bools]
    clean: Fit
    rest: Sequence[Observation]
    both: rigidity.Comparison | None

    @property
    def bases(self) -> tuple[Fit, ...]:
        """The fits that another explanation must beat."""
        return (self.both.held, self.both.freed) if self.both is not None and self.both.bent else (self.clean,)


def _corners(fit: Fit, views: Sequence[View], setup: Setup) -> _Corners:
    """A corner that stands out on a bent board is no wrong one where the freed board explains it."""
    seen = [view.seen for view in views]
    lengths = _lengths(fit, views)
    none = suspects([np.zeros(len(far)) for far in lengths])
    both = rigidity.compared(fit, seen, setup)
    best = both.freed if both is not None and both.bent else fit
    far = _lengths(best, views)
    if _calm(far):
        return _Corners(_weights(far), far, none, fit, seen, both)
    robust, weights = _robust(fit, views, setup)
    wrong = suspects(_lengths(robust, views))
    clean, rest = _without(fit, views, setup, wrong)
    both = rigidity.compared(clean, rest, setup)
    if both is not None and both.bent and not setup.free_board and any(bad.any() for bad in wrong):
        robust, weights = _robust(both.freed, views, replace(setup, free_board=True))
        wrong = suspects(_lengths(robust, views))
    return _Corners(weights, _lengths(robust, views), wrong, clean, rest, both)


def _foreign(bases: Sequence[Fit], views: Sequence[View], setup: Setup) -> list[Reason]:
    """What does not belong to one still camera: of two cameras and a rolling shutter what explains more.

    bases: the fits to begin from; what is found must explain clearly more than the best of them.
    """
    least = min(base.variance for base in bases)
    told = [found for base in bases for found in _explanations(base, views, setup, least)]
    best = min(told, key=lambda found: found.variance, default=None)
    return [best.reason] if best is not None and CLEARLY * best.variance < least else []


def _explanations(fit: Fit, views: Sequence[View], setup: Setup, least: float) -> list[Explanation]:
    near = linearised(fit.state, [view.seen for view in views])
    mixed = two_cameras(fit, views, near, setup.freedom.basis, least)
    return [found for found in (mixed, rolling_shutter(fit, views, near, setup.size)) if found is not None]


def _robust(fit: Fit, views: Sequence[View], setup: Setup) -> tuple[Fit, Sequence[Floats]]:
    seen = [view.seen for view in views]
    free = free_coordinates(setup.target, seen) if setup.free_board else None
    try:
        return robust_fit(fit.state, seen, free, setup.freedom.basis)
    except (WorkFailed, np.linalg.LinAlgError):
        return fit, _weights(_lengths(fit, views))


def _weights(lengths: Sequence[Floats]) -> list[Floats]:
    return [weights_of(far, WIDTH * spread_of(lengths)) for far in lengths]


def _calm(lengths: Sequence[Floats]) -> bool:
    """No corner stands out so far that a robust fit could tell more."""
    return max(float(far.max()) for far in lengths) < _CALM * spread_of(lengths)


def _lengths(fit: Fit, views: Sequence[View]) -> list[Floats]:
    return lengths_of(fit.state, [view.seen for view in views])


def _without(fit: Fit, views: Sequence[View], setup: Setup, wrong: Sequence[Bools]) -> tuple[Fit, list[Observation]]:
    """The fit without the wrong corners, and what it is made of."""
    seen = [view.seen for view in views]
    if not any(bad.any() for bad in wrong):
        return fit, seen
    rest = [weighted(one, (~bad).astype(np.float64)) for one, bad in zip(seen, wrong, strict=True)]
    free = free_coordinates(setup.target, seen) if setup.free_board else None
    return adjust(fit.state, rest, free, basis=setup.freedom.basis), rest


def _own_ids(view: View, chosen: Bools, target: Target) -> tuple[int, ...]:
    return tuple(place_of(target, int(corner)).id for corner in view.seen.ids[chosen])


def _maps(fit: Fit, views: Sequence[View], setup: Setup) -> tuple[UncertaintyMap, ...]:
    seen = np.concatenate([view.seen.corners for view in views])
    near = nearest_distance(fit.state, [view.seen.ids for view in views])
    covariance = fit.camera_covariance
    return tuple(uncertainty_map(fit.state, covariance, seen, setup.size, distance) for distance in (near, 0.0))
