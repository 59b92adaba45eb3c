"""Samplers of the ODE that remember earlier slopes eps: DEIS, iPNDM, iPNDM-v, LMS. The memory is a local variable.

Every step is y' = y + sum of w (y - D), over the last few steps; the weights belong to the schedule and are kept.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from functools import lru_cache
from itertools import pairwise
from operator import truediv
from typing import TypeAlias

import torch
from torch import Tensor

from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.axis.noise import Noise
from engines.generative.diffusion.samplers.multistep import FEW_STEPS
from engines.generative.diffusion.samplers.plans import KEPT, Levels, descending, remembered
from engines.generative.diffusion.samplers.quadrature import noise_weights, slope_weights
from engines.generative.diffusion.samplers.stepping import Observe, can_reuse, log_step, numbers, toward

ADAMS = ((1.0,), (3 / 2, -1 / 2), (23 / 12, -16 / 12, 5 / 12), (55 / 24, -59 / 24, 37 / 24, -9 / 24))
"""Adams-Bashforth on even steps, the newest slope first."""
Weigh: TypeAlias = Callable[[Sequence[float], float], Sequence[float]]
"""`(levels of known slopes, newest first, following level) -> weights`."""


def deis(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    order: float = 3,
    lower_final: float = 1,
) -> Tensor:
    """DEIS (Zhang and Chen 2023): the polynomial of eps in ln sigma, integrated exactly over sigma.

    lower_final: below 15 steps the order falls to 1 toward the last one; a step to 0 is always Euler's.
    """
    lower = bool(lower_final) and len(sigmas) <= FEW_STEPS
    return _follow(denoise, y, sigmas, _plan(numbers(sigmas), int(order), _integrated, lower), observe, int(order))


def ipndm(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    order: float = 4,
) -> Tensor:
    """iPNDM (Zhang and Chen 2023; Liu et al. 2022): Adams-Bashforth on the eps history as if steps were even."""
    plan = _plan(numbers(sigmas), int(order), _even)
    return _follow(denoise, y, sigmas, plan, observe, int(order))


def ipndm_v(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    order: float = 4,
) -> Tensor:
    """iPNDM-v (Zhou et al. 2024, diff-sampler): weights for uneven steps, as published.

    Order 2 is `lms`. Of order 3 the second difference's factor misses a bracket, so that only even steps have
    Adams-Bashforth weights; of order 4 a sign (11/24 for 3/8 on even steps) and one ratio (h1/h2 for h2/h3) are wrong,
    and on uneven steps the weights do not quite sum to 1. `lms` has the exact ones.
    """
    plan = _plan(numbers(sigmas), int(order), _uneven)
    return _follow(denoise, y, sigmas, plan, observe, int(order))


def lms(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    order: float = 4,
) -> Tensor:
    """Linear multistep: Adams-Bashforth on eps with the exact weights of uneven steps in sigma."""
    plan = _plan(numbers(sigmas), int(order), _exact)
    return _follow(denoise, y, sigmas, plan, observe, int(order))


def variable_weights(h: float, back: list[float]) -> list[float]:
    """iPNDM-v's weights of the slopes, newest first, per unit of step. h: this step; back: earlier ones, newest first.

    Steps in sigma. Each weight is of a difference of the slopes of first, second and third order.
    """
    h1 = back[0]
    weights = [1 + h / h1 / 2, -h / h1 / 2]
    if len(back) > 1:
        h2 = back[1]
        bend = (1 - h / (3 * (h + h1)) * h * (h + h1) / (h1 * (h1 + h2))) / 2
        weights = [weights[0] + bend, weights[1] - (1 + h1 / h2) * bend, bend * h1 / h2]
    if len(back) > 2:
        h2, h3 = back[1], back[2]
        reach = h * (h + h1) * (h + h1 + h2) / (h1 * (h1 + h2) * (h1 + h2 + h3))
        half = (1 - h / (3 * (h + h1))) / 2
        twist = (half + (1 - h / (2 * (h + h1))) * h / (6 * (h + h1 + h2))) * reach
        far = h1 * (h1 + h2) / (h2 * (h2 + h3))
        third = [1.0, -(1 + h1 / h2 + far), h1 / h2 + far * (1 + h2 / h3), -far * h1 / h2]
        weights = [weight + twist * part for weight, part in zip([*weights, 0.0], third, strict=True)]
    return weights


def _follow(
    denoise: Denoise, y: Tensor, sigmas: Tensor, plan: tuple[Sequence[float], ...], observe: Observe | None, memory: int
) -> Tensor:
    slopes: deque[Tensor] = deque(maxlen=memory)
    into, reuse, levels = None, can_reuse(observe), numbers(sigmas)
    for number, (at, (sigma, following), weights) in enumerate(
        zip(sigmas.unbind(), pairwise(levels), plan, strict=False)
    ):
        denoised = denoise(y, at)
        if observe is not None:
            observe(number, sigma, y, denoised)
        spare = slopes.pop() if reuse and len(slopes) == memory else None
        slopes.appendleft(y.clone() if sigma == math.inf else torch.sub(y, denoised, out=spare))
        if weights:
            y = y.clone() if into is None else y
            for slope, weight in zip(slopes, weights, strict=False):
                y.add_(slope, alpha=weight)
        else:
            y = toward(y, denoised, sigma, following, into)
        into = y if reuse else None
    return y


@lru_cache(maxsize=KEPT)
def _plan(levels: Levels, order: int, weigh: Weigh, lower: bool = False) -> tuple[Sequence[float], ...]:
    """For every step the weights of y - D, newest first; none where D is held."""
    known: list[float] = []
    plan: list[Sequence[float]] = []
    for number, (sigma, following) in enumerate(pairwise(levels)):
        known = [sigma, *known][:order] if weigh is _even else remembered(known, sigma, order)
        used = known[: descending(order, number, levels)] if lower else known
        weights = weigh(used, following) if len(used) > 1 else ()
        sizes = (level if level < math.inf else 1.0 for level in used)
        plan.append(tuple(map(truediv, weights, sizes)))
    return tuple(plan)


def _integrated(known: Sequence[float], following: float) -> Sequence[float]:
    h = log_step(known[0], following)
    if h == math.inf:
        return ()
    return [-known[0] * weight for weight in noise_weights([-log_step(older, known[0]) for older in known], h)]


def _even(known: Sequence[float], following: float) -> Sequence[float]:
    return [(following - known[0]) * weight for weight in ADAMS[len(known) - 1]]


def _uneven(known: Sequence[float], following: float) -> Sequence[float]:
    h, back = following - known[0], [newer - older for newer, older in pairwise(known)]
    return [h * weight for weight in variable_weights(h, back)]


def _exact(known: Sequence[float], following: float) -> Sequence[float]:
    return slope_weights([older - known[0] for older in known], following - known[0])
