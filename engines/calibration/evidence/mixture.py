"""Were these photographs taken with one camera? Two of a kind give pictures of one size, and one fit lies between both.

Near the fit each view's error is a quadratic function of the camera's parameters (its pose gone). The views are sorted
into the two groups whose own parameters explain them best, as k-means sorts points (Lloyd 1982); then each group is
fitted in earnest, each view goes to the camera that fits it better, and the variance tells whether there were two.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.calibration.evidence.linear import Linear, rest_of
from engines.calibration.evidence.views import Explanation, View
from engines.calibration.solve.adjustment import Bools, Fit, Floats, Observation, State, adjust
from engines.calibration.solve.fit import LEAST_VIEWS, pose_of
from engines.calibration.types import Reason
from engines.core.errors import WorkFailed
from engines.core.words import few_of, tr

GAIN = 1.5
"""By how much the variance must fall in two groups; the best split of one camera's photographs gained up to 1.2."""
_HINT = 1.2
"""What the quadratic forms must promise before anything is fitted."""
_MOST_STARTS = 24
_ROUNDS = 12
_SOFT = 1e-3


@dataclass(frozen=True, slots=True)
class _Forms:
    """S(d) = squares + 2 slope d + d' curve d of each view, d: scaled change of the camera's F free parameters."""

    squares: Floats
    slope: Floats
    curve: Floats

    def values(self, change: Floats) -> Floats:
        bent = np.einsum("f,vfg,g->v", change, self.curve, change)
        return np.asarray(self.squares + 2 * self.slope @ change + bent)

    def best(self, chosen: Bools) -> Floats:
        curve = self.curve[chosen].sum(axis=0)
        soft = _SOFT * np.diag(np.diag(self.curve.sum(axis=0)))
        return np.asarray(-np.linalg.solve(curve + soft, self.slope[chosen].sum(axis=0)))


def two_cameras(
    fit: Fit, views: Sequence[View], near: Sequence[Linear], basis: Floats, least: float
) -> Explanation | None:
    """The views of a second camera, if there is one. near: `linearised`; basis: as in `adjust`.

    least: the variance that others leave, to begin no fit that will not win.
    """
    if len(views) < 2 * LEAST_VIEWS:
        return None
    forms = _forms(near, basis)
    second = _sorted(forms)
    promised = sum(float(forms.values(forms.best(group))[group].sum()) for group in (second, ~second))
    if _few(second) or _HINT * promised > least * (fit.residuals - fit.parameters):
        return None
    found = _fitted(fit, [view.seen for view in views], second, basis)
    if found is None or fit.variance < GAIN * _variance(*found[1:]):
        return None
    names = [view.name for view, other in zip(views, found[0], strict=True) if other]
    return Explanation(_reason(names, len(views)), _variance(*found[1:]))


def _forms(near: Sequence[Linear], basis: Floats) -> _Forms:
    rests = [rest_of(np.column_stack([view.error, view.by_camera @ basis]), view.by_pose) for view in near]
    curves = np.array([rest[:, 1:].T @ rest[:, 1:] for rest in rests])
    scale = 1 / np.sqrt(np.maximum(np.einsum("vff->f", curves), 1e-300))
    slopes = np.array([rest[:, 1:].T @ rest[:, 0] for rest in rests])
    squares = np.array([rest[:, 0] @ rest[:, 0] for rest in rests])
    return _Forms(squares, slopes * scale, curves * np.outer(scale, scale))


def _sorted(forms: _Forms) -> Bools:
    """Which views belong to the smaller group, of the best of several starts."""
    count = len(forms.squares)
    best, least = np.zeros(count, dtype=np.bool_), np.inf
    for seed in range(0, count, max(1, count // _MOST_STARTS)):
        group = np.arange(count) == seed
        for _ in range(_ROUNDS):
            here, there = forms.values(forms.best(group)), forms.values(forms.best(~group))
            before, group = group, here < there
            if not group.any() or group.all() or (before == group).all():
                break
        total = float(np.minimum(here, there).sum())
        if total < least and not _few(group):
            best, least = group, total
    return ~best if 2 * best.sum() > count else best


def _few(group: Bools) -> bool:
    return bool(min(group.sum(), (~group).sum()) < LEAST_VIEWS)


def _fitted(fit: Fit, seen: Sequence[Observation], second: Bools, basis: Floats) -> tuple[Bools, Fit, Fit] | None:
    """Both groups fitted with the board as it is in `fit`, after each view went to the camera that fits it better."""
    try:
        for _ in range(4):
            states = [_alone(fit.state, seen, group, basis).state for group in (~second, second)]
            costs = [np.array([pose_of(state, view).squares for view in seen]) for state in states]
            before, second = second, costs[1] < costs[0]
            if _few(second):
                return None
            if (before == second).all():
                break
        if 2 * second.sum() > len(second):
            second = ~second
        return second, _alone(fit.state, seen, ~second, basis), _alone(fit.state, seen, second, basis)
    except (WorkFailed, np.linalg.LinAlgError):
        return None


def _alone(state: State, seen: Sequence[Observation], group: Bools, basis: Floats) -> Fit:
    chosen = [int(number) for number in np.flatnonzero(group)]
    start = State(state.camera, state.poses[chosen], state.points, state.model)
    return adjust(start, [seen[number] for number in chosen], basis=basis)


def _variance(one: Fit, other: Fit) -> float:
    left = one.residuals + other.residuals - one.parameters - other.parameters
    return (one.squares + other.squares) / max(left, 1)


def _reason(names: Sequence[str], count: int) -> Reason:
    words = tr(
        "Two cameras seem to be mixed: {others} of the {count} views agree with another lens than the rest ({names}); "
        "calibrate each on its own; the deviations do not cover this",
        others=len(names),
        count=count,
        names=few_of(names, 12),
    )
    return Reason("two-cameras", 2, words)
