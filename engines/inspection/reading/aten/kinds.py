"""The table of ATen operators: what each does, and which are ever called."""

from __future__ import annotations

from collections.abc import Callable

from engines.inspection.reading.aten.axes import AXES
from engines.inspection.reading.aten.calls import Call, Told, overload, short
from engines.inspection.reading.aten.elements import ELEMENTS, PURE
from engines.inspection.reading.aten.products import PRODUCTS
from engines.inspection.reading.aten.windows import WINDOWS
from engines.inspection.types import Kind

KINDS: dict[str, Callable[[Call], Told]] = {**ELEMENTS, **AXES, **PRODUCTS, **WINDOWS}
ALLOWED = frozenset(KINDS) | frozenset(PURE)
"""Operators that are run: they compute from their inputs alone, and touch no file, device or other state."""


NUMBERS = ("_operator.", "math.", "torch.")
"""Beginnings of what works sizes out, with no tensor in it."""


def told(call: Call) -> Told:
    """What a call does; unknown where nobody here knows the operator."""
    if call.target.startswith(NUMBERS):
        return Told(Kind.CONSTANT)
    describe = KINDS.get(call.name) if call.target.startswith("aten.") else None
    return describe(call) if describe else Told(Kind.UNKNOWN)


def allowed(target: str) -> bool:
    """Whether an operator is run: on the list, with a body in this torch, and writing into nothing that it is given
    but, working in place, its first input."""
    found = overload(target)
    if found is None or short(target) not in ALLOWED:
        return False
    written = [each for each in found._schema.arguments if each.alias_info is not None and each.alias_info.is_write]
    return not written or (target.partition(".")[2].partition(".")[0].endswith("_") and len(written) == 1)
