"""ONNX files as graphs: shapes by inference, weights read one by one, nothing outside the file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import numpy_helper

from engines.core.errors import BadInput
from engines.inspection.opening.model import Model
from engines.inspection.types import Format, Given, Graph, Kind, ModelSheet, Node, OpenSpec, Shape, Tensor

TYPES = {1: "float32", 7: "int64", 10: "float16", 11: "float64", 16: "bfloat16", 6: "int32", 9: "bool"}
OPERATORS = "engines.inspection.running.onnx_operators:operator"


class OnnxWeights:
    """Initialisers of a graph as tensors."""

    def __init__(self, graph: Any) -> None:
        self._held = {one.name: one for one in graph.initializer}

    def __getitem__(self, name: str) -> torch.Tensor:
        return torch.from_numpy(np.array(numpy_helper.to_array(self._held[name])))

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __contains__(self, name: object) -> bool:
        return name in self._held

    def __len__(self) -> int:
        return len(self._held)


def open_file(path: Path, _spec: OpenSpec) -> Model:
    """Raises `BadInput` for what is no ONNX model."""
    try:
        proto = onnx.load(path, load_external_data=False)
        proto = onnx.shape_inference.infer_shapes(proto)
    except Exception as error:
        raise BadInput("Not an ONNX model", path=path) from error
    graph = _graph(proto.graph)
    given = tuple(_given(graph.tensors[name]) for name in graph.inputs)
    facts = (("producer", proto.producer_name), ("opset", str(proto.opset_import[0].version)))
    stored = tuple(tensor for tensor in graph.tensors.values() if tensor.stored)
    sheet = ModelSheet(str(path), path.name, Format.ONNX, path.stat().st_size, graph=graph, given=given, facts=facts,
                       tensors=stored)  # fmt: skip
    return Model(sheet, OnnxWeights(proto.graph), OPERATORS)


def _graph(graph: Any) -> Graph:
    tensors = {one.name: _value(one) for one in (*graph.input, *graph.value_info, *graph.output)}
    for one in graph.initializer:
        dtype = TYPES.get(one.data_type, "")
        tensors[one.name] = Tensor(one.name, tuple(one.dims), dtype, stored=True, constant="int" in dtype)
    nodes = tuple(_node(node, index, tensors) for index, node in enumerate(graph.node))
    inputs = tuple(one.name for one in graph.input if not tensors[one.name].stored)
    return Graph(nodes, tensors, inputs, tuple(one.name for one in graph.output))


def _node(node: Any, index: int, tensors: dict[str, Tensor]) -> Node:
    for name in node.output:
        tensors.setdefault(name, Tensor(name))
    name = node.name or f"{node.op_type}_{index}"
    return Node(name, Kind.UNKNOWN, node.op_type, tuple(node.input), tuple(node.output), name.rpartition("/")[0])


def _value(value: Any) -> Tensor:
    kind = value.type.tensor_type
    shape: Shape | None = None
    if kind.HasField("shape"):
        shape = tuple(axis.dim_value if axis.HasField("dim_value") else -1 for axis in kind.shape.dim)
    return Tensor(value.name, shape, TYPES.get(kind.elem_type, ""))


def _given(tensor: Tensor) -> Given:
    shape = tensor.shape
    picture = shape is not None and len(shape) == 4 and (shape[1] in (1, 3) or shape[3] in (1, 3))
    return Given(tensor.name, shape, tensor.dtype, picture)
