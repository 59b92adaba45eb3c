"""A fit that single wrong corners cannot pull away, and how far it believes each corner.

Geman and McClure's loss, from wide to narrow (graduated non-convexity: Black and Rangarajan 1996, "On the unification
of line processes, outlier rejection, and robust statistics"), by reweighted least squares. The width ends at a few
times the spread of the corners that agree, which the median of the residuals tells.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engines.calibration.solve.adjustment import Bools, Fit, Floats, Observation, State, adjust, project_view

WIDTH = 5.0
"""Where the loss bends at last, in robust standard deviations of a residual's length."""
_NARROWER = 1.6
_LEAST_SPREAD = 1e-3
_MOST_ROUNDS = 30


def robust_fit(
    start: State, views: Sequence[Observation], free: Bools | None = None, basis: Floats | None = None
) -> tuple[Fit, tuple[Floats, ...]]:
    """From a plain fit's `start` the robust one, and for each view the weights (0 to 1) of its corners.

    free, basis: as in `adjust`.
    """
    lengths = _lengths(start, views)
    width, state = float(np.concatenate(lengths).max()), start
    for _ in range(_MOST_ROUNDS):
        least = WIDTH * _spread(lengths)
        width = max(width / _NARROWER, least)
        weighted = [_weighted(view, far, width) for view, far in zip(views, lengths, strict=True)]
        fit = adjust(state, weighted, free, basis=basis)
        before, lengths, state = lengths, _lengths(fit.state, views), fit.state
        moved = max(float(np.abs(a - b).max()) for a, b in zip(before, lengths, strict=True))
        if width <= least and moved < 0.01 * width:
            break
    return fit, tuple(weights_of(far, WIDTH * _spread(lengths)) for far in lengths)


def weights_of(lengths: Floats, width: float) -> Floats:
    """Geman and McClure's weights of residuals with these lengths."""
    return np.asarray((1 + (lengths / width) ** 2) ** -2)


def _weighted(view: Observation, lengths: Floats, width: float) -> Observation:
    weights = weights_of(lengths, width)
    return replace(view, weights=weights if view.weights is None else weights * view.weights)


def _lengths(state: State, views: Sequence[Observation]) -> list[Floats]:
    """Of the residuals of each view's corners, in pixels."""
    return [
        np.linalg.norm(project_view(state, number, view.ids) - view.corners, axis=1)
        for number, view in enumerate(views)
    ]


def _spread(lengths: Sequence[Floats]) -> float:
    """The standard deviation of one coordinate, from the median length (Rayleigh's is 1.1774 of it)."""
    return max(float(np.median(np.concatenate(lengths))) / 1.1774, _LEAST_SPREAD)
