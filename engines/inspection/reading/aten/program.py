"""A program as both readers of torch's formats give it: calls one after another, tensors by the program's own ids."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engines.inspection.reading.aten.calls import Value
from engines.inspection.reading.references import leaves
from engines.inspection.types import Tensor

WRAPPED = ("higher_order.wrap_with_set_grad_enabled", "higher_order.wrap_with_autocast")
"""Operators that hold a part of the program which runs as it stands; what they ask for (gradients, narrower floats) has
no meaning here. Others that hold programs (branches, loops) are drawn and not run."""


@dataclass(frozen=True, slots=True)
class Step:
    """One call. run: which call of a module it belongs to, for modules that run twice. outputs: tensors by their ids,
    without shape where they are numbers."""

    target: str
    module: str
    run: str
    arguments: Mapping[str, Any]
    outputs: Sequence[Tensor]


@dataclass(slots=True)
class Program:
    """tensors: inputs and stored ones by id, named as the graph will. inputs, outputs: ids."""

    tensors: dict[str, Tensor] = field(default_factory=dict)
    inputs: list[str] = field(default_factory=list)
    steps: list[Step] = field(default_factory=list)
    outputs: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)


def read_by(step: Step) -> list[str]:
    """Ids of what a call reads."""
    return [leaf.id for leaf in leaves(step.arguments) if isinstance(leaf, Value)]
