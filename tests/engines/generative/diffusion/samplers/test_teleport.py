"""Teleport and the exact path against one another and against a Gaussian's closed form, written out by hand."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor

from engines.core.errors import Cancelled, WorkFailed
from engines.generative.data.moments import Moments
from engines.generative.diffusion.axis.schedules import karras
from engines.generative.diffusion.distributions import analytic
from engines.generative.diffusion.exact.ode import relative_error, solve
from engines.generative.diffusion.samplers.named import sample
from engines.generative.diffusion.samplers.teleport import jump_level, teleport


def _normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.fixture(scope="module")
def gaussian() -> analytic.GaussianMixture:
    root = _normal(6, 6, seed=5)
    return analytic.GaussianMixture(torch.ones(1), _normal(1, 6, seed=6), (root @ root.T / 6)[None])


@pytest.mark.parametrize(("sigma_from", "sigma_to"), [(20.0, 0.5), (0.3, 5.0), (math.inf, 1.0)])
def test_teleport_is_the_exact_ode_of_a_gaussian(gaussian, sigma_from: float, sigma_to: float) -> None:
    y = _normal(8, 6) * (1 if sigma_from == math.inf else sigma_from)
    truth = solve(gaussian, y, sigma_from, sigma_to, tolerance=1e-8).y
    jumped = teleport(gaussian.moments, y, sigma_from, sigma_to)
    near = 1e-10 if sigma_from < math.inf else 1e-6
    assert float(relative_error(jumped, truth).max()) < near


def test_there_and_back_is_where_it_was(gaussian) -> None:
    eps = _normal(4, 6)
    data = teleport(gaussian.moments, eps, math.inf, 0.0)
    assert torch.allclose(teleport(gaussian.moments, data, 0.0, math.inf), eps, rtol=1e-10)
    assert torch.equal(teleport(gaussian.moments, eps, 2.0, 2.0).isfinite(), torch.ones(4, 6, dtype=torch.bool))


def test_from_infinity_is_the_limit_of_far_away(gaussian) -> None:
    eps = _normal(4, 6)
    far = teleport(gaussian.moments, 1e8 * eps, 1e8, 1.5)
    assert torch.allclose(teleport(gaussian.moments, eps, math.inf, 1.5), far, atol=1e-6)


def test_few_samples_jump_as_their_whole_covariance_does() -> None:
    data = _normal(4, 9)
    few = Moments.of(data)
    whole = Moments.from_covariance(data.mean(0), torch.cov(data.T, correction=0))
    y = 10 * _normal(3, 1, 3, 3, seed=2)
    assert few.vectors.shape == (9, 3)
    assert torch.allclose(teleport(few, y, 10.0, 0.7), teleport(whole, y, 10.0, 0.7), atol=1e-7)
    assert teleport(few, y.float(), 10.0, 0.7).dtype == torch.float32


def test_a_sampler_after_a_jump_is_nearer_to_the_truth() -> None:
    digits = analytic.digits_mixture()
    y = 80 * _normal(12, 1, 8, 8, seed=3)
    truth = solve(digits, y, 80.0, tolerance=1e-3).y
    plain = sample(digits, y, karras(10, 0.002, 80.0), sampler="euler")
    level = jump_level(digits.moments, 10)
    after = karras(10, 0.05, level)
    jumped = sample(digits, teleport(digits.moments, y, 80.0, level), after, sampler="euler")
    errors = [float(relative_error(end, truth).mean()) for end in (plain, jumped)]
    assert errors[1] < 0.7 * errors[0]


def test_halving_the_step_proves_the_exact_path() -> None:
    ring, _ = analytic.open("analytic:mixture")
    y = 20 * _normal(4, 2, seed=4)
    rough, fine = (solve(ring, y, 20.0, tolerance=tolerance) for tolerance in (1e-2, 1e-6))
    assert fine.change < 1e-6
    assert fine.evaluations > rough.evaluations
    assert float(relative_error(rough.y, fine.y).max()) < rough.change


def test_the_ends_at_infinity_and_at_zero_are_one_path() -> None:
    moons, _ = analytic.open("analytic:moons")
    eps = _normal(5, 2)
    data = solve(moons, eps, math.inf, 0.01).y
    assert torch.allclose(solve(moons, data, 0.01, math.inf).y, eps, atol=1e-5)


def test_a_path_that_cannot_be_followed_says_so_and_can_be_left(gaussian) -> None:
    def jagged(y: Tensor, sigma: Tensor) -> Tensor:
        return torch.sign(torch.sin(1e4 * y)) * torch.sin(1e5 * sigma)

    with pytest.raises(WorkFailed, match="still changes"):
        solve(jagged, _normal(1, 2), 1.0, 0.5, tolerance=1e-13)

    def stop() -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        solve(gaussian, _normal(1, 6), 1.0, check=stop)


def test_a_jump_ends_below_the_level_it_begins_at():
    wide = Moments.of(torch.randn(200, 3, generator=torch.Generator().manual_seed(0)) * 100)
    assert jump_level(wide, 10) > 5.0
    assert jump_level(wide, 10, 5.0) < 5.0
