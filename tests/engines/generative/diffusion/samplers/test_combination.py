"""A step as a chain of interpolations: the sum it stands for, as exactly as the sum itself."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from engines.generative.diffusion.samplers.combination import follow, mixed
from tests.engines.generative.diffusion.truth import Replayed, exact, normal_noise

WEIGHTS = [
    (0.8, [0.2]),
    (1e-9, [1 - 1e-9]),
    (0.0, [2.3, -1.6, 0.3]),
    (0.35, [1.49, -1.6, 1.0, -0.24]),
    (0.95, [-0.02, 0.11, 0.0, -0.04]),
    (12.0, [-14.0, 5.0, -2.0]),
    (1.0, [-0.9995, 1.0, -0.0005]),
]


@pytest.mark.parametrize(("share", "weights"), WEIGHTS)
@pytest.mark.parametrize("size", [0.0, 0.7])
def test_a_step_is_the_sum_of_state_answers_and_noise(share: float, weights: list[float], size: float):
    """The answers before it are kept by steps that leave the state as it is."""
    count, start = len(weights), normal_noise(0, 5, 3)
    answers = [normal_noise(seed, 5, 3) for seed in range(1, count + 1)]
    plan = (*[mixed(1.0, [0.0])] * (count - 1), mixed(share, weights, size))
    asked = iter(answers)
    end = follow(lambda y, sigma: next(asked), start, exact(range(count + 1)), plan, Replayed(9), None, count)
    terms = [share * start, *(weight * d for weight, d in zip(weights, reversed(answers), strict=True))]
    expected = sum(terms, size * Replayed(9)(start))
    scale = sum(float(term.abs().max()) for term in terms)
    assert float((end - expected).abs().max()) < 4e-16 * (scale + size)


def test_no_weight_loses_digits_in_single_precision():
    """Taken as they come, or the least first, these have a partial sum near 0, which would cost three digits."""
    share, weights = 1.0, [-0.9995, 1.0, -0.0005]
    start, answers = normal_noise(0, 1, 4000).float(), [normal_noise(seed, 1, 4000).float() for seed in range(1, 4)]
    asked = iter(answers)
    plan = (*[mixed(1.0, [0.0])] * 2, mixed(share, weights))

    def denoise(y: Tensor, sigma: Tensor) -> Tensor:
        return next(asked)

    end = follow(denoise, start, exact(range(4)), plan, torch.randn_like, None, 3)
    values = [start, *reversed(answers)]
    expected = torch.stack([w * value.double() for w, value in zip([share, *weights], values, strict=True)]).sum(0)
    assert float((end - expected).norm() / expected.norm()) < 1.5e-7
