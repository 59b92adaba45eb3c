"""The networks of the model store give in torch what their own runtimes give, and count what they store."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import onnx
import pytest
import torch
from ai_edge_litert.interpreter import Interpreter
from numpy.typing import NDArray

from engines.core.networks.onnx import open_session
from engines.core.store.fetching import load_path
from engines.inspection.counting import count
from engines.inspection.opening.lite0 import graph_path
from engines.inspection.opening.model import Model
from engines.inspection.opening.opener import open_model
from engines.inspection.running.network import Network
from engines.inspection.types import Kind

Array = NDArray[np.float32]
LITE = [("blazeface-full", 1e-5), ("face-landmarks", 1e-5), ("iris-landmarks", 1e-5), ("pose-detection", 1e-4),
        ("pose-landmarks", 1e-3)]  # fmt: skip


def seen(model: Model, photograph: Path) -> Array:
    """The photograph as the network takes it."""
    told = model.sheet.preprocessing
    assert told is not None
    return told.prepare(np.asarray(cv2.imread(str(photograph)), np.uint8))[0]


def largest(mine: object, theirs: list[Array]) -> float:
    """Difference in parts of each output's largest value."""
    several = mine if isinstance(mine, tuple) else (mine,)
    return max(float(np.abs(a.numpy() - b).max() / np.abs(b).max()) for a, b in zip(several, theirs, strict=True))


@pytest.mark.parametrize("name", ["yunet", "sface", "efficientnet-lite0"])
def test_onnx_networks_agree_with_onnxruntime(name: str, portrait: Path, weights: Callable[..., None]) -> None:
    weights(name)
    path = graph_path(load_path(name)) if name == "efficientnet-lite0" else load_path(name)
    model = open_model(name)
    assert model.sheet.runs == ""
    assert all(node.kind is not Kind.UNKNOWN and model.graph.shape(node.output) for node in model.graph.nodes)
    x = seen(model, portrait)
    with torch.inference_mode():
        found = Network(model)(torch.from_numpy(x))
    assert largest(found, open_session(str(path)).run(None, {model.graph.inputs[0]: x})) < 1e-4
    floats = [one for one in onnx.load(path).graph.initializer if one.data_type == onnx.TensorProto.FLOAT]
    assert count(model.graph).parameters == sum(int(np.prod(one.dims)) for one in floats)


@pytest.mark.parametrize(("name", "within"), LITE)
def test_tflite_networks_agree_with_litert(
    name: str, within: float, portrait: Path, weights: Callable[..., None]
) -> None:
    """The mask of a body is a sum of large terms: both runtimes differ from float64 by more than 1e-4 of it."""
    weights(name)
    model, path = open_model(name), load_path(name)
    assert (model.sheet.runs, model.sheet.warnings) == ("", ())
    assert all(node.kind is not Kind.UNKNOWN for node in model.graph.nodes)
    x = seen(model, portrait)
    theirs = Interpreter(str(path), num_threads=1)
    theirs.allocate_tensors()
    theirs.set_tensor(theirs.get_input_details()[0]["index"], x)
    theirs.invoke()
    with torch.inference_mode():
        found = Network(model)(torch.from_numpy(x))
    good = [theirs.get_tensor(one["index"]) for one in theirs.get_output_details()]
    assert largest(found, good) < within
