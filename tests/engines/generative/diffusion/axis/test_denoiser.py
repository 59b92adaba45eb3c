"""A network of any prediction, told to be right, is the same denoiser; at infinite noise too, where it can be."""

from __future__ import annotations

import math

import pytest
import torch
from torch import Tensor, nn

from engines.core.errors import BadInput
from engines.generative.diffusion.axis.denoiser import Preconditioned
from engines.generative.diffusion.axis.noise import SeededNoise
from engines.generative.diffusion.axis.process import process
from tests.engines.generative.diffusion.truth import MIXTURE, exact, normal_noise

CASES = [
    ("eps", "vp"),
    ("eps", "vp-cosine"),
    ("x0", "vp"),
    ("v", "vp"),
    ("u", "flow"),
    ("x0", "flow"),
    ("score", "ve"),
    ("edm", "edm"),
]
STATE = normal_noise(0, 3, 4)


class Right(nn.Module):
    """What a perfect network would give: it undoes its inputs with formulas of its own."""

    def __init__(self, prediction: str, name: str) -> None:
        super().__init__()
        self.prediction, self.process, self.times = prediction, process(name), []

    def forward(self, x: Tensor, time: Tensor, label: Tensor | None = None) -> Tensor:
        self.times.append(time)
        rows = [self.one(x[i : i + 1], self.process.sigma(float(time[i]))) for i in range(len(x))]
        return torch.cat(rows)

    def one(self, x: Tensor, sigma: float) -> Tensor:
        if self.prediction == "edm":
            norm = math.sqrt(sigma**2 + 0.25)
            y = x * norm
            return (MIXTURE(y, exact(sigma)) - 0.25 / norm**2 * y) * norm / (sigma * 0.5)
        y = x / self.process.scale(sigma)
        clean = MIXTURE(y, exact(sigma))
        match self.prediction:
            case "x0":
                return clean
            case "eps":
                return (y - clean) / sigma
            case "v":
                scale = (1 + sigma**2) ** -0.5
                return scale * (y - clean) / sigma - scale * sigma * clean
            case "u":
                return (y - clean) / sigma - clean
        return (clean - y) / sigma**2 * sigma


@pytest.mark.parametrize(("prediction", "name"), CASES)
def test_every_prediction_is_the_same_denoiser(prediction: str, name: str):
    model = Preconditioned(Right(prediction, name), prediction, process(name))
    for sigma in (0.05, 0.7, 3.0, 40.0):
        y = MIXTURE.means[:1] + sigma * STATE
        want = MIXTURE(y, exact(sigma))
        assert torch.allclose(model(y, exact(sigma)), want, rtol=1e-8, atol=1e-8)
        assert torch.allclose(model(y, torch.full((3,), sigma).double()), want, rtol=1e-6, atol=1e-6)
        assert torch.allclose(model.conditioned(None)(y, exact(sigma)), want, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize(("prediction", "skip", "out"), [("x0", 0, 1), ("v", 0, -1), ("u", 1, -1)])
def test_at_infinite_noise_the_network_is_given_the_noise_itself(prediction: str, skip: int, out: int):
    given = []

    class Watched(nn.Module):
        def forward(self, x: Tensor, time: Tensor, label: Tensor | None) -> Tensor:
            given.append((x, time))
            return x * 0.3

    model = Preconditioned(Watched(), prediction, process("flow"))
    answer = model(STATE, torch.tensor(math.inf, dtype=torch.float64))
    assert torch.equal(given[0][0], STATE)
    assert given[0][1].tolist() == [1.0] * 3
    assert torch.allclose(answer, skip * STATE + out * 0.3 * STATE)


@pytest.mark.parametrize("prediction", ["eps", "score", "edm"])
def test_predictions_that_say_nothing_at_infinite_noise(prediction: str):
    model = Preconditioned(Right(prediction, "edm"), prediction, process("edm"))
    with pytest.raises(BadInput, match="infinite noise"):
        model(STATE, math.inf)


def test_an_unknown_prediction_is_refused():
    with pytest.raises(BadInput, match="cannot predict"):
        Preconditioned(nn.Identity(), "nonsense", process("edm"))


def test_float32_stays_float32():
    model = Preconditioned(nn.Linear(4, 4), "x0", process("edm"))
    model.network.forward = lambda x, time, label: x  # type: ignore[method-assign]
    assert model(STATE.float(), exact(2.0)).dtype == torch.float32


def test_the_noise_of_a_seed_is_the_same_alone_and_among_others():
    alone, among = SeededNoise([5]), SeededNoise([3, 5, 9])
    for _ in range(3):
        assert torch.equal(alone(torch.zeros(1, 2, 3))[0], among(torch.zeros(3, 2, 3))[1])
    with pytest.raises(ValueError, match="seeds"):
        alone(torch.zeros(2, 2, 3))
    assert SeededNoise([1])(torch.zeros(1, 4).double()).dtype == torch.float64
