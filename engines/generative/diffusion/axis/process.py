"""Noise processes: how a family of models scales a noised sample, and what time it tells its network.

Everything lives on sigma, the noise-to-signal ratio: x_t = s(sigma) (x0 + sigma eps) and y = x_t / s = x0 + sigma eps.
A process is no more than `s` and the time that belongs to sigma; both take floats (no synchronisation in a sampling
loop) and tensors (training). At sigma = infinity s is 0 and a state is eps itself.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Protocol, TypeVar

import torch
from torch import Tensor

from engines.core.words import tr
from engines.generative.diffusion.axis import levels

Level = TypeVar("Level", float, Tensor)
"""A noise level: a float, or a tensor of any shape."""
FAR = 50.0


class Process(Protocol):
    """name: as in a card. sigma_min, sigma_max: the range in which such models are usually trained."""

    @property
    def name(self) -> str: ...
    @property
    def sigma_min(self) -> float: ...
    @property
    def sigma_max(self) -> float: ...

    def scale(self, sigma: Level) -> Level:
        """s, so that x_t = s y."""
        ...

    def time(self, sigma: Level) -> Level:
        """The time that the network is told."""
        ...

    def sigma(self, time: Level) -> Level:
        """The inverse of `time`."""
        ...


@dataclass(frozen=True)
class Exploding:
    """VE (SMLD and EDM): nothing is scaled. The network is told ln(sigma) / 4 (EDM) or ln(sigma / 2) (score nets)."""

    name: str = "ve"
    sigma_min: float = 0.002
    sigma_max: float = 80.0

    def scale(self, sigma: Level) -> Level:
        return torch.ones_like(sigma) if isinstance(sigma, Tensor) else 1.0

    def time(self, sigma: Level) -> Level:
        return _log(sigma) / 4 if self.name == "edm" else _log(sigma / 2)

    def sigma(self, time: Level) -> Level:
        return _exp(4 * time) if self.name == "edm" else 2 * _exp(time)


@dataclass(frozen=True)
class Flow:
    """Flow matching and rectified flow: x_t = (1 - t) x0 + t eps, sigma = t / (1 - t)."""

    name: str = "flow"
    sigma_min: float = 0.001
    sigma_max: float = math.inf

    def scale(self, sigma: Level) -> Level:
        return 1 / (1 + sigma)

    def time(self, sigma: Level) -> Level:
        if isinstance(sigma, Tensor):
            return 1 / (1 + 1 / sigma)
        return sigma / (1 + sigma) if sigma < math.inf else 1.0

    def sigma(self, time: Level) -> Level:
        if isinstance(time, Tensor):
            return time / (1 - time)
        return time / (1 - time) if time < 1 else math.inf


@dataclass(frozen=True)
class Preserving:
    """VP (DDPM, DDIM): a table of abar for whole steps 0, 1, ...; between them, time is linear in ln sigma.

    alphas: cumulative products abar_t, float64, falling, shape (T,).
    """

    name: str = "vp"
    alphas: Tensor = field(default_factory=lambda: linear_alphas())

    @property
    def sigmas(self) -> Tensor:
        """Sigma of every step, rising, shape (T,); the last is infinite where abar ends at zero."""
        return ((1 - self.alphas) / self.alphas) ** 0.5

    @cached_property
    def knots(self) -> list[float]:
        """ln sigma of every step; an infinite one as a number far above all."""
        return [math.log(value) if value < math.inf else FAR for value in self.sigmas.tolist()]

    @property
    def sigma_min(self) -> float:
        return float(self.sigmas[0])

    @property
    def sigma_max(self) -> float:
        return float(self.sigmas[-1])

    def scale(self, sigma: Level) -> Level:
        return (1 + sigma**2) ** -0.5 if isinstance(sigma, Tensor) else 1 / math.hypot(1.0, sigma)

    def time(self, sigma: Level) -> Level:
        table = self.knots
        if isinstance(sigma, Tensor):
            knots = torch.as_tensor(table, dtype=sigma.dtype, device=sigma.device)
            at = torch.searchsorted(knots, sigma.log().contiguous()).clamp(1, len(knots) - 1)
            low, high = knots[at - 1], knots[at]
            return (at - 1 + (sigma.log() - low) / (high - low)).clamp(0, len(knots) - 1)
        return _interpolate(table, math.log(sigma) if sigma < math.inf else math.inf)

    def sigma(self, time: Level) -> Level:
        table = self.knots
        if isinstance(time, Tensor):
            knots = torch.as_tensor(table, dtype=time.dtype, device=time.device)
            at = time.floor().long().clamp(0, len(knots) - 2)
            return torch.lerp(knots[at], knots[at + 1], time - at).exp()
        whole = min(max(int(time), 0), len(table) - 2)
        return math.exp(table[whole] + (table[whole + 1] - table[whole]) * (time - whole))


@dataclass(frozen=True)
class Told:
    """A process whose network is told other times at some levels: those of a scheduler that rounds them.

    times: by level; at any other level the process's own.
    """

    base: Process
    times: Mapping[float, float]

    @property
    def name(self) -> str:
        return self.base.name

    @property
    def sigma_min(self) -> float:
        return self.base.sigma_min

    @property
    def sigma_max(self) -> float:
        return self.base.sigma_max

    def scale(self, sigma: Level) -> Level:
        return self.base.scale(sigma)

    def time(self, sigma: Level) -> Level:
        if isinstance(sigma, Tensor):
            return self.base.time(sigma)
        told = self.times.get(sigma)
        return self.base.time(sigma) if told is None else told

    def sigma(self, time: Level) -> Level:
        return self.base.sigma(time)


def linear_alphas(steps: int = 1000, first: float = 1e-4, last: float = 0.02) -> Tensor:
    """abar of DDPM's linear beta schedule, float64, shape (steps,)."""
    return torch.from_numpy(levels.linear_alphas(steps, first, last))


def scaled_linear_alphas(steps: int = 1000, first: float = 0.00085, last: float = 0.012) -> Tensor:
    """abar of Stable Diffusion's betas, linear in their square roots, shape (steps,)."""
    return torch.from_numpy(levels.scaled_linear_alphas(steps, first, last))


def cosine_alphas(steps: int = 1000, offset: float = 0.008, most: float = 0.999) -> Tensor:
    """abar of Nichol and Dhariwal's cosine schedule, betas held below `most`, shape (steps,)."""
    return torch.from_numpy(levels.cosine_alphas(steps, offset, most))


def process(name: str) -> Process:
    """The process a card names: "edm", "ve", "flow", "vp", "vp-scaled" or "vp-cosine"."""
    match name:
        case "flow":
            return Flow()
        case "vp":
            return Preserving()
        case "vp-scaled":
            return Preserving(name, scaled_linear_alphas())
        case "vp-cosine":
            return Preserving(name, cosine_alphas())
        case "edm" | "ve":
            return Exploding(name)
    raise ValueError(tr("no process {name!r}", name=name))


def _interpolate(table: list[float], at: float) -> float:
    if at <= table[0]:
        return 0.0
    if at >= table[-1]:
        return float(len(table) - 1)
    index = bisect_left(table, at)
    return index - 1 + (at - table[index - 1]) / (table[index] - table[index - 1])


def _log(sigma: Level) -> Level:
    if isinstance(sigma, Tensor):
        return sigma.log()
    return math.log(sigma) if sigma > 0 else -math.inf


def _exp(value: Level) -> Level:
    return value.exp() if isinstance(value, Tensor) else math.exp(value)
