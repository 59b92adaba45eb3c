"""The weights that ship: whole, small, what their cards say, and good enough that a judge names their samples."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import torch

from engines.core.reading import read_json
from engines.generative.diffusion.axis.schedules import levels
from engines.generative.diffusion.models import cards
from engines.generative.diffusion.models.checkpoints import load_network, load_tensors
from engines.generative.diffusion.models.opening import open_model
from engines.generative.diffusion.samplers.named import sample
from engines.generative.diffusion.types import Schedule
from engines.generative.training import classifiers as classifying

FILES = [
    file for file in sorted(cards.SHIPPED.glob("*.safetensors")) if "arguments" in read_json(cards.card_path(file))
]
"""Networks of this engine; models of actions ship beside them."""
NETWORKS = [file.stem for file in FILES if cards.read_card(file).architecture != "classifier"]
MNIST = [name for name in NETWORKS if name.startswith("mnist") and name != "mnist-unet-weak"]
MOST = 10_000_000


def test_what_is_promised_ships():
    assert {file.stem for file in FILES} >= {
        "digits-unet", "mnist-unet", "mnist-unet-weak", "mnist-dit", "mnist-flow", "mnist-reflow", "mnist-classifier",
        "mnist-classifier-noisy",
    }  # fmt: skip


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.stem)
def test_a_file_is_small_whole_and_half_precision(file: Path):
    card = cards.read_card(file)
    assert file.stat().st_size < MOST
    assert hashlib.sha256(file.read_bytes()).hexdigest() == card.sha256
    assert card.name == file.stem
    assert card.command.startswith("python main.py sample ")
    assert f"--name {card.name}" in card.command
    assert card.figures
    if card.architecture == "classifier":
        expected = {name: tuple(value.shape) for name, value in _built(card).state_dict().items()}
        assert {tensor.dtype for tensor in load_tensors(file, expected).values()} == {torch.float16}
    else:
        network, moments = load_network(file, card)
        assert sum(value.numel() for value in network.parameters()) == card.parameters
        assert moments is not None
        identity = moments.vectors.T @ moments.vectors
        torch.testing.assert_close(identity, torch.eye(len(identity)).double(), rtol=0, atol=5e-3)


def _built(card):
    from engines.generative import networks

    return networks.build(card.architecture, **card.arguments)


@pytest.mark.parametrize("name", NETWORKS)
def test_what_a_card_refers_to_is_there(name):
    card = cards.read_card(cards.find(name))
    for other in (card.weak, card.classifier):
        assert not other or cards.find(other).is_file()


@pytest.mark.parametrize("name", MNIST)
def test_the_judge_names_the_samples(name):
    model = open_model(name)
    label = torch.arange(20) % 10
    schedule = Schedule("flow") if model.info.process == "flow" else Schedule("karras", 0.02, 40.0)
    sigmas = levels(schedule, 8, model.info)
    noise = torch.randn(20, *model.info.shape, generator=torch.Generator().manual_seed(1))
    start = noise if torch.isinf(sigmas[0]) else noise * float(sigmas[0])
    x = sample(model.denoise(label), start, sigmas, sampler="dpm++2m")
    assert torch.isfinite(x).all()
    judge = classifying.open_classifier("mnist-classifier")
    assert float((judge.names(x) == label).float().mean()) >= 0.8


def test_the_digits_network_draws_digits():
    """Nearest neighbours among the real digits agree with the class that was asked for."""
    from engines.generative.data.datasets import split

    train = split("digits")[0]
    assert train.labels is not None
    model = open_model("digits-unet")
    label = torch.arange(40) % 10
    sigmas = levels(Schedule("karras", 0.02, 40.0), 10, model.info)
    noise = torch.randn(40, 1, 8, 8, generator=torch.Generator().manual_seed(2)) * 40
    x = sample(model.denoise(label), noise, sigmas, sampler="dpm++2m")
    nearest = torch.cdist(x.flatten(1), train.images.flatten(1)).argmin(1)
    assert float((train.labels[nearest] == label).float().mean()) > 0.85
