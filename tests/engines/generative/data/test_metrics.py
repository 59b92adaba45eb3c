"""Distances between samples against scipy, closed forms and sets whose answer is plain to see."""

from __future__ import annotations

import math

import numpy as np
import pytest
import scipy.linalg
import scipy.stats
import torch
from torch import Tensor

from engines.generative.data import metrics


def _normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize(("n", "m"), [(40, 40), (30, 47), (1, 5), (12, 18)])
def test_wasserstein_in_one_dimension_is_scipys(n: int, m: int) -> None:
    a, b = _normal(n, 3), 1.5 * _normal(m, 3, seed=1) + 0.4
    truth = [scipy.stats.wasserstein_distance(a[:, k].numpy(), b[:, k].numpy()) for k in range(3)]
    assert np.allclose(metrics.wasserstein(a, b, order=1).numpy(), truth, rtol=1e-12)


def test_second_order_wasserstein_pairs_what_is_sorted() -> None:
    a, b = _normal(50, 1), 2 * _normal(50, 1, seed=1)
    paired = ((a.sort(0).values - b.sort(0).values) ** 2).mean().sqrt()
    assert float(metrics.wasserstein(a, b)) == pytest.approx(float(paired), rel=1e-12)


def test_sliced_wasserstein_of_a_shift_is_its_share_of_every_direction() -> None:
    a = _normal(200, 4)
    shift = torch.tensor([3.0, 0, 0, 4.0], dtype=torch.float64)
    assert metrics.sliced_wasserstein(a, a + shift, directions=4000) == pytest.approx(5 / math.sqrt(4), rel=0.03)
    assert metrics.sliced_wasserstein(a, a) == 0
    assert metrics.sliced_wasserstein(a, a.reshape(200, 2, 2).flip(0)) == pytest.approx(0, abs=1e-12)


def test_frechet_is_the_formula_with_scipys_root() -> None:
    a, b = _normal(60, 5), _normal(80, 5, seed=1) @ _normal(5, 5, seed=2) + 1
    first, second = np.cov(a.numpy().T), np.cov(b.numpy().T)
    root = scipy.linalg.sqrtm(first @ second).real
    truth = float(((a.mean(0) - b.mean(0)) ** 2).sum()) + np.trace(first + second - 2 * root)
    assert metrics.frechet(a, b) == pytest.approx(truth, rel=1e-9)
    assert metrics.frechet(a, a) == pytest.approx(0, abs=1e-9)
    assert metrics.frechet(a, b) == pytest.approx(metrics.frechet(b, a), rel=1e-9)


def test_precision_falls_with_strange_fakes_and_recall_with_missing_modes() -> None:
    near, far = _normal(200, 2) * 0.1, _normal(200, 2, seed=1) * 0.1 + 10
    both = torch.cat([near, far])
    half, strange = _normal(200, 2, seed=2) * 0.1, torch.cat([near, near - 50])
    assert metrics.precision_recall(both, both) == (1, 1)
    precision, recall = metrics.precision_recall(both, half)
    assert precision > 0.95
    assert 0.4 < recall <= 0.5
    assert metrics.precision_recall(near, strange)[0] == 0.5


def test_precision_by_hand() -> None:
    real = torch.tensor([[0.0], [1.0], [3.0]])
    fake = torch.tensor([[-0.5], [2.5], [6.0]])
    assert metrics.precision_recall(real, fake, neighbours=1) == (pytest.approx(2 / 3), 1)


def test_a_straight_path_and_a_square_one() -> None:
    line = torch.linspace(0, 1, 5, dtype=torch.float64)[:, None, None] * torch.tensor([[1.0, 2.0]])
    corners = torch.tensor([[0.0, 0], [1, 0], [1, 1]], dtype=torch.float64)[:, None]
    assert metrics.straightness(line) == pytest.approx(1)
    assert metrics.straightness(corners) == pytest.approx(math.sqrt(2) / 2)
