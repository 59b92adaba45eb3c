"""The small networks: shapes, what they begin as, and what they are told."""

from __future__ import annotations

import pytest
import torch

from engines.core.errors import BadInput
from engines.generative import networks
from engines.generative.networks.embedding import waves

GREY, COLOUR, DIGIT = [1, 28, 28], [3, 16, 16], [1, 8, 8]


def _built(architecture: str, shape: list[int], **arguments):
    torch.manual_seed(0)
    return networks.build(architecture, shape=shape, classes=3, width=32, depth=1, **arguments)


def _awake(network):
    """The same network with no weight at zero, so that all that it is told shows."""
    with torch.no_grad():
        for parameter in network.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.1)
    return network


@pytest.mark.parametrize(
    ("architecture", "shape", "arguments"),
    [
        ("unet", GREY, {"patch": 2}),
        ("unet", DIGIT, {"patch": 1}),
        ("unet", COLOUR, {"patch": 2, "multiples": [1, 2, 2], "attention": [1, 2]}),
        ("dit", GREY, {"patch": 4, "heads": 2}),
        ("dit", COLOUR, {"patch": 2, "heads": 1}),
    ],
)
def test_a_network_gives_what_it_is_given_in_shape_and_begins_as_zero(architecture, shape, arguments):
    network = _built(architecture, shape, **arguments)
    x = torch.randn(5, *shape)
    out = network(x, torch.linspace(-1, 1, 5), torch.tensor([0, 1, 2, 3, 3]))
    assert out.shape == x.shape
    assert torch.equal(out, torch.zeros_like(x))


def test_the_layers_of_a_transformer_begin_as_the_identity():
    network = _built("dit", GREY, patch=4, heads=2)
    tokens = torch.randn(2, 49, 32)
    for layer in network.layers:
        assert torch.equal(layer(tokens, torch.randn(2, 32)), tokens)


@pytest.mark.parametrize(("architecture", "arguments"), [("unet", {"patch": 2}), ("dit", {"patch": 4, "heads": 2})])
def test_time_and_class_matter_and_no_class_is_the_last_label(architecture, arguments):
    network = _awake(_built(architecture, GREY, **arguments))
    x, time = torch.randn(2, *GREY), torch.tensor([0.3, 0.3])
    none = network(x, time)
    assert torch.equal(none, network(x, time, torch.tensor([3, 3])))
    assert not torch.allclose(none, network(x, time, torch.tensor([0, 1])))
    assert not torch.allclose(none, network(x, time + 0.1))


@pytest.mark.parametrize(("architecture", "arguments"), [("unet", {"patch": 2}), ("dit", {"patch": 4, "heads": 2})])
def test_a_sample_does_not_depend_on_the_others_of_its_batch(architecture, arguments):
    network = _awake(_built(architecture, GREY, **arguments)).double()
    x, time, label = torch.randn(4, *GREY).double(), torch.randn(4).double(), torch.tensor([0, 1, 2, 3])
    alone = torch.cat([network(x[i : i + 1], time[i : i + 1], label[i : i + 1]) for i in range(4)])
    torch.testing.assert_close(network(x, time, label), alone, rtol=1e-10, atol=1e-12)


def test_queries_and_keys_are_normalised():
    """However large the tokens, no score is above the square root of the head's width."""
    layer = _built("dit", GREY, patch=4, heads=2).layers[0]
    huge = torch.randn(1, 2, 49, 16) * 1e6
    scores = layer.query_norm(huge) @ layer.key_norm(huge).transpose(-1, -2) / 4
    assert scores.abs().max() <= 4 + 1e-4


@pytest.mark.parametrize("noisy", [False, True])
@pytest.mark.parametrize(("shape", "patch"), [(GREY, 2), (DIGIT, 1), (COLOUR, 2)])
def test_a_classifier_gives_a_number_a_class(shape, patch, noisy):
    network = _awake(networks.build("classifier", shape=shape, classes=4, patch=patch, noisy=noisy))
    x = torch.randn(3, *shape)
    assert network(x, torch.zeros(3)).shape == (3, 4)
    assert network.features(x, torch.zeros(3)).shape == (3, 64)
    told = not torch.equal(network(x, torch.zeros(3)), network(x, torch.ones(3)))
    assert told == noisy


def test_waves_are_of_unit_length_and_tell_times_apart():
    found = waves(torch.tensor([0.0, 0.5, 40.0]), 16)
    assert found.shape == (3, 16)
    torch.testing.assert_close(found.square().sum(1), torch.full((3,), 8.0))
    assert torch.cdist(found, found).add(torch.eye(3) * 9).min() > 0.3


@pytest.mark.parametrize(
    ("architecture", "arguments", "says"),
    [
        ("unett", {"shape": GREY}, "no architecture called 'unett'"),
        ("unet", {"shape": [1, 30, 30], "patch": 2}, "multiples of 4"),
        ("unet", {"shape": GREY, "width": 30}, "multiple of 8"),
        ("dit", {"shape": [1, 30, 30], "patch": 4}, "multiples of 4"),
        ("dit", {"shape": GREY, "width": 100}, "multiple of 16"),
        ("unet", {"shape": GREY, "colour": "red"}, "colour"),
    ],
)
def test_what_cannot_be_built_is_said(architecture, arguments, says):
    with pytest.raises(BadInput, match=says):
        networks.build(architecture, **arguments)
