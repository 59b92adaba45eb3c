"""Samplers that draw fresh noise on the way: ancestral, SDE-DPM-Solver++, Langevin, predictor-corrector.

Noise is drawn once a step from `noise`; no Brownian tree is kept, since every step draws on an interval of its own.
"""

from __future__ import annotations

import math
from collections import deque

import torch
from torch import Tensor

from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.axis.noise import Noise
from engines.generative.diffusion.samplers.multistep import Memory, answers, gaps, remember, taylor
from engines.generative.diffusion.samplers.quadrature import arriving
from engines.generative.diffusion.samplers.stepping import (
    Observe,
    blend,
    level,
    log_step,
    renoised,
    split,
    toward,
    walk,
)


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
    for step, sigma, following in walk(sigmas):
        denoised = step.ask(denoise, y, observe)
        down, up = split(sigma, following, eta)
        y = renoised(toward(y, denoised, sigma, down), noise, up)
    return y


def dpmpp_sde(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    eta: float = 1.0,
) -> Tensor:
    """DPM-Solver++ SDE (Lu et al. 2022, in Crowson's form): an ancestral step to the midpoint, whose D is then used.

    Both draws are of one path: the whole step's noise holds the first half's, as a Brownian tree would give it.
    """
    for step, sigma, following in walk(sigmas):
        denoised = step.ask(denoise, y, observe)
        down, up = split(sigma, following, eta)
        if following == 0 or sigma == math.inf:
            y = renoised(toward(y, denoised, sigma, down), noise, up)
            continue
        middle = math.sqrt(sigma * following)
        first, second, up_half, down_half = shared_noise(sigma, middle, following, eta)
        z = noise(y) if up else None
        halfway = toward(y, denoised, sigma, down_half)
        halfway = halfway if z is None else halfway.add_(z, alpha=up_half)
        y = toward(y, denoise(halfway, level(middle)), sigma, down)
        y = y if z is None else renoised(y.add_(z, alpha=first), noise, second)
    return y


def dpmpp_2m_sde(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    eta: float = 1.0,
    heun: float = 0,
) -> Tensor:
    """SDE-DPM-Solver++(2M) (Lu et al. 2022): 2M's D over a step (1 + eta) h, with fresh noise.

    heun: the second published form, as in `dpmpp_2m`. eta = 0 is 2M itself.
    """
    earlier, last = None, math.inf
    for step, sigma, following in walk(sigmas):
        denoised = step.ask(denoise, y, observe)
        h, ahead = log_step(sigma, following), denoised
        stretched = (1 + eta) * h
        if earlier is not None and h < math.inf and last < math.inf:
            share = arriving(1, stretched) / -math.expm1(-stretched) if heun else 0.5
            ahead = torch.lerp(earlier, denoised, 1 + share * h / last)
        y = _stochastic_step(y, ahead, sigma, following, eta, noise)
        earlier, last = denoised, h
    return y


def dpmpp_3m_sde(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    eta: float = 1.0,
    exact: float = 0,
    heun: float = 1,
) -> Tensor:
    """SDE-DPM-Solver++(3M), Crowson's form: 3M's D over a step (1 + eta) h, with fresh noise. exact: see `dpmpp_3m`."""
    memory: Memory = deque(maxlen=3)
    for step, sigma, following in walk(sigmas):
        denoised = step.ask(denoise, y, observe)
        remember(memory, sigma, denoised)
        h = log_step(sigma, following)
        if h == math.inf:
            y = _stochastic_step(y, denoised, sigma, following, eta, noise)
            continue
        stretched = (1 + eta) * h
        weights = taylor(gaps(memory), h, stretched, bool(exact), bool(exact or heun))
        y = blend(y, math.exp(-stretched), weights, answers(memory))
        y = renoised(y, noise, following * math.sqrt(-math.expm1(-2 * eta * h)))
    return y


def langevin(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    inner: float = 5,
    snr: float = 0.5,
) -> Tensor:
    """Annealed Langevin (Song and Ermon 2019): at each level `inner` steps of size 2 (snr sigma)^2 along the score.

    The state goes from level to level unchanged, and a level's noise shrinks by 1 - 2 snr^2 a step at most: small steps
    want many levels, or much inner work (NCSN: 100 steps of snr 0.22 at 10 levels).
    The last answer is returned without fresh noise where the schedule ends at 0 (Jolicoeur-Martineau et al. 2021).
    """
    for step, sigma, following in walk(sigmas):
        for turn in range(int(inner)):
            denoised = step.ask(denoise, y, None if turn else observe)
            if sigma == math.inf or (following == 0 and turn == int(inner) - 1):
                y = toward(y, denoised, sigma, following)
                break
            y = _langevin_step(y, denoised, sigma, snr, noise)
    return y


def predictor_corrector(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    inner: float = 1,
    snr: float = 0.16,
    norms: float = 0,
) -> Tensor:
    """Score-SDE's sampler (Song et al. 2021, algorithm 2): Langevin corrections, then a reverse-diffusion step.

    norms: the size of a correction from the norms of noise and score, as published but a sample at a time; otherwise
    from what those norms are on average, which holds for points of few dimensions too.
    """
    for step, sigma, following in walk(sigmas):
        for turn in range(int(inner) if sigma < math.inf else 0):
            denoised = step.ask(denoise, y, None if turn else observe)
            y = (_by_norms if norms else _langevin_step)(y, denoised, sigma, snr, noise)
        unseen = int(inner) == 0 or sigma == math.inf
        denoised = step.ask(denoise, y, observe if unseen else None)
        y = _reverse_diffusion(y, denoised, sigma, following, noise)
    return y


def shared_noise(sigma: float, middle: float, following: float, eta: float) -> tuple[float, float, float, float]:
    """(first, second, up to the midpoint, down to it) for `dpmpp_sde`.

    first, second: how much of the whole step's noise is the first half's draw, and a fresh one. At eta = 1 two
    ancestral steps in a row have exactly the noise of one.
    """
    down_half, up_half = split(sigma, middle, eta)
    _, up = split(sigma, following, eta)
    down, _ = split(middle, following, eta)
    first = min(up, down / middle * up_half)
    return first, math.sqrt((up - first) * (up + first)), up_half, down_half


def _stochastic_step(y: Tensor, ahead: Tensor, sigma: float, following: float, eta: float, noise: Noise) -> Tensor:
    """The SDE of strength eta from sigma to the following level with D held."""
    if following == 0 or eta == 0:
        return toward(y, ahead, sigma, following)
    if sigma == math.inf:
        return torch.add(ahead, noise(y), alpha=following)
    h = log_step(sigma, following)
    size = following * math.sqrt(-math.expm1(-2 * eta * h))
    return renoised(torch.lerp(y, ahead, -math.expm1(-(1 + eta) * h)), noise, size)


def _langevin_step(y: Tensor, denoised: Tensor, sigma: float, snr: float, noise: Noise) -> Tensor:
    return renoised(torch.lerp(y, denoised, 2 * snr**2), noise, 2 * snr * sigma)


def _by_norms(y: Tensor, denoised: Tensor, sigma: float, snr: float, noise: Noise) -> Tensor:
    z, eps = noise(y), torch.sub(y, denoised).div_(sigma)
    among = tuple(range(1, y.ndim))
    ratio = snr * torch.linalg.vector_norm(z, dim=among, keepdim=True)
    ratio = ratio / torch.linalg.vector_norm(eps, dim=among, keepdim=True)
    moved: Tensor = y - (2 * sigma * ratio**2) * eps + (2 * sigma * ratio) * z
    return moved


def _reverse_diffusion(y: Tensor, denoised: Tensor, sigma: float, following: float, noise: Noise) -> Tensor:
    """y + (sigma^2 - sigma'^2) score + sqrt(sigma^2 - sigma'^2) z; without the noise at the end."""
    if sigma == math.inf:
        return torch.add(denoised, noise(y), alpha=following) if following else denoised
    share = (sigma - following) / sigma * (1 + following / sigma)
    y = torch.lerp(y, denoised, share)
    return renoised(y, noise, sigma * math.sqrt(share)) if following else y
