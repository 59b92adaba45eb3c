"""What a pickle would make, as values that do nothing: names, calls, tables; and how they are written for people."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from engines.core.words import tr

OTHER_NAMES = {"posix": "os", "nt": "os", "__builtin__": "builtins", "copy_reg": "copyreg", "commands": "subprocess"}
"""Modules as people know them."""


@dataclass(frozen=True, slots=True)
class Name:
    """A name that it would import."""

    module: str
    name: str

    def __str__(self) -> str:
        known = OTHER_NAMES.get(self.module, self.module)
        return f"{known}.{self.name}"


@dataclass(slots=True, eq=False)
class Made:
    """What a call would give, with all that would be put into it. state: what BUILD would hand to it."""

    function: Any
    arguments: tuple[Any, ...]
    state: Any = None
    items: list[Any] | None = None
    pairs: list[tuple[Any, Any]] | None = None


@dataclass(slots=True, eq=False)
class Table:
    """A dict, its pairs in order; keys may be anything."""

    pairs: list[tuple[Any, Any]] = field(default_factory=list)


@dataclass(frozen=True, slots=True, eq=False)
class Kept:
    """A persistent id: something that lies elsewhere in the file."""

    id: Any


def shown(value: Any, depth: int = 3) -> str:
    """A value in a line, as Python would write it."""
    if depth < 0:
        return "..."
    if isinstance(value, Made):
        return f"{shown(value.function, depth - 1)}({listed(value.arguments, depth - 1)})"
    if isinstance(value, Table):
        pairs = (f"{shown(key, depth - 1)}: {shown(each, depth - 1)}" for key, each in value.pairs[:4])
        return f"{{{', '.join(pairs)}{', ...' if len(value.pairs) > 4 else ''}}}"
    if isinstance(value, list):
        return f"[{listed(value, depth - 1)}]"
    if isinstance(value, tuple):
        return f"({listed(value, depth - 1)}{',' if len(value) == 1 else ''})"
    if isinstance(value, Kept):
        return "<stored>"
    if isinstance(value, Name):
        return str(value)
    return _literal(value)


def listed(values: Any, depth: int = 2) -> str:
    """The first of some values, with commas between."""
    return ", ".join([*(shown(each, depth) for each in values[:4]), *(["..."] if len(values) > 4 else [])])


def _literal(value: Any) -> str:
    if isinstance(value, int) and value.bit_length() > 128:
        return tr("<a long number>")
    text = repr(value[:120]) if isinstance(value, str | bytes) else repr(value)
    return text + ("..." if isinstance(value, str | bytes) and len(value) > 120 else "")


def as_known(name: Name) -> str:
    """A name as people know it, and as the pickle writes it where that differs."""
    return f"{name}{by_the_name_of(name)}"


def by_the_name_of(name: Name) -> str:
    """ "" or the name that stands in the pickle."""
    return tr(" (as {module}.{name})", module=name.module, name=name.name) if name.module in OTHER_NAMES else ""
