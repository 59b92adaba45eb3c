"""ONNX files as models: graph with shapes, weights read one by one when asked for, nothing outside their folder."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import onnx
from onnx import TensorProto
from onnx.external_data_helper import load_external_data_for_tensor

from engines.core.errors import BadInput, FileMissing
from engines.core.reading import making_sense, regular_file
from engines.core.words import few_of, tr
from engines.inspection.opening.external import check
from engines.inspection.opening.model import Model
from engines.inspection.reading.onnx_functions import written_out
from engines.inspection.reading.onnx_graph import OURS, TYPES, Parts, graph_of, parts_of, tensors_of
from engines.inspection.reading.onnx_shapes import inferred, tell
from engines.inspection.reading.onnx_weights import OnnxWeights, check_sizes
from engines.inspection.reading.running_at_all import what_keeps_it
from engines.inspection.reading.sizes import SMALL, is_open, settled
from engines.inspection.types import Format, Given, Graph, Kind, ModelSheet, OpenSpec, Tensor

OPERATORS = "engines.inspection.running.onnx_operators:operator"
MOST = (1 << 31) - 1
"""Bytes of one protobuf message; larger models keep their weights beside the file."""
ROUNDS = 8
"""Of inference: numbers give shapes, which give numbers."""
MODEL = tr("ONNX model")
AGAIN = tr("It is cut off or of another kind: export or download it again")


def open_file(path: Path, spec: OpenSpec) -> Model:
    """Raises `BadInput` for what is no ONNX model or asks for files that are not its own, `UsageError` for a shape that
    it cannot take."""
    with making_sense(path, tr("This ONNX model does not fit together")):
        return _opened(path, spec)


def _opened(path: Path, spec: OpenSpec) -> Model:
    proto = _read(path)
    missing = _weights_beside(proto, path)
    nodes, said = written_out(proto)
    parts = parts_of(proto.graph, nodes)
    check_sizes(parts.stored, path)
    weights = OnnxWeights(parts.stored, path)
    inputs = [one for one in proto.graph.input if one.name not in parts.stored]
    changed, asked, warnings = tell(inputs, spec.shapes)
    graph = _graph(proto, parts, weights, inputs, changed)
    sheet = _sheet(path, graph)
    orphans = _orphans(graph)
    sheet = replace(
        sheet, facts=_facts(proto), needs_shape=asked, runs=missing or orphans,
        warnings=tuple(each for each in (*warnings, said, missing, *_strange(graph), orphans) if each),
    )  # fmt: skip
    return what_keeps_it(Model(sheet, weights, OPERATORS))


def _sheet(path: Path, graph: Graph) -> ModelSheet:
    given = tuple(given_of(graph.tensors[name]) for name in graph.inputs)
    stored = tuple(tensor for tensor in graph.tensors.values() if tensor.stored)
    return ModelSheet(str(path), path.name, Format.ONNX, path.stat().st_size, graph=graph, given=given, tensors=stored)


def _graph(proto: Any, parts: Parts, weights: OnnxWeights, inputs: list[Any], changed: bool) -> Graph:
    """With shapes by inference first, told again what small numbers came out of them; what that leaves open is found by
    running without data."""
    known, found = _known(parts, weights), dict[str, Tensor]()
    for _ in range(ROUNDS):
        numbers = {name: (known[name], found[name].dtype) for name in found if name in known}
        tensors = tensors_of(parts, inferred(proto, parts, inputs, changed, numbers)) | found
        graph = graph_of(proto, parts, tensors, known)
        more, told = settled(Model(_sheet(weights.path, graph), weights, OPERATORS), known, bare=False)
        known, found = known | told, found | more
        if not told or not is_open(graph):
            break
    graph = graph_of(proto, parts, tensors | found, known)
    if is_open(graph):
        more, told = settled(Model(_sheet(weights.path, graph), weights, OPERATORS), known)
        graph = graph_of(proto, parts, tensors | found | more, known | told)
    return graph


def _read(path: Path) -> Any:
    path = regular_file(path, what=MODEL)
    size = path.stat().st_size
    if size == 0:
        raise BadInput(tr("This file is empty, no ONNX model"), path=path, hint=tr("Export or download it again"))
    if size > MOST:
        hint = tr("Export it with its weights in a file beside it (external data)")
        raise BadInput(tr("An ONNX file of more than 2 GB cannot be read: its format ends there"), path=path, hint=hint)
    try:
        proto = onnx.ModelProto.FromString(path.read_bytes())
    except Exception as error:
        raise BadInput(tr("Not an ONNX model"), path=path, hint=AGAIN) from error
    if not proto.graph.node or not proto.opset_import:
        raise BadInput(tr("Not an ONNX model: there is no graph in it"), path=path, hint=AGAIN)
    return proto


def _weights_beside(proto: Any, path: Path) -> str:
    """ "" or why the weights beside the file are not there. Small ones, which may be axes and sizes, are taken in.

    Raises `BadInput` for places that are not its own.
    """
    try:
        check(proto, path)
    except FileMissing as error:
        return f"{error.message}: {error.hint}"
    for tensor in proto.graph.initializer:
        if tensor.data_location == TensorProto.EXTERNAL and math.prod(tensor.dims) <= SMALL:
            load_external_data_for_tensor(tensor, str(path.parent))
    return ""


def _known(parts: Parts, weights: OnnxWeights) -> dict[str, Any]:
    """Values of small stored tensors."""
    return {
        name: weights[name].tolist()
        for name, tensor in parts.stored.items()
        if math.prod(tensor.dims) <= SMALL
        and tensor.data_location != TensorProto.EXTERNAL
        and TYPES.get(tensor.data_type, "string") != "string"
    }


def _strange(graph: Graph) -> list[str]:
    """What is drawn and not understood, in words."""
    unknown = Counter(
        node.op if node.call["domain"] in OURS else f"{node.op} ({node.call['domain']})"
        for node in graph.nodes
        if node.kind is Kind.UNKNOWN
    )
    words = ", ".join(f"{op} x {often}" if often > 1 else op for op, often in sorted(unknown.items()))
    return [tr("Operators that are drawn and cannot be followed: {words}", words=words)] if words else []


def _orphans(graph: Graph) -> str:
    """ "" or which tensors are read before anything gives them: a circle, or a file that lacks a part."""
    given = {"", *graph.inputs, *(name for name, tensor in graph.tensors.items() if tensor.stored)}
    missing: dict[str, None] = {}
    for node in graph.nodes:
        missing.update(dict.fromkeys(name for name in node.inputs if name not in given))
        given.update(node.outputs)
    return (
        tr("Nothing gives {missing} before it is read", missing=few_of([repr(name) for name in missing]))
        if missing
        else ""
    )


def _facts(proto: Any) -> tuple[tuple[str, str], ...]:
    opsets = ", ".join(f"{one.domain or 'ai.onnx'} {one.version}" for one in proto.opset_import)
    told = (
        (tr("producer"), f"{proto.producer_name} {proto.producer_version}".strip()),
        (tr("opset"), opsets),
        (tr("IR version"), str(proto.ir_version)),
        (tr("description"), (proto.doc_string or proto.graph.doc_string).strip()),
        *((one.key, one.value) for one in proto.metadata_props),
    )
    return tuple((name, words) for name, words in told if words)


def given_of(tensor: Tensor) -> Given:
    """An input; one that a camera's frame can go into has 4 axes with 1 or 3 channels, first or last."""
    shape = tensor.shape
    picture = shape is not None and len(shape) == 4 and (shape[1] in (1, 3) or shape[3] in (1, 3))
    return Given(tensor.name, shape, tensor.dtype, picture and tensor.dtype in ("float32", "float16", "uint8"))
