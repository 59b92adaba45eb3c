"""ONNX files as models: graph with shapes, weights read one by one when asked for, nothing outside the file's folder."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from onnx import TensorProto, numpy_helper

from engines.core.errors import BadInput
from engines.core.reading import regular_file
from engines.inspection.opening.model import Model
from engines.inspection.reading.onnx_graph import SMALL, TYPES, Parts, graph_of, parts_of
from engines.inspection.reading.onnx_shapes import inferred, tell
from engines.inspection.types import Format, Given, Graph, ModelSheet, OpenSpec, Tensor

OPERATORS = "engines.inspection.running.onnx_operators:operator"
MOST = (1 << 31) - 1
"""Bytes of one protobuf message; larger models keep their weights beside the file."""
MODEL = "ONNX model"


class OnnxWeights:
    """Stored tensors of a graph, made from the file's bytes when asked for."""

    def __init__(self, stored: Mapping[str, TensorProto], path: Path) -> None:
        self._held, self._path = stored, path

    def __getitem__(self, name: str) -> torch.Tensor:
        try:
            return tensor_of(self._held[name], self._path.parent)
        except (ValueError, TypeError, OSError, RuntimeError) as error:
            raise BadInput(f"The weights of '{name}' cannot be read: {error}", path=self._path) from error

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __contains__(self, name: object) -> bool:
        return name in self._held

    def __len__(self) -> int:
        return len(self._held)


def tensor_of(proto: TensorProto, folder: Path) -> torch.Tensor:
    """A stored tensor as torch has it; four bits as eight."""
    array = numpy_helper.to_array(proto, str(folder))
    kind = TYPES.get(proto.data_type, "")
    if kind == "string":
        raise TypeError("it is text")
    if kind in ("bfloat16", "float8_e4m3fn", "float8_e5m2"):
        whole = np.int16 if kind == "bfloat16" else np.uint8
        return torch.from_numpy(np.array(array).view(whole)).view(getattr(torch, kind))
    if kind in ("int4", "uint4"):
        array = array.astype(np.int8)
    return torch.from_numpy(np.array(array))


def open_file(path: Path, spec: OpenSpec) -> Model:
    """Raises `BadInput` for what is no ONNX model, `UsageError` for a shape that it cannot take."""
    proto = _read(path)
    parts = parts_of(proto.graph)
    inputs = [one for one in proto.graph.input if one.name not in parts.stored]
    changed, asked, warnings = tell(inputs, spec.shapes)
    typed = inferred(proto, parts, inputs, changed)
    graph = graph_of(proto, parts, typed, _known(parts, path))
    stored = tuple(tensor for tensor in graph.tensors.values() if tensor.stored)
    sheet = ModelSheet(
        str(path), path.name, Format.ONNX, path.stat().st_size, graph=graph, given=_given(graph), facts=_facts(proto),
        tensors=stored, warnings=tuple(warnings), needs_shape=asked,
    )  # fmt: skip
    return Model(sheet, OnnxWeights(parts.stored, path), OPERATORS)


def _read(path: Path) -> Any:
    path = regular_file(path, what=MODEL)
    size = path.stat().st_size
    if size == 0:
        raise BadInput("This file is empty, no ONNX model", path=path, hint="Export or download it again")
    if size > MOST:
        hint = "Export it with its weights in a file beside it (external data)"
        raise BadInput("An ONNX file of more than 2 GB cannot be read: its format ends there", path=path, hint=hint)
    try:
        proto = onnx.ModelProto.FromString(path.read_bytes())
    except Exception as error:
        hint = "It is cut off or of another kind"
        raise BadInput("Not an ONNX model", path=path, hint=hint) from error
    if not proto.graph.node or not proto.opset_import:
        raise BadInput("Not an ONNX model: there is no graph in it", path=path, hint="It is of another kind")
    return proto


def _known(parts: Parts, path: Path) -> dict[str, Any]:
    """Values of small stored tensors."""
    found = {}
    for name, tensor in parts.stored.items():
        small = int(np.prod(tensor.dims, dtype=np.float64)) <= SMALL
        if small and tensor.data_location != TensorProto.EXTERNAL and TYPES.get(tensor.data_type, "string") != "string":
            found[name] = tensor_of(tensor, path.parent).tolist()
    return found


def _facts(proto: Any) -> tuple[tuple[str, str], ...]:
    opsets = ", ".join(f"{one.domain or 'ai.onnx'} {one.version}" for one in proto.opset_import)
    told = (
        ("producer", f"{proto.producer_name} {proto.producer_version}".strip()),
        ("opset", opsets),
        ("IR version", str(proto.ir_version)),
        ("description", (proto.doc_string or proto.graph.doc_string).strip()),
        *((one.key, one.value) for one in proto.metadata_props),
    )
    return tuple((name, words) for name, words in told if words)


def _given(graph: Graph) -> tuple[Given, ...]:
    return tuple(_one(graph.tensors[name]) for name in graph.inputs)


def _one(tensor: Tensor) -> Given:
    shape = tensor.shape
    picture = shape is not None and len(shape) == 4 and (shape[1] in (1, 3) or shape[3] in (1, 3))
    return Given(tensor.name, shape, tensor.dtype, picture and "float" in tensor.dtype)
