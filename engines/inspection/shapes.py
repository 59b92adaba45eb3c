"""Shapes as people write and read them, and the one complaint about a shape of other axes."""

from __future__ import annotations

import re
from collections.abc import Iterable

from engines.core.errors import UsageError
from engines.core.words import control, tr
from engines.inspection.types import Shape

SIZE = re.compile(r"\s*\d+\s*", re.ASCII)


def shape_text(shape: Iterable[int] | None, by: str = "x", scalar: str = "") -> str:
    """'1x3x?x224', '?' for a size that is dynamic; '' for a shape that nobody knows. scalar: said where there is no
    axis."""
    return "" if shape is None else by.join("?" if size < 0 else str(size) for size in shape) or scalar


def shape_of(text: str) -> Shape:
    """'1x3x224x224' (or '1,3,224,224') as numbers, () for what is no shape."""
    parts = re.split("[x,]", text.lower())
    sizes = tuple(int(part) for part in parts if SIZE.fullmatch(part))
    return sizes if len(sizes) == len(parts) and all(sizes) else ()


def tell_shape(name: str) -> str:
    """Advice where a file does not say the sizes of an input."""
    asked = control(tr("Shape of {name}", name=name), "--input")
    return tr("Tell its shape, such as {example}, with {control}", example="1x3x224x224", control=asked)


def check_axes(name: str, has: Shape, told: Shape) -> None:
    """Raises `UsageError` for a shape of an input that has another number of axes."""
    if len(has) != len(told):
        words = tr(
            "Input '{name}' has {count} axes ({shape}), not {given}",
            name=name,
            count=len(has),
            shape=shape_text(has),
            given=len(told),
        )
        raise UsageError(words, hint=tr("Tell a size for each"))
