"""Teleport: the first part of a run in closed form, at no evaluation (Wang and Vastola, arXiv 2412.09726).

At high noise a data set looks like the Gaussian with its mean and covariance, and the probability-flow ODE of a
Gaussian is linear: along an eigenvector with variance lambda, y - mean grows with sqrt(lambda + sigma^2). So jump from
the first level to a level sigma_s with that, and let a sampler begin there.
"""

from __future__ import annotations

import math

import torch
from torch import Tensor

from engines.generative.data.moments import Moments

CLOSEST = 0.9
"""Of the level a jump begins at: it ends at this or below."""


def teleport(moments: Moments, y: Tensor, sigma_from: float, sigma_to: float) -> Tensor:
    """The state at `sigma_to` of the Gaussian's exact ODE through y (B, ...) at `sigma_from`.

    Either level may be infinite (the state there is eps itself) or 0. Works either way, for noise and for data.
    """
    known = moments.to(y)
    flat = y.reshape(len(y), -1)
    centred = flat if sigma_from == math.inf else flat - known.mean
    inside = centred @ known.vectors
    outside = _growth(torch.zeros_like(known.mean[:1]), sigma_from, sigma_to)
    moved = centred * outside + (inside * (_growth(known.values, sigma_from, sigma_to) - outside)) @ known.vectors.T
    return (moved if sigma_to == math.inf else known.mean + moved).reshape(y.shape)


def _growth(values: Tensor, sigma_from: float, sigma_to: float) -> Tensor:
    """sqrt((lambda + to^2) / (lambda + from^2)), of eps where a level is infinite; 1 where nothing is there to move."""
    size = values.new_ones(()) if sigma_to == math.inf else (values + sigma_to**2).sqrt()
    before = values.new_ones(()) if sigma_from == math.inf else (values + sigma_from**2).sqrt()
    return torch.where(before > 0, size / before.clamp(min=1e-30), 1.0).expand_as(values)


def jump_level(moments: Moments, steps: int, first: float = math.inf) -> float:
    """The level to land at: with more steps the Gaussian is left earlier, in units of the data's largest spread.

    The rule follows the levels that `residual_learning` learned for 5, 10 and 20 steps; 12 spreads at most, and always
    below `first`, the level that the jump begins at.
    """
    spread = math.sqrt(float(moments.values.max())) if len(moments.values) else 1.0
    return min(spread * min(0.5 + 0.165 * steps, 12.0), CLOSEST * first)
