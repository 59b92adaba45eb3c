"""Appearance: the converted network is the published one, and knows what it sees."""

from __future__ import annotations

import hashlib

import cv2
import numpy as np
import pytest

from engines.actions.features.appearance import CONVERTED, Appearance, picture_input
from engines.actions.features.lite0_onnx import blocks, converted, read_weights
from engines.core.store.fetching import load_path

SEEN = {"rocket": {657, 744}, "coffee": {967, 504, 968}, "chelsea": {281, 282, 285}}
"""ImageNet classes: missile, projectile; espresso, coffee mug, cup; tabby, tiger cat, Egyptian cat."""


@pytest.fixture
def network(weights):
    weights("efficientnet-lite0", *SEEN)
    return Appearance()


def test_the_file_is_the_same_to_the_bit(weights):
    weights("efficientnet-lite0")
    assert hashlib.sha256(converted(load_path("efficientnet-lite0"))).hexdigest() == CONVERTED


def test_the_blocks_are_those_of_the_weights(weights):
    weights("efficientnet-lite0")
    state = read_weights(load_path("efficientnet-lite0"))
    assert len(blocks()) == 16
    for number, block in enumerate(blocks()):
        at = f"_blocks.{number}."
        assert state[at + "_depthwise_conv.weight"].shape == (block.taken * block.expand, 1, block.kernel, block.kernel)
        assert state[at + "_project_conv.weight"].shape[0] == block.given
        assert (at + "_expand_conv.weight" in state) == (block.expand > 1)


@pytest.mark.parametrize("crop", ["squash", "centre"])
def test_with_the_published_classifier_it_names_what_it_sees(network, crop):
    state = read_weights(load_path("efficientnet-lite0"))
    network._crop = crop
    for name, classes in SEEN.items():
        features = network.describe(cv2.imread(str(load_path(name))))
        logits = state["_fc.weight"] @ features + state["_fc.bias"]
        assert set(np.argsort(logits)[-5:]) & classes, name


def test_the_pixels_are_scaled_as_published():
    image = np.random.default_rng(0).integers(0, 256, (224, 224, 3), np.uint8)
    expected = (image[..., ::-1].transpose(2, 0, 1)[None].astype(np.float64) - 127) / 128
    np.testing.assert_allclose(picture_input(image, 224, "squash"), expected, atol=1e-6)


def test_the_centre_leaves_out_what_is_beside_it():
    image = np.zeros((100, 300, 3), np.uint8)
    image[:, :100] = image[:, 200:] = 255
    assert np.unique(picture_input(image, 224, "centre")) == pytest.approx([-127 / 128])
    assert picture_input(image, 224, "squash").max() == 1.0


@pytest.mark.parametrize("size", [(1, 1), (2, 2000), (7, 5), (2160, 3840)])
def test_any_picture_has_features(network, size):
    features = network.describe(np.full((*size, 3), 90, np.uint8))
    assert features.shape == (1280,)
    assert np.isfinite(features).all()
    assert (features >= 0).all()


def test_features_hardly_change_with_the_size_of_the_picture(network):
    image = cv2.imread(str(load_path("coffee")))
    one, other, another = (network.describe(each) for each in (image, cv2.resize(image, None, fx=2, fy=2), image[::-1]))
    apart = np.linalg.norm(one - other) / np.linalg.norm(one)
    assert apart < 0.25 * np.linalg.norm(one - another) / np.linalg.norm(one)
