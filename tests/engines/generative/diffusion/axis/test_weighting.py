"""The loss on one axis against closed forms: data from a Gaussian, whose best denoiser is known."""

from __future__ import annotations

import math

import pytest
import torch
from torch import nn

from engines.core.errors import BadInput
from engines.generative.diffusion.axis.denoiser import PREDICTIONS, Preconditioned, coefficients
from engines.generative.diffusion.axis.process import process
from engines.generative.diffusion.axis.weighting import WEIGHTINGS, levels, losses, weight
from engines.generative.training.batches import stream

STD = 0.7
NATIVE = {"eps": "vp", "x0": "vp", "v": "vp", "u": "flow", "score": "ve", "edm": "edm"}


class Best(nn.Module):
    """The F that makes D the best denoiser of N(0, STD^2): D* = STD^2 y / (STD^2 + sigma^2)."""

    def __init__(self, prediction: str):
        super().__init__()
        self.asked = Preconditioned(nn.Identity(), prediction, process(NATIVE[prediction]), STD)
        self.sigma = torch.ones(1)

    def forward(self, x, time, label):
        skip, out, into = (c.reshape(-1, 1) for c in coefficients(self.asked, self.sigma))
        y = x / into
        best = STD**2 / (STD**2 + self.sigma.reshape(-1, 1) ** 2) * y
        return (best - skip * y) / out


def _least(prediction: str, weighting: str, sigma: float) -> tuple[float, float]:
    """(mean loss of the best network over many samples, what theory says)."""
    best = Best(prediction)
    model = Preconditioned(best, prediction, process(NATIVE[prediction]), STD).double()
    generator = torch.Generator().manual_seed(3)
    x0 = STD * torch.randn(2000, 64, generator=generator, dtype=torch.float64)
    eps = torch.randn(2000, 64, generator=generator, dtype=torch.float64)
    best.sigma = torch.full((2000,), sigma, dtype=torch.float64)
    found = losses(model, x0, best.sigma, eps, None, weighting).mean()
    theory = STD**2 * sigma**2 / (STD**2 + sigma**2) * float(weight(weighting, model, best.sigma[:1]))
    return float(found), theory


@pytest.mark.parametrize("sigma", [0.05, 0.7, 8.0])
@pytest.mark.parametrize("weighting", WEIGHTINGS)
@pytest.mark.parametrize("prediction", PREDICTIONS)
def test_the_best_network_has_the_least_loss_that_theory_gives(prediction, weighting, sigma):
    found, theory = _least(prediction, weighting, sigma)
    assert found == pytest.approx(theory, rel=0.02)


@pytest.mark.parametrize("sigma", [0.01, 0.7, 30.0])
def test_edms_least_loss_of_a_gaussian_is_one_at_every_level(sigma):
    """Karras et al. (2022), B.6: unit variance of what the network gives, which for a Gaussian it cannot know."""
    assert _least("edm", "prediction", sigma)[1] == pytest.approx(1, rel=1e-12)
    assert _least("edm", "edm", sigma)[1] == pytest.approx(1, rel=1e-12)


@pytest.mark.parametrize(
    ("prediction", "target"),
    [
        ("eps", lambda x0, eps, sigma: eps),
        ("x0", lambda x0, eps, sigma: x0),
        ("v", lambda x0, eps, sigma: (eps - sigma * x0) / math.sqrt(1 + sigma**2)),
        ("u", lambda x0, eps, sigma: eps - x0),
    ],
)
def test_unit_weight_on_the_prediction_is_the_familys_own_loss(prediction, target):
    torch.manual_seed(0)
    network = nn.Linear(6, 6).double()
    model = Preconditioned(lambda x, time, label: network(x), prediction, process(NATIVE[prediction]))  # type: ignore[arg-type]
    x0, eps, sigma = torch.randn(4, 6).double(), torch.randn(4, 6).double(), 1.7
    into = model.process.scale(sigma)
    own = (network(into * (x0 + sigma * eps)) - target(x0, eps, sigma)).square().mean(1)
    found = losses(model, x0, torch.full((4,), sigma).double(), eps, None, "prediction")
    torch.testing.assert_close(found, own)


def test_min_snr_is_capped():
    model = Preconditioned(nn.Identity(), "eps", process("vp"))
    found = weight("min-snr", model, torch.tensor([0.01, 1.0, 10.0]))
    torch.testing.assert_close(found, torch.tensor([5.0, 1.0, 0.01]))


def test_an_unknown_weighting_is_said():
    with pytest.raises(BadInput, match="no weighting called 'min'"):
        weight("min", Preconditioned(nn.Identity(), "eps", process("vp")), torch.ones(1))


def test_noise_levels_have_the_distribution_that_was_asked_for():
    drawn = levels(20000, -1.2, 1.2, 0.0, math.inf, stream(5)).log()
    assert float(drawn.mean()) == pytest.approx(-1.2, abs=0.01)
    assert float(drawn.std()) == pytest.approx(1.2, rel=0.01)
    held = levels(1000, 0.0, 3.0, 0.1, 10.0, stream(6))
    assert (float(held.min()), float(held.max())) == pytest.approx((0.1, 10.0))


def test_sd3s_logit_normal_times_are_normal_in_ln_sigma():
    sigma = levels(20000, 0.0, 1.0, 0.0, math.inf, stream(7))
    t = process("flow").time(sigma)
    torch.testing.assert_close(torch.logit(t), sigma.log(), rtol=1e-3, atol=1e-3)
