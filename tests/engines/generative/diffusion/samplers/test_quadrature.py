"""Weights of multistep methods beside adaptive quadrature, from tiny steps to endless ones."""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.integrate import quad

from engines.generative.diffusion.samplers.quadrature import (
    arriving,
    data_weights,
    leaving,
    noise_weights,
    slope_weights,
)


def integrals(nodes: list[float], h: float, weight: Callable[[float], float], near: float) -> list[float]:
    def lagrange(t: float, j: int) -> float:
        return math.prod((t - node) / (nodes[j] - node) for k, node in enumerate(nodes) if k != j)

    return [
        quad(lambda t, j=j: weight(t) * lagrange(t, j), 0, h, epsabs=0, epsrel=1e-11, limit=200, points=[near])[0]
        for j in range(len(nodes))
    ]


@pytest.mark.parametrize("h", [1e-6, 0.01, 0.5, 3.0, 29.0, 31.0, 60.0])
@pytest.mark.parametrize("backward", [[], [-0.7], [-0.5, -1.3], [-0.5, -1.3, -2.0]])
@pytest.mark.parametrize("corrects", [False, True])
def test_weights_are_the_integrals(h: float, backward: list[float], corrects: bool):
    nodes = [h, 0.0, *backward] if corrects else [0.0, *backward]
    for weights, weight, near in (
        (data_weights, lambda t: math.exp(t - h), max(h - 3, h / 2)),
        (noise_weights, lambda t: math.exp(-t), min(h / 2, 3)),
        (slope_weights, lambda t: 1.0, h / 2),
    ):
        assert weights(nodes, h) == pytest.approx(integrals(nodes, h, weight, near), rel=1e-9)


@given(h=st.floats(1e-9, 700), power=st.integers(0, 5))
def test_moments_fall_with_the_power_and_stay_within_the_whole(h: float, power: int):
    whole = -math.expm1(-h)
    for moment in (arriving, leaving):
        assert moment(0, h) == pytest.approx(whole, rel=1e-12)
        assert 0 < moment(power + 1, h) <= moment(power, h) * (1 + 1e-12)


@given(h=st.floats(1e-6, 40), gaps=st.lists(st.floats(0.05, 3), min_size=1, max_size=3))
def test_a_constant_is_carried_exactly(h: float, gaps: list[float]):
    nodes = [0.0]
    for gap in gaps:
        nodes.append(nodes[-1] - gap)
    assert sum(data_weights(nodes, h)) == pytest.approx(-math.expm1(-h), rel=1e-6)
    assert sum(slope_weights(nodes, -h)) == pytest.approx(-h, rel=1e-6)
