"""Samplers of the ODE that remember earlier answers. The memory is a local variable: any number of runs at once."""

from __future__ import annotations

import torch
from torch import Tensor

from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.axis.noise import Noise
from engines.generative.diffusion.samplers import plans
from engines.generative.diffusion.samplers.combination import follow
from engines.generative.diffusion.samplers.stepping import Observe, numbers

FEW_STEPS = 15


def dpmpp_2m(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    heun: float = 0,
) -> Tensor:
    """DPM-Solver++(2M) (Lu et al. 2022, algorithm 2): Euler with D extrapolated by half a step in -ln sigma.

    heun: the second published form (appendix B), whose line through the two D is integrated exactly.
    """
    return follow(denoise, y, sigmas, plans.second_order(numbers(sigmas), 0.0, bool(heun)), noise, observe, 2)


def dpmpp_3m(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    exact: float = 0,
    heun: float = 0,
    lower_final: float = 1,
) -> Tensor:
    """DPM-Solver++(3M), as in the authors' code: Taylor in -ln sigma with two differences of D.

    That code halves the second difference, which leaves the method second order; exact = 1 gives the parabola's own
    weights, third order. Its second step is 2M (heun: of which form). lower_final: below 15 steps the last but one too.
    """
    lower = bool(lower_final) and len(sigmas) <= FEW_STEPS
    plan = plans.third_order(numbers(sigmas), 0.0, bool(exact), bool(exact or heun), lower)
    return follow(denoise, y, sigmas, plan, noise, observe, 3)


def unipc(
    denoise: Denoise,
    y: Tensor,
    sigmas: Tensor,
    *,
    noise: Noise = torch.randn_like,
    observe: Observe | None = None,
    order: float = 3,
    variant: float = 2,
    lower_final: float = 1,
) -> Tensor:
    """UniPC (Zhao et al. 2023) in the data: an Adams predictor, and a corrector of the step before with the new D.

    variant: the paper's B1(h) = h (1) or B2(h) = e^h - 1 (2); they differ where a step uses two values, beyond that
    the weights are exact in both. lower_final: the order falls to 1 toward the last step.
    """
    plan = plans.corrected(numbers(sigmas), int(order), variant, bool(lower_final))
    return follow(denoise, y, sigmas, plan, noise, observe, int(order) + 1)
