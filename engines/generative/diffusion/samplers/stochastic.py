"""Samplers that draw fresh noise on the way: ancestral, SDE-DPM-Solver++, Langevin, predictor-corrector.

Noise is drawn once a step from `noise`; no Brownian tree is kept, since every step draws on an interval of its own.
"""

from __future__ import annotations

import math
from functools import lru_cache
from itertools import pairwise
from typing import NamedTuple

import torch
from torch import Tensor

from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.axis.noise import Noise
from engines.generative.diffusion.samplers import plans
from engines.generative.diffusion.samplers.combination import follow
from engines.generative.diffusion.samplers.stepping import Observe, can_reuse, numbers, renoised, split, toward, walk


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
    return follow(denoise, y, sigmas, plans.ancestors(numbers(sigmas), eta), noise, observe)


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
    parts = _parts(numbers(sigmas), eta)
    middles = torch.tensor([part.middle for part in parts], dtype=torch.float64).unbind()
    own, halfway, reuse = False, None, can_reuse(observe)
    for number, (at, between, part) in enumerate(zip(sigmas.unbind(), middles, parts, strict=False)):
        sigma, down, up, first, second, middle, down_half, up_half = part
        denoised = denoise(y, at)
        if observe is not None:
            observe(number, sigma, y, denoised)
        z = noise(y) if up else None
        if middle:
            halfway = toward(y, denoised, sigma, down_half, halfway if reuse else None)
            denoised = denoise(halfway if z is None else halfway.add_(z, alpha=up_half), between)
        y, own = toward(y, denoised, sigma, down, y if own else None), reuse
        if z is not None:
            y.add_(z, alpha=first)
        if second:
            y.add_(noise(y), alpha=second)
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
    return follow(denoise, y, sigmas, plans.second_order(numbers(sigmas), eta, bool(heun)), noise, observe, 2)


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
    plan = plans.third_order(numbers(sigmas), eta, bool(exact), bool(exact or heun), False)
    return follow(denoise, y, sigmas, plan, noise, observe, 3)


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


class _Part(NamedTuple):
    """A step of `dpmpp_sde`; one without a middle, 0, is an ancestral one."""

    sigma: float
    down: float
    up: float
    first: float
    second: float = 0.0
    middle: float = 0.0
    down_half: float = 0.0
    up_half: float = 0.0


@lru_cache(maxsize=plans.KEPT)
def _parts(levels: plans.Levels, eta: float) -> tuple[_Part, ...]:
    return tuple(_part(sigma, following, eta) for sigma, following in pairwise(levels))


def _part(sigma: float, following: float, eta: float) -> _Part:
    down, up = split(sigma, following, eta)
    if following == 0 or sigma == math.inf:
        return _Part(sigma, down, up, up)
    middle = math.sqrt(sigma * following)
    first, second, up_half, down_half = shared_noise(sigma, middle, following, eta)
    return _Part(sigma, down, up, first, second, middle, down_half, up_half)


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
