"""Noise levels of a model's own pipeline: the steps that its scheduler spaces, and the time told at each. No torch.

`values` is for any schedule that a user asked for: the model's own, or one of `levels`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from engines.core.errors import UsageError
from engines.core.words import tr
from engines.generative.diffusion.axis import levels
from engines.generative.diffusion.axis.levels import Levels
from engines.generative.diffusion.pipeline_types import Betas, Grid, Own
from engines.generative.diffusion.types import ModelInfo, Schedule

OWN = "own"
NEARLY = 1 - 1e-9
"""Of the level before, where a scheduler ends with a step of no length."""
TABLES = 16
"""So many are kept."""
ALPHA = 0.6
"""Both parameters of the beta distribution (arXiv 2407.12173) in diffusers."""


def values(schedule: Schedule, steps: int, info: ModelInfo) -> Levels:
    """The levels of a run, falling, the last usually 0. Raises `UsageError` for what makes no sense."""
    if schedule.name != OWN:
        return levels.values(schedule, steps, info.sigma_min, info.sigma_max)
    return walked(schedule, steps, info)[0]


def walked(schedule: Schedule, steps: int, info: ModelInfo) -> tuple[Levels, Mapping[float, float]]:
    """Of schedule "own": (levels, time told at each; none where the process itself says it)."""
    own = _own(schedule, steps, info)
    if own.grid.betas is None:
        found, told = _of_flow(own.grid, steps, schedule.shift), {}
    else:
        found, times = _of_table(own.grid, own.grid.betas, steps)
        told = dict(zip(found.tolist(), times.tolist(), strict=False)) if schedule.shift == 1 else {}
        found = found * schedule.shift
    if len(found) < 2 or not (np.diff(found) < 0).all():
        raise UsageError(
            tr("{steps} steps do not fit into {info}'s own schedule", steps=steps, info=info.title),
            hint=tr("Take fewer or more"),
        )
    return found, told


def uneven(grid: Grid, steps: int) -> bool:
    """Whether the pipeline takes its steps to other levels than the next ones begin at."""
    if not grid.stride or grid.betas is None:
        return False
    return bool((np.diff(_spaced(grid, grid.betas.steps, steps)) != -(grid.betas.steps // steps)).any())


@lru_cache(maxsize=TABLES)
def alphas(betas: Betas) -> Levels:
    """abar of the training steps, (T,). Raises `ValueError` for an unknown kind."""
    if betas.kind == "trained":
        found = levels.product(1 - np.asarray(betas.trained, np.float64))
    elif betas.kind == "linear":
        found = levels.linear_alphas(betas.steps, betas.first, betas.last)
    elif betas.kind == "scaled_linear":
        found = levels.scaled_linear_alphas(betas.steps, betas.first, betas.last)
    elif betas.kind == "squaredcos_cap_v2":
        found = levels.cosine_alphas(betas.steps)
    else:
        raise ValueError(tr("no beta schedule '{kind}'", kind=betas.kind))
    return _ending_in_noise(found, betas.least) if betas.noisy else found


def _own(schedule: Schedule, steps: int, info: ModelInfo) -> Own:
    if info.own is None:
        raise UsageError(tr("{info} has no schedule of its own", info=info.title), hint=tr("Choose another schedule"))
    ends = (schedule.sigma_min, schedule.sigma_max, schedule.rho)
    if ends != (None, None, Schedule().rho):
        hint = tr("Choose another schedule, karras for example, to set them")
        raise UsageError(tr("A model's own schedule has its own highest and lowest noise and its own rho"), hint=hint)
    if not 1 <= steps <= levels.MOST_STEPS:
        raise UsageError(
            tr("{steps} steps cannot be taken", steps=steps),
            hint=tr("Ask for 1 to {most_steps}", most_steps=levels.MOST_STEPS),
        )
    if not 0 < schedule.shift < np.inf:
        raise UsageError(tr("The shift is a number above 0"))
    return info.own


def _of_flow(grid: Grid, steps: int, shift: float) -> Levels:
    """Of FlowMatchEuler: even times from 1 to its least, which is shifted already, and then all are shifted."""
    least = _shifted(1 / grid.top, shift) if grid.low is None else grid.low
    times = _shifted(np.linspace(1, least, steps), shift)
    if grid.terminal:
        times = 1 - (1 - times) * (1 - grid.terminal) / (1 - times[-1])
    times = _curve(grid, steps, times[-1], times[0]) if grid.curve else times
    with np.errstate(divide="ignore"):
        found: Levels = np.append(times / (1 - times), 0.0)
    return found


def _shifted(time: Levels | float, shift: float) -> Levels:
    """t' so that sigma' = shift sigma."""
    return np.asarray(shift * time / (1 + (shift - 1) * time), np.float64)


def _of_table(grid: Grid, betas: Betas, steps: int) -> tuple[Levels, Levels]:
    """(levels with the last, times of all but the last)."""
    sigmas, times = _sigmas(betas), _spaced(grid, betas.steps, steps)
    if times[0] > betas.steps - 1 or times[-1] < 0:
        raise UsageError(
            tr("{steps} steps do not fit into the {trained} of the training", steps=steps, trained=betas.steps),
            hint=tr("Take fewer"),
        )
    found = sigmas[times.astype(int)] if grid.whole else np.interp(times, np.arange(betas.steps), sigmas)
    if grid.curve:
        ends = (sigmas[0], sigmas[-1]) if grid.table else (found[-1], found[0])
        found = _curve(grid, steps, *ends)
        times = _told(grid, found, sigmas)
    last = min(float(sigmas[0]), float(found[-1]) * NEARLY) if grid.ends else 0.0
    return np.append(found, last), times


def _spaced(grid: Grid, trained: int, steps: int) -> Levels:
    """Times of the steps, falling, (steps,)."""
    top, count = grid.top or trained, steps + grid.more
    if grid.spacing == "trailing":
        return np.asarray(np.round(np.arange(top, 0, -trained / steps))[:steps] - 1, np.float64)
    if grid.spacing == "leading":
        return np.asarray((np.arange(count) * (top // count))[::-1][:steps] + grid.offset, np.float64)
    times = np.linspace(0, top - 1, count)
    return np.asarray(times.round() if grid.whole else times, np.float64)[::-1][:steps]


def _curve(grid: Grid, steps: int, low: float, high: float) -> Levels:
    low = low if grid.low is None or grid.betas is None else grid.low
    high = high if grid.high is None else grid.high
    if grid.curve == "karras":
        return levels.karras(steps, low, high)[:-1]
    if grid.curve == "exponential":
        return levels.exponential(steps, low, high)[:-1]
    from scipy.special import betaincinv

    return np.asarray(low + betaincinv(ALPHA, ALPHA, 1 - np.linspace(0, 1, steps)) * (high - low), np.float64)


def _told(grid: Grid, found: Levels, sigmas: Levels) -> Levels:
    """The times that belong to levels, linear in ln sigma."""
    times = np.interp(np.log(found), np.log(sigmas), np.arange(len(sigmas)))
    if grid.told == "round":
        return times.round()
    return np.floor(times) if grid.told == "floor" else times


@lru_cache(maxsize=TABLES)
def _sigmas(betas: Betas) -> Levels:
    """Of the training steps, from abar in single precision, as diffusers has it: near 1 its last digits count."""
    bar = alphas(betas).astype(np.float32).astype(np.float64)
    with np.errstate(divide="ignore"):
        return np.asarray(np.sqrt((1 - bar) / bar), np.float64)


def _ending_in_noise(bar: Levels, least: float) -> Levels:
    """Zero signal, or abar = least, at the last step (Lin et al., arXiv 2305.08891, algorithm 1)."""
    root = np.sqrt(bar)
    scaled: Levels = ((root - root[-1]) * root[0] / (root[0] - root[-1])) ** 2
    scaled[-1] = least
    return scaled
