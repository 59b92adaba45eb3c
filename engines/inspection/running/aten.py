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

from engines.core.errors import BadInput, OutOfResources
from engines.core.training.threads import ran_out
from engines.inspection.opening.model import Model, Operator
from engines.inspection.reading.aten.calls import names, overload
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
        hint = "The graph is shown all the same; layers before it can be looked at"
        raise BadInput(f"Operator {node.op} of '{node.name}' is not run here", path=model.sheet.path, hint=hint)
    arguments = {name: mapped(value, setting) for name, value in node.call["arguments"].items()}
    fixed = {name: value for name, value in arguments.items() if not _holds(value)}
    open_ = {name: value for name, value in arguments.items() if _holds(value)}

    def run(*inputs: torch.Tensor | None) -> Any:
        given = {name: _filled(value, inputs) for name, value in open_.items()}
        try:
            return found(**fixed, **given)
        except (RuntimeError, MemoryError, IndexError, TypeError) as error:
            raise _failure(error, node, model) from error

    return run


def runnable(target: str) -> Callable[..., Any] | None:
    """What is called for an operator by its arguments' names; None for what is not on the list."""
    if target in SIZES:
        function = SIZES[target]
        return lambda **given: function(*given.values())
    found = overload(target) if allowed(target) else None
    if found is None:
        return None
    only_named = {each.name for each in found._schema.arguments if each.kwarg_only}
    order = [name for name in names(target) if name not in only_named]

    def call(**given: Any) -> Any:
        positional = []
        for name in order:
            if name not in given:
                break
            positional.append(given.pop(name))
        return found(*positional, **given)

    return call


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
    return value


def _failure(error: Exception, node: Node, model: Model) -> Exception:
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    message = f"'{node.name}' ({node.op}) cannot run on these inputs: {reason}"
    if ran_out(error):
        return OutOfResources(message, path=model.sheet.path)
    return BadInput(message, path=model.sheet.path, hint="Tell inputs of the shapes that the model was made for")
