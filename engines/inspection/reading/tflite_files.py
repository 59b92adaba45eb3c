"""TFLite files as models: graph, weights made when asked for, half-wide and sparse ones folded into what is stored."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from engines.core.errors import BadInput
from engines.core.reading import making_sense, read_bytes
from engines.core.words import tr
from engines.inspection.opening.model import Model
from engines.inspection.reading.layer_names import Written, named, path_of
from engines.inspection.reading.onnx_files import given_of
from engines.inspection.reading.running_at_all import what_keeps_it
from engines.inspection.reading.sizes import SMALL, settled
from engines.inspection.reading.tflite_kinds import Seen, described
from engines.inspection.reading.tflite_schema import Contents, Operation, Stored, contents
from engines.inspection.reading.tflite_weights import TfliteWeights
from engines.inspection.shapes import check_axes
from engines.inspection.types import Format, Graph, Kind, ModelSheet, Node, OpenSpec, Shape, Tensor

OPERATORS = "engines.inspection.running.tflite_operators:operator"
MOST = 1 << 32
UNFOLDED = ("DEQUANTIZE", "DENSIFY")
"""Steps that only say how a stored tensor is to be read."""
ORDER = {"TRANSPOSE_CONV": (2, 1, 3, 0), "SPLIT": (1, 0)}
"""Data, weight and bias first, whatever order the format has."""
EIGHT_BITS = ("int8", "uint8", "int16", "int4")
CALLED = {"CONV_2D": "Conv2D", "DEPTHWISE_CONV_2D": "depthwise", "FULLY_CONNECTED": "MatMul", "ADD": "add"}
"""Last part of a name by which TensorFlow calls what became this operator."""


@dataclass
class Parts:
    """A file's tensors under unique names. names: by place, those of folded steps are their source's."""

    names: list[str] = field(default_factory=list)
    stored: dict[str, Stored] = field(default_factory=dict)
    steps: list[Operation] = field(default_factory=list)


def open_file(path: Path, spec: OpenSpec) -> Model:
    """Raises `BadInput` for what is no TFLite model, `UsageError` for a shape that it cannot take."""
    with making_sense(path, tr("This TFLite model does not fit together")):
        return _made(path, spec)


def _made(path: Path, spec: OpenSpec) -> Model:
    found = _read(path)
    parts = _parts(found)
    weights = TfliteWeights(parts.stored, path)
    graph = _graph(found, parts, _tensors(found, parts), {})
    shapes = _told(graph, spec.shapes)
    known = {name: weights[name].tolist() for name, one in parts.stored.items() if _few(one)}
    tensors = dict(graph.tensors) if not shapes else _opened(graph, shapes)
    graph = _graph(found, parts, tensors, known)
    fixed, numbers = settled(Model(_sheet(path, found, graph), weights, OPERATORS), known)
    graph = _graph(found, parts, {**graph.tensors, **fixed}, known | numbers) if fixed or numbers else graph
    return what_keeps_it(Model(_sheet(path, found, graph), weights, OPERATORS))


def _read(path: Path) -> Contents:
    data = read_bytes(path, what=tr("TFLite model"), most=MOST)
    if not data:
        raise BadInput(tr("This file is empty, no TFLite model"), path=path, hint=tr("Export or download it again"))
    try:
        return contents(data)
    except BadInput as error:
        error.path, error.hint = str(path), tr("It is cut off or of another kind: export or download it again")
        raise


def _parts(found: Contents) -> Parts:
    parts, used = Parts(), Counter[str]()
    for place, tensor in enumerate(found.tensors):
        name = tensor.name or f"tensor {place}"
        used[name] += 1
        parts.names.append(name if used[name] == 1 else f"{name} #{place}")
        if tensor.data is not None:
            parts.stored[parts.names[place]] = tensor
    for step in found.operations:
        source = parts.names[step.inputs[0]] if step.inputs and step.inputs[0] >= 0 else ""
        if step.op in UNFOLDED and source in parts.stored and len(step.outputs) == 1:
            parts.names[step.outputs[0]] = source
        else:
            parts.steps.append(step)
    return parts


def _tensors(found: Contents, parts: Parts) -> dict[str, Tensor]:
    """Quantised values are the numbers that they stand for, so floats; whole numbers that are none are constants."""
    tensors = {}
    for name, one in zip(parts.names, found.tensors, strict=True):
        if name in tensors:
            continue
        held = name in parts.stored
        floating = "float" in one.dtype or one.scale is not None
        dtype = one.dtype if held or one.scale is None else "float32"
        tensors[name] = Tensor(name, one.shape, dtype, stored=held, constant=held and not floating)
    return tensors


def _graph(found: Contents, parts: Parts, tensors: Mapping[str, Tensor], known: Mapping[str, Any]) -> Graph:
    names = named([_written(step, parts, index) for index, step in enumerate(parts.steps)])
    nodes = tuple(
        _node(step, name, module, found, parts, tensors, known)
        for step, (name, module) in zip(parts.steps, names, strict=True)
    )
    inputs, outputs = (tuple(parts.names[place] for place in places) for places in (found.inputs, found.outputs))
    used = {name for node in nodes for name in (*node.inputs, *node.outputs)} | {*inputs, *outputs}
    return Graph(nodes, {name: tensor for name, tensor in tensors.items() if name in used}, inputs, outputs)


def _node(step: Operation, name: str, module: str, found: Contents, parts: Parts, tensors: Mapping[str, Tensor],
          known: Mapping[str, Any]) -> Node:  # fmt: skip
    places = step.inputs
    if step.op in ORDER:
        places = tuple(places[at] if at < len(places) else -1 for at in ORDER[step.op])
    inputs = tuple("" if place < 0 else parts.names[place] for place in places)
    outputs = tuple("" if place < 0 else parts.names[place] for place in step.outputs)
    kind, window, told = described(Seen(step.op, step.options, inputs, outputs, tensors, known))
    rounded = tuple(_rounding(found.tensors[place]) for place in step.outputs if place >= 0)
    call = {"version": found.version, "attributes": dict(step.options), "rounded": rounded}
    return Node(name, kind, step.op, inputs, outputs, module, window, told, call)


def _rounding(tensor: Stored) -> tuple[float, int, int, int] | None:
    """(scale, zero, lowest, highest) of a computed value that is kept in whole numbers, None for floats."""
    if tensor.scale is None or tensor.zero is None or tensor.dtype not in ("int8", "uint8", "int16"):
        return None
    bits, low = (16 if tensor.dtype == "int16" else 8), tensor.dtype != "uint8"
    least = -(1 << bits - 1) if low else 0
    return float(tensor.scale[0]), int(tensor.zero[0]), least, least + (1 << bits) - 1


def _written(step: Operation, parts: Parts, index: int) -> Written:
    """From the first output's name: a path with slashes; of several that were fused the one like the operator."""
    whole = parts.names[step.outputs[0]] if step.outputs and step.outputs[0] >= 0 else ""
    several = [name for name in whole.split(";") if name]
    like = [name for name in several if CALLED.get(step.op, "?") in name.rpartition("/")[2]]
    name = (like[-1:] or several[:1] or [""])[0]
    if not re.search("[A-Za-z]", name):
        return Written("", f"{step.op}_{index}")
    *above, last = [part for part in name.strip("/").split("/") if part]
    return Written(path_of(above), last, bool(above) and (last[0].isupper() or last.startswith("depthwise")))


def _few(tensor: Stored) -> bool:
    return math.prod(tensor.shape) <= SMALL and tensor.dtype in ("int32", "int64", "bool", "int8", "uint8", "int16")


def _told(graph: Graph, shapes: tuple[Shape, ...]) -> dict[str, Shape]:
    """Shapes of inputs that differ from the file's. Raises `UsageError`."""
    changed = {}
    for name, shape in zip(graph.inputs, shapes, strict=False):
        has = graph.shape(name) or ()
        if shape and shape != has:
            check_axes(name, has, shape)
            changed[name] = shape
    return changed


def _opened(graph: Graph, shapes: Mapping[str, Shape]) -> dict[str, Tensor]:
    """Tensors with no shape but those of what is stored and given."""
    found = {}
    for name, tensor in graph.tensors.items():
        known = tensor.stored or name in graph.inputs
        found[name] = replace(tensor, shape=shapes.get(name, tensor.shape) if known else None)
    return found


def _sheet(path: Path, found: Contents, graph: Graph) -> ModelSheet:
    given = tuple(given_of(graph.tensors[name]) for name in graph.inputs)
    facts = ((tr("version"), str(found.version)), (tr("description"), found.description),
             (tr("metadata"), ", ".join(found.metadata)))  # fmt: skip
    return ModelSheet(
        str(path), path.name, Format.TFLITE, path.stat().st_size, graph=graph, given=given,
        tensors=tuple(tensor for tensor in graph.tensors.values() if tensor.stored),
        facts=tuple((name, words) for name, words in facts if words), warnings=tuple(_warnings(found, graph)),
    )  # fmt: skip


def _warnings(found: Contents, graph: Graph) -> list[str]:
    said = []
    if found.graphs > 1:
        said.append(tr("The file holds {graphs} graphs: the first is shown", graphs=found.graphs))
    if any(one.scale is not None and one.data is None and one.dtype in EIGHT_BITS for one in found.tensors):
        said.append(tr("Quantised values are run as floats that are rounded as the file says: last digits may differ"))
    elif any(one.scale is not None and one.dtype in EIGHT_BITS for one in found.tensors):
        said.append(tr("Quantised weights are run as the floats that they stand for"))
    if any(-1 in found.tensors[place].signature for place in found.inputs):
        said.append(tr("Sizes of inputs are dynamic: those of the file were taken"))
    unknown = sorted({node.op for node in graph.nodes if node.kind is Kind.UNKNOWN})
    return (
        [*said, tr("Operators that are drawn and cannot be followed: {unknown}", unknown=", ".join(unknown))]
        if unknown
        else said
    )
