"""EfficientNet-Lite0 of the model store with its classifier, as an ONNX graph made from the published weights.

The actions engine's graph ends at the features; here the classifier's 1000 scores follow, so that there is a class to
attribute. The published file is a legacy state dict, followed and mapped like any other: nothing unpickles it.

`python -m engines.inspection.opening.lite0 WEIGHTS.pth NET.onnx` makes it.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

NAME = "efficientnet-lite0-57934424-classes-3.onnx"
MODULE = "engines.inspection.opening.lite0"
CLASSES = 1000


def graph_path(weights: Path) -> Path:
    """The ONNX file for the published weights, made the first time by another process and kept."""
    from engines.core.store.preparing import prepared

    return prepared(NAME, MODULE, (weights,))


def converted(path: Path) -> bytes:
    """image (1, 3, 224, 224), RGB, (x - 127) / 128 -> scores (1, 1000) of ImageNet, before the softmax."""
    from onnx import TensorProto, helper, numpy_helper

    from engines.actions.features.lite0_onnx import graph

    weights = read_weights(path)
    model = graph(weights)
    for name in ("_fc.weight", "_fc.bias"):
        model.graph.initializer.append(numpy_helper.from_array(weights[name], name))
    names = ["features", "_fc.weight", "_fc.bias"]
    model.graph.node.append(helper.make_node("Gemm", names, ["_fc"], transB=1))
    for node in model.graph.node:
        node.name = node.output[0]
    del model.graph.output[:]
    model.graph.output.append(helper.make_tensor_value_info("_fc", TensorProto.FLOAT, [1, CLASSES]))
    return bytes(model.SerializeToString(deterministic=True))


def read_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """The published tensors of floats, by name."""
    from engines.inspection.opening.state_dicts import open_file
    from engines.inspection.types import OpenSpec

    model = open_file(path, OpenSpec())
    floats = [tensor.name for tensor in model.sheet.tensors if tensor.dtype == "float32"]
    return {name: model.weights[name].numpy() for name in floats}


if __name__ == "__main__":
    from engines.core.store.preparing import keep

    source, target = sys.argv[1:]
    keep(Path(target), converted(Path(source)))
