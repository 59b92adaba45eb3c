"""EfficientNet-Lite0 beside the package that published its weights, in float64."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from engines.actions.features.appearance import MODULE, Appearance, picture_input
from engines.actions.features.lite0_onnx import blocks
from engines.core.store.fetching import load_path

published = pytest.importorskip("efficientnet_lite_pytorch", reason="efficientnet-lite-pytorch is not installed")


@pytest.fixture
def theirs(weights):
    weights("efficientnet-lite0")
    network = published.EfficientNet.from_name("efficientnet-lite0")
    network.load_state_dict(torch.load(load_path("efficientnet-lite0"), map_location="cpu", weights_only=True))
    return network.double().eval()


def test_features_are_those_of_the_publisher(theirs):
    ours, rng = Appearance(), np.random.default_rng(0)
    for image in (rng.integers(0, 256, (224, 224, 3), np.uint8), np.zeros((300, 200, 3), np.uint8)):
        data = picture_input(image, 224, "squash")
        with torch.no_grad():
            expected = theirs.extract_features(torch.from_numpy(data).double()).mean((2, 3)).numpy()[0]
        np.testing.assert_allclose(ours.describe(image), expected, atol=1e-4)


def test_the_blocks_are_those_of_the_publisher(theirs):
    listed = [block._block_args for block in theirs._blocks]
    assert [(one.kernel_size, one.expand_ratio, one.input_filters, one.output_filters) for one in listed] == [
        (block.kernel, block.expand, block.taken, block.given) for block in blocks()
    ]
    assert MODULE.endswith("lite0_onnx")
