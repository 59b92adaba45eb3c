"""A chain of three convolutions as an ONNX file, whose weights tests change one by one."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

LAYERS = ("conv0", "relu0", "conv1", "relu1", "conv2", "relu2")


def weights_of(seed: int = 0) -> list[np.ndarray]:
    """3 -> 4 -> 4 -> 4 channels, 3 x 3."""
    noise = np.random.default_rng(seed)
    return [noise.normal(0, 0.3, (4, 3 if at == 0 else 4, 3, 3)).astype(np.float32) for at in range(3)]


def write_chain(path: Path, weights: list[np.ndarray], side: int = 16, prefix: str = "") -> Path:
    """prefix: of the layers' names."""
    nodes, last = [], "x"
    for at in range(3):
        given = [last, f"w{at}"]
        nodes.append(helper.make_node("Conv", given, [f"c{at}"], f"{prefix}conv{at}", pads=[1, 1, 1, 1]))
        nodes.append(helper.make_node("Relu", [f"c{at}"], [f"r{at}"], f"{prefix}relu{at}"))
        last = f"r{at}"
    shaped = helper.make_tensor_value_info
    graph = helper.make_graph(
        nodes, "g", [shaped("x", TensorProto.FLOAT, [1, 3, side, side])],
        [shaped(last, TensorProto.FLOAT, [1, weights[2].shape[0], side, side])],
        [numpy_helper.from_array(data, f"w{at}") for at, data in enumerate(weights)],
    )  # fmt: skip
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=9), path)
    return path
