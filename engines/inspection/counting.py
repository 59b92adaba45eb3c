"""Parameters, multiply-adds and memory of a graph, layer by layer; shared weights once."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

from engines.inspection.types import Counts, Graph, Kind, Layer, Node, Shape, Tensor

COUNTED = (Kind.CONV, Kind.LINEAR, Kind.MATMUL, Kind.ATTENTION, Kind.RECURRENT)
BYTES: Mapping[str, int] = {
    "bool": 1, "uint8": 1, "int8": 1, "float8_e4m3fn": 1, "float8_e5m2": 1, "int16": 2, "uint16": 2, "float16": 2,
    "bfloat16": 2, "int32": 4, "uint32": 4, "float32": 4, "int64": 8, "uint64": 8, "float64": 8, "complex64": 8,
    "complex128": 16,
}  # fmt: skip


def count(graph: Graph) -> Counts:
    """Counts of a graph whose shapes are known; what is not known is left out and named.

    Parameters are the stored tensors that are not `constant`. Readers of torch's formats mark what is no parameter
    there (running means, tables of positions); those of ONNX and TFLite, which tell no buffer from a parameter, mark
    whole numbers alone, so that every float initialiser counts. `parameters` counts every name, as a state dict does;
    `parameters_shared_once` every storage, which is torch's `sum(p.numel() for p in module.parameters())`.

    One multiply-add is one product that is summed: a convolution has outputs x (channels in / groups) x window, a
    transposed one inputs x (channels out / groups) x window, a linear map outputs x features in, attention
    B H N M (d + e), a recurrence its matrices for each step. Sums, norms, activations and resizing have none, as the
    field counts (Howard et al., arXiv 1704.04861).
    """
    seen: set[str] = set()
    layers = tuple(_layer(node, graph, seen) for node in graph.nodes)
    learned = [tensor for tensor in graph.tensors.values() if _learned(tensor)]
    once = {tensor.storage or tensor.name: _size(tensor.shape) for tensor in learned}
    counted = [layer.multiply_adds for layer in layers if layer.multiply_adds is not None]
    unknown = {node.op for node, layer in zip(graph.nodes, layers, strict=True) if layer.multiply_adds is None}
    return Counts(
        sum(_size(tensor.shape) for tensor in learned),
        sum(once.values()),
        sum(counted) if counted else None,
        layers,
        tuple(sorted(unknown)),
    )


def _learned(tensor: Tensor | None) -> bool:
    return tensor is not None and tensor.stored and not tensor.constant


def _size(shape: Shape | None) -> int:
    return math.prod(shape or ())


def _layer(node: Node, graph: Graph, seen: set[str]) -> Layer:
    own = 0
    for name in node.inputs:
        tensor = graph.tensors.get(name)
        if tensor is not None and _learned(tensor) and (tensor.storage or name) not in seen:
            seen.add(tensor.storage or name)
            own += _size(tensor.shape)
    return Layer(node.name, node.op, graph.shape(node.output), own, multiply_adds(node, graph), _bytes(node, graph))


def _bytes(node: Node, graph: Graph) -> int | None:
    """Of all outputs, None where a shape or dtype is not known."""
    total = 0
    for name in node.outputs:
        tensor = graph.tensors.get(name)
        if tensor is None or tensor.shape is None or -1 in tensor.shape or tensor.dtype not in BYTES:
            return None
        total += _size(tensor.shape) * BYTES[tensor.dtype]
    return total


def multiply_adds(node: Node, graph: Graph) -> int | None:
    """Of one node; None where nobody can count them."""
    if node.kind is Kind.UNKNOWN:
        return None
    if node.kind not in COUNTED:
        return 0
    read = node.inputs[: {Kind.RECURRENT: 1, Kind.ATTENTION: 3}.get(node.kind, 2)]
    shapes = [graph.shape(name) for name in (*read, node.output)]
    if any(shape is None or -1 in shape for shape in shapes):
        return None
    return WAYS[node.kind](node, graph)


def _convolution(node: Node, graph: Graph) -> int | None:
    if node.window is None:
        return None
    data, out = (graph.shape(name) or () for name in (node.inputs[0], node.output))
    window, groups = math.prod(node.window.kernel), int(node.attributes["groups"])
    channel = int(node.attributes["channel"])
    if node.window.transposed:
        return _size(data) * (out[channel] // groups) * window
    return _size(out) * (data[channel] // groups) * window


def _product(node: Node, graph: Graph) -> int | None:
    contracted = int(node.attributes["contracted"])
    return None if contracted < 0 else _size(graph.shape(node.output)) * contracted


def _attention(node: Node, graph: Graph) -> int | None:
    query, key, value = (graph.shape(name) or () for name in node.inputs[:3])
    return _size(query[:-1]) * key[-2] * (query[-1] + value[-1])


def _recurrence(node: Node, graph: Graph) -> int | None:
    matrix = node.attributes.get("matrix")
    return None if matrix is None else _size((graph.shape(node.inputs[0]) or ())[:-1]) * int(matrix)


WAYS: Mapping[Kind, Callable[[Node, Graph], int | None]] = {
    Kind.CONV: _convolution,
    Kind.LINEAR: _product,
    Kind.MATMUL: _product,
    Kind.ATTENTION: _attention,
    Kind.RECURRENT: _recurrence,
}
