"""Shapes of an ONNX graph's tensors: told inputs, then inference on the graph without its weights."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx

from engines.core.words import tr
from engines.inspection.reading.onnx_graph import Parts, value_of
from engines.inspection.reading.sizes import SMALL
from engines.inspection.shapes import check_axes
from engines.inspection.types import Shape


def tell(inputs: Sequence[Any], shapes: Sequence[Shape]) -> tuple[bool, tuple[str, ...], list[str]]:
    """Fill in inputs' sizes. Gives: whether a size of the file changed, inputs that still have to be told, warnings.

    A batch that nobody told becomes 1. Raises `UsageError` for a shape that the model cannot take.
    """
    changed, asked, warnings = False, [], []
    for place, value in enumerate(inputs):
        has = value_of(value).shape
        told = shapes[place] if place < len(shapes) and shapes[place] else None
        if told is not None:
            if has is not None:
                check_axes(value.name, has, told)
            changed = changed or told != has
        elif has is not None and has[:1] == (-1,):
            told = (1, *has[1:])
            changed = True
            warnings.append(tr("The batch of '{tensor}' is dynamic: 1 was taken", tensor=value.name))
        if told is not None:
            _write(value, told)
        if told is None and has is None or -1 in (told or has or ()):
            asked.append(value.name)
    return changed, tuple(asked), warnings


def _write(value: Any, shape: Shape) -> None:
    kind = value.type.tensor_type.shape
    del kind.dim[:]
    for size in shape:
        axis = kind.dim.add()
        if size >= 0:
            axis.dim_value = size


def inferred(proto: Any, parts: Parts, inputs: Sequence[Any], fresh: bool, numbers: Mapping[str, tuple[Any, str]]
             ) -> list[Any]:  # fmt: skip
    """ValueInfoProtos of all tensors whose shape was found. fresh: shapes that the file holds are of other inputs.
    numbers: computed values that are known, with their dtypes; the steps to them are left out."""
    light = onnx.ModelProto(ir_version=max(proto.ir_version, 4), opset_import=proto.opset_import)
    graph = light.graph
    graph.name = "light"
    graph.node.extend(node for node in parts.nodes if not all(name in numbers for name in node.output))
    for name, (value, dtype) in numbers.items():
        graph.initializer.append(onnx.numpy_helper.from_array(np.asarray(value, dtype), name))
    graph.input.extend(inputs)
    for name, tensor in parts.stored.items():
        _hold(graph, name, tensor)
    for one in proto.graph.output:
        kept = graph.output.add()
        kept.CopyFrom(one)
        if fresh and kept.type.HasField("tensor_type"):
            kept.type.tensor_type.ClearField("shape")
    if not fresh:
        graph.value_info.extend(proto.graph.value_info)
    try:
        graph = onnx.shape_inference.infer_shapes(light, data_prop=True).graph
    except Exception:
        graph = _without_data(light)
    return [*graph.value_info, *graph.output, *inputs]


def _without_data(light: Any) -> Any:
    """What is found without following values; the file's own shapes where the graph does not fit together."""
    try:
        return onnx.shape_inference.infer_shapes(light).graph
    except Exception:
        return light.graph


def _hold(graph: Any, name: str, tensor: Any) -> None:
    """A stored tensor: its values where they may be sizes, else its shape alone."""
    elements = 1
    for size in tensor.dims:
        elements *= size
    if elements <= SMALL and tensor.data_location != onnx.TensorProto.EXTERNAL:
        kept = graph.initializer.add()
        kept.CopyFrom(tensor)
        kept.name = name
    else:
        graph.input.append(onnx.helper.make_tensor_value_info(name, tensor.data_type, list(tensor.dims)))
