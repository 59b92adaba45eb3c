"""The closed-form denoisers against Tweedie's formula, sums over the parts, samples, and the limits of sigma."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from engines.core.errors import BadInput
from engines.generative.data.moments import Moments
from engines.generative.diffusion.distributions import analytic
from engines.generative.diffusion.distributions.mixtures import FiniteData, GaussianMixture, Known
from engines.generative.diffusion.models import catalog

NAMES = [name for name, _ in catalog.ANALYTIC]


def _generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def _random_mixture(parts: int = 3, d: int = 4) -> GaussianMixture:
    roots = torch.randn(parts, d, d, dtype=torch.float64, generator=_generator(1))
    means = torch.randn(parts, d, dtype=torch.float64, generator=_generator(2)) * 2
    weights = torch.tensor([0.5, 0.2, 0.3], dtype=torch.float64)
    return GaussianMixture(weights, means, roots @ roots.mT / d, labels=torch.tensor([0, 1, 1]))


def _noisy(known: Known, sigma: float, count: int = 16) -> Tensor:
    x = known.sample(count, _generator(3))
    return x + sigma * torch.randn(x.shape, dtype=x.dtype, generator=_generator(4))


def _plain_denoiser(known: GaussianMixture, y: Tensor, sigma: float) -> Tensor:
    """Component by component with `torch.distributions` and a solve."""
    joint, means = [], []
    for weight, mean, values, vectors in zip(known.weights, known.means, known.values, known.vectors, strict=True):
        inside = (vectors * values) @ vectors.T
        noisy = inside + sigma**2 * torch.eye(len(mean), dtype=torch.float64)
        joint.append(weight.log() + torch.distributions.MultivariateNormal(mean, noisy).log_prob(y))
        means.append(mean + torch.linalg.solve(noisy, (y - mean).T).T @ inside)
    share = torch.stack(joint).softmax(0)
    return (share[:, :, None] * torch.stack(means)).sum(0)


@pytest.mark.parametrize("sigma", [0.01, 0.3, 2.0, 80.0])
def test_the_mixture_is_bayes_rule(sigma: float) -> None:
    known = _random_mixture()
    y = _noisy(known, sigma)
    assert torch.allclose(known(y, sigma), _plain_denoiser(known, y, sigma), rtol=1e-9, atol=1e-12)


@pytest.mark.parametrize("sigma", [0.1, 0.7, 20.0])
@pytest.mark.parametrize("known", [_random_mixture(), FiniteData(torch.randn(30, 5, generator=_generator()))])
def test_denoiser_and_density_agree_by_tweedie(known: Known, sigma: float) -> None:
    y = _noisy(known, sigma).requires_grad_()
    (score,) = torch.autograd.grad(known.log_density(y, sigma).sum(), y)
    assert torch.allclose(known(y, sigma), y + sigma**2 * score, rtol=1e-9, atol=1e-9)


def test_the_density_of_one_gaussian_is_the_usual_one() -> None:
    known, _ = analytic.open("analytic:gaussian")
    moments = known.moments
    covariance = (moments.vectors * moments.values) @ moments.vectors.T
    y = _noisy(known, 1.0)
    truth = torch.distributions.MultivariateNormal(moments.mean, covariance + 0.25 * torch.eye(2)).log_prob(y)
    assert torch.allclose(known.log_density(y, 0.5), truth, rtol=1e-12)


@pytest.mark.parametrize("name", NAMES)
def test_a_model_has_its_shape_moments_and_limits(name: str) -> None:
    known, info = analytic.open(name)
    drawn = known.sample(4000, _generator())
    assert drawn.shape == (4000, *info.shape)
    assert info.exact
    assert info.moments
    assert len(info.classes) == known.classes
    moments = known.moments
    assert torch.allclose(drawn.reshape(4000, -1).mean(0), moments.mean, atol=0.1)
    covariance = (moments.vectors * moments.values) @ moments.vectors.T
    assert torch.allclose(torch.cov(drawn.reshape(4000, -1).T), covariance, atol=0.15)
    mean = known(torch.randn(3, *info.shape, dtype=torch.float64), math.inf)
    assert torch.allclose(mean, moments.mean.reshape(1, *info.shape).expand(3, -1, *info.shape[1:]), atol=1e-9)
    assert torch.allclose(known(drawn[:5], 1e-9), drawn[:5], atol=1e-6)
    assert torch.allclose(known(drawn[:5], 0.0), drawn[:5], atol=1e-6)


@pytest.mark.parametrize("name", ["analytic:digits", "analytic:digits-set", "analytic:spirals"])
@pytest.mark.parametrize("sigma", [0.002, 0.05, 1.0, 80.0, math.inf])
def test_float32_is_float64_but_for_rounding(name: str, sigma: float) -> None:
    known, _ = analytic.open(name)
    y = _noisy(known, min(sigma, 80.0)).float()
    level = torch.tensor(sigma, dtype=torch.float64)
    narrow, wide = known(y, level), known(y.double(), level)
    assert narrow.dtype == torch.float32
    assert torch.allclose(narrow.double(), wide, rtol=1e-6, atol=1e-6)


def test_a_flat_sample_and_an_image_are_the_same() -> None:
    known = analytic.digits_mixture()
    y = _noisy(known, 1.0)
    assert torch.equal(known(y.reshape(16, 64), 1.0), known(y, 1.0).reshape(16, 64))
    with pytest.raises(BadInput, match="64 numbers"):
        known(torch.zeros(2, 3, 8, 8), 1.0)


def test_a_class_is_its_own_mixture() -> None:
    known = _random_mixture()
    y = _noisy(known, 0.5, 6)
    first = GaussianMixture(torch.ones(1), known.means[:1], _covariances(known)[:1])
    others = GaussianMixture(torch.tensor([0.4, 0.6], dtype=torch.float64), known.means[1:], _covariances(known)[1:])
    both = known.denoise(torch.tensor([0, 0, 1, 1, 2, 2]))(y, torch.tensor(0.5))
    assert torch.allclose(both, torch.cat([first(y[:2], 0.5), others(y[2:4], 0.5), known(y[4:], 0.5)]), rtol=1e-12)
    assert torch.allclose(others.log_density(y, 0.5), known.log_density(y, 0.5, torch.full((6,), 1)), rtol=1e-12)


def _covariances(known: GaussianMixture) -> Tensor:
    return (known.vectors * known.values[:, None]) @ known.vectors.mT


def test_a_class_of_digits_is_nearest_to_its_digits_and_the_classes_make_the_whole() -> None:
    known, digits = analytic.digits_mixture(), analytic.digits_set()
    start, far = torch.zeros(10, 64, dtype=torch.float64), torch.tensor(math.inf)
    means, truth = (model.denoise(torch.arange(10))(start, far) for model in (known, digits))
    assert torch.equal(torch.cdist(means, truth).argmin(1), torch.arange(10))
    shares = torch.bincount(analytic._digits()[1]) / len(digits.points)
    kept = torch.from_numpy(np.load(analytic.MIXTURE)["class_weights"])
    assert torch.allclose(shares.double() @ kept, known.weights, atol=1e-3)


def test_the_kept_mixture_is_what_the_command_fits(tmp_path: Path) -> None:
    analytic.fit_digits(tmp_path / "again.npz")
    again, kept = np.load(tmp_path / "again.npz"), np.load(analytic.MIXTURE)
    assert all(np.allclose(again[key], kept[key], atol=1e-6) for key in kept.files)


def test_moments_of_few_samples_are_those_of_the_covariance() -> None:
    data = torch.randn(6, 20, generator=_generator())
    covariance = torch.cov(data.double().T, correction=0)
    few, whole = Moments.of(data), Moments.from_covariance(data.double().mean(0), covariance)
    assert few.vectors.shape == (20, 5)
    assert torch.allclose(few.values, whole.values[:5], rtol=1e-9)
    assert torch.allclose((few.vectors * few.values) @ few.vectors.T, covariance)
    assert Moments.of(data[:1]).values.shape == (0,)


def _write(folder: Path, name: str, pixels: np.ndarray) -> None:
    assert cv2.imwrite(str(folder / name), pixels)


def test_pictures_of_any_size_and_mode_become_one_set(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (40, 60, 4), dtype=np.uint8)
    _write(tmp_path, "a.png", noise)
    _write(tmp_path, "b.png", noise[:20, :24, :3])
    _write(tmp_path, "c.png", noise[:, :, 0])
    _write(tmp_path, "deep.png", noise[:, :, 1].astype(np.uint16) * 257)
    (tmp_path / "broken.png").write_bytes(b"no picture")
    (tmp_path / "notes.txt").write_text("nothing")
    known, info = analytic.open(f"analytic:images:{tmp_path}")
    assert info.shape == (3, 20, 20)
    assert known.moments.values.shape == (3,)
    drawn = known.sample(5, _generator())
    assert float(drawn.abs().max()) <= 1


def test_grey_pictures_have_one_channel_and_one_is_enough(tmp_path: Path) -> None:
    _write(tmp_path, "a.png", np.full((9, 9), 255, np.uint8))
    known, info = analytic.open(f"analytic:images:{tmp_path}")
    assert info.shape == (1, 9, 9)
    assert "One picture" in info.summary
    assert torch.allclose(known(torch.randn(2, 1, 9, 9), 3.0), torch.ones(2, 1, 9, 9))


def test_a_folder_without_pictures_says_so(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="No picture"):
        analytic.open(f"analytic:images:{tmp_path}")
    with pytest.raises(BadInput, match="no such folder"):
        analytic.open(f"analytic:images:{tmp_path / 'none'}")
    with pytest.raises(BadInput, match="no model 'analytic:discs'"):
        analytic.open("analytic:discs")
