"""Samplers that draw fresh noise on the way: ancestral, SDE-DPM-Solver++, Langevin, predictor-corrector."""

from __future__ import annotations

import torch
from torch import Tensor

from engines.diffusion.denoiser import Denoise
from engines.diffusion.noise import Noise
from engines.diffusion.stepping import Observe, split, toward, walk


def ancestral(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    eta: float = 1.0,
) -> Tensor:
    """Euler down, fresh noise up. DDIM(eta) (Song et al. 2021, eq. 16); eta = 1 is DDPM with the smaller variance."""
    for step, at, sigma, following in walk(sigmas):
        denoised = denoise(y, at)
        if observe:
            observe(step, sigma, y, denoised)
        down, up = split(sigma, following, eta)
        y = toward(y, denoised, sigma, down)
        if up > 0:
            y = torch.add(y, noise(y), alpha=up)
    return y
