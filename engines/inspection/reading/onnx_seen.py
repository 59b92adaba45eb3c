"""A node of ONNX as readers of its meaning see it: attributes, shapes, and what it is told by constants."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from engines.inspection.types import Kind, Shape, Tensor, Window

Told = tuple[Kind, Window | None, dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Seen:
    """A node as the file has it, with what is known of its tensors. known: values of constants, as nested lists."""

    op: str
    domain: str
    version: int
    attributes: Mapping[str, Any]
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    tensors: Mapping[str, Tensor]
    known: Mapping[str, Any]

    def shape(self, place: int = 0) -> Shape | None:
        """Of an input; None where it is not known or not there."""
        name = self.inputs[place] if place < len(self.inputs) else ""
        return self.tensors[name].shape if name in self.tensors else None

    @property
    def result(self) -> Shape | None:
        return self.tensors[self.outputs[0]].shape if self.outputs and self.outputs[0] in self.tensors else None

    @property
    def rank(self) -> int | None:
        """Of the first input, else of the output."""
        shape = self.shape() if self.shape() is not None else self.result
        return None if shape is None else len(shape)

    def stored(self, place: int) -> bool:
        name = self.inputs[place] if place < len(self.inputs) else ""
        return name in self.tensors and self.tensors[name].stored

    def value(self, place: int, attribute: str = "") -> Any:
        """What an operator is told by an attribute in one opset and by an input in another; None where it is not
        told or computed."""
        if attribute in self.attributes:
            return self.attributes[attribute]
        return self.known.get(self.inputs[place]) if place < len(self.inputs) else None

    def axis(self, default: int) -> Shape | None:
        """Attribute `axis`, from the front."""
        return positive([self.attributes.get("axis", default)], self.rank)


def positive(axes: Any, rank: int | None) -> Shape | None:
    """Axes from the front; None where the rank is not known and one counts from behind."""
    numbers = list(axes) if isinstance(axes, list | tuple) else [axes]
    if rank is None:
        return tuple(numbers) if all(axis >= 0 for axis in numbers) else None
    return tuple(axis % rank if rank else 0 for axis in numbers)


def spatial(rank: int) -> Shape:
    """Axes behind batch and channel."""
    return tuple(range(2, rank))


def simple(kind: Kind, **attributes: Any) -> Callable[[Seen], Told | None]:
    """An operator that needs no looking at."""
    return lambda _seen: (kind, None, dict(attributes))
