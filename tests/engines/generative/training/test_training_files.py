"""Weights and cards: what training writes is what opening reads."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
import torch

from engines.core.context import PlainContext
from engines.core.errors import Cancelled
from engines.core.spec import from_json
from engines.generative.data.moments import Moments
from engines.generative.diffusion.models import cards
from engines.generative.diffusion.models.checkpoints import load_network
from engines.generative.diffusion.models.opening import open_model
from engines.generative.diffusion.types import Card
from engines.generative.training import classifiers as classifying
from engines.generative.training import job as training
from engines.generative.training.files import command, moment_tensors
from engines.generative.training.types import ClassifierSpec, TrainSpec

SPEC = TrainSpec("digits", "", name="tiny", width=8, depth=1, steps=3, batch=8, sample_every=0)


@pytest.fixture
def trained(tmp_path) -> Path:
    return Path(training.run(replace(SPEC, out=str(tmp_path)), PlainContext()).file)


def test_a_card_goes_to_and_from_its_file(trained):
    card = cards.read_card(trained)
    assert card == from_json(Card, json.loads(trained.with_suffix(".json").read_text("utf-8")))
    assert (card.name, card.architecture, card.shape, card.steps, card.batch) == ("tiny", "unet", (1, 8, 8), 3, 8)
    assert card.classes == tuple("0123456789")
    assert card.figures["loss"] > 0
    assert card.data_std == pytest.approx(0.753, abs=1e-3)


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ({}, {"process": "edm", "sigma_max": 80.0, "title": "Digits 8 x 8, U-Net: tiny"}),
        (
            {"process": "flow", "prediction": "u"},
            {"sigma_max": 0.0, "title": "Digits 8 x 8, rectified flow (U-Net): tiny"},
        ),
        ({"process": "vp", "prediction": "eps"}, {"process": "vp", "sigma_max": pytest.approx(157.4, abs=0.1)}),
        ({"architecture": "dit", "width": 32}, {"title": "Digits 8 x 8, DiT: tiny"}),
        ({"use_classes": False}, {"classes": ()}),
    ],
)
def test_what_was_asked_is_on_the_card_and_can_be_sampled(tmp_path, asked, says):
    result = training.run(replace(SPEC, out=str(tmp_path), **asked), PlainContext())
    card = cards.read_card(Path(result.file))
    assert {name: getattr(card, name) for name in says} == says
    model = open_model(result.file)
    sigma = torch.tensor(2.0, dtype=torch.float64)
    denoised = model.denoise(model.labels([0, 1]))(torch.randn(2, 1, 8, 8), sigma)
    assert denoised.shape == (2, 1, 8, 8)
    assert torch.isfinite(denoised).all()


def test_the_weights_are_the_averaged_ones_in_half_precision(tmp_path):
    spec = replace(SPEC, out=str(tmp_path))
    setup = training.prepare(spec, PlainContext())
    run = training.Run(spec, setup, PlainContext())
    run.to_the_end()
    file = Path(run.keep(0, "").file)
    network, moments = load_network(file, cards.read_card(file))
    for name, value in network.named_parameters():
        assert torch.equal(value, setup.state.weights()[name].half().float())
    assert moments is not None
    assert moments.mean.shape == (64,)


def test_the_command_on_the_card_trains_the_same_again(tmp_path):
    spec = TrainSpec("digits", str(tmp_path / "x"), rate=2e-3, use_classes=False, name="two words", std=1.4)
    line = command("sample train", spec)
    assert line == (
        'python main.py sample train --data digits --out FOLDER --name "two words" --std 1.4 --rate 0.002 '
        "--no-use-classes"
    )
    classifier = ClassifierSpec("mnist", "x", noisy=True)
    assert command("sample classifier", classifier) == (
        "python main.py sample classifier --data mnist --out FOLDER --noisy"
    )


def test_moments_are_kept_without_what_does_not_vary():
    torch.manual_seed(0)
    data = torch.randn(500, 6).double() @ torch.randn(6, 6).double()
    data[:, 4:] = -1.0
    kept = moment_tensors(Moments.of(data))
    assert kept["moments.vectors"].shape == (6, 4)
    vectors = kept["moments.vectors"].double()
    found = vectors @ torch.diag(kept["moments.values"].double()) @ vectors.T
    true = torch.cov(data.T, correction=0)
    torch.testing.assert_close(found, true, rtol=0, atol=2e-3 * float(true.abs().max()))


def test_a_classifier_learns_the_digits_and_opens_again(tmp_path):
    spec = ClassifierSpec("digits", str(tmp_path), name="judge", steps=40, batch=64, rate=4e-3)
    result = classifying.run(spec, PlainContext())
    judge = classifying.open_classifier(result.file)
    held = classifying.split("digits")[1]
    assert held.labels is not None
    right = float((judge.names(held.images) == held.labels).float().mean())
    assert right == pytest.approx(judge.card.figures["held_out_accuracy"], abs=0.01)
    assert right > 0.8
    assert judge.features(held.images[:3]).shape == (3, 64)


def test_a_noisy_classifier_gives_a_gradient_at_every_level(tmp_path):
    result = classifying.run(ClassifierSpec("digits", str(tmp_path), noisy=True, steps=2, batch=16), PlainContext())
    judge = classifying.open_classifier(result.file)
    assert judge.card.name == "digits-classifier-noisy"
    assert "held_out_accuracy_at_sigma_0.3" in judge.card.figures
    y = torch.randn(4, 1, 8, 8, requires_grad=True)
    label = torch.tensor([0, 1, 2, 3])
    for sigma in (0.01, 1.0, 80.0):
        value = judge.log_probability(label)(y, torch.tensor(sigma, dtype=torch.float64))
        assert value.shape == (4,)
        (gradient,) = torch.autograd.grad(value.sum(), y)
        assert torch.isfinite(gradient).all()


class _After(PlainContext):
    """Cancels after so many steps."""

    def __init__(self, steps: int) -> None:
        super().__init__()
        self.left = steps

    def check(self) -> None:
        if not self.left:
            raise Cancelled
        self.left -= 1


def test_a_classifier_that_was_cut_off_is_the_same_as_one_that_was_not(tmp_path: Path) -> None:
    spec = ClassifierSpec("digits", str(tmp_path / "cut"), name="judge", steps=6, batch=16)
    whole = classifying.run(replace(spec, out=str(tmp_path / "whole")), PlainContext())
    with pytest.raises(Cancelled):
        classifying.run(spec, _After(4))
    made = classifying.run(spec, PlainContext())
    assert made.resumed_at == 4
    assert Path(made.file).read_bytes() == Path(whole.file).read_bytes()
    assert not (tmp_path / "cut" / "judge.checkpoint").exists()
