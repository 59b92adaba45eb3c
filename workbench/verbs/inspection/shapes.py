"""Shapes as they are written on the command line."""

from __future__ import annotations

from engines.core.errors import UsageError
from engines.inspection.types import Shape


def shape_of(text: str) -> Shape:
    """"1x3x224x224" as numbers. Raises `UsageError`."""  # fmt: skip
    try:
        shape = tuple(int(part) for part in text.lower().replace(",", "x").split("x"))
    except ValueError:
        shape = ()
    if not shape or min(shape) < 1:
        raise UsageError(f"'{text}' is no shape", hint="Give sizes like 1x3x224x224")
    return shape
