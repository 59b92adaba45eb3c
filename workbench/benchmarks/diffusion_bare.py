"""Bare loops to measure samplers against: the fastest we know of the same arithmetic, with nothing checked or shown.

Weights are computed beforehand, tensors written in place, and the levels handed to the network one by one. What draws
noise draws it as ours does for a seed, so the two end in the same state.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import torch
    from torch import Tensor

    from engines.generative.diffusion.samplers.combination import Plan

SEED = 0

Run = Callable[[], "Tensor"]
Bare = Callable[[Callable[..., "Tensor"], "Tensor", "Tensor"], Run]
"""`(denoise, start, sigmas) -> run`: made anew for each run, as what it holds may be used up."""


def euler(denoise: Callable[..., Tensor], start: Tensor, sigmas: Tensor) -> Run:
    """Euler as a loop over one tensor."""
    numbers = sigmas.tolist()
    weights = [(a - b) / a for a, b in zip(numbers, numbers[1:], strict=False)]

    def run() -> Tensor:
        y = start.clone()
        for weight, level in zip(weights, sigmas, strict=False):
            y.lerp_(denoise(y, level), weight)
        return y

    return run


def two_values(denoise: Callable[..., Tensor], start: Tensor, sigmas: Tensor) -> Run:
    """DPM-Solver++(2M) as a loop over one tensor."""
    from engines.generative.diffusion.samplers import plans

    ways = _ways(plans.second_order(tuple(sigmas.tolist()), 0.0, False), (0, 1))

    def run() -> Tensor:
        y, earlier = start.clone(), start
        for (newest, older), level in zip(ways, sigmas, strict=False):
            denoised = denoise(y, level)
            y.lerp_(denoised, newest).lerp_(earlier, older)
            earlier = denoised
        return y

    return run


def unipc(denoise: Callable[..., Tensor], start: Tensor, sigmas: Tensor) -> Run:
    """UniPC of order 3 as a loop over one tensor: correction and prediction in one.

    A product of stacked answers with a row of weights takes .6 of its time at 4x8x8 and as much or more at larger
    states; but it sums in an order that depends on the size of the batch, and so would a sample's last digits.
    """
    from engines.generative.diffusion.samplers import plans

    ways = _ways(plans.corrected(tuple(sigmas.tolist()), 3, 2, True), (0, 2, 1, 3))

    def run() -> Tensor:
        y, a, b, c = start.clone(), start, start, start
        for (newest, third, second, fourth), level in zip(ways, sigmas, strict=False):
            denoised = denoise(y, level)
            y.lerp_(denoised, newest).lerp_(b, third).lerp_(a, second).lerp_(c, fourth)
            a, b, c = denoised, a, b
        return y

    return run


def lms(denoise: Callable[..., Tensor], start: Tensor, sigmas: Tensor) -> Run:
    """LMS of order 4 as a loop over a state and four slopes."""
    import torch

    weights = _slopes(sigmas.tolist(), 4)

    def run() -> Tensor:
        y = start.clone()
        a, b, c, d = (torch.zeros_like(start) for _ in range(4))
        for (first, second, third, fourth), level in zip(weights, sigmas, strict=False):
            a, b, c, d = torch.sub(y, denoise(y, level), out=d), a, b, c
            y.add_(a, alpha=first).add_(b, alpha=second).add_(c, alpha=third).add_(d, alpha=fourth)
        return y

    return run


def two_values_sde(denoise: Callable[..., Tensor], start: Tensor, sigmas: Tensor) -> Run:
    """SDE-DPM-Solver++(2M) as a loop over a state and its noise."""
    import torch

    from engines.generative.diffusion.samplers import plans

    plan = plans.second_order(tuple(sigmas.tolist()), 1.0, False)
    ways, sizes, generator = _ways(plan, (0, 1)), [mix.size for mix in plan], _generator()

    def run() -> Tensor:
        y, z, earlier = start.clone(), torch.empty(start.shape), start
        for (newest, older), size, level in zip(ways, sizes, sigmas, strict=False):
            denoised = denoise(y, level)
            y.lerp_(denoised, newest).lerp_(earlier, older)
            if size:
                y.add_(z.normal_(generator=generator), alpha=size)
            earlier = denoised
        return y

    return run


def midpoint_sde(denoise: Callable[..., Tensor], start: Tensor, sigmas: Tensor) -> Run:
    """DPM-Solver++ SDE as a loop over a state, the one halfway and their noise."""
    import torch

    numbers = sigmas.tolist()
    parts = [_halves(sigma, following) for sigma, following in zip(numbers[:-1], numbers[1:-1], strict=False)]
    middles, generator = torch.tensor([part[-1] for part in parts], dtype=torch.float64), _generator()

    def run() -> Tensor:
        y, z, halfway = start.clone(), torch.empty(start.shape), torch.empty_like(start)
        for (there, half, on, whole, rest, _), level, middle in zip(parts, sigmas, middles, strict=False):
            torch.lerp(y, denoise(y, level), there, out=halfway).add_(z.normal_(generator=generator), alpha=half)
            y.lerp_(denoise(halfway, middle), on).add_(z, alpha=whole)
            y.add_(z.normal_(generator=generator), alpha=rest)
        return y.copy_(denoise(y, sigmas[-2]))

    return run


LOOPS: dict[str, Bare] = {
    "euler": euler,
    "dpm++2m": two_values,
    "unipc": unipc,
    "lms": lms,
    "dpm++2m-sde": two_values_sde,
    "dpm++sde": midpoint_sde,
}


def _ways(plan: Plan, order: Sequence[int]) -> list[list[float]]:
    """How far to go toward each answer, taken one after the other in an order, to make the steps of a plan."""
    ways = []
    for mix in plan:
        weights = dict.fromkeys(order, 0.0)
        jump = [] if mix.jump is None else [(mix.jump[0], 1 - mix.jump[2] / mix.jump[1])]
        for place, way in (*jump, *mix.ways):
            weights = {k: weight * (1 - way) + way * (k == place) for k, weight in weights.items()}
        share = 1 - sum(weights.values())
        totals = [share + sum(weights[k] for k in order[: n + 1]) for n in range(len(order))]
        ways.append([weights[k] / total for k, total in zip(order, totals, strict=True)])
    return ways


def _slopes(numbers: list[float], order: int) -> list[list[float]]:
    """Weights of y - D, newest first, zeros where nothing is known yet."""
    from engines.generative.diffusion.samplers.quadrature import slope_weights

    rows = []
    for step, following in enumerate(numbers[1:]):
        known = numbers[max(0, step - order + 1) : step + 1][::-1]
        weights = slope_weights([level - known[0] for level in known], following - known[0])
        row = [weight / level for weight, level in zip(weights, known, strict=True)]
        rows.append(row + [0.0] * (order - len(row)))
    return rows


def _halves(sigma: float, following: float) -> tuple[float, float, float, float, float, float]:
    """(way to the middle, its noise, way of the whole step, its noise and the rest of it, middle)."""
    from engines.generative.diffusion.samplers.stepping import split
    from engines.generative.diffusion.samplers.stochastic import shared_noise

    middle = (sigma * following) ** 0.5
    first, second, up, down = shared_noise(sigma, middle, following, 1.0)
    return 1 - down / sigma, up, 1 - split(sigma, following, 1.0)[0] / sigma, first, second, middle


def _generator() -> torch.Generator:
    import torch

    return torch.Generator().manual_seed(SEED)
