"""Guidance: denoisers made of denoisers. Every kind acts on D, so every sampler can use it.

Outside its interval a guided denoiser is the plain one and the second evaluation is not made (arXiv 2404.07724).
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import TypeAlias

import torch
from torch import Tensor

from engines.core.errors import UsageError
from engines.core.words import tr
from engines.generative.diffusion.axis.denoiser import Denoise

Interval: TypeAlias = tuple[float, float] | None
"""Noise levels (low, high] in which guidance acts; None: everywhere."""
LogProbability: TypeAlias = Callable[[Tensor, Tensor], Tensor]
"""`(y, sigma) -> log p(c | y; sigma)`, (B,), differentiable in y."""


def classifier_free(conditional: Denoise, both: Denoise, weight: float, interval: Interval = None) -> Denoise:
    """D_u + w (D_c - D_u) (Ho and Salimans, arXiv 2207.12598), by one evaluation of twice the batch.

    both: takes the batch twice, (2B, ...), and gives D with the condition first, then without.
    """
    _check(weight, interval)
    if weight == 1:
        return conditional

    def guided(y: Tensor, sigma: Tensor) -> Tensor:
        if not _inside(sigma, interval):
            return conditional(y, sigma)
        with_condition, without = both(torch.cat([y, y]), sigma).chunk(2)
        return torch.lerp(without, with_condition, weight)

    return guided


def automatic(strong: Denoise, weak: Denoise, weight: float, interval: Interval = None) -> Denoise:
    """D_weak + w (D - D_weak): guidance by a weaker version of the model itself (arXiv 2406.02507)."""
    _check(weight, interval)
    if weight == 1:
        return strong

    def guided(y: Tensor, sigma: Tensor) -> Tensor:
        denoised = strong(y, sigma)
        return torch.lerp(weak(y, sigma), denoised, weight) if _inside(sigma, interval) else denoised

    return guided


def by_classifier(denoise: Denoise, log_probability: LogProbability, weight: float,
                  interval: Interval = None) -> Denoise:  # fmt: skip
    """D + w sigma^2 grad log p(c | y) (Dhariwal and Nichol, arXiv 2105.05233). weight 0 is none; at infinite noise y
    says nothing of the class, and nothing is added.
    """
    _check(weight, interval)
    if weight == 0:
        return denoise

    def guided(y: Tensor, sigma: Tensor) -> Tensor:
        denoised = denoise(y, sigma)
        level = float(sigma)
        if level in (0.0, math.inf) or not _inside(sigma, interval):
            return denoised
        return denoised.add(_gradient(log_probability, y, sigma), alpha=weight * level**2)

    return guided


def _gradient(log_probability: LogProbability, y: Tensor, sigma: Tensor) -> Tensor:
    with torch.inference_mode(False), torch.enable_grad():
        leaf = y.detach().clone().requires_grad_()
        (gradient,) = torch.autograd.grad(log_probability(leaf, sigma).sum(), leaf)
    return gradient


def _inside(sigma: Tensor, interval: Interval) -> bool:
    return interval is None or interval[0] < float(sigma) <= interval[1]


def _check(weight: float, interval: Interval) -> None:
    if not math.isfinite(weight):
        raise UsageError(
            tr("The guidance weight is {weight}", weight=weight), hint=tr("Give a finite number; 1 is no guidance")
        )
    if interval is not None and not interval[0] < interval[1]:
        raise UsageError(
            tr(
                "The guidance interval {low:g} to {high:g} is empty",
                low=interval[0],
                high=interval[1],
            ),
            hint=tr("Give low, high"),
        )
