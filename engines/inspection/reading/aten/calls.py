"""One call of an ATen operator with its arguments by name, so that traced and stored programs look the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import torch

from engines.inspection.types import Kind, Shape, Tensor, Window


@dataclass(frozen=True, slots=True)
class Value:
    """A tensor or number by the program's own name for it."""

    id: str


class Told(NamedTuple):
    """What a node is. order: arguments whose tensors come first among its inputs; one that is None is then ""."""

    kind: Kind
    window: Window | None = None
    attributes: Mapping[str, Any] = {}
    order: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Call:
    """arguments: by name, those that were given. outputs: as the program has them. tensors: known ones, by id. frozen:
    ids of what rests on stored tensors alone."""

    target: str
    arguments: Mapping[str, Any]
    outputs: Sequence[Tensor]
    tensors: Mapping[str, Tensor] = field(default_factory=dict)
    frozen: Set[str] = frozenset()

    @property
    def name(self) -> str:
        """Of the operator, without its overload and the mark of working in place: "conv2d"."""
        return short(self.target)

    def get(self, name: str, default: Any = None) -> Any:
        """An argument, else what the operator takes without it, else `default`."""
        if name in self.arguments:
            return self.arguments[name]
        known = defaults(self.target).get(name)
        return default if known is None else known

    def shape(self, name: str) -> Shape | None:
        """Of an argument that is a tensor."""
        value = self.arguments.get(name)
        found = self.tensors.get(value.id) if isinstance(value, Value) else None
        return found.shape if found else None

    def rank(self, name: str) -> int:
        """Number of axes of an argument, 0 where nobody knows."""
        return len(self.shape(name) or ())

    def out(self) -> Shape | None:
        return self.outputs[0].shape if self.outputs else None

    def stored(self, name: str) -> bool:
        """Whether an argument rests on stored tensors alone."""
        value = self.arguments.get(name)
        return isinstance(value, Value) and value.id in self.frozen

    def axis(self, rank: int, name: str = "dim", default: int = 0) -> int:
        """An argument that names an axis, counted from 0."""
        return counted(self.get(name, default), rank)


def short(target: str) -> str:
    """"aten.relu_.default" -> "relu"; other names as they are."""  # fmt: skip
    space, _, rest = target.partition(".")
    return (rest if space == "aten" else target).partition(".")[0].strip("_") if space == "aten" else target


def counted(axis: Any, rank: int) -> int:
    """An axis counted from 0, whatever end it was counted from."""
    number = int(axis)
    return number + rank if number < 0 else number


def numbers(value: Any, count: int) -> tuple[int, ...]:
    """One number for each of `count` axes. Sizes that are worked out on the way count as -1."""
    found = [each if isinstance(each, int) else -1 for each in (value if isinstance(value, list | tuple) else [value])]
    return tuple(found * count if len(found) == 1 else found)


@lru_cache(maxsize=4096)
def overload(target: str) -> torch._ops.OpOverload | None:
    """The operator of torch that a program means, None where this torch has none of the name."""
    space, _, rest = target.partition(".")
    name, _, kind = rest.partition(".")
    packet = getattr(torch.ops.aten, name, None) if space == "aten" and name.strip("_").isidentifier() else None
    found = getattr(packet, kind or "default", None) if isinstance(packet, torch._ops.OpOverloadPacket) else None
    return found if isinstance(found, torch._ops.OpOverload) else None


@lru_cache(maxsize=4096)
def without_out(target: str) -> str:
    """Of an operator that writes into `out` the one that gives the same as something new, "" for none."""
    found = overload(target)
    packet = found._overloadpacket if found else None
    wanted = [each.name for each in found._schema.arguments if not each.is_out] if found else []
    for kind in getattr(packet, "overloads", tuple)():
        other = f"{target.rpartition('.')[0]}.{kind}"
        if list(names(other)) == wanted and not _writes(other):
            return other
    return ""


def giving_new(target: str) -> str:
    """Of an operator that works in place ("relu_") the one that gives something new ("relu"), "" for none."""
    name, _, kind = target.removeprefix("aten.").partition(".")
    other = f"aten.{name.removesuffix('_')}.{kind}"
    return other if name.endswith("_") and overload(other) is not None and not _writes(other) else ""


def _writes(target: str) -> bool:
    found = overload(target)
    return found is not None and found._schema.is_mutable


def names(target: str) -> tuple[str, ...]:
    """An operator's arguments, in order."""
    found = overload(target)
    return tuple(each.name for each in found._schema.arguments) if found else ()


@lru_cache(maxsize=4096)
def defaults(target: str) -> Mapping[str, Any]:
    found = overload(target)
    return {each.name: each.default_value for each in found._schema.arguments} if found else {}


def in_place(target: str, arguments: Mapping[str, Any]) -> tuple[list[Any], dict[str, Any]]:
    """Arguments by place as far as they go, and the others by name: how torch calls it."""
    if not target.startswith("aten."):
        return list(arguments.values()), {}
    rest, args = dict(arguments), list[Any]()
    found = overload(target)
    for each in found._schema.arguments if found else ():
        if each.kwarg_only or each.name not in rest:
            break
        args.append(rest.pop(each.name))
    return args, rest


def by_name(target: str, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Arguments by name, numbered where nobody knows them."""
    known = names(target)
    return {known[at] if at < len(known) else str(at): value for at, value in enumerate(args)} | dict(kwargs)
