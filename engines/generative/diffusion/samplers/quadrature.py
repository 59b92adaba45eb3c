"""Weights of multistep methods: the integral, over one step, of the polynomial through remembered values.

Exact for any spacing and in plain floats; the moments are sums of positive terms, so that tiny and huge steps keep
their digits. `nodes` are the places of the values relative to where the step begins, usually 0 and negative ones. What
was computed is remembered: a schedule is walked again and again.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from functools import lru_cache

LONG = 30.0


def data_weights(nodes: Sequence[float], h: float) -> tuple[float, ...]:
    """Of D in y' = e^-h y + sum w D: the integral of e^-(h - tau) over 0..h against each Lagrange polynomial.

    Nodes and h in -ln sigma. With nodes behind the step an exponential Adams predictor, with one at h its corrector.
    """
    return _weighted(tuple(nodes), h, arriving)


def noise_weights(nodes: Sequence[float], h: float) -> tuple[float, ...]:
    """Of eps in y' = y - sigma sum w eps: the same with e^-tau (DEIS). Nodes and h in -ln sigma."""
    return _weighted(tuple(nodes), h, leaving)


def slope_weights(nodes: Sequence[float], h: float) -> tuple[float, ...]:
    """Of slopes in y' = y + sum w slope: the same with weight 1 (Adams on uneven steps). h may be negative."""
    return _weighted(tuple(nodes), h, _plain)


@lru_cache(maxsize=4096)
def arriving(power: int, h: float) -> float:
    """The integral of e^-(h - tau) (tau / h)^power over 0..h."""
    if h <= LONG:
        total, term, n = 0.0, 1.0, 0
        while abs(term) > 1e-18 * abs(total) or n < abs(h):
            total += term / (n + power + 1)
            n += 1
            term *= h / n
        return h * math.exp(-h) * total
    value = -math.expm1(-h)
    for k in range(1, power + 1):
        value = 1 - k / h * value
    return value


def leaving(power: int, h: float) -> float:
    """The integral of e^-tau (tau / h)^power over 0..h."""
    if h <= LONG:
        total, term, n = 0.0, 1 / (power + 1), 0
        while abs(term) > 1e-18 * abs(total) or n < abs(h):
            total += term
            n += 1
            term *= h / (power + 1 + n)
        return h * math.exp(-h) * total
    value = -math.expm1(-h)
    for k in range(1, power + 1):
        value = k / h * value - math.exp(-h)
    return value


def _plain(power: int, h: float) -> float:
    return h / (power + 1)


@lru_cache(maxsize=4096)
def _weighted(nodes: tuple[float, ...], h: float, moment: Callable[[int, float], float]) -> tuple[float, ...]:
    moments = [moment(power, h) for power in range(len(nodes))]
    places = [node / h for node in nodes]
    return tuple(math.fsum(map(float.__mul__, _lagrange(places, j), moments)) for j in range(len(places)))


def _lagrange(places: list[float], j: int) -> list[float]:
    """Coefficients, constant first, of the polynomial that is 1 at place j and 0 at the others."""
    result = [1.0]
    for k, place in enumerate(places):
        if k != j:
            gap = places[j] - place
            shifted = [0.0, *result]
            result = [(up - place * here) / gap for up, here in zip(shifted, [*result, 0.0], strict=True)]
    return result
