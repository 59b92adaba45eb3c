"""Specs: frozen dataclasses that go to and from JSON, and dotted paths that name what takes them.

A job is `module:function`, called as `function(spec, ctx)`; a live engine is `module:Class`. The window
knows both by name alone, so it never imports what they need.
"""

from __future__ import annotations

import importlib
from dataclasses import is_dataclass
from functools import cache
from threading import RLock
from typing import Any, TypeVar, cast, get_type_hints

from engines.core.errors import BadInput

T = TypeVar("T")
_ONE_BY_ONE = RLock()


def to_json(value: object) -> Any:
    """Plain dicts, lists, strings and numbers for a dataclass (tuples become lists, enums their values)."""
    return _adapter(cast(Any, type(value))).dump_python(value, mode="json")


def from_json(kind: type[T] | Any, data: object) -> T:
    """The inverse of `to_json`. Raises `BadInput` that names the first field that does not fit."""
    adapter = _adapter(cast(Any, kind))
    from pydantic import ValidationError

    try:
        return cast(T, adapter.validate_python(data))
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
    """Building one takes ten milliseconds and more: too long for the window's thread more than once.

    One thread at a time: pydantic imports its parts when they are first used, and two that do so at once can each find
    a part that the other has not finished.
    """
    with _ONE_BY_ONE:
        from pydantic import TypeAdapter

        return TypeAdapter(kind)
