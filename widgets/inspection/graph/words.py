"""Figures and names of a graph in words, the same in the drawing, the card and the table."""

from __future__ import annotations

from engines.core.words import tr
from engines.inspection.layout.folding import Box, Role
from widgets.inspection.words import amount, close_shape
from widgets.kit.words import DASH, DOT


def ms_text(value: float | None) -> str:
    """'0.042 ms', '1.74 ms', '12.3 ms', '812 ms'."""
    if value is None:
        return DASH
    return f"{value:.3f} ms" if value < 0.9995 else f"{value:.3g} ms" if value < 999.5 else f"{value:,.0f} ms"


def share_text(value: float | None) -> str:
    return DASH if value is None else f"{100 * value:.1f} %"


def op_text(op: str) -> str:
    """An operator without the names of its library and overload: "conv2d" of "aten.conv2d.default"."""
    parts = op.split(".")
    return parts[1] if len(parts) == 3 and parts[0] in ("aten", "prims", "_operator") else op


def second_line(box: Box) -> str:
    """What stands under a box's name."""
    known = "unknown" if box.family == "unknown" else ""
    return DOT.join(filter(None, (known, op_text(box.op), close_shape(box.shape))))


def spoken(box: Box) -> str:
    """All that a box says, for tooltips and screen readers."""
    lead = {Role.MODULE: "Module ", Role.INPUT: "Input ", Role.OUTPUT: "Output "}.get(box.role, "")
    lines = [f"{lead}{box.name}", second_line(box) + (f" {box.dtype}" if box.dtype else "")]
    if box.nodes:
        adds = amount(box.multiply_adds) + (
            tr(" ({uncounted} not counted)", uncounted=box.uncounted) if box.uncounted else ""
        )
        lines.append(tr("{amount} parameters, {adds} multiply-adds", amount=amount(box.parameters), adds=adds))
    if box.ms is not None:
        lines.append(ms_text(box.ms))
    return "\n".join(lines)
