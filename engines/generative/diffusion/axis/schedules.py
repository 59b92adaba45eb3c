"""Schedules: the noise levels of a run as a tensor, float64 on the CPU, (steps + 1,), falling, the last 0.

The numbers are those of `levels`, which the window can read without torch.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import torch
from torch import Tensor

from engines.generative.diffusion.axis import levels as plain
from engines.generative.diffusion.types import Schedule


class HasRange(Protocol):
    """As a `ModelInfo`: a sigma_max of 0 stands for infinity."""

    @property
    def sigma_min(self) -> float: ...
    @property
    def sigma_max(self) -> float: ...


def karras(steps: int, sigma_min: float, sigma_max: float, rho: float = 7.0) -> Tensor:
    """Even in sigma^(1/rho) (Karras et al. 2022, eq. 5)."""
    return torch.from_numpy(plain.karras(steps, sigma_min, sigma_max, rho))


def exponential(steps: int, sigma_min: float, sigma_max: float) -> Tensor:
    """Even in ln sigma."""
    return torch.from_numpy(plain.exponential(steps, sigma_min, sigma_max))


def linear_beta(steps: int, sigma_min: float, sigma_max: float) -> Tensor:
    """Even steps of DDPM's linear beta table."""
    return torch.from_numpy(plain.even_in_table(steps, sigma_min, sigma_max, "vp"))


def scaled_linear(steps: int, sigma_min: float, sigma_max: float) -> Tensor:
    """Even steps of Stable Diffusion's table."""
    return torch.from_numpy(plain.even_in_table(steps, sigma_min, sigma_max, "vp-scaled"))


def cosine(steps: int, sigma_min: float, sigma_max: float) -> Tensor:
    """Even steps of the cosine table."""
    return torch.from_numpy(plain.even_in_table(steps, sigma_min, sigma_max, "vp-cosine"))


def flow(steps: int, sigma_min: float, sigma_max: float) -> Tensor:
    """Even in t = sigma / (1 + sigma) from `sigma_max`, which may be infinite."""
    return torch.from_numpy(plain.flow(steps, sigma_min, sigma_max))


def ays(steps: int, sigma_min: float, sigma_max: float) -> Tensor:
    """Align Your Steps: published levels, interpolated and stretched in ln sigma."""
    return torch.from_numpy(plain.ays(steps, sigma_min, sigma_max))


def learned(steps: int, sigma_min: float, sigma_max: float) -> Tensor:
    """Learned for sampler "gaussian" after a jump; from `sigma_max` down to where they were learned to end."""
    return torch.from_numpy(plain.learned(steps, sigma_min, sigma_max))


SCHEDULES: dict[str, Callable[[int, float, float], Tensor]] = {
    "karras": karras,
    "exponential": exponential,
    "linear-beta": linear_beta,
    "scaled-linear": scaled_linear,
    "cosine": cosine,
    "flow": flow,
    "ays": ays,
    "learned": learned,
}
"""By the names of `catalog.SCHEDULES`, but for "custom", which needs points: see `levels`."""


def levels(schedule: Schedule, steps: int, model: HasRange | tuple[float, float]) -> Tensor:
    """The levels a user asked for within a model's range, (low, high) or anything with sigma_min and sigma_max.

    Raises `UsageError` for a count, a range, a name or a curve that makes no sense.
    """
    low, high = model if isinstance(model, tuple) else (model.sigma_min, model.sigma_max)
    return torch.from_numpy(plain.values(schedule, steps, low, high))
