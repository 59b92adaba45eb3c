"""Data to the noise it comes from, along the probability-flow ODE, and back: the map by which samples are drawn."""

from __future__ import annotations

from typing import Any

from torch import Tensor

from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.axis.schedules import karras
from engines.generative.diffusion.exact.ode import relative_error
from engines.generative.diffusion.samplers.named import sample


def encode(
    denoise: Denoise, x: Tensor, low: float, high: float, steps: int, *, sampler: str = "heun", **options: Any
) -> Tensor:
    """The standard normal noise of data x (B, ...), which is taken to be at level `low`: y(high) / high."""
    rising = karras(steps + 1, low, high)[:-1].flip(0)
    return sample(denoise, x, rising, sampler=sampler, **options) / high


def decode(
    denoise: Denoise, noise: Tensor, low: float, high: float, steps: int, *, sampler: str = "heun", **options: Any
) -> Tensor:
    """The data at level `low` that belongs to noise (B, ...): the inverse of `encode` but for the steps' error."""
    return sample(denoise, noise * high, karras(steps + 1, low, high)[:-1], sampler=sampler, **options)


def reconstruction_error(
    denoise: Denoise, x: Tensor, low: float, high: float, steps: int, *, sampler: str = "heun", **options: Any
) -> Tensor:
    """|decode(encode(x)) - x| / |x| of each sample, (B,)."""
    noise = encode(denoise, x, low, high, steps, sampler=sampler, **options)
    return relative_error(decode(denoise, noise, low, high, steps, sampler=sampler, **options), x)
