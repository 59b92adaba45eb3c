"""Samplers of the ODE without memory: Euler, Heun with churn, and the midpoint methods with their ancestral forms."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.axis.noise import Noise
from engines.generative.diffusion.samplers import plans
from engines.generative.diffusion.samplers.combination import follow
from engines.generative.diffusion.samplers.stepping import (
    Observe,
    Step,
    along,
    level,
    noise_in,
    numbers,
    renoised,
    split,
    toward,
    walk,
)


def euler(
    denoise: Denoise, y: Tensor, sigmas: Tensor, *, noise: Noise = torch.randn_like, observe: Observe | None = None
) -> Tensor:
    """Euler of the probability-flow ODE: DDIM (Song et al. 2021) and the Euler step of a rectified flow."""
    return follow(denoise, y, sigmas, plans.ancestors(numbers(sigmas), 0.0), noise, observe)


def heun(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    churn: float = 0.0,
    churn_min: float = 0.0,
    churn_max: float = math.inf,
    churn_noise: float = 1.0,
) -> Tensor:
    """Heun in sigma with churn (Karras et al. 2022, algorithm 2); Euler where a step begins at infinity or ends at 0.

    Each step first raises sigma by a factor 1 + churn / steps, at most sqrt(2), with fresh noise. Being straight in
    sigma, it is the one method here that depends on the coordinates: on a flow's own x_t it gives other numbers.
    """
    for step, sigma, following in walk(sigmas):
        gamma = min(churn / (len(sigmas) - 1), math.sqrt(2) - 1) if churn_min <= sigma <= churn_max else 0.0
        if gamma > 0 and sigma < math.inf:
            raised = sigma * (1 + gamma)
            y = torch.add(y, noise(y), alpha=churn_noise * sigma * math.sqrt(gamma * (2 + gamma)))
            sigma, step = raised, Step(step.number, level(raised), raised)
        denoised = step.ask(denoise, y, observe)
        if following == 0 or sigma == math.inf:
            y = toward(y, denoised, sigma, following)
            continue
        slope = noise_in(y, denoised, sigma)
        ahead = along(y, slope, denoised, sigma, following)
        there = noise_in(ahead, denoise(ahead, level(following)), following)
        y = along(y, slope.lerp_(there, 0.5), denoised, sigma, following)
    return y


def dpm2(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    eta: float = 0.0,
) -> Tensor:
    """DPM-Solver-2 (Lu et al. 2022): the slope of the midpoint in ln sigma. eta > 0 is its ancestral form."""
    for step, sigma, following in walk(sigmas):
        denoised = step.ask(denoise, y, observe)
        down, up = split(sigma, following, eta)
        if down == 0 or sigma == math.inf:
            y = renoised(toward(y, denoised, sigma, down), noise, up)
            continue
        middle = math.sqrt(sigma * down)
        halfway = toward(y, denoised, sigma, middle)
        slope = noise_in(halfway, denoise(halfway, level(middle)), middle)
        y = renoised(along(y, slope, denoised, sigma, down), noise, up)
    return y


def dpmpp_2s(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    eta: float = 0.0,
) -> Tensor:
    """DPM-Solver++(2S) (Lu et al. 2022, algorithm 1, r = 1/2): the D of the midpoint. eta > 0 is ancestral."""
    for step, sigma, following in walk(sigmas):
        denoised = step.ask(denoise, y, observe)
        down, up = split(sigma, following, eta)
        if down > 0 and sigma < math.inf:
            middle = math.sqrt(sigma * down)
            denoised = denoise(toward(y, denoised, sigma, middle), level(middle))
        y = renoised(toward(y, denoised, sigma, down), noise, up)
    return y
