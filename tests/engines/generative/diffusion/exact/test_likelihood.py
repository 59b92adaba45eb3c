"""Log-likelihoods by the ODE against densities that are known, and there and back through the noise."""

from __future__ import annotations

import math
from pathlib import Path

import cv2
import numpy as np
import pytest
import torch
from torch import Tensor

from engines.core.context import PlainContext
from engines.core.errors import BadInput, Cancelled, FileMissing, UsageError
from engines.generative.data.moments import Moments
from engines.generative.diffusion.axis.denoiser import Denoise
from engines.generative.diffusion.axis.schedules import karras
from engines.generative.diffusion.distributions import analytic
from engines.generative.diffusion.exact import likelihood
from engines.generative.diffusion.exact.ode import relative_error
from engines.generative.diffusion.samplers.named import sample
from engines.generative.diffusion.study_types import LikelihoodSpec


def _normal(*shape: int, seed: int = 0) -> Tensor:
    return torch.randn(*shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def _noise_of(denoise: Denoise, data: Tensor, steps: int) -> Tensor:
    """Data at level 0.01 carried to level 80 by the ODE."""
    return sample(denoise, data, karras(steps + 1, 0.01, 80.0)[:-1].flip(0), sampler="heun")


def _save(folder: Path, data: Tensor) -> str:
    np.save(folder / "data.npy", data.numpy())
    return str(folder / "data.npy")


def test_digits_are_as_likely_as_they_are(tmp_path: Path) -> None:
    digits = analytic.digits_mixture()
    data = digits.sample(2, torch.Generator().manual_seed(1))
    spec = LikelihoodSpec("analytic:digits", (_save(tmp_path, data),), 200)
    result = likelihood.run(spec, PlainContext())
    assert result.true is not None
    assert result.bits is None
    error = np.abs(np.subtract(result.nats, result.true)).mean()
    assert error < 0.1
    assert np.allclose(result.true, digits.log_density(data, 0.002).numpy(), rtol=1e-9)


@pytest.mark.parametrize("name", ["analytic:gaussian", "analytic:moons"])
def test_points_are_as_likely_as_they_are_with_and_without_a_class(name: str, tmp_path: Path) -> None:
    known, info = analytic.open(name)
    data = known.sample(20, torch.Generator().manual_seed(2))
    for classes in ((), (1,)) if info.classes else ((),):
        spec = LikelihoodSpec(name, (_save(tmp_path, data),), 100, classes=classes, limit=10)
        result = likelihood.run(spec, PlainContext())
        assert len(result.nats) == 10
        assert result.true is not None
        assert np.allclose(result.nats, result.true, atol=0.03, rtol=3e-3)


def test_hutchinson_is_right_on_average_and_the_same_for_a_seed() -> None:
    digits = analytic.digits_mixture()
    y, sigma = digits.sample(3, torch.Generator().manual_seed(1)), torch.tensor(0.7, dtype=torch.float64)
    exact = likelihood.exact_trace(digits, y, sigma)
    estimate = likelihood.hutchinson(80, 0)(digits, y, sigma)
    assert torch.allclose(estimate, exact, rtol=0.15)
    assert torch.equal(estimate, likelihood.hutchinson(80, 0)(digits, y, sigma))
    jacobian = torch.func.jacrev(lambda x: digits(x[None], sigma)[0].flatten())(y[0]).reshape(64, 64)
    assert float(exact[0]) == pytest.approx(float(jacobian.trace()), rel=1e-9)


def test_the_density_far_out_is_the_gaussians() -> None:
    data = _normal(5, 9, seed=3)
    moments = Moments.of(data)
    covariance = torch.cov(data.T, correction=0) + 4 * torch.eye(9, dtype=torch.float64)
    y = _normal(4, 9, seed=4) * 2
    truth = torch.distributions.MultivariateNormal(data.mean(0), covariance).log_prob(y)
    assert torch.allclose(likelihood.gaussian_log_density(y, 2.0, moments), truth, rtol=1e-9)
    white = torch.distributions.Normal(0.0, 2.0).log_prob(y).sum(1)
    assert torch.allclose(likelihood.gaussian_log_density(y, 2.0, None), white, rtol=1e-9)


def test_bits_of_pixels_that_are_all_as_likely_are_eight() -> None:
    level = 2 / 255
    nats = torch.tensor([-64 * math.log(256 * level)])
    assert likelihood.bits_per_dimension(nats, 64, level).tolist() == pytest.approx([8.0])


def test_pictures_have_bits(tmp_path: Path) -> None:
    picture = np.random.default_rng(0).integers(0, 256, (8, 8), dtype=np.uint8)
    assert cv2.imwrite(str(tmp_path / "a.png"), picture)
    result = likelihood.run(LikelihoodSpec("analytic:digits", (str(tmp_path),), 20), PlainContext())
    assert result.names == ("a.png",)
    assert result.bits is not None
    assert math.isfinite(result.bits[0])


def test_what_cannot_be_measured_is_refused(tmp_path: Path) -> None:
    def run(*images: str, **more: object) -> None:
        likelihood.run(LikelihoodSpec("analytic:digits", images, **more), PlainContext())  # type: ignore[arg-type]

    assert cv2.imwrite(str(tmp_path / "large.png"), np.zeros((9, 8), np.uint8))
    (tmp_path / "broken.npy").write_bytes(b"nothing")
    np.save(tmp_path / "bad.npy", np.full((2, 64), np.nan))
    good = _save(tmp_path, torch.zeros(2, 64))
    with pytest.raises(BadInput, match="8 x 9 pixels"):
        run(str(tmp_path / "large.png"))
    with pytest.raises(BadInput, match="Not a usable array"):
        run(str(tmp_path / "broken.npy"))
    with pytest.raises(BadInput, match="finite"):
        run(str(tmp_path / "bad.npy"))
    with pytest.raises(FileMissing):
        run(str(tmp_path / "none.png"))
    with pytest.raises(UsageError, match="3 classes for 2"):
        run(good, classes=(1, 2, 3))
    with pytest.raises(UsageError, match="0 to 9"):
        run(good, classes=(11,))
    with pytest.raises(UsageError, match="steps"):
        run(good, steps=0)
    ctx = PlainContext()
    ctx.cancelled.set()
    with pytest.raises(Cancelled):
        likelihood.run(LikelihoodSpec("analytic:digits", (good,)), ctx)


def test_data_comes_back_from_its_noise() -> None:
    moons, _ = analytic.open("analytic:moons")
    data = moons.sample(12, torch.Generator().manual_seed(5))
    errors = []
    for steps in (20, 80):
        back = sample(moons, _noise_of(moons, data, steps), karras(steps + 1, 0.01, 80.0)[:-1], sampler="heun")
        errors.append(relative_error(back, data))
    assert float(errors[1].max()) < 0.02
    assert float(errors[1].mean()) < 0.2 * float(errors[0].mean())


def test_the_noise_of_gaussian_data_is_what_teleport_says() -> None:
    known, _ = analytic.open("analytic:gaussian")
    data = known.sample(6, torch.Generator().manual_seed(6))
    from engines.generative.diffusion.samplers.teleport import teleport

    noise = _noise_of(known, data, 200)
    assert torch.allclose(noise / 80.0, teleport(known.moments, data, 0.01, 80.0) / 80.0, atol=2e-3)
