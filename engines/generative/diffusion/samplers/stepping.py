"""Parts of a sampler's step. Coefficients are Python floats, so that nothing in a loop waits for a device.

With D held, the probability-flow ODE dy/dsigma = (y - D) / sigma is solved exactly by y' = D + (sigma'/sigma) (y - D).
At sigma = infinity the state is eps itself, and the same step is y' = D + sigma' eps.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple, TypeAlias

import torch
from torch import Tensor

from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.axis.noise import Noise

Observe: TypeAlias = Callable[[int, float, Tensor, Tensor], None]
"""`(step, sigma, y, D)`, once a step: the state before it and the denoiser's answer there. May raise `Cancelled`."""


class Step(NamedTuple):
    """One step of a schedule. at: its noise level as a denoiser wants it."""

    number: int
    at: Tensor
    sigma: float

    def ask(self, denoise: Denoise, y: Tensor, observe: Observe | None) -> Tensor:
        """D of the step's state, shown to whoever looks on."""
        denoised = denoise(y, self.at)
        if observe is not None:
            observe(self.number, self.sigma, y, denoised)
        return denoised


def walk(sigmas: Tensor) -> list[tuple[Step, float, float]]:
    """(step, sigma, next sigma) for every step of a schedule."""
    levels, numbers = sigmas.unbind(), sigmas.tolist()
    steps = (Step(*each) for each in zip(range(len(numbers) - 1), levels, numbers, strict=False))
    return list(zip(steps, numbers, numbers[1:], strict=False))


def numbers(sigmas: Tensor) -> tuple[float, ...]:
    """A schedule as plain numbers."""
    return tuple(sigmas.tolist())


def level(sigma: float) -> Tensor:
    """A noise level as a denoiser wants it."""
    return torch.tensor(sigma, dtype=torch.float64)


def begin(noise: Tensor, sigmas: Tensor) -> Tensor:
    """The state at the first level of a schedule from standard normal noise; at infinity the noise itself."""
    first = float(sigmas[0])
    return noise if first == math.inf else noise * first


def log_step(sigma: float, following: float) -> float:
    """The step in -ln sigma: ln(sigma / sigma'), exact for tiny steps, infinite to 0 and from infinity."""
    if following == 0 or sigma == math.inf:
        return math.inf
    return math.log1p((sigma - following) / following)


def toward(y: Tensor, denoised: Tensor, sigma: float, following: float, out: Tensor | None = None) -> Tensor:
    """The ODE from sigma to the following level with D held. out: a tensor to write to, which may be y.

    The smaller of the two weights is the one that is given, so that neither loses digits to the other.
    """
    if sigma == math.inf:
        return torch.add(denoised, y, alpha=following, out=out)
    if following < sigma / 2:
        return torch.lerp(denoised, y, following / sigma, out=out)
    way = (sigma - following) / sigma
    return y.lerp_(denoised, way) if out is y else torch.lerp(y, denoised, way, out=out)


def noise_in(y: Tensor, denoised: Tensor, sigma: float) -> Tensor:
    """eps = (y - D) / sigma; at infinity y."""
    return y if sigma == math.inf else torch.sub(y, denoised).div_(sigma)


def along(y: Tensor, slope: Tensor, denoised: Tensor, sigma: float, following: float) -> Tensor:
    """A straight step y + (sigma' - sigma) slope, where slope is an eps; from infinity D + sigma' slope."""
    if sigma == math.inf:
        return torch.add(denoised, slope, alpha=following)
    return torch.add(y, slope, alpha=following - sigma)


def split(sigma: float, following: float, eta: float) -> tuple[float, float]:
    """(down, up): go to `down` by the ODE, then add noise of size `up`, to arrive at the following level.

    up^2 = eta^2 sigma'^2 (sigma^2 - sigma'^2) / sigma^2, held below sigma'; eta = 1 is DDPM's posterior.
    """
    share = 1.0 if sigma == math.inf else (sigma - following) / sigma * (1 + following / sigma)
    up = min(following, eta * following * math.sqrt(max(share, 0.0)))
    return math.sqrt((following - up) * (following + up)), up


def renoised(y: Tensor, noise: Noise, size: float) -> Tensor:
    """y, a tensor of the caller's own, with fresh noise of a size added in place; none is drawn where the size is 0."""
    return y.add_(noise(y), alpha=size) if size > 0 else y


def can_reuse(observe: Observe | None) -> bool:
    """Whether a state may be written over: nobody was shown it and no gradient passes through it."""
    return observe is None and not torch.is_grad_enabled()
