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
from engines.calibration.solve.losses import RAYLEIGH, WIDTHS, Losses

WIDTH = WIDTHS["geman"]
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
    lengths = lengths_of(start, views)
    width, state = float(np.concatenate(lengths).max()), start
    for _ in range(_MOST_ROUNDS):
        least = WIDTH * spread_of(lengths)
        width = max(width / _NARROWER, least)
        believed = [weighted(view, weights_of(far, width)) for view, far in zip(views, lengths, strict=True)]
        fit = adjust(state, believed, free, basis=basis)
        before, lengths, state = lengths, lengths_of(fit.state, views), fit.state
        moved = max(float(np.abs(a - b).max()) for a, b in zip(before, lengths, strict=True))
        if width <= least and moved < 0.01 * width:
            break
    return fit, tuple(weights_of(far, WIDTH * spread_of(lengths)) for far in lengths)


def weights_of(lengths: Floats, width: float) -> Floats:
    """Geman and McClure's weights of residuals with these lengths."""
    return Losses("geman").weights(lengths**2, width)


def weighted(view: Observation, weights: Floats) -> Observation:
    """The view with its corners believed so far, beside what they are believed already."""
    return replace(view, weights=weights if view.weights is None else weights * view.weights)


def lengths_of(state: State, views: Sequence[Observation]) -> list[Floats]:
    """Of the residuals of each view's corners, in pixels."""
    return [
        np.linalg.norm(project_view(state, number, view.ids) - view.corners, axis=1)
        for number, view in enumerate(views)
    ]


def spread_of(lengths: Sequence[Floats]) -> float:
    """The standard deviation of one coordinate in pixels, from the median length."""
    return max(float(np.median(np.concatenate(lengths))) / RAYLEIGH, _LEAST_SPREAD)
