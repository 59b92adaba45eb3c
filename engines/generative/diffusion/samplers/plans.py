"""Plans: the steps of multistep methods and of one-step methods with noise, as plain numbers of a schedule.

levels: those of a schedule, (steps + 1). What was seen at infinite noise lies infinitely far back in ln sigma and plays
no part in a later polynomial. A step to sigma = 0 is infinitely long in ln sigma: methods that extrapolate there take
D, as their published forms do. A schedule is walked again and again, so the last few plans are kept.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from itertools import pairwise, zip_longest
from typing import TypeAlias

from engines.generative.diffusion.samplers.combination import Mix, Plan, held, mixed
from engines.generative.diffusion.samplers.quadrature import arriving, data_weights
from engines.generative.diffusion.samplers.stepping import log_step, split

Levels: TypeAlias = tuple[float, ...]
KEPT = 16


@lru_cache(maxsize=KEPT)
def second_order(levels: Levels, eta: float, heun: bool) -> Plan:
    """Of 2M: Euler with D extrapolated by half a step, or (heun) along its line. eta: strength of the SDE form."""
    last, plan = math.inf, []
    for sigma, following in pairwise(levels):
        h = log_step(sigma, following)
        if h == math.inf or last == math.inf:
            plan.append(_without_memory(sigma, following, eta))
        else:
            base, stretched = _gone(h, eta), (1 + eta) * h
            slope = (arriving(1, stretched) if heun else base / 2) * h / last
            plan.append(mixed(math.exp(-stretched), [base + slope, -slope], _fresh(h, following, eta)))
        last = h
    return tuple(plan)


@lru_cache(maxsize=KEPT)
def third_order(levels: Levels, eta: float, exact: bool, line: bool, lower: bool) -> Plan:
    """Of 3M; exact and line as for `taylor`. eta: strength of the SDE form. lower: the order falls at the end."""
    known: list[float] = []
    plan = []
    for number, (sigma, following) in enumerate(pairwise(levels)):
        known, h = remembered(known, sigma, 3), log_step(sigma, following)
        if h == math.inf:
            plan.append(_without_memory(sigma, following, eta))
            continue
        back = [log_step(older, newer) for newer, older in pairwise(known)]
        used = descending(3, number, levels) if lower else 3
        weights = taylor(back[: used - 1], h, (1 + eta) * h, exact, line)
        plan.append(mixed(math.exp(-(1 + eta) * h), weights, _fresh(h, following, eta)))
    return tuple(plan)


@lru_cache(maxsize=KEPT)
def corrected(levels: Levels, order: int, variant: float, lower: bool) -> Plan:
    """Of UniPC. The corrected state begins where the predicted one began and differs from it by answers alone.

    So it is never written out: a correction and the prediction after it are one combination.
    """
    known: list[float] = []
    correction: list[float] = []
    plan = []
    for number, (sigma, following) in enumerate(pairwise(levels)):
        known = [sigma, *known][:order]
        used = min(_finite(known), descending(order, number, levels) if lower else order)
        prediction = _predictor(known[:used], following, variant)
        if math.inf in (sigma, log_step(sigma, following)):
            plan.append(held(sigma, following))
        else:
            share = following / sigma
            plan.append(mixed(share, _sum(correction, prediction, share)))
        correction = _sum([0.0, *prediction], _corrector(known[:used], following, variant), -1.0)
    return tuple(plan)


@lru_cache(maxsize=KEPT)
def ancestors(levels: Levels, eta: float) -> Plan:
    """Of Euler down with fresh noise up; eta = 0 is Euler alone."""
    parts = ((sigma, split(sigma, following, eta)) for sigma, following in pairwise(levels))
    return tuple(held(sigma, down, up) for sigma, (down, up) in parts)


def remembered(known: list[float], sigma: float, order: int) -> list[float]:
    """The levels of remembered answers, newest first, with a new one; whatever came from infinity goes."""
    return [sigma, *(known if known and known[0] < math.inf else [])][:order]


def descending(order: int, step: int, levels: Sequence[float]) -> int:
    """An order that falls to 1 at the last step."""
    return min(order, len(levels) - 1 - step)


def taylor(back: list[float], h: float, stretched: float, exact: bool, line: bool) -> list[float]:
    """Weights of D, newest first, for 3M over a step h with up to two earlier steps known, all in -ln sigma.

    stretched: (1 + eta) h of the SDE form, h of the ODE. exact: the parabola's own weights, else its second difference
    is halved. line: with one step known its line is integrated exactly, else taken at the middle.
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


def _without_memory(sigma: float, following: float, eta: float) -> Mix:
    """The step with D held, of the ODE or of the SDE of strength eta."""
    if following == 0 or eta == 0:
        return held(sigma, following)
    if sigma == math.inf:
        return held(1.0, 0.0, following)
    h = log_step(sigma, following)
    return mixed(math.exp(-(1 + eta) * h), [_gone(h, eta)], _fresh(h, following, eta))


def _gone(h: float, eta: float = 0.0) -> float:
    """The share of the state that a step of the SDE of strength eta replaces by D."""
    return -math.expm1(-(1 + eta) * h)


def _fresh(h: float, following: float, eta: float) -> float:
    """The size of the noise that a step of the SDE of strength eta brings."""
    return following * math.sqrt(-math.expm1(-2 * eta * h)) if eta else 0.0


def _finite(known: list[float]) -> int:
    """How many answers a polynomial may use: the newest, and those from finite noise."""
    return 1 + sum(older < math.inf for older in known[1:])


def _predictor(known: list[float], following: float, variant: float) -> Sequence[float]:
    """UniPC's weights of D, newest first, from known[0] to the following level."""
    h = log_step(known[0], following)
    if len(known) == 1 or h == math.inf:
        return [_gone(h)]
    nodes = [-log_step(older, known[0]) for older in known]
    return data_weights(nodes, h) if len(known) > 2 else _two_values(h, nodes[1], variant)


def _corrector(known: list[float], following: float, variant: float) -> Sequence[float]:
    """The same, once D of the following level is known too: that one first. Empty where nothing follows."""
    h = log_step(known[0], following)
    if following == 0:
        return []
    if len(known) == 1:
        new = _simple(h, variant) if h < math.inf else 0.5
        return [new, _gone(h) - new]
    return data_weights([h, *(-log_step(older, known[0]) for older in known)], h)


def _two_values(h: float, earlier: float, variant: float) -> tuple[float, float]:
    """The paper's weights of the newest D and one before it, `earlier` (< 0) away in -ln sigma."""
    bent = _simple(h, variant) * h / earlier
    return _gone(h) - bent, bent


def _simple(h: float, variant: float) -> float:
    """Half of the paper's B(h), its weight for the newest difference."""
    return h / 2 if variant == 1 else _gone(h) / 2


def _sum(one: Sequence[float], other: Sequence[float], factor: float) -> list[float]:
    """factor one + other, the shorter filled up with zeros."""
    return [factor * a + b for a, b in zip_longest(one, other, fillvalue=0.0)]
