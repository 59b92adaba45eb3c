"""Learns the levels and weights in `residual_plans`.

`python -m engines.generative.diffusion.samplers.residual_learning 5 10 20`.

For each count of steps, Adam moves the levels (as LD3 does, arXiv 2405.15506) and a factor on every multistep weight
(as S4S does, arXiv 2502.17423) of the Gaussian sampler so that it ends where the exact path ends. It learns on one
problem alone: the kernel density of scikit-learn's digits, each digit a round Gaussian of width 0.2.
`bench diffusion-error` reports on two others, the mixture of ten Gaussians and the finite set, from other starts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from engines.generative.data.moments import Moments
from engines.generative.diffusion.axis import residual_plans
from engines.generative.diffusion.axis.schedules import karras
from engines.generative.diffusion.distributions import analytic
from engines.generative.diffusion.exact.ode import solve
from engines.generative.diffusion.samplers.residual import step_weights

WIDTH = 0.2
SIGMA_MAX = 80.0
LONGEST_PULL = 4.0
BEGIN = {5: (0.05, 2.4, 7.0, 200, 0.03), 10: (0.02, 3.2, 7.0, 150, 0.03), 20: (0.01, 6.0, 4.0, 160, 0.015)}
"""Steps: sigma_min, sigma_max and rho of the Karras schedule to begin with; iterations; rate."""

Smooth = Callable[[Tensor, Tensor], Tensor]
"""A denoiser that is differentiable in y and in sigma."""


@dataclass(frozen=True)
class Lesson:
    """starts: (N, d) at SIGMA_MAX with their exact ends."""

    denoise: Smooth
    moments: Moments
    starts: Tensor
    ends: Tensor


def kernel_density(points: Tensor, width: float) -> Smooth:
    """The exact denoiser of round Gaussians of a width at points (N, d)."""
    half = (points**2).sum(1) / 2

    def denoise(y: Tensor, sigma: Tensor) -> Tensor:
        spread = width**2 + sigma**2
        nearest = ((y @ points.T - half) / spread).softmax(1) @ points
        return (width**2 * y + sigma**2 * nearest) / spread

    return denoise


def lesson(points: Tensor, count: int = 256, seed: int = 4004, tolerance: float = 1e-4) -> Lesson:
    """Starts and exact ends of the kernel density of points (N, d)."""
    denoise = kernel_density(points, WIDTH)
    width = WIDTH**2 * torch.eye(points.shape[1], dtype=torch.float64)
    moments = Moments.from_covariance(points.mean(0), torch.cov(points.T, correction=0) + width)
    generator = torch.Generator().manual_seed(seed)
    starts = SIGMA_MAX * torch.randn(count, points.shape[1], generator=generator, dtype=torch.float64)
    return Lesson(denoise, moments, starts, solve(denoise, starts, SIGMA_MAX, tolerance=tolerance).y)


def learn(
    given: Lesson, begin: Tensor, iterations: int, *, batch: int = 64, rate: float = 0.03
) -> tuple[Tensor, Tensor]:
    """(levels (n,) falling, factors (n, order)) from the levels to begin with. Always the same for the same lesson."""
    logs = begin.log()
    shape = torch.cat([logs[:1], torch.log(torch.expm1(logs[:-1] - logs[1:]))]).requires_grad_()
    factors = torch.ones(len(begin), residual_plans.order(len(begin)), dtype=torch.float64, requires_grad=True)
    adam = torch.optim.Adam([{"params": [shape], "lr": rate}, {"params": [factors], "lr": rate / 3}], betas=(0.9, 0.98))
    slower = torch.optim.lr_scheduler.CosineAnnealingLR(adam, iterations)
    generator = torch.Generator().manual_seed(0)
    for _ in range(iterations):
        chosen = torch.randperm(len(given.starts), generator=generator)[:batch]
        loss = error(given, _levels(shape), factors, chosen).mean()
        adam.zero_grad()
        loss.backward()  # type: ignore[no-untyped-call]
        adam.step()
        slower.step()
    return _levels(shape).detach(), factors.detach()


def error(given: Lesson, levels: Tensor, factors: Tensor, chosen: Tensor) -> Tensor:
    """Relative error of each of the chosen starts, (B,), differentiable."""
    truth = given.ends[chosen]
    apart: Tensor = ended(given, levels, factors, given.starts[chosen]) - truth
    relative: Tensor = torch.linalg.vector_norm(apart, dim=1) / torch.linalg.vector_norm(truth, dim=1)
    return relative


def ended(given: Lesson, levels: Tensor, factors: Tensor, starts: Tensor) -> Tensor:
    """The Gaussian sampler after a jump, written in the eigenvectors and differentiable in levels and factors."""
    mean, values, vectors = given.moments.mean, given.moments.values, given.moments.vectors
    growth = ((values + levels[0] ** 2) / (values + SIGMA_MAX**2)).sqrt()
    state = ((starts - mean) @ vectors) * growth
    past: list[tuple[Tensor, Tensor]] = []
    for step, sigma in enumerate(levels):
        answer = _held(given.denoise(_held(mean + state @ vectors.T), sigma))
        if step + 1 == len(levels):
            break
        inside = (answer - mean) @ vectors
        residual = inside - values / (values + sigma**2) * state
        past = [(sigma, residual * (1 + sigma**2).sqrt() / sigma), *past][: factors.shape[1]]
        growth, weights = step_weights(values, [level for level, _ in past], levels[step + 1])
        state = state * growth
        for place, (_, velocity) in enumerate(past):
            state = state - factors[step, place] * weights[place] * velocity
    return answer


def _levels(shape: Tensor) -> Tensor:
    """Falling levels from numbers without bounds."""
    drops = torch.nn.functional.softplus(shape[1:]).cumsum(0)
    return torch.exp(shape[0] - torch.cat([torch.zeros(1, dtype=shape.dtype), drops]))


class _Held(torch.autograd.Function):
    """Nothing on the way; on the way back no sample pulls harder than a bound: at a fork a path's gradient explodes."""

    @staticmethod
    def forward(_ctx: object, y: Tensor) -> Tensor:
        return y.view_as(y)

    @staticmethod
    def backward(_ctx: object, pull: Tensor) -> Tensor:
        most = LONGEST_PULL / len(pull)
        length = torch.linalg.vector_norm(pull, dim=1, keepdim=True)
        held: Tensor = pull * (most / length.clamp(min=most))
        return held


def _held(y: Tensor) -> Tensor:
    held: Tensor = _Held.apply(y)  # type: ignore[no-untyped-call]
    return held


def main(counts: list[int]) -> None:
    """Print the tables for counts of steps."""
    torch.set_num_threads(1)
    given = lesson(analytic.digits_set().points)
    for count in counts:
        low, high, rho, iterations, rate = BEGIN[count]
        begin = karras(count, low, high, rho)[:-1]
        levels, factors = learn(given, begin, iterations, batch=64 if count < 20 else 48, rate=rate)
        rows = ", ".join(str(tuple(round(value, 3) for value in row)) for row in factors[:-1].tolist())
        print(f"{count}: (({', '.join(f'{level:.4g}' for level in levels.tolist())}), ({rows}))", flush=True)


if __name__ == "__main__":
    main([int(count) for count in sys.argv[1:]] or list(BEGIN))
