"""A node as its operator reads it: settings, and inputs that are constants resolved once."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch

from engines.core.errors import BadInput
from engines.core.reading import MISFITS
from engines.core.words import tr
from engines.inspection.opening.model import Model
from engines.inspection.types import Node

Inputs: TypeAlias = Sequence[torch.Tensor | None]
Numbers: TypeAlias = Callable[[Inputs], Any]
"""From a call's inputs to nested lists, or None where nothing was told."""


@dataclass(frozen=True, slots=True)
class Call:
    """A node to be run."""

    node: Node
    model: Model

    @property
    def settings(self) -> Mapping[str, Any]:
        """Attributes or options as the file has them."""
        found: Mapping[str, Any] = self.node.call["attributes"]
        return found

    @property
    def version(self) -> int:
        """Of the operators that the file was written for."""
        return int(self.node.call["version"])

    def get(self, name: str, default: Any = None) -> Any:
        """A setting."""
        value = self.settings.get(name)
        return default if value is None else value

    def has(self, place: int) -> bool:
        """Whether an input is given."""
        return place < len(self.node.inputs) and bool(self.node.inputs[place])

    def stored(self, place: int) -> torch.Tensor | None:
        """A constant input, None for one that is computed or not given."""
        name = self.node.inputs[place] if self.has(place) else ""
        held = self.model.graph.tensors.get(name)
        return self.model.weights[name] if held is not None and held.stored else None

    def numbers(self, place: int, setting: str = "", default: Any = None) -> Numbers:
        """What one version tells by a setting and another by an input. Constants are read now, others at each call."""
        value = self.get(setting) if setting else None
        if value is None and self.has(place):
            found = self.stored(place)
            if found is None:
                return lambda inputs: _list(inputs[place])
            value = found.tolist()
        fixed = default if value is None else value
        return lambda _inputs: fixed

    def refuse(self, why: str) -> BadInput:
        """What to raise for a use of an operator that is not run here."""
        return BadInput(
            tr("{op} of '{node}' {why}", op=self.node.op, node=self.node.name, why=why), path=self.model.sheet.path
        )


def _list(value: torch.Tensor | None) -> Any:
    return None if value is None else value.tolist()


Maker: TypeAlias = Callable[[Call], Callable[..., Any]]


def made(make: Maker, node: Node, model: Model) -> Callable[..., Any]:
    """What runs a node. Raises `BadInput` where its settings make no sense."""
    call = Call(node, model)
    try:
        return make(call)
    except MISFITS as error:
        raise call.refuse(tr("has settings that make no sense: {error}", error=error)) from error
