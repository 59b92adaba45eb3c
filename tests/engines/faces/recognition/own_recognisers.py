"""Small recognisers for tests: an ONNX file that turns a picture into a vector of eight numbers."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper


def own_recogniser(path: Path, seed: int = 0) -> Path:
    """The picture in 8 x 8 patches, mixed by random weights."""
    mixing = np.random.default_rng(seed).normal(size=(3 * 14 * 14, 8)).astype(np.float32)
    nodes = [
        helper.make_node("AveragePool", ["x"], ["p"], kernel_shape=[8, 8], strides=[8, 8]),
        helper.make_node("Flatten", ["p"], ["f"]),
        helper.make_node("MatMul", ["f", "w"], ["y"]),
    ]
    return _saved(path, nodes, ["n", 3, 112, 112], {"w": mixing})


def own_head(path: Path, of: str, of_sha256: str = "") -> Path:
    """A rotation of eight numbers, with its card."""
    turn = np.linalg.qr(np.random.default_rng(1).normal(size=(8, 8)))[0].astype(np.float32)
    _saved(path, [helper.make_node("MatMul", ["x", "t"], ["y"])], ["n", 8], {"t": turn})
    path.with_suffix(".json").write_text(f'{{"of": "{of}", "of_sha256": "{of_sha256}"}}')
    return path


def _saved(path: Path, nodes: list, shape: list, weights: dict[str, np.ndarray]) -> Path:
    given = [numpy_helper.from_array(value, name) for name, value in weights.items()]
    taken = helper.make_tensor_value_info("x", TensorProto.FLOAT, shape)
    made = helper.make_tensor_value_info("y", TensorProto.FLOAT, None)
    graph = helper.make_graph(nodes, "g", [taken], [made], given)
    path.parent.mkdir(parents=True, exist_ok=True)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 13)], ir_version=8), path)
    return path
