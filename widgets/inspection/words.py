"""Shapes, amounts, layers and preprocessing in words, for every page of the Inspector."""

from __future__ import annotations

from engines.core.networks.preprocessing import Preprocessing
from engines.core.words import tr
from engines.inspection.shapes import shape_text
from engines.inspection.types import Graph, Kind, ModelSheet, Node, Shape
from widgets.kit.words import DASH

UNITS = ((1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"))
BYTES = ((2.0**30, "GiB"), (2.0**20, "MiB"), (2.0**10, "KiB"))
TIMES = "\u00d7"
FITS = {"stretch": "stretched", "letterbox": tr("whole, in a grey border"), "crop": tr("its middle")}


def shape_words(shape: Shape | None) -> str:
    """'1×3×224×224', '?' for a size that is dynamic, '' for a shape that nobody knows."""
    return shape_text(shape, TIMES)


def close_shape(shape: Shape | None) -> str:
    """The same, and 'scalar' where there is no axis."""
    return shape_text(shape, TIMES, "scalar")


def amount(value: float | None) -> str:
    """'4.65 M', '812', and a dash for what is not known."""
    if value is None:
        return DASH
    for size, unit in UNITS:
        if abs(value) >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.0f}"


def bytes_text(value: float | None) -> str:
    """'1.5 MiB', '640 B'."""
    if value is None:
        return DASH
    for size, unit in BYTES:
        if value >= size:
            return f"{value / size:.3g} {unit}"
    return f"{value:.0f} B"


def layers_of(sheet: ModelSheet | None, *kinds: Kind) -> tuple[str, ...]:
    """Names of the layers in order of execution, of these kinds where some are named; constants are none."""
    nodes = sheet.graph.nodes if sheet is not None and sheet.graph is not None else ()
    return tuple(node.name for node in nodes if (node.kind in kinds if kinds else node.kind is not Kind.CONSTANT))


def layer_words(graph: Graph | None, name: str) -> str:
    """'Conv, 1×32×112×112'."""
    node = node_of(graph, name)
    if node is None or graph is None:
        return ""
    return ", ".join(filter(None, (node.op, shape_words(graph.shape(node.output)))))


def node_of(graph: Graph | None, name: str) -> Node | None:
    """The node of this name, None where there is none."""
    return next((node for node in graph.nodes if node.name == name), None) if graph is not None and name else None


def going_in(how: Preprocessing) -> str:
    """'224 × 224 RGB, stretched, x / 255'."""
    high, wide = how.size
    less = f"(x \u2212 {_numbers(how.mean)})" if any(how.mean) else "x"
    numbers = f"{less} / {_numbers(how.std)}" if less != "x" or set(how.std) != {1.0} else "0 to 255"
    return f"{high} {TIMES} {wide} {how.colours}, {FITS[how.fit]}, {numbers}"


def _numbers(values: tuple[float, ...]) -> str:
    """One number, or one for each channel."""
    said = [f"{value:.6g}" for value in values]
    return said[0] if len(set(said)) == 1 else f"({', '.join(said)})"
