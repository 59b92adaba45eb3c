"""Samplers of the ODE that remember earlier slopes eps: DEIS, iPNDM, iPNDM-v, LMS. The memory is a local variable."""

from __future__ import annotations

import math
from collections import deque

import torch
from torch import Tensor

from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.axis.noise import Noise
from engines.generative.diffusion.samplers.multistep import FEW_STEPS, Memory, answers, descending, remember
from engines.generative.diffusion.samplers.quadrature import noise_weights, slope_weights
from engines.generative.diffusion.samplers.stepping import Observe, along, blend, log_step, noise_in, toward, walk

ADAMS = ((1.0,), (3 / 2, -1 / 2), (23 / 12, -16 / 12, 5 / 12), (55 / 24, -59 / 24, 37 / 24, -9 / 24))
"""Adams-Bashforth on even steps, the newest slope first."""


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
    memory: Memory = deque(maxlen=int(order))
    for step, sigma, following in walk(sigmas):
        denoised = step.ask(denoise, y, observe)
        remember(memory, sigma, noise_in(y, denoised, sigma))
        h = log_step(sigma, following)
        used = descending(int(order), step.number, sigmas) if lower_final and len(sigmas) <= FEW_STEPS else int(order)
        if h == math.inf or min(used, len(memory)) == 1:
            y = toward(y, denoised, sigma, following)
            continue
        nodes = [0.0, *(-log_step(older, sigma) for older, _ in list(memory)[1:used])]
        y = blend(y, 1.0, [-sigma * weight for weight in noise_weights(nodes, h)], answers(memory))
    return y


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
    memory: Memory = deque(maxlen=int(order))
    for step, sigma, following in walk(sigmas):
        denoised = step.ask(denoise, y, observe)
        memory.appendleft((sigma, noise_in(y, denoised, sigma)))
        stride = following - sigma
        if len(memory) == 1:
            y = toward(y, denoised, sigma, following)
        else:
            y = blend(y, 1.0, [stride * weight for weight in ADAMS[len(memory) - 1]], answers(memory))
    return y


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
    memory: Memory = deque(maxlen=int(order))
    for step, sigma, following in walk(sigmas):
        denoised = step.ask(denoise, y, observe)
        remember(memory, sigma, noise_in(y, denoised, sigma))
        stride = following - sigma
        if len(memory) == 1:
            y = toward(y, denoised, sigma, following)
        else:
            levels = [older for older, _ in memory]
            back = [newer - older for newer, older in zip(levels, levels[1:], strict=False)]
            y = blend(y, 1.0, [stride * weight for weight in variable_weights(stride, back)], answers(memory))
    return y


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
    memory: Memory = deque(maxlen=int(order))
    for step, sigma, following in walk(sigmas):
        denoised = step.ask(denoise, y, observe)
        slope = noise_in(y, denoised, sigma)
        remember(memory, sigma, slope)
        if len(memory) == 1:
            y = along(y, slope, denoised, sigma, following)
        else:
            weights = slope_weights([older - sigma for older, _ in memory], following - sigma)
            y = blend(y, 1.0, weights, answers(memory))
    return y


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
