"""Shapes as they are told on the command line."""

from __future__ import annotations

from engines.core.errors import UsageError
from engines.inspection import shapes
from engines.inspection.types import Shape


def shape_of(text: str) -> Shape:
    """`shapes.shape_of`; raises `UsageError` for what is no shape."""
    shape = shapes.shape_of(text)
    if not shape:
        raise UsageError(f"'{text}' is no shape", hint="Give sizes like 1x3x224x224")
    return shape
