"""The exact end of the probability-flow ODE from a start, where the denoiser is exact: what samplers are judged by.

Runge-Kutta of order four in ln sigma, in the coordinates x = y / sqrt(1 + sigma^2) in which noise and data have one
size. The step is halved until that no longer changes the end beyond a tolerance, and the two ends are extrapolated.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from engines.core.errors import WorkFailed
from engines.core.words import tr
from engines.generative.diffusion.axis.denoiser import Denoise

TOLERANCE = 1e-6
FLOOR = 1e-4
CEILING = 1e4
FEWEST, MOST = 64, 4096


@dataclass(frozen=True)
class Solution:
    """y: (B, ...) float64. change: of the largest relative change by the last halving, over the batch."""

    y: Tensor
    change: float
    evaluations: int


def solve(
    denoise: Denoise,
    y: Tensor,
    sigma_from: float,
    sigma_to: float = 0.0,
    *,
    tolerance: float = TOLERANCE,
    check: Callable[[], None] | None = None,
) -> Solution:
    """The end at `sigma_to` of the ODE through y at `sigma_from`; either may be infinite or 0.

    tolerance: of the relative change of any sample by halving the step. check: called at every step; may raise.
    Raises `WorkFailed` where 4096 steps are not enough.
    """
    start, first, last = _begin(denoise, y.double(), sigma_from), _held(sigma_from), _held(sigma_to)
    steps, spent = FEWEST, 0
    coarse = _runge_kutta(denoise, start, first, last, steps, check)
    while steps < MOST:
        spent, steps = spent + 4 * steps, 2 * steps
        fine = _runge_kutta(denoise, start, first, last, steps, check)
        change = float(relative_error(coarse, fine).max())
        if change < tolerance:
            end = _finish(denoise, fine + (fine - coarse) / 15, sigma_to)
            return Solution(end, change, spent + 4 * steps)
        coarse = fine
    raise WorkFailed(
        tr("The exact path still changes by {change:.1g} at {most} steps", change=change, most=MOST),
        hint=tr("Raise the tolerance"),
    )


def relative_error(y: Tensor, truth: Tensor) -> Tensor:
    """|y - truth| / |truth| of each sample, (B,) float64."""
    truth = truth.reshape(len(truth), -1).double()
    error: Tensor = (y.reshape(len(y), -1).double() - truth).norm(dim=1)
    error /= truth.norm(dim=1)
    return error


def _held(sigma: float) -> float:
    return min(max(sigma, FLOOR), CEILING)


def _begin(denoise: Denoise, y: Tensor, sigma: float) -> Tensor:
    """The state at the level where integration begins: of eps at infinity, the data itself at 0."""
    if sigma == math.inf:
        return denoise(y, torch.tensor(math.inf, dtype=torch.float64)) + CEILING * y
    return y


def _finish(denoise: Denoise, y: Tensor, sigma: float) -> Tensor:
    """D at the last level stands for the state at 0, and eps for the one at infinity."""
    if sigma == math.inf:
        return (y - denoise(y, torch.tensor(CEILING, dtype=torch.float64))) / CEILING
    return denoise(y, torch.tensor(FLOOR, dtype=torch.float64)) if sigma < FLOOR else y


def _runge_kutta(
    denoise: Denoise, y: Tensor, first: float, last: float, steps: int, check: Callable[[], None] | None
) -> Tensor:
    begin, length = math.log(first), math.log(last / first)
    h = length / steps
    x = y / math.hypot(1, first)
    for step in range(steps):
        if check is not None:
            check()
        at = begin + step * h
        k1 = _slope(denoise, x, at)
        k2 = _slope(denoise, x + h / 2 * k1, at + h / 2)
        k3 = _slope(denoise, x + h / 2 * k2, at + h / 2)
        k4 = _slope(denoise, x + h * k3, at + h)
        x = x + h / 6 * (k1 + 2 * k2 + 2 * k3 + k4)
    return x * math.hypot(1, last)


def _slope(denoise: Denoise, x: Tensor, log_sigma: float) -> Tensor:
    """dx / d ln sigma = s^2 x - s D, where s = 1 / sqrt(1 + sigma^2)."""
    sigma = math.exp(log_sigma)
    s = 1 / math.hypot(1, sigma)
    return s * s * x - s * denoise(x / s, torch.tensor(sigma, dtype=torch.float64))
