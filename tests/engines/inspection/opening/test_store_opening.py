"""Every model of the store and every network that ships opens by its name, told how pictures go in."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
import torch

from engines.actions.features.appearance import picture_input
from engines.core.context import PlainContext
from engines.core.errors import UsageError
from engines.core.store.fetching import load_path
from engines.inspection.opening.formats import format_of
from engines.inspection.opening.job import run
from engines.inspection.opening.known import PREPROCESSING
from engines.inspection.opening.lite0 import graph_path
from engines.inspection.opening.opener import find, open_model
from engines.inspection.types import Format, OpenSpec

WEIGHTS = Path(__file__).resolve().parents[4] / "resources" / "weights"
SHIPPED = sorted(path for path in WEIGHTS.iterdir() if path.suffix in (".safetensors", ".npz"))


@pytest.mark.parametrize("name", [*PREPROCESSING, "dlib"])
def test_every_model_of_the_store_opens(name: str, weights: Callable[..., None]) -> None:
    weights(name)
    sheet = open_model(name).sheet
    assert sheet.path == str(load_path(name))
    assert sheet.counts.parameters > 0 or sheet.graph is not None
    if name != "dlib":
        assert sheet.preprocessing == PREPROCESSING[name]
        (given, *_) = sheet.given
        size = PREPROCESSING[name].size
        axes = (1, *size, 3) if PREPROCESSING[name].axes == "NHWC" else (1, 3, *size)
        assert given.shape == axes
        assert not sheet.needs_shape


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.name)
def test_every_network_that_ships_is_found_by_its_name_and_opens(path: Path) -> None:
    """Each architecture is opened once: those with attention and the classifiers by the tests of their reader."""
    assert find(path.stem) == path
    assert format_of(path) is (Format.ARRAYS if path.suffix == ".npz" else Format.KINOSCOPE)
    if path.stem in ("mnist-flow", "mnist-unet", "digits-mixture"):
        assert run(OpenSpec(path.stem), PlainContext()).counts.parameters > 0


def test_lite0_has_its_published_parameters_and_the_graph_gives_its_classes(
    weights: Callable[..., None], portrait: Path
) -> None:
    """4.65 M parameters are published; the astronaut wears a space suit, which ImageNet has no class for: the scores
    are compared with torch's own arithmetic on the published weights."""
    import onnxruntime

    weights("efficientnet-lite0", "astronaut")
    sheet = open_model("efficientnet-lite0").sheet
    assert sheet.format is Format.STATE_DICT
    assert sheet.graph is not None
    made = onnx.load(graph_path(load_path("efficientnet-lite0")))
    learned = [one for one in made.graph.initializer if "running" not in one.name and one.name not in ("low", "high")]
    assert abs(sum(int(np.prod(one.dims)) for one in learned) / 4.652e6 - 1) < 1e-3
    state = torch.load(load_path("efficientnet-lite0"), weights_only=True)
    for one in learned:
        np.testing.assert_array_equal(onnx.numpy_helper.to_array(one), state[one.name].numpy())
    data = picture_input(cv2.imread(str(portrait)), 224, "squash")
    session = onnxruntime.InferenceSession(made.SerializeToString(), providers=["CPUExecutionProvider"])
    scores = session.run(None, {"image": data})[0]
    made.graph.output.append(onnx.helper.make_tensor_value_info("features", 1, [1, 1280]))
    features = onnxruntime.InferenceSession(made.SerializeToString()).run(["features"], {"image": data})[0]
    known = torch.nn.functional.linear(torch.from_numpy(features), state["_fc.weight"], state["_fc.bias"])
    np.testing.assert_allclose(scores, known.numpy(), rtol=1e-4, atol=1e-4)


def test_more_shapes_than_inputs_are_a_mistake(weights: Callable[..., None]) -> None:
    weights("yunet")
    with pytest.raises(UsageError, match="1 inputs"):
        open_model("yunet", [(1, 3, 640, 640), (1, 2)])
