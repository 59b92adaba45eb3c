"""An open model: its sheet, its weights read one by one when asked for, and what makes its nodes run."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Generic, TypeAlias, TypeVar

from engines.core.errors import BadInput
from engines.core.spec import resolve
from engines.core.words import tr
from engines.inspection.types import Graph, ModelSheet, Node

if TYPE_CHECKING:
    import torch

Place = TypeVar("Place")
Operator: TypeAlias = Callable[..., Any]
"""Takes the node's inputs as tensors, in their order (None for one left out), and gives a tensor or a tuple of them."""


class Weights(Mapping[str, "torch.Tensor"], Generic[Place]):
    """Stored tensors by name, read when asked for. A kind of file says how, by `__getitem__`."""

    def __init__(self, held: Mapping[str, Place]) -> None:
        """held: where each lies."""
        self._held = held

    def __iter__(self) -> Iterator[str]:
        return iter(self._held)

    def __contains__(self, name: object) -> bool:
        return name in self._held

    def __len__(self) -> int:
        return len(self._held)


@dataclass(frozen=True, slots=True)
class Model:
    """operators: dotted path of `function(node, model) -> Operator`, which raises `BadInput` for a node it does not
    know; "" where the model cannot be run and `sheet.runs` says why."""

    sheet: ModelSheet
    weights: Mapping[str, torch.Tensor] = field(default_factory=dict)
    operators: str = ""

    @property
    def graph(self) -> Graph:
        """Raises `BadInput` for files that hold numbers and no graph."""
        if self.sheet.graph is None:
            hint = tr("Export the model that they belong to (torch.export.save or torch.onnx.export) and open that")
            raise BadInput(
                tr("This file holds weights and no graph of how they are used"), path=self.sheet.path, hint=hint
            )
        return self.sheet.graph

    def operator(self, node: Node) -> Operator:
        """What runs a node."""
        if not self.operators:
            raise BadInput(self.sheet.runs or tr("This model cannot be run here"), path=self.sheet.path)
        made: Operator = resolve(self.operators)(node, self)
        return made
