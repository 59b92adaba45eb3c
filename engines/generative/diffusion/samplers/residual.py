"""Sampler "gaussian": only what the data's Gaussian does not explain is integrated numerically.

With mean and covariance known, D = D_g + r, where D_g is the Gaussian's own denoiser. In the covariance's eigenvectors
the probability-flow ODE is dc/dsigma = sigma c / (lambda + sigma^2) - r / sigma. The linear part has the closed form
that teleport uses, sqrt(lambda + sigma^2), and stays inside every step (an exponential integrator); the residual, as
the velocity g = r sqrt(1 + sigma^2) / sigma, is extrapolated through the last steps by a polynomial in sigma^(1/3).
At high noise r vanishes, so long steps cost nothing there; for a Gaussian every step is exact.

Few steps gain much from levels and weights that were learned against exact paths: `plan`, tables in `residual_plans`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import cache

import numpy as np
import torch
from torch import Tensor

from engines.generative.data.moments import Moments
from engines.generative.diffusion.axis import residual_plans
from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.axis.noise import Noise
from engines.generative.diffusion.samplers.stepping import Observe, walk
from engines.generative.diffusion.samplers.teleport import jump_level

NODES = 24


def gaussian(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    order: float = 3,
    learned: float = 0,
    moments: Moments | None = None,
) -> Tensor:
    """One evaluation a step. moments: of the data; without them D itself is extrapolated. At level 0 the answer is D.

    learned: 1 for the order and weights that belong to the levels of `plan`.
    """
    known, shape = (moments or _nothing(y)).to(y), y.shape
    steps = _coefficients(known, sigmas, int(order), bool(learned), moments is not None)
    state = y.flatten(1)
    past: list[tuple[Tensor, Tensor]] = []
    for step, sigma, following in walk(sigmas):
        denoised = step.ask(denoise, state.reshape(shape), observe).flatten(1)
        if following == 0:
            return denoised.reshape(shape)
        gain, growth, weights = (part.to(y) for part in steps[step.number])
        centred = state - known.mean if sigma < math.inf else state
        inside = centred @ known.vectors
        residual = denoised - known.mean - (inside * gain) @ known.vectors.T
        past = [(residual, residual @ known.vectors), *past][: len(weights)]
        state = known.mean + _moved(centred, inside, growth, weights, past, known.vectors)
        past = past if sigma < math.inf else []
    return state.reshape(shape)


def _nothing(y: Tensor) -> Moments:
    """Moments that explain nothing."""
    size = y[0].numel()
    return Moments(y.new_zeros(size), y.new_zeros(0), y.new_zeros(size, 0))


def _moved(
    centred: Tensor,
    inside: Tensor,
    growth: Tensor,
    weights: Tensor,
    past: Sequence[tuple[Tensor, Tensor]],
    vectors: Tensor,
) -> Tensor:
    """The state less the mean after a step. The last column of growth and weights is for what no eigenvector spans."""
    outer, inner = centred * growth[-1], inside * (growth[:-1] - growth[-1])
    for (whole, part), weight in zip(past, weights, strict=True):
        outer = outer - whole * weight[-1]
        inner = inner - part * (weight[:-1] - weight[-1])
    return outer + inner @ vectors.T


def _coefficients(
    moments: Moments, sigmas: Tensor, order: int, learned: bool, velocity: bool
) -> list[tuple[Tensor, Tensor, Tensor]]:
    """(gain of the Gaussian's denoiser (k,), growth (k + 1,), weights (m, k + 1)) for every step, on the CPU."""
    values = torch.cat([moments.values.cpu().double(), torch.zeros(1, dtype=torch.float64)])
    count = len(sigmas) - 1
    order = residual_plans.order(count) if learned else order
    factors = residual_plans.factors(count) if learned else None
    rows: list[tuple[Tensor, Tensor, Tensor]] = []
    past: list[Tensor] = []
    for step in range(count):
        sigma, following = sigmas[step], sigmas[step + 1]
        if sigma == math.inf or following == 0:
            rows.append(_from_infinity(values, following))
            continue
        past = [sigma, *past][:order]
        growth, weights = step_weights(values, past, following, velocity)
        for place in range(len(past)):
            scale = (1 + past[place] ** 2).sqrt() / past[place] if velocity else 1.0
            weights[place] *= scale * (factors[step][place] if factors else 1.0)
        rows.append((values[:-1] / (values[:-1] + sigma**2), growth, weights))
    return rows


def _from_infinity(values: Tensor, following: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The step from eps with r held: the integral of sqrt((lambda + to^2) / (lambda + s^2)) / s has a closed form."""
    size, root = (values + following**2).sqrt(), values.sqrt()
    held = torch.where(root > 0, size * torch.asinh(root / following) / root.clamp(min=1e-30), 1.0)
    return torch.zeros_like(values[:-1]), size, -held[None]


def step_weights(
    values: Tensor, past: Sequence[Tensor], following: Tensor, velocity: bool = True
) -> tuple[Tensor, Tensor]:
    """(growth (k,), weights (m, k)) of c' = growth c - sum of weights g, from past[0] to `following`.

    values: (k,) variances. past: levels at which g is known, newest first. velocity: g is r sqrt(1 + sigma^2) / sigma,
    else r itself. Differentiable in the levels.
    """
    sigma = past[0]
    nodes, shares = _gauss_legendre()
    decay = (sigma / following).log()
    at = following * (decay * nodes).exp()
    lengths = -shares * at * decay
    carried = ((values + following**2) / (values + at[:, None] ** 2)).sqrt()
    kernel = lengths / ((1 + at**2).sqrt() if velocity else at)
    basis = _lagrange([level ** (1 / 3) for level in past], at ** (1 / 3))
    growth = ((values + following**2) / (values + sigma**2)).sqrt()
    return growth, (basis * kernel) @ carried


@cache
def _gauss_legendre() -> tuple[Tensor, Tensor]:
    """Nodes and weights on [0, 1]."""
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    return torch.from_numpy((nodes + 1) / 2), torch.from_numpy(weights / 2)


def _lagrange(knots: Sequence[Tensor], at: Tensor) -> Tensor:
    """(m, n): the polynomial through the knots that is 1 at knot j, at each place."""
    rows = []
    for j, knot in enumerate(knots):
        row = torch.ones_like(at)
        for i, other in enumerate(knots):
            if i != j:
                row = row * (at - other) / (knot - other)
        rows.append(row)
    return torch.stack(rows)


def plan(moments: Moments, steps: int) -> Tensor:
    """Levels to land on by teleport and to go on from with `gaussian(learned=1)`: (steps + 1,), the last 0."""
    return torch.tensor(residual_plans.levels(steps, jump_level(moments, steps)), dtype=torch.float64)
