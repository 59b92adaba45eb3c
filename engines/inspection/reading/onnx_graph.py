"""The graph of an ONNX model in terms of the inspection engine: tensors, nodes, constants folded into stored ones."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import onnx
from onnx import AttributeProto, TensorProto

from engines.inspection.reading.layer_names import named
from engines.inspection.reading.onnx_kinds import described
from engines.inspection.reading.onnx_names import written
from engines.inspection.reading.onnx_seen import Seen
from engines.inspection.reading.sizes import SMALL
from engines.inspection.types import Graph, Node, Shape, Tensor

TYPES: dict[int, str] = {
    TensorProto.FLOAT: "float32", TensorProto.UINT8: "uint8", TensorProto.INT8: "int8", TensorProto.UINT16: "uint16",
    TensorProto.INT16: "int16", TensorProto.INT32: "int32", TensorProto.INT64: "int64", TensorProto.BOOL: "bool",
    TensorProto.FLOAT16: "float16", TensorProto.DOUBLE: "float64", TensorProto.UINT32: "uint32",
    TensorProto.UINT64: "uint64", TensorProto.COMPLEX64: "complex64", TensorProto.COMPLEX128: "complex128",
    TensorProto.BFLOAT16: "bfloat16", TensorProto.FLOAT8E4M3FN: "float8_e4m3fn", TensorProto.FLOAT8E5M2: "float8_e5m2",
    TensorProto.UINT4: "uint4", TensorProto.INT4: "int4", TensorProto.STRING: "string",
}  # fmt: skip
"""Element types by ONNX's numbers, as torch calls them."""

OURS = ("", "ai.onnx")
QUANTISED = {"DequantizeLinear": (0,), "QLinearConv": (3, 8), "QLinearMatMul": (3,), "ConvInteger": (1,),
             "MatMulInteger": (1,)}  # fmt: skip
"""Inputs that are weights though they are whole numbers."""


@dataclass
class Parts:
    """What a model holds: the tensors that are stored, by name, and the steps without its constants.

    literals: those that the program itself holds; same: other names of stored tensors; sparse: names and shapes of
    stored ones that are not read here.
    """

    stored: dict[str, TensorProto] = field(default_factory=dict)
    nodes: list[Any] = field(default_factory=list)
    literals: set[str] = field(default_factory=set)
    same: dict[str, str] = field(default_factory=dict)
    sparse: dict[str, Shape] = field(default_factory=dict)


def parts_of(graph: Any, nodes: Iterable[Any]) -> Parts:
    """Initialisers, Constant nodes and Identities of them as stored tensors; all other nodes as they come."""
    parts = Parts({one.name: one for one in graph.initializer})
    parts.sparse.update((one.values.name, tuple(one.dims)) for one in graph.sparse_initializer)
    for node in nodes:
        if not _folded(node, parts):
            parts.nodes.append(node)
    return parts


def _folded(node: Any, parts: Parts) -> bool:
    """Whether a node is no more than a stored tensor, which is then held."""
    if node.domain not in OURS or not node.output:
        return False
    if node.op_type == "Constant" and (literal := _literal(node)) is not None:
        parts.stored[node.output[0]] = literal
        parts.literals.add(node.output[0])
        return True
    if node.op_type == "Identity" and node.input and (name := node.input[0]) in parts.stored:
        parts.stored[node.output[0]] = parts.stored[name]
        parts.same[node.output[0]] = parts.same.get(name, name)
        return True
    return False


def _literal(node: Any) -> TensorProto | None:
    """The value of a Constant node, None for sparse ones and texts."""
    attribute = node.attribute[0] if len(node.attribute) == 1 else None
    if attribute is None:
        return None
    if attribute.name == "value":
        found: TensorProto = attribute.t
        return found
    kinds = {"value_float": TensorProto.FLOAT, "value_floats": TensorProto.FLOAT,
             "value_int": TensorProto.INT64, "value_ints": TensorProto.INT64}  # fmt: skip
    if attribute.name not in kinds:
        return None
    value = onnx.helper.get_attribute_value(attribute)
    many = isinstance(value, Iterable)
    values = list(value) if many else [value]
    return onnx.helper.make_tensor(node.output[0], kinds[attribute.name], [len(values)] if many else [], values)


def tensors_of(parts: Parts, typed: Iterable[Any]) -> dict[str, Tensor]:
    """typed: ValueInfoProtos with the shapes found."""
    return {one.name: value_of(one) for one in typed} | _stored(parts)


def graph_of(proto: Any, parts: Parts, tensors: Mapping[str, Tensor], known: Mapping[str, Any]) -> Graph:
    """known: values of small tensors, by name, as nested lists."""
    held = dict(tensors)
    versions = {one.domain if one.domain not in OURS else "": one.version for one in proto.opset_import}
    names, nodes = named([written(node, index) for index, node in enumerate(parts.nodes)]), []
    for index, node in enumerate(parts.nodes):
        for name in (*node.input, *node.output):
            if name:
                held.setdefault(name, Tensor(name))
        nodes.append(_node(node, names[index], versions, held, known))
    inputs = tuple(one.name for one in proto.graph.input if one.name not in parts.stored)
    outputs = tuple(one.name for one in proto.graph.output)
    used = {name for node in nodes for name in (*node.inputs, *node.outputs)} | {*inputs, *outputs} | set(parts.stored)
    return Graph(tuple(nodes), {name: tensor for name, tensor in held.items() if name in used}, inputs, outputs)


def value_of(value: Any) -> Tensor:
    """A ValueInfoProto: -1 where a size is a name or nothing."""
    kind = value.type.tensor_type
    shape: Shape | None = None
    if kind.HasField("shape"):
        shape = tuple(axis.dim_value if axis.HasField("dim_value") and axis.dim_value > 0 else -1
                      for axis in kind.shape.dim)  # fmt: skip
    return Tensor(value.name, shape, TYPES.get(kind.elem_type, ""))


def _stored(parts: Parts) -> dict[str, Tensor]:
    """Floats are parameters; whole numbers are constants, apart from quantised weights, and so are single numbers that
    the program itself holds as literals."""
    weights = {node.input[place] for node in parts.nodes for place in QUANTISED.get(node.op_type, ())
               if place < len(node.input)}  # fmt: skip
    found, shared = {}, set(parts.same.values())
    for name, one in parts.stored.items():
        dtype = TYPES.get(one.data_type, "")
        floating = "float" in dtype
        root = parts.same.get(name, name)
        lone = root in parts.literals and len(one.dims) == 0
        constant = lone or not (floating or name in weights)
        storage = root if root in shared else ""
        found[name] = Tensor(name, tuple(one.dims), dtype, stored=True, storage=storage, constant=constant)
    found |= {name: Tensor(name, shape, "float32", stored=True) for name, shape in parts.sparse.items()}
    return found


def _node(node: Any, called: tuple[str, str], versions: Mapping[str, int], tensors: Mapping[str, Tensor],
          known: Mapping[str, Any]) -> Node:  # fmt: skip
    name, module = called
    domain = "" if node.domain in OURS else node.domain
    attributes = {one.name: plain(one) for one in node.attribute}
    version = versions.get(domain, 1)
    call = {"domain": domain, "version": version, "attributes": attributes}
    inputs = (*node.input, *(each for each in captured(node) if each in tensors))
    seen = Seen(node.op_type, domain, version, attributes, inputs, tuple(node.output), tensors, known)
    kind, window, told = described(seen)
    return Node(name, kind, node.op_type, inputs, tuple(node.output), module, window, told, call)


def captured(node: Any) -> tuple[str, ...]:
    """Tensors that the graphs within a node (branches, bodies of loops) take from around it, each once."""
    graphs = [graph for one in node.attribute for graph in (*([one.g] if one.HasField("g") else ()), *one.graphs)]
    found: dict[str, None] = {}
    for graph in graphs:
        own = {one.name for one in (*graph.input, *graph.initializer)}
        own |= {out for each in graph.node for out in each.output}
        taken = [name for each in graph.node for name in (*each.input, *captured(each)) if name and name not in own]
        found.update(dict.fromkeys(taken))
    return tuple(name for name in found if name not in node.input)


def plain(attribute: Any) -> Any:
    """An attribute as numbers, words and tuples of them; single tensors as (dtype, shape, values); None for graphs."""
    if attribute.type in (AttributeProto.GRAPH, AttributeProto.GRAPHS, AttributeProto.SPARSE_TENSOR):
        return None
    value = onnx.helper.get_attribute_value(attribute)
    if value is None:
        return None
    if isinstance(value, TensorProto):
        kind, beside = TYPES.get(value.data_type, ""), value.data_location == TensorProto.EXTERNAL
        array = np.empty(0) if beside else onnx.numpy_helper.to_array(value)
        return kind, array.shape, tuple(array.ravel().tolist()) if array.size <= SMALL else ()
    if isinstance(value, bytes):
        return value.decode("utf-8", "replace")
    if isinstance(value, float | int):
        return value
    return tuple(one.decode("utf-8", "replace") if isinstance(one, bytes) else one for one in value
                 if isinstance(one, bytes | int | float))  # fmt: skip
