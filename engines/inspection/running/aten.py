"""ATen operators by name, called with a node's arguments. Only those of a list are ever called.

The list (`reading.aten.kinds.ALLOWED`) holds operators that compute from their inputs alone. Everything runs on the
CPU; floats narrower than float32 are float32, as the weights of `Network` are.
"""

from __future__ import annotations

import math
import operator as numbers
from collections.abc import Callable
from typing import Any

import torch

from engines.core.errors import BadInput
from engines.core.words import tr
from engines.inspection.opening.model import Model, Operator
from engines.inspection.reading.aten.calls import overload
from engines.inspection.reading.aten.kinds import allowed
from engines.inspection.reading.references import Named, Ref, leaves, mapped
from engines.inspection.types import Node

NARROW = ("float16", "bfloat16", "half")
PYTHONS = (
    "add", "sub", "mul", "floordiv", "truediv", "mod", "neg", "pow", "eq", "ne", "lt", "le", "gt", "ge", "and_", "or_",
    "not_",
)  # fmt: skip
SIZES: dict[str, Callable[..., Any]] = {
    **{f"_operator.{name}": getattr(numbers, name) for name in PYTHONS},
    **{f"math.{name}": getattr(math, name) for name in ("ceil", "floor", "trunc", "sqrt")},
    "torch.sym_int": int, "torch.sym_float": float, "torch.sym_not": numbers.not_, "torch.sym_min": min,
    "torch.sym_max": max, "torch.sym_sum": sum,
}  # fmt: skip
"""What programs work sizes out with."""


def operator(node: Node, model: Model) -> Operator:
    """What runs a node of a traced or exported program. Raises `BadInput` for operators that are not on the list."""
    found = runnable(str(node.call["target"]))
    if found is None:
        hint = tr("The graph is shown all the same; layers before it can be looked at")
        raise BadInput(
            tr("Operator {op} of '{node}' is not run here", op=node.op, node=node.name),
            path=model.sheet.path,
            hint=hint,
        )
    args, kwargs = (mapped(node.call[part], setting) for part in ("args", "kwargs"))
    held = _holds(kwargs)

    def run(*inputs: torch.Tensor | None) -> Any:
        return found(*_filled(args, inputs), **(_filled(kwargs, inputs) if held else kwargs))

    return run


def runnable(target: str) -> Callable[..., Any] | None:
    """What is called for an operator; None for what is not on the list."""
    if target in SIZES:
        return SIZES[target]
    return overload(target) if allowed(target) else None


def setting(value: Any) -> Any:
    """A named setting as torch's own. Everything lies on the CPU, dense."""
    if not isinstance(value, Named):
        return value
    if value.sort == "device":
        return torch.device("cpu")
    if value.sort == "layout":
        return torch.strided
    return getattr(torch, "float32" if value.name in NARROW else value.name)


def _holds(value: Any) -> bool:
    return any(isinstance(leaf, Ref) for leaf in leaves(value))


def _filled(value: Any, inputs: tuple[Any, ...]) -> Any:
    if isinstance(value, Ref):
        return inputs[value.index]
    if isinstance(value, list):
        return [_filled(each, inputs) for each in value]
    if isinstance(value, dict):
        return {name: _filled(each, inputs) for name, each in value.items()}
    return value
