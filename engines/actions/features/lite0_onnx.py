"""EfficientNet-Lite0 as an ONNX graph, written straight from the published weights.

Tan, Le: EfficientNet (ICML 2019), in its "lite" form: no squeeze and excitation, ReLU6, stem and head not scaled. The
graph holds the published numbers untouched and in a fixed order, so the file is the same to the bit on every machine
and its hash can be pinned; folding the normalisations into the convolutions is left to onnxruntime. Padding is
TensorFlow's "same": where a stride leaves an odd number, the larger half goes to the right and below.

`python -m engines.actions.features.lite0_onnx WEIGHTS.pth NET.onnx` makes it: the one place that unpickles the file,
with nothing but tensors allowed, in a process of its own.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from onnx import GraphProto, ModelProto, NodeProto, TensorProto, helper, numpy_helper

from engines.core.store.preparing import keep

SIDE, FEATURES = 224, 1280
EPSILON = 1e-3
OPSET, IR = 13, 8
STAGES = ((1, 3, 1, 1, 16), (2, 3, 2, 6, 24), (2, 5, 2, 6, 40), (3, 3, 2, 6, 80), (3, 5, 1, 6, 112), (4, 5, 2, 6, 192),
          (1, 3, 1, 6, 320))  # fmt: skip
"""Blocks, kernel, stride of the first block, expansion, channels given."""
Weights = Mapping[str, NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Block:
    """One inverted bottleneck: expand (unless 1), a convolution for each channel, project; added to its input where
    shapes allow."""

    kernel: int
    stride: int
    expand: int
    taken: int
    given: int


def blocks() -> tuple[Block, ...]:
    """All sixteen, in order."""
    made: list[Block] = []
    taken = 32
    for repeats, kernel, stride, expand, given in STAGES:
        for number in range(repeats):
            made.append(Block(kernel, stride if number == 0 else 1, expand, taken, given))
            taken = given
    return tuple(made)


class _Graph:
    """Nodes and weights in the order in which they are written down."""

    def __init__(self, weights: Weights) -> None:
        self._weights, self._side = weights, SIDE
        self.nodes: list[NodeProto] = []
        self.kept: list[TensorProto] = [_tensor("low", np.float32(0)), _tensor("high", np.float32(6))]

    def convolution(self, data: str, name: str, norm: str, stride: int = 1, groups: int = 1, clip: bool = True) -> str:
        kernel = self._weight(name + ".weight")
        size = kernel.dims[2]
        pads, self._side = _same(self._side, size, stride)
        each: dict[str, Any] = {"kernel_shape": [size, size], "strides": [stride] * 2, "pads": pads, "group": groups}
        self.nodes.append(helper.make_node("Conv", [data, kernel.name], [name], **each))
        rest = [self._weight(f"{norm}.{part}").name for part in ("weight", "bias", "running_mean", "running_var")]
        self.nodes.append(helper.make_node("BatchNormalization", [name, *rest], [norm], epsilon=EPSILON))
        return self.one("Clip", [norm, "low", "high"], norm + ".clip") if clip else norm

    def one(self, kind: str, taken: list[str], given: str, **each: Any) -> str:
        self.nodes.append(helper.make_node(kind, taken, [given], **each))
        return given

    def _weight(self, name: str) -> TensorProto:
        self.kept.append(_tensor(name, self._weights[name]))
        return self.kept[-1]


def graph(weights: Weights) -> ModelProto:
    """image (1, 3, 224, 224), RGB, (x - 127) / 128 -> features (1, 1280): pooled over the picture."""
    made = _Graph(weights)
    data = made.convolution("image", "_conv_stem", "_bn0", stride=2)
    for number, block in enumerate(blocks()):
        data = _block(made, data, f"_blocks.{number}.", block)
    data = made.convolution(data, "_conv_head", "_bn1")
    made.one("Flatten", [made.one("GlobalAveragePool", [data], "pooled")], "features")
    image = helper.make_tensor_value_info("image", TensorProto.FLOAT, [1, 3, SIDE, SIDE])
    features = helper.make_tensor_value_info("features", TensorProto.FLOAT, [1, FEATURES])
    content: GraphProto = helper.make_graph(made.nodes, "efficientnet-lite0", [image], [features], made.kept)
    return helper.make_model(content, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)


def _block(made: _Graph, data: str, at: str, block: Block) -> str:
    taken, wide = data, block.taken * block.expand
    if block.expand > 1:
        data = made.convolution(data, at + "_expand_conv", at + "_bn0")
    data = made.convolution(data, at + "_depthwise_conv", at + "_bn1", stride=block.stride, groups=wide)
    data = made.convolution(data, at + "_project_conv", at + "_bn2", clip=False)
    if block.stride == 1 and block.taken == block.given:
        data = made.one("Add", [data, taken], at + "sum")
    return data


def _same(side: int, kernel: int, stride: int) -> tuple[list[int], int]:
    """Pads (top, left, bottom, right) and the side that comes out."""
    out = -(-side // stride)
    total = max((out - 1) * stride + kernel - side, 0)
    return [total // 2, total // 2, total - total // 2, total - total // 2], out


def _tensor(name: str, value: NDArray[np.float32] | np.float32) -> TensorProto:
    return numpy_helper.from_array(np.asarray(value, np.float32), name)


def read_weights(path: Path) -> dict[str, NDArray[np.float32]]:
    """The published tensors. Imports torch."""
    import torch

    state = torch.load(path, map_location="cpu", weights_only=True)
    return {name: value.numpy() for name, value in state.items() if value.dtype == torch.float32}


def converted(path: Path) -> bytes:
    """The ONNX file for a published weights file."""
    return bytes(graph(read_weights(path)).SerializeToString(deterministic=True))


if __name__ == "__main__":
    source, target = sys.argv[1:]
    keep(Path(target), converted(Path(source)))
