"""Arguments of an operator as plain values, with places where tensors go."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Ref:
    """The node's input of this number."""

    index: int


@dataclass(frozen=True, slots=True)
class Named:
    """A setting of torch's that is no number: sort "dtype", "device", "layout" or "memory_format"."""

    sort: str
    name: str


def mapped(argument: Any, change: Callable[[Any], Any]) -> Any:
    """A structure of lists, tuples and dicts with every leaf changed."""
    if isinstance(argument, list | tuple):
        return [mapped(each, change) for each in argument]
    if isinstance(argument, dict):
        return {name: mapped(each, change) for name, each in argument.items()}
    return change(argument)


def leaves(argument: Any) -> list[Any]:
    """All leaves of such a structure, in order."""
    found: list[Any] = []
    mapped(argument, found.append)
    return found
