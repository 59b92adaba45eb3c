"""Noise levels of a run as plain numbers, without torch: the window draws the same curve that the worker samples.

Every schedule is a function `(steps, low, high) -> levels`: float64, (steps + 1,), falling from `high`, the last 0.
Only "flow" begins at infinity; the others begin at `FAR` where `high` is infinite. `values` is for what a user asked:
it checks, shifts and knows the names of `catalog.SCHEDULES`.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import cache, partial
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from engines.core.errors import UsageError
from engines.core.words import control, tr
from engines.generative.diffusion.axis import residual_plans
from engines.generative.diffusion.types import Schedule

Levels: TypeAlias = NDArray[np.float64]
FAR = 80.0
MOST_STEPS = 5000
AYS_STABLE = (14.615, 6.475, 3.861, 2.697, 1.886, 1.396, 0.963, 0.652, 0.399, 0.152, 0.029)
AYS_VIDEO = (700.0, 54.5, 15.886, 7.977, 4.248, 1.789, 0.981, 0.403, 0.173, 0.034, 0.002)


def karras(steps: int, low: float, high: float, rho: float = 7.0) -> Levels:
    """Even in sigma^(1/rho) (Karras et al. 2022, eq. 5)."""
    ramp = np.linspace(0, 1, steps)
    first, last = _finite(high) ** (1 / rho), low ** (1 / rho)
    return _ended((first + ramp * (last - first)) ** rho, _finite(high), low)


def exponential(steps: int, low: float, high: float) -> Levels:
    """Even in ln sigma."""
    return _ended(np.geomspace(_finite(high), low, steps), _finite(high), low)


def flow(steps: int, low: float, high: float) -> Levels:
    """Even in t = sigma / (1 + sigma), down to 0: the last step is as long as the others, so `low` plays no part."""
    most = 1.0 if high == math.inf else high / (1 + high)
    t = most * np.arange(steps, -1, -1) / steps
    with np.errstate(divide="ignore"):
        levels = t / (1 - t)
    levels[0] = high
    return levels


def even_in_table(steps: int, low: float, high: float, table: str = "vp") -> Levels:
    """Even in the time of a VP model (`TABLES`) within [low, high] and the table's own ends."""
    logs = np.log(_sigmas(table))
    first, last = np.interp([math.log(high), math.log(low)], logs, np.arange(len(logs))).tolist()
    return np.append(np.exp(np.interp(np.linspace(first, last, steps), np.arange(len(logs)), logs)), 0.0)


def ays(steps: int, low: float, high: float) -> Levels:
    """Align Your Steps (Sabour et al. 2024): its published levels, interpolated and stretched in ln sigma.

    Stable Diffusion's table up to sigma_max 20, the video model's above.
    """
    high = _finite(high)
    table = np.log(AYS_STABLE if high <= 20 else AYS_VIDEO)
    logs = np.interp(np.linspace(0, 1, steps + 1), np.linspace(0, 1, len(table)), table)
    share = (logs - table[-1]) / (table[0] - table[-1])
    return _ended(np.exp(math.log(low) + share[:-1] * math.log(high / low)), high)


def learned(steps: int, low: float, high: float) -> Levels:
    """Levels that were learned for sampler "gaussian" after a jump (`residual_plans`), from `high`; `low` is theirs."""
    return np.array(residual_plans.levels(steps, _finite(high)))


def drawn(steps: int, points: Sequence[tuple[float, float]]) -> Levels:
    """Through points (share of the steps, ln sigma), monotone cubic between them (Fritsch and Carlson 1980)."""
    knots = np.array(sorted(points), dtype=np.float64).reshape(-1, 2)
    if len(knots) < 2 or not np.isfinite(knots).all() or (np.diff(knots[:, 0]) <= 0).any():
        raise UsageError(tr("A drawn schedule needs two points or more, each further along than the last"))
    shares = knots[0, 0] + np.linspace(0, 1, steps) * (knots[-1, 0] - knots[0, 0])
    return np.append(np.exp(monotone_cubic(knots[:, 0], knots[:, 1], shares)), 0.0)


SCHEDULES: dict[str, Callable[[int, float, float], Levels]] = {
    "karras": karras,
    "exponential": exponential,
    "linear-beta": partial(even_in_table, table="vp"),
    "scaled-linear": partial(even_in_table, table="vp-scaled"),
    "cosine": partial(even_in_table, table="vp-cosine"),
    "flow": flow,
    "ays": ays,
    "learned": learned,
}


def values(schedule: Schedule, steps: int, low: float, high: float) -> Levels:
    """The levels a user asked for, (steps + 1,). low, high: the model's range; a `high` of 0 stands for infinity.

    Raises `UsageError` for a count, a range, a name or a curve that makes no sense.
    """
    low = low if schedule.sigma_min is None else schedule.sigma_min
    high = high if schedule.sigma_max is None else schedule.sigma_max
    high = high or math.inf
    _check(schedule, steps, low, high)
    levels = _named(schedule, steps, low, high) * schedule.shift
    if not (np.diff(levels) < 0).all():
        raise UsageError(
            tr("These noise levels do not fall"),
            hint=tr(
                "Raise {highest}, lower {lowest}, or take fewer steps",
                highest=control(tr("Highest noise"), "--sigma-max"),
                lowest=control(tr("Lowest noise"), "--sigma-min"),
            ),
        )
    return levels


def monotone_cubic(x: Levels, y: Levels, at: Levels) -> Levels:
    """Cubic Hermite through (x, y) that is monotone wherever the points are."""
    h, slope = np.diff(x), np.diff(y) / np.diff(x)
    tangent = np.concatenate(([slope[0]], np.zeros(len(x) - 2), [slope[-1]]))
    before, after = slope[:-1], slope[1:]
    same = before * after > 0
    w1, w2 = 2 * h[1:] + h[:-1], h[1:] + 2 * h[:-1]
    tangent[1:-1][same] = ((w1 + w2)[same]) / (w1[same] / before[same] + w2[same] / after[same])
    k = np.clip(np.searchsorted(x, at, side="right") - 1, 0, len(h) - 1)
    u = (at - x[k]) / h[k]
    rise = u * u * (3 - 2 * u)
    bend = h[k] * u * (1 - u) * ((1 - u) * tangent[k] - u * tangent[k + 1])
    result: Levels = y[k] + rise * (y[k + 1] - y[k]) + bend
    return result


def linear_alphas(steps: int = 1000, first: float = 1e-4, last: float = 0.02) -> Levels:
    """abar of DDPM's linear beta schedule, (steps,)."""
    return product(1 - np.linspace(first, last, steps))


def scaled_linear_alphas(steps: int = 1000, first: float = 0.00085, last: float = 0.012) -> Levels:
    """abar of Stable Diffusion's betas, linear in their square roots, (steps,)."""
    betas: Levels = np.linspace(first**0.5, last**0.5, steps) ** 2
    return product(1 - betas)


def cosine_alphas(steps: int = 1000, offset: float = 0.008, most: float = 0.999) -> Levels:
    """abar of Nichol and Dhariwal's cosine schedule, betas held below `most`, (steps,)."""
    t = np.linspace(0, 1, steps + 1)
    bar = np.cos((t + offset) / (1 + offset) * math.pi / 2) ** 2
    return product(1 - np.minimum(1 - bar[1:] / bar[:-1], most))


TABLES: dict[str, Callable[[], Levels]] = {
    "vp": linear_alphas,
    "vp-scaled": scaled_linear_alphas,
    "vp-cosine": cosine_alphas,
}


@cache
def _sigmas(table: str) -> Levels:
    alphas = TABLES[table]()
    return np.asarray(np.sqrt((1 - alphas) / alphas))


def product(factors: Levels) -> Levels:
    """abar from 1 - beta, both (T,)."""
    product: Levels = np.cumprod(factors, dtype=np.float64)
    return product


def _named(schedule: Schedule, steps: int, low: float, high: float) -> Levels:
    if schedule.name == "custom":
        return drawn(steps, schedule.points)
    if schedule.name == "karras":
        return karras(steps, low, high, schedule.rho)
    return SCHEDULES[schedule.name](steps, low, high)


def _check(schedule: Schedule, steps: int, low: float, high: float) -> None:
    if schedule.name not in SCHEDULES and schedule.name != "custom":
        raise UsageError(
            tr("No schedule is called '{schedule}'", schedule=schedule.name),
            hint=tr("Known are {names}", names=", ".join([*SCHEDULES, "custom"])),
        )
    if not 1 <= steps <= MOST_STEPS:
        raise UsageError(
            tr("{steps} steps cannot be taken", steps=steps),
            hint=tr("Ask for 1 to {most_steps}", most_steps=MOST_STEPS),
        )
    if not 0 < low < math.inf:
        raise UsageError(tr("A lowest noise of {low} makes no sense", low=low), hint=tr("It is above 0 and finite"))
    if not high > low:
        raise UsageError(tr("The highest noise ({high:g}) is not above the lowest ({low:g})", high=high, low=low))
    if not (0 < schedule.shift < math.inf and 0 < schedule.rho < math.inf):
        raise UsageError(tr("Shift and rho are numbers above 0"))


def _finite(high: float) -> float:
    return high if high < math.inf else FAR


def _ended(levels: Levels, high: float, low: float | None = None) -> Levels:
    """With its ends exact and a 0 after them."""
    levels[-1] = levels[-1] if low is None else low
    levels[0] = high
    return np.append(levels, 0.0)
