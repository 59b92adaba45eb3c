"""Parameters, multiply-adds and memory of a graph, layer by layer; shared weights once."""

from __future__ import annotations

import math

from engines.inspection.types import Counts, Graph, Kind, Layer, Node

FREE = frozenset(set(Kind) - {Kind.CONV, Kind.LINEAR, Kind.MATMUL, Kind.ATTENTION, Kind.RECURRENT, Kind.UNKNOWN})
"""Kinds that multiply and add nothing, as the field counts."""


def count(graph: Graph) -> Counts:
    """One multiply-add is one product that is summed: a convolution has outputs x (inputs a group) x window of them."""
    seen: set[str] = set()
    layers = tuple(_layer(node, graph, seen) for node in graph.nodes)
    stored = [tensor for tensor in graph.tensors.values() if tensor.stored and not tensor.constant]
    once = {tensor.storage or tensor.name: math.prod(tensor.shape or ()) for tensor in stored}
    counted = [layer.multiply_adds for layer in layers if layer.multiply_adds is not None]
    return Counts(
        sum(math.prod(tensor.shape or ()) for tensor in stored),
        sum(once.values()),
        sum(counted) if layers else None,
        layers,
        tuple(
            sorted({node.op for node, layer in zip(graph.nodes, layers, strict=True) if layer.multiply_adds is None})
        ),
    )


def _layer(node: Node, graph: Graph, seen: set[str]) -> Layer:
    own = 0
    for name in node.inputs:
        tensor = graph.tensors.get(name)
        if tensor is not None and tensor.stored and not tensor.constant and (tensor.storage or name) not in seen:
            seen.add(tensor.storage or name)
            own += math.prod(tensor.shape or ())
    return Layer(node.name, node.op, graph.shape(node.output), own, _multiply_adds(node, graph))


def _multiply_adds(node: Node, graph: Graph) -> int | None:
    shape = graph.shape(node.output)
    if node.kind in FREE:
        return 0
    if shape is None or -1 in shape:
        return None
    outputs = int(math.prod(shape))
    if node.kind in (Kind.LINEAR, Kind.MATMUL):
        return outputs * int(node.attributes["contracted"])
    if node.kind is Kind.CONV and node.window is not None:
        data = graph.shape(node.inputs[0])
        each = (data or shape)[node.attributes["channel"]] // int(node.attributes["groups"])
        return outputs * int(each) * math.prod(node.window.kernel)
    return None
