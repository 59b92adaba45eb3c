"""Follow a schedule on which every step is one combination of the state, of answers and of noise, known beforehand.

In the data, Adams predictors and their correctors come down to y' = share y + sum of w D + size z, and a constant stays
a constant: share + sum of w = 1. So a step is a chain of interpolations in place, one pass over the state for each D.
Its numbers are plain floats that belong to the schedule alone; `plans` makes them once and remembers them.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Sequence
from typing import NamedTuple, TypeAlias

from torch import Tensor

from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.axis.noise import Noise
from engines.generative.diffusion.samplers.stepping import Observe, can_reuse, toward


class Mix(NamedTuple):
    """One step: a jump toward an answer, then a part of the way toward others in turn, then noise of a size.

    ways: (place, share of the way), place 0 for the newest answer. jump: (place, from level, to level).
    """

    ways: tuple[tuple[int, float], ...] = ()
    jump: tuple[int, float, float] | None = None
    size: float = 0.0


Plan: TypeAlias = tuple[Mix, ...]


def held(sigma: float, following: float, size: float = 0.0, place: int = 0) -> Mix:
    """The step with one answer held, by a jump where less than half of the state is left (see `toward`)."""
    if sigma == math.inf or following < sigma / 2:
        return Mix((), (place, sigma, following), size)
    return Mix(((place, (sigma - following) / sigma),), None, size)


def mixed(share: float, weights: Sequence[float], size: float = 0.0) -> Mix:
    """The step y' = share y + sum of weight D + size z. weights: newest first; with the share they sum to 1.

    The largest is taken first and the negative ones last: every partial sum is then well above 0, and the chain of
    interpolations as exact as the sum itself.
    """
    first, *others = sorted(range(len(weights)), key=weights.__getitem__, reverse=True)
    total = share + weights[first]
    begun = held(total, share, size, first)
    ways = []
    for place in others:
        total += weights[place]
        if weights[place]:
            ways.append((place, weights[place] / total))
    return begun._replace(ways=begun.ways + tuple(ways))


def follow(
    denoise: Denoise, y: Tensor, sigmas: Tensor, plan: Plan, noise: Noise, observe: Observe | None, memory: int = 1
) -> Tensor:
    """The state after a plan, a step of it for each level but the last. memory: how many answers its steps use."""
    answers: deque[Tensor] = deque(maxlen=memory)
    own, reuse = False, can_reuse(observe)
    for number, (at, (ways, jump, size)) in enumerate(zip(sigmas.unbind(), plan, strict=False)):
        denoised = denoise(y, at)
        if observe is not None:
            observe(number, float(at), y, denoised)
        answers.appendleft(denoised)
        if jump is not None:
            y = toward(y, answers[jump[0]], jump[1], jump[2], y if own else None)
        elif not own:
            y = y.clone()
        for place, way in ways:
            y.lerp_(answers[place], way)
        if size:
            y.add_(noise(y), alpha=size)
        own = reuse
    return y
