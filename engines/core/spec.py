"""Specs: frozen dataclasses that go to and from JSON, and dotted paths that name what takes them.

A job is `module:function`, called as `function(spec, ctx)`; a live engine is `module:Class`. The window
knows both by name alone, so it never imports what they need.

pydantic's errors are imported here, at once, and its larger part when it is first used: Qt's bindings look into every
module that is imported, and where they look late into these, their import ends in a circle.
"""

from __future__ import annotations

import importlib
from dataclasses import is_dataclass
from functools import cache
from typing import Any, TypeVar, cast, get_type_hints

from pydantic import ValidationError

from engines.core.errors import BadInput

T = TypeVar("T")


def to_json(value: object) -> Any:
    """Plain dicts, lists, strings and numbers for a dataclass (tuples become lists, enums their values)."""
    return _adapter(cast(Any, type(value))).dump_python(value, mode="json")


def from_json(kind: type[T] | Any, data: object) -> T:
    """The inverse of `to_json`. Raises `BadInput` that names the first field that does not fit."""
    try:
        return cast(T, _adapter(cast(Any, kind)).validate_python(data))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "value"
        name = getattr(kind, "__name__", "settings")
        raise BadInput(f"{name}: {field}: {first['msg'].lower()}") from error


def resolve(path: str) -> Any:
    """The object a dotted path `package.module:name` names."""
    module, _, name = path.partition(":")
    return getattr(importlib.import_module(module), name)


def spec_type(job: str) -> Any:
    """The dataclass that a job's first parameter is annotated with."""
    hints = get_type_hints(resolve(job))
    kind = next(iter(hints.values()))
    if not is_dataclass(kind):
        raise TypeError(f"{job}: the first parameter must be annotated with a dataclass")
    return kind


@cache
def _adapter(kind: Any) -> Any:
    """Building one takes ten milliseconds and more: too long for the window's thread more than once."""
    from pydantic import TypeAdapter

    return TypeAdapter(kind)
