"""Weights of noise levels in training: a weight of |D - x0|^2 and a distribution of ln sigma.

What a network predicts and how its loss is weighted are two choices on one axis (Kingma and Gao, arXiv 2303.00848): the
plain loss of the noise is |D - x0|^2 / sigma^2, of the velocity |D - x0|^2 / (s sigma)^2, and so on.
"""

from __future__ import annotations

import torch
from torch import Tensor

from engines.core.errors import BadInput
from engines.core.words import tr
from engines.generative.diffusion.axis.denoiser import Preconditioned, coefficients

WEIGHTINGS = ("prediction", "eps", "x0", "edm", "min-snr")
SNR_CAP = 5.0


def weight(name: str, model: Preconditioned, sigma: Tensor) -> Tensor:
    """Weights (B,) of |D - x0|^2 at noise levels (B,).

    "prediction": unit weight on what the network gives. "eps", "x0": on those. "edm": Karras et al. (2022).
    "min-snr": Hang et al. (2023), at most 5.
    """
    match name:
        case "prediction":
            out: Tensor = coefficients(model, sigma)[1]
            return torch.reciprocal(out.square())
        case "eps":
            return torch.reciprocal(sigma.square())
        case "x0":
            return torch.ones_like(sigma)
        case "edm":
            return (sigma.square() + model.data_std**2) / (sigma * model.data_std).square()
        case "min-snr":
            return torch.reciprocal(sigma.square()).clamp(max=SNR_CAP)
    raise BadInput(
        tr("There is no weighting called '{name}'", name=name),
        hint=tr("Known are {weightings}", weightings=", ".join(WEIGHTINGS)),
    )


def levels(count: int, mean: float, std: float, low: float, high: float, generator: torch.Generator) -> Tensor:
    """Noise levels (count,) with ln sigma ~ N(mean, std), brought into [low, high].

    Drawn evenly, one from each of `count` equal parts of the distribution, so that batches differ less in difficulty.
    """
    share = (torch.randperm(count, generator=generator) + torch.rand(count, generator=generator)) / count
    normal: Tensor = torch.special.ndtri(share.clamp(1e-6, 1 - 1e-6))
    return normal.mul(std).add(mean).exp().clamp(low, high)


def losses(
    model: Preconditioned, x0: Tensor, sigma: Tensor, eps: Tensor, label: Tensor | None, weighting: str
) -> Tensor:
    """Weighted loss of each sample, (B,), a mean over its numbers. x0, eps: (B, ...); sigma: (B,)."""
    shape = (-1,) + (1,) * (x0.ndim - 1)
    denoised = model(x0 + sigma.reshape(shape) * eps, sigma, label)
    errors: Tensor = (denoised - x0).square().flatten(1).mean(1)
    return errors * weight(weighting, model, sigma)
