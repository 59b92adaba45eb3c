"""Samplers of the ODE that remember earlier answers. The memory is a local variable: any number of runs at once.

What was seen at infinite noise lies infinitely far back in ln sigma and plays no part in a later polynomial. A step to
sigma = 0 is infinitely long in ln sigma: methods that extrapolate there take D, as their published forms do.
"""

from __future__ import annotations

import math
from collections import deque

import torch
from torch import Tensor

from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.axis.noise import Noise
from engines.generative.diffusion.samplers.quadrature import arriving, data_weights
from engines.generative.diffusion.samplers.stepping import Observe, blend, can_reuse, log_step, toward, walk

Memory = deque[tuple[float, Tensor]]
"""(sigma, D) of earlier steps, the newest first."""
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
    earlier, last, into, scratch, reuse = None, math.inf, None, None, can_reuse(observe)
    for step, sigma, following in walk(sigmas):
        denoised = step.ask(denoise, y, observe)
        h, ahead = log_step(sigma, following), denoised
        if earlier is not None and h < math.inf and last < math.inf:
            share = arriving(1, h) / -math.expm1(-h) if heun else 0.5
            ahead = torch.lerp(earlier, denoised, 1 + share * h / last, out=scratch)
            scratch = ahead if reuse else None
        y = toward(y, ahead, sigma, following, into)
        earlier, last, into = denoised, h, y if reuse else None
    return y


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
    memory: Memory = deque(maxlen=3)
    for step, sigma, following in walk(sigmas):
        denoised = step.ask(denoise, y, observe)
        h = log_step(sigma, following)
        remember(memory, sigma, denoised)
        order = descending(3, step.number, sigmas) if lower_final and len(sigmas) <= FEW_STEPS else 3
        if h == math.inf or len(memory) == 1:
            y = toward(y, denoised, sigma, following)
        else:
            weights = taylor(gaps(memory)[: order - 1], h, h, bool(exact), bool(exact or heun))
            y = blend(y, following / sigma, weights, answers(memory))
    return y


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
    memory: Memory = deque(maxlen=int(order))
    before, used = y, 0
    for step, sigma, following in walk(sigmas):
        denoised = step.ask(denoise, y, observe)
        if used:
            y = _corrected(before, memory, used, sigma, denoised, variant)
        memory.appendleft((sigma, denoised))
        used = min(_known(memory), descending(int(order), step.number, sigmas) if lower_final else int(order))
        before, y = y, _predicted(y, memory, used, following, variant)
    return y


def remember(memory: Memory, sigma: float, value: Tensor) -> None:
    """Put a step's answer first; whatever came from infinity goes."""
    if memory and memory[0][0] == math.inf:
        memory.clear()
    memory.appendleft((sigma, value))


def gaps(memory: Memory) -> list[float]:
    """Steps in -ln sigma between remembered answers, the newest first."""
    levels = [sigma for sigma, _ in memory]
    return [log_step(older, newer) for newer, older in zip(levels, levels[1:], strict=False)]


def answers(memory: Memory) -> list[Tensor]:
    return [value for _, value in memory]


def descending(order: int, step: int, sigmas: Tensor) -> int:
    """An order that falls to 1 at the last step."""
    return min(order, len(sigmas) - 1 - step)


def taylor(back: list[float], h: float, stretched: float, exact: bool, line: bool) -> list[float]:
    """Weights of D, newest first, for 3M over a step h with up to two earlier steps known.

    stretched: (1 + eta) h of the SDE form, h of the ODE. exact: see `dpmpp_3m`. line: with one step known its line is
    integrated exactly, else taken at the middle.
    """
    base = -math.expm1(-stretched)
    first, second = arriving(1, stretched), arriving(2, stretched) / (1 if exact else 2)
    if not back:
        return [base]
    r0 = back[0] / h
    if len(back) == 1:
        slope = (first if line else base / 2) / r0
        return [base + slope, -slope]
    r1 = back[1] / h
    new = first * (1 + r0 / (r0 + r1)) + second / (r0 + r1)
    old = -(first * r0 + second) / (r0 + r1)
    return [base + new / r0, old / r1 - new / r0, -old / r1]


def _known(memory: Memory) -> int:
    """How many answers a polynomial may use: the newest, and those from finite noise."""
    return 1 + sum(sigma < math.inf for sigma, _ in list(memory)[1:])


def _predicted(y: Tensor, memory: Memory, order: int, following: float, variant: float) -> Tensor:
    sigma, denoised = memory[0]
    h = log_step(sigma, following)
    if order == 1 or h == math.inf:
        return toward(y, denoised, sigma, following)
    nodes = [0.0, *(-log_step(older, sigma) for older, _ in list(memory)[1:order])]
    weights = data_weights(nodes, h) if order > 2 else _two_values(h, nodes[1], variant)
    return blend(y, following / sigma, weights, answers(memory))


def _corrected(before: Tensor, memory: Memory, order: int, sigma: float, denoised: Tensor, variant: float) -> Tensor:
    """The state at sigma again, now that D is known there. before: the state that the step began with."""
    start, old = memory[0]
    h = log_step(start, sigma)
    if order == 1:
        share = _simple(h, variant) if h < math.inf else 0.5
        weights, share_y = [share, -math.expm1(-h) - share], sigma if start == math.inf else sigma / start
        return blend(before, share_y, weights, [denoised, old])
    nodes = [h, 0.0, *(-log_step(older, start) for older, _ in list(memory)[1:order])]
    return blend(before, sigma / start, data_weights(nodes, h), [denoised, *answers(memory)])


def _two_values(h: float, earlier: float, variant: float) -> tuple[float, float]:
    """The paper's weights of the newest D and one before it, `earlier` (< 0) away in -ln sigma."""
    bent = _simple(h, variant) * h / earlier
    return -math.expm1(-h) - bent, bent


def _simple(h: float, variant: float) -> float:
    """Half of the paper's B(h), its weight for the newest difference."""
    return h / 2 if variant == 1 else -math.expm1(-h) / 2
