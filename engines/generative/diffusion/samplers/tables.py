"""Samplers as the schedulers of diffusers walk a table of steps, where the published forms give other numbers."""

from __future__ import annotations

import math
from collections import deque

import torch
from torch import Tensor

from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.axis.noise import Noise
from engines.generative.diffusion.samplers.history import ADAMS
from engines.generative.diffusion.samplers.multistep import FEW_STEPS, dpmpp_2m
from engines.generative.diffusion.samplers.stepping import (
    Observe,
    along,
    level,
    noise_in,
    renoised,
    split,
    toward,
    walk,
)


def pndm(
    denoise: Denoise, y: Tensor, sigmas: Tensor, *, noise: Noise = torch.randn_like, observe: Observe | None = None
) -> Tensor:
    """PNDM without its Runge-Kutta steps (Liu et al. 2022; "PLMS" of latent diffusion): `ipndm` of order 4 but for the
    first step, which is taken again with the mean of the slopes at its two ends, at one more evaluation."""
    memory: deque[Tensor] = deque(maxlen=4)
    for step, sigma, following in walk(sigmas):
        denoised = step.ask(denoise, y, observe)
        memory.appendleft(noise_in(y, denoised, sigma))
        if len(memory) > 1:
            for slope, weight in zip(memory, ADAMS[len(memory) - 1], strict=True):
                y = torch.add(y, slope, alpha=(following - sigma) * weight)
            continue
        slope = memory[0]
        if len(sigmas) > 2 and sigma < math.inf:
            ahead = along(y, slope, denoised, sigma, following)
            slope = torch.lerp(slope, noise_in(ahead, denoise(ahead, level(following)), following), 0.5)
        y = along(y, slope, denoised, sigma, following)
    return y


def dpmpp_2m_lower(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    heun: float = 0,
    always: float = 0,
) -> Tensor:
    """`dpmpp_2m` whose last step is Euler's below 15 steps (or always), not only where it ends at 0."""
    if len(sigmas) > FEW_STEPS and not always:
        return dpmpp_2m(denoise, y, sigmas, observe=observe, heun=heun)
    y = dpmpp_2m(denoise, y, sigmas[:-1], observe=observe, heun=heun)
    step, sigma, following = walk(sigmas)[-1]
    return toward(y, step.ask(denoise, y, observe), sigma, following)


def ddim_clamped(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    clamp: float = 1.0,
    eta: float = 0.0,
) -> Tensor:
    """DDIM(eta) (Song et al. 2021) with D held within -clamp..clamp, but the noise as the network gave it, as the
    DDIMScheduler of diffusers has it with `clip_sample`. Where no D is clamped it is `ancestral`."""
    for step, sigma, following in walk(sigmas):
        denoised = step.ask(denoise, y, observe)
        down, up = split(sigma, following, eta)
        slope = noise_in(y, denoised, sigma)
        y = renoised(torch.add(denoised.clamp(-clamp, clamp), slope, alpha=down), noise, up)
    return y


def ddpm_large(
    denoise: Denoise, y: Tensor, sigmas: Tensor, *, noise: Noise = torch.randn_like, observe: Observe | None = None
) -> Tensor:
    """DDPM (Ho et al. 2020) with the larger of its two variances, beta_t: the mean of `ancestral`, wider noise.

    beta_t is (sigma^2 - sigma'^2) / (1 + sigma^2), and y' is x' sqrt(1 + sigma'^2).
    """
    for step, sigma, following in walk(sigmas):
        denoised = step.ask(denoise, y, observe)
        down, _ = split(sigma, following, 1.0)
        share = 1.0 if sigma == math.inf else (sigma - following) / (1 + sigma**2) * (sigma + following)
        wide = math.sqrt(share * (1 + following**2)) if following else 0.0
        y = renoised(toward(y, denoised, sigma, down), noise, wide)
    return y
