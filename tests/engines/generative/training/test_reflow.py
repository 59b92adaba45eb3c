"""Reflow: pairs that the flow itself made, and a network that learns them."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engines.core.context import PlainContext
from engines.core.errors import Cancelled, UsageError
from engines.generative.diffusion.axis.denoiser import Preconditioned
from engines.generative.diffusion.axis.process import process
from engines.generative.diffusion.models import cards
from engines.generative.diffusion.samplers.named import sample
from engines.generative.training import job as training
from engines.generative.training import reflow
from engines.generative.training.types import TrainSpec

FLOW = TrainSpec(
    "digits", "", name="flow", process="flow", prediction="u", width=8, depth=1, steps=4, batch=8, sample_every=0
)


@pytest.fixture
def spec(tmp_path) -> TrainSpec:
    file = training.run(replace(FLOW, out=str(tmp_path)), PlainContext()).file
    return replace(FLOW, name="straight", out=str(tmp_path), reflow_of=file, reflow_pairs=20)


class Gaussian(torch.nn.Module):
    """The velocity of a flow whose data are N(0, 0.3^2): u = (eps - x0 expected) of x_t."""

    def forward(self, x, time, label):
        t = time.reshape(-1, 1, 1, 1)
        return x * (t - (1 - t) * 0.09) / (t**2 + (1 - t) ** 2 * 0.09)


def test_noise_is_carried_to_where_the_exact_flow_takes_it():
    """Of a Gaussian the flow is known: it scales the noise by the data's standard deviation."""
    noise = torch.randn(50, 1, 4, 4, generator=torch.Generator().manual_seed(0)).double()
    model = Preconditioned(Gaussian(), "u", process("flow"))
    found = reflow.carried(model, noise, torch.zeros(50).long(), ())
    assert float((found - 0.3 * noise).norm() / (0.3 * noise).norm()) < 0.01


def test_straightness_tells_a_straight_flow_from_a_bent_one():
    noise = torch.randn(20, 3, generator=torch.Generator().manual_seed(0)).double()
    straight = reflow.straightness(lambda y, sigma: noise.flip(1), noise)
    assert straight == pytest.approx(1, abs=1e-9)

    def bent(y, sigma):
        early = float(sigma) > 1
        return noise.flip(1) * (-2 if early else 1)

    assert reflow.straightness(bent, noise) < 0.9


def test_the_pairs_are_the_flows_own_and_the_training_begins_from_it(spec):
    data, figures, (arguments, network) = reflow.pairs(spec, PlainContext())
    card = cards.read_card(Path(spec.reflow_of))
    assert data.noise is not None
    assert data.labels is not None
    assert figures == {"pairs": 20.0}
    assert arguments == card.arguments
    model = Preconditioned(network, "u", process("flow"), card.data_std)
    again = sample(model.conditioned(data.labels), data.noise, reflow.path_levels(reflow.STEPS), sampler="ipndm-v")
    torch.testing.assert_close(again, data.images, rtol=2e-3, atol=2e-3)


def test_a_reflow_is_trained_and_says_what_it_is(spec):
    result = training.run(spec, PlainContext())
    card = cards.read_card(Path(result.file))
    assert card.title == f"Digits 8 x 8, reflowed U-Net: {Path(result.file).stem}"
    assert card.figures["pairs"] == 20
    assert f"--reflow-of {spec.reflow_of}" in card.command
    assert card.sigma_max == 0


def test_pairs_that_were_made_before_a_kill_are_read_again(spec, monkeypatch):
    monkeypatch.setattr(reflow, "CHUNK", 5)
    whole = reflow.pairs(replace(spec, name="whole"), PlainContext())[0]
    carried, made = reflow.carried, []

    def stops(*arguments):
        if len(made) == 4:
            raise Cancelled
        made.append(carried(*arguments))
        return made[-1]

    longer = replace(spec, reflow_pairs=30)
    monkeypatch.setattr(reflow, "carried", stops)
    with pytest.raises(Cancelled):
        reflow.pairs(longer, PlainContext())
    monkeypatch.setattr(reflow, "carried", lambda *arguments: made.append(carried(*arguments)) or made[-1])
    data = reflow.pairs(longer, PlainContext())[0]
    assert len(made) == 6
    assert torch.equal(data.images[:20], whole.images)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [({"process": "edm"}, "no flow to straighten"), ({"augment": 1}, "moves no pictures"),
     ({"architecture": "dit"}, "moves no pictures"), ({"reflow_pairs": 2}, "a batch of pairs")],
)  # fmt: skip
def test_what_cannot_be_straightened_is_said(spec, wrong, says):
    with pytest.raises(UsageError, match=says):
        reflow.pairs(replace(spec, **wrong), PlainContext())
