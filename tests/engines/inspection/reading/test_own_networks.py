"""Our own networks as models: the numbers of the engine that trained them, attention that shows, inputs that fit."""

from functools import cache

import numpy as np
import pytest
import torch

from engines.actions.heads.building import build
from engines.actions.models.files import save_model
from engines.actions.types import HeadShape, ModelCard, Recipe
from engines.core.errors import BadInput, FileMissing
from engines.generative.diffusion.models import opening
from engines.generative.diffusion.models.cards import SHIPPED, read_card
from engines.inspection.counting import count
from engines.inspection.opening.model import Model
from engines.inspection.reading.own_files import open_file
from engines.inspection.running.inputs import given_inputs
from engines.inspection.running.network import Network
from engines.inspection.types import Kind, OpenSpec


@cache
def shipped(name: str) -> Model:
    return open_file(SHIPPED / f"{name}.safetensors", OpenSpec(name))


ATTENTION = {"mnist-dit": 5, "digits-unet": 4, "mnist-classifier": 0, "mnist-classifier-noisy": 0}


@pytest.mark.parametrize("name", ATTENTION)
def test_shipped_networks_open_with_their_attention_and_parameters(name):
    model = shipped(name)
    attention = [node for node in model.graph.nodes if node.kind is Kind.ATTENTION]
    assert len(attention) == ATTENTION[name]
    assert not [node.op for node in model.graph.nodes if node.kind is Kind.UNKNOWN]
    card = read_card(SHIPPED / f"{name}.safetensors")
    assert count(model.graph).parameters == card.parameters
    assert model.sheet.given[0].shape == (1, *card.shape)
    assert model.sheet.given[0].picture


def test_a_picture_that_is_fitted_is_what_the_denoiser_gives_its_network():
    name, level = "digits-unet", 0.2
    model, known = shipped(name), opening.open_model(name)
    picture = np.random.default_rng(0).integers(0, 256, (8, 8, 1), np.uint8).repeat(3, 2)
    data, _ = model.sheet.preprocessing.prepare(picture)
    inputs = given_inputs(model, torch.from_numpy(data))
    predicted = Network(model)(*inputs)
    y = torch.from_numpy(picture[None, None, ..., 0].astype(np.float64)) / 127.5 - 1
    std = known.card.data_std
    norm = (level**2 + std**2) ** 0.5
    wanted = known.denoise(torch.tensor([10]))(y.float(), torch.tensor(level, dtype=torch.float64))
    torch.testing.assert_close(
        (std / norm) ** 2 * y.float() + level * std / norm * predicted, wanted.float(), rtol=1e-4, atol=1e-5
    )


def test_a_head_of_actions_takes_a_sequence_of_features(tmp_path):
    shape = HeadShape("trn", (6,), 3, features=8, hidden=8, future_steps=1, window=3)
    head = build(shape).eval()
    weights = {name: value.numpy() for name, value in head.state_dict().items()}
    card = ModelCard("wave", ("background", "wave", "clap"), shape, Recipe())
    save_model(tmp_path / "wave.safetensors", card, weights, np.zeros(6), np.ones(6))
    model = open_file(tmp_path / "wave.safetensors", OpenSpec("wave"))
    assert model.sheet.given[0].shape == (1, 3, 6)
    x = torch.randn(1, 3, 6)
    with torch.no_grad():
        torch.testing.assert_close(Network(model)(x)[0], head(x).logits)
    assert open_file(tmp_path / "wave.safetensors", OpenSpec("wave", ((1, 2, 6),))).sheet.given[0].shape == (1, 2, 6)


def test_weights_without_a_card_or_with_another_shape_say_so(tmp_path):
    lost = tmp_path / "lost.safetensors"
    lost.write_bytes((SHIPPED / "digits-unet.safetensors").read_bytes())
    with pytest.raises(FileMissing, match="no card"):
        open_file(lost, OpenSpec("lost"))
    with pytest.raises(BadInput, match="such as 1x1x8x8"):
        open_file(SHIPPED / "digits-unet.safetensors", OpenSpec("digits-unet", ((1, 8),)))
