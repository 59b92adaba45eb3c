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

from engines.inspection.opening.pickled import read_pickled
from engines.inspection.opening.state_dicts import tensors_of
from engines.inspection.opening.stored import Stored

CONVERTED = "cb76558c14421e457bb25dfc1a78cbd864653db4b330a9ef017ce89b383247d1"
"""SHA-256 of the ONNX file that the published weights become."""
MODULE = "engines.inspection.opening.lite0"
CLASSES = 1000


def graph_path(weights: Path) -> Path:
    """The ONNX file for the published weights, made the first time by another process and kept."""
    from engines.core.store.preparing import prepared

    return prepared(f"efficientnet-lite0-classes-{CONVERTED[:12]}.onnx", MODULE, (weights,), CONVERTED)


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
    held, _ = tensors_of(read_pickled(path), path)
    return {name: _read(path, one) for name, one in held.items() if one.dtype == "float32"}


def _read(path: Path, one: Stored) -> NDArray[np.float32]:
    flat = np.fromfile(path, np.float32, one.reach, offset=one.start)[one.offset :]
    strides = tuple(step * flat.itemsize for step in one.strides)
    return np.ascontiguousarray(np.lib.stride_tricks.as_strided(flat, one.shape, strides))


if __name__ == "__main__":
    from engines.core.store.preparing import keep

    source, target = sys.argv[1:]
    keep(Path(target), converted(Path(source)))
