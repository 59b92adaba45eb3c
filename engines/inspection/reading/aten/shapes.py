"""Sizes that a program leaves open, worked out by running it on tensors without data."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import torch

from engines.core.errors import BadInput
from engines.core.words import tr
from engines.inspection.reading.aten.calls import Value, in_place
from engines.inspection.reading.aten.program import Program, Step
from engines.inspection.reading.aten.silence import quietly
from engines.inspection.reading.references import leaves, mapped
from engines.inspection.running.aten import NARROW, runnable, setting
from engines.inspection.types import Shape, Tensor

OPEN = ("DataDependentOutputException", "DynamicOutputShapeException", "UnsupportedOperatorException")
"""What torch raises where a size follows from values."""


def propagated(program: Program, shapes: Sequence[Shape], path: str = "") -> Program:
    """The program with whole shapes wherever they follow from the inputs'.

    What comes behind an operator that is not run here keeps the sizes that it had. Raises `BadInput` where the program
    cannot take these shapes.
    """
    from torch._subclasses.fake_tensor import FakeTensorMode

    told = dict(zip(program.inputs, shapes, strict=True))
    tensors = {id: replace(one, shape=told.get(id, one.shape)) for id, one in program.tensors.items()}
    with FakeTensorMode(), torch.no_grad(), quietly():
        held: dict[str, Any] = {id: _empty(tensor) for id, tensor in tensors.items() if tensor.shape is not None}
        steps = [_stepped(step, held, path) for step in program.steps]
    return replace(program, tensors=tensors, steps=steps)


def _stepped(step: Step, held: dict[str, Any], path: str) -> Step:
    found = runnable(step.target)
    missing = object()
    arguments = mapped(step.arguments, lambda leaf: held.get(leaf.id, missing) if isinstance(leaf, Value) else leaf)
    args, kwargs = in_place(step.target, mapped(arguments, setting))
    if found is None or any(leaf is missing for leaf in leaves(arguments)):
        return step
    try:
        result = found(*args, **kwargs)
    except Exception as error:
        return _stopped(step, error, path)
    several = list(result) if isinstance(result, tuple | list) else [result]
    held.update({output.name: value for output, value in zip(step.outputs, several, strict=False)})
    return replace(step, outputs=[_seen(output, held.get(output.name)) for output in step.outputs])


def _stopped(step: Step, error: Exception, path: str) -> Step:
    """A size that follows from values stays open; sizes that do not fit are said."""
    if type(error).__name__ in OPEN or "data-dependent" in str(error).lower():
        return step
    reason = (str(error).strip().splitlines() or [type(error).__name__])[0]
    hint = tr("Tell shapes that the program was exported for")
    where = tr(" in '{module}'", module=step.module) if step.module else ""
    raise BadInput(
        tr(
            "The program cannot take these shapes: {target}{where}: {reason}",
            target=step.target,
            where=where,
            reason=reason,
        ),
        path=path,
        hint=hint,
    )


def _seen(output: Tensor, value: Any) -> Tensor:
    return replace(output, shape=tuple(value.shape)) if isinstance(value, torch.Tensor) else output


def _empty(tensor: Tensor) -> torch.Tensor:
    dtype = "float32" if tensor.dtype in NARROW else tensor.dtype
    return torch.empty(tensor.shape or (), dtype=getattr(torch, dtype))
