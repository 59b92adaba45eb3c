"""Samplers that remember earlier answers. The memory is a local variable, so any number of runs can go on at once."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from engines.diffusion.denoiser import Denoise
from engines.diffusion.noise import Noise
from engines.diffusion.stepping import Observe, can_reuse, toward, walk


def dpmpp_2m(
    denoise: Denoise, y: Tensor, sigmas: Tensor, *, noise: Noise = torch.randn_like, observe: Observe | None = None
) -> Tensor:
    """DPM-Solver++(2M) (Lu et al. 2022, algorithm 2): Euler with D extrapolated by half a step in ln sigma."""
    earlier, last, into, reuse = None, 0.0, None, can_reuse(observe)
    for step, at, sigma, following in walk(sigmas):
        denoised = denoise(y, at)
        if observe:
            observe(step, sigma, y, denoised)
        h = math.log(sigma / following) if following > 0 else math.inf
        ahead = denoised
        if earlier is not None and h < math.inf and last < math.inf:
            ahead = torch.lerp(earlier, denoised, 1 + h / (2 * last))
        y = toward(y, ahead, sigma, following, into)
        earlier, last, into = denoised, h, y if reuse else None
    return y
