"""Sampler "gaussian" where its answer is known, its plans, and how they are learned."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engines.generative.data.moments import Moments
from engines.generative.diffusion.axis import residual_plans
from engines.generative.diffusion.axis.schedules import karras
from engines.generative.diffusion.distributions import analytic
from engines.generative.diffusion.exact.ode import relative_error, solve
from engines.generative.diffusion.samplers import residual_learning
from engines.generative.diffusion.samplers.named import sample
from engines.generative.diffusion.samplers.residual import plan, step_weights
from engines.generative.diffusion.samplers.teleport import jump_level, teleport


def _normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def gaussian() -> analytic.GaussianMixture:
    root = _normal(6, 6, seed=5)
    return analytic.GaussianMixture(torch.ones(1), _normal(1, 6, seed=6), (root @ root.T / 6)[None])


@pytest.mark.parametrize("high", [80.0, math.inf])
@pytest.mark.parametrize("order", [1, 3, 4])
def test_any_steps_are_exact_for_a_gaussian(gaussian, high: float, order: int) -> None:
    noise = _normal(5, 6)
    start = noise if high == math.inf else high * noise
    sigmas = torch.tensor([high, 7.0, 0.4, 0.05], dtype=torch.float64)
    end = sample(gaussian, start, sigmas, sampler="gaussian", moments=gaussian.moments, order=order)
    assert torch.allclose(end, teleport(gaussian.moments, start, high, 0.05), atol=1e-10)


def test_moments_of_few_samples_step_as_their_whole_covariance_does() -> None:
    data = _normal(5, 9)
    few, whole = Moments.of(data[:4]), data[:4]
    whole_moments = Moments.from_covariance(whole.mean(0), torch.cov(whole.T, correction=0))
    known = analytic.FiniteData(whole)
    y, sigmas = 20 * _normal(3, 9, seed=2), karras(6, 0.05, 20.0)
    one, other = (sample(known, y, sigmas, sampler="gaussian", moments=each) for each in (few, whole_moments))
    assert few.vectors.shape == (9, 3)
    assert torch.allclose(one, other, atol=1e-6)


def test_the_weights_of_a_step_integrate_polynomials() -> None:
    """Against a fine sum: c' = growth c - integral of sqrt((l + to^2) / (l + s^2)) g(s) / sqrt(1 + s^2) ds."""
    past = [torch.tensor(level, dtype=torch.float64) for level in (1.0, 1.6, 3.0)]
    values, following = torch.tensor([0.0, 0.3, 2.0], dtype=torch.float64), torch.tensor(0.5, dtype=torch.float64)
    _, weights = step_weights(values, past, following)
    fine = torch.linspace(0.5, 1.0, 200001, dtype=torch.float64)[:, None]
    for power in range(3):
        carried = ((values + 0.25) / (values + fine**2)).sqrt() * fine ** (power / 3) / (1 + fine**2).sqrt()
        truth = -torch.trapezoid(carried, fine, dim=0)
        found = sum(weight * level ** (power / 3) for weight, level in zip(weights, past, strict=True))
        assert torch.allclose(torch.as_tensor(found), truth, rtol=1e-8)


def test_higher_orders_come_nearer_on_a_ring() -> None:
    ring, _ = analytic.open("analytic:mixture")
    y = 20 * _normal(24, 2, seed=3)
    truth = solve(ring, y, 20.0, 0.05, tolerance=1e-6).y
    sigmas = karras(60, 0.05, 20.0)[:-1]
    errors = [
        float(
            relative_error(
                sample(ring, y, sigmas, sampler="gaussian", moments=ring.moments, order=order), truth
            ).median()
        )
        for order in (1, 2, 3)
    ]
    assert errors[1] < 0.3 * errors[0]
    assert errors[2] < 0.6 * errors[1]


def test_learned_plans_are_nearer_than_multistep_from_the_same_jump() -> None:
    known = analytic.digits_mixture()
    y = 80 * _normal(16, 64, seed=11)
    truth = solve(known, y, 80.0, tolerance=3e-2).y
    sigmas = plan(known.moments, 5)
    start = teleport(known.moments, y, 80.0, float(sigmas[0]))
    mine = sample(known, start, sigmas, sampler="gaussian", moments=known.moments, learned=1)
    usual = sample(known, start, karras(5, 0.05, float(sigmas[0])), sampler="dpm++2m")
    errors = [float(relative_error(end, truth).mean()) for end in (mine, usual)]
    assert errors[0] < 0.8 * errors[1]


@pytest.mark.parametrize("steps", [1, 2, 3, 5, 7, 10, 13, 15, 20, 24, 40, 100])
def test_plans_fall_from_where_the_jump_lands_and_have_a_factor_for_every_weight(steps: int) -> None:
    moments = analytic.digits_mixture().moments
    sigmas = plan(moments, steps)
    assert len(sigmas) == steps + 1
    assert float(sigmas[0]) == pytest.approx(jump_level(moments, steps))
    assert float(sigmas[-1]) == 0
    assert bool((sigmas.diff() < 0).all())
    factors = residual_plans.factors(steps)
    if factors is not None:
        assert [len(row) for row in factors] == [residual_plans.order(steps)] * steps


def test_plans_at_a_learned_count_are_what_was_learned() -> None:
    for count, (levels, factors) in residual_plans.LEARNED.items():
        assert residual_plans.levels(count, levels[0]) == pytest.approx([*levels, 0])
        assert (residual_plans.factors(count) or [])[:-1] == [pytest.approx(list(row)) for row in factors]


def test_learning_takes_an_error_down_and_is_the_same_again() -> None:
    points = analytic.digits_set().points[::40]
    given = residual_learning.lesson(points, count=12, tolerance=1e-1)
    begin = karras(4, 0.1, 4.0)[:-1]
    everything, ones = torch.arange(12), torch.ones(4, 3, dtype=torch.float64)
    before = float(residual_learning.error(given, begin, ones, everything).mean())
    levels, factors = residual_learning.learn(given, begin, 8, batch=12, rate=0.06)
    again, _ = residual_learning.learn(given, begin, 8, batch=12, rate=0.06)
    assert float(residual_learning.error(given, levels, factors, everything).mean()) < 0.97 * before
    assert torch.equal(levels, again)


def test_what_is_learned_on_is_what_is_sampled() -> None:
    """The learner's own loop and the sampler give the same end."""
    points = analytic.digits_set().points[::40]
    given = residual_learning.lesson(points, count=6, tolerance=1e-1)
    levels = karras(6, 0.1, 4.0)
    ones = torch.ones(6, 3, dtype=torch.float64)
    mine = residual_learning.ended(given, levels[:-1], ones, given.starts)
    start = teleport(given.moments, given.starts, residual_learning.SIGMA_MAX, 4.0)
    end = sample(given.denoise, start, levels, sampler="gaussian", moments=given.moments, order=3)
    assert torch.allclose(mine, end, atol=1e-9)
