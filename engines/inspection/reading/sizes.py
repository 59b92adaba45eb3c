"""Shapes and small numbers that inference leaves open, found by running operators on tensors without data.

Chains of Shape, Gather, Concat and the like are followed with their numbers; all else runs on torch's device "meta",
where a tensor is no more than its shape. A node that cannot be run so stays open.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from typing import Any

import numpy as np
import torch

from engines.core.errors import KinoscopeError
from engines.inspection.opening.model import Model
from engines.inspection.types import Graph, Node, Tensor

SMALL = 4096
"""Elements of a tensor whose numbers are followed: axes, sizes, pads."""
FROM_SHAPE = ("Shape", "Size", "SHAPE", "RANK")
GROWING = ("ConstantOfShape", "Range", "Expand", "Tile", "Pad", "Resize", "Upsample", "OneHot", "EyeLike", "Einsum",
           "FILL", "RANGE", "TILE", "BROADCAST_TO", "PAD", "PADV2", "MIRROR_PAD", "RESIZE_BILINEAR",
           "RESIZE_NEAREST_NEIGHBOR", "ONE_HOT", "BATCH_TO_SPACE_ND", "SPACE_TO_BATCH_ND")  # fmt: skip
"""Their result may be larger by far than what they are given: they run without data first."""
SIZED = ("ConstantOfShape", "Range", "FILL", "RANGE")
"""All of what these are given are sizes."""
FAILURES = (RuntimeError, ValueError, TypeError, LookupError, AttributeError, ArithmeticError, NotImplementedError)

Values = dict[str, torch.Tensor]


def settled(model: Model, known: Mapping[str, Any], bare: bool = True) -> tuple[dict[str, Tensor], dict[str, Any]]:
    """Tensors whose shape was open and is found, by name, and the numbers of small computed ones.

    bare: run without data too; torch loads a good deal for that the first time, so readers ask for numbers alone first.
    """
    values = {name: model.weights[name] if name in model.weights else _made(known[name], model.graph.tensors[name])
              for name in known if name in model.graph.tensors}  # fmt: skip
    tensors, numbers = {}, {}
    for name, tensor in model.graph.tensors.items():
        if name not in values and (data := _without_data(tensor)) is not None:
            values[name] = data
    with torch.inference_mode(False), torch.no_grad():
        for node in model.graph.nodes:
            if not _wanted(node, model, values, bare):
                continue
            for name, found in _results(node, model, values, bare).items():
                tensors[name] = _as_found(model.graph.tensors[name], found)
                values[name] = found if _is_small(found) else _bare(found)
                if _is_small(found):
                    numbers[name] = found.tolist()
    return tensors, numbers


def is_open(graph: Graph) -> bool:
    """Whether a shape is not known."""
    shapes = (graph.shape(name) for node in graph.nodes for name in node.outputs if name)
    return any(shape is None or -1 in shape for shape in shapes)


def _made(numbers: Any, tensor: Tensor) -> torch.Tensor:
    return torch.tensor(numbers, dtype=getattr(torch, tensor.dtype))


def _wanted(node: Node, model: Model, values: Values, bare: bool) -> bool:
    """Whether its result is open, or a number that others may be told by."""
    inputs = [values.get(name) for name in node.inputs if name]
    if any(each is None for each in inputs):
        return False
    if node.op in FROM_SHAPE or all(map(_has_data, inputs)):
        return not all(name in values and _has_data(values[name]) for name in node.outputs if name)
    shapes = [model.graph.shape(name) for name in node.outputs if name]
    return bare and any(shape is None or -1 in shape for shape in shapes)


def _results(node: Node, model: Model, values: Values, bare: bool) -> Values:
    """Floats go in without data first, beside inputs that have none; with them where an operator asks for numbers."""
    inputs = [values[name] if name else None for name in node.inputs]
    mixed = not all(map(_has_data, inputs))
    floats = [_bare(each) if each is not None and each.is_floating_point() else each for each in inputs]
    for tried in (floats, inputs) if mixed else (inputs,):
        with suppress(*FAILURES, KinoscopeError):
            found = _run(node, model, tried, bare)
            several = found if isinstance(found, tuple | list) else (found,)
            return {name: each for name, each in zip(node.outputs, several, strict=False)
                    if isinstance(each, torch.Tensor)}  # fmt: skip
    return {}


def _run(node: Node, model: Model, inputs: list[Any], bare: bool) -> Any:
    run = model.operator(node)
    if node.op not in GROWING:
        return run(*inputs)
    elements = _elements(node.op, inputs) if all(map(_has_data, inputs)) else None
    if elements is not None and elements <= SMALL:
        return run(*inputs)
    if not bare:
        return None
    with torch.device("meta"):
        found = run(inputs[0] if node.op in SIZED else _bare(inputs[0]), *inputs[1:])
    return run(*inputs) if all(map(_has_data, inputs)) and found.numel() <= SMALL else found


def _elements(op: str, inputs: list[Any]) -> int | None:
    """How large the result will be, where that is plain."""
    if op in ("ConstantOfShape", "FILL"):
        return int(math.prod(inputs[0].tolist()))
    if op in ("Range", "RANGE"):
        start, limit, step = (each.item() for each in inputs)
        return max(0, int(math.ceil((limit - start) / step)))
    if op in ("Expand", "BROADCAST_TO"):
        return int(np.prod(np.broadcast_shapes(tuple(inputs[0].shape), tuple(inputs[1].tolist())), dtype=object))
    return None


def _without_data(tensor: Tensor) -> torch.Tensor | None:
    if tensor.shape is None or -1 in tensor.shape:
        return None
    dtype = getattr(torch, tensor.dtype or "none", None)
    if not isinstance(dtype, torch.dtype):
        return None
    narrow = dtype.is_floating_point and dtype.itemsize < 4
    with suppress(*FAILURES):
        return torch.empty(tensor.shape, dtype=torch.float32 if narrow else dtype, device="meta")
    return None


def _bare(data: torch.Tensor | None) -> Any:
    return None if data is None else data.to("meta")


def _has_data(data: torch.Tensor | None) -> bool:
    return data is None or not data.is_meta


def _is_small(data: torch.Tensor) -> bool:
    return not data.is_meta and data.numel() <= SMALL


def _as_found(tensor: Tensor, data: torch.Tensor) -> Tensor:
    dtype = tensor.dtype or str(data.dtype).removeprefix("torch.")
    return replace(tensor, shape=tuple(data.shape), dtype=dtype)
