"""A graph as files that other programs read: the drawing as SVG, the table of its nodes as CSV."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from xml.sax.saxutils import escape, quoteattr

from engines.core.outputs import SVG, TABLE, new_file
from engines.inspection.layout.families import Family
from engines.inspection.layout.folding import Box, Folded
from engines.inspection.layout.layers import Placed
from engines.inspection.layout.table import COLUMNS, NodeRow
from engines.inspection.shapes import shape_text

EDGE_ROOM = 24.0
LETTER = 6.6
"""Width of a letter, about, where nobody can measure it."""
PAPER = {
    Family.CONVOLUTION: "#0b72c4",
    Family.LINEAR: "#a15c00",
    Family.ATTENTION: "#a83f8d",
    Family.NORM: "#15803d",
    Family.ACTIVATION: "#b8481a",
    Family.POOLING: "#177a74",
    Family.ARITHMETIC: "#6a48c9",
    Family.RECURRENT: "#6b6d12",
}
"""Colours on paper; families without one are grey."""
INK, GREY, LINE = "#1a1e24", "#56616f", "#8a94a3"
NOT_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 65534, 65535, *range(55296, 57344)), "�")
"""Characters that no XML may hold."""


def svg(folded: Folded, placed: Placed, title: str, colors: Mapping[str, str] | None = None) -> str:
    """The drawing, a group with class "box" for each box and a polyline for each edge. colors: "#rrggbb" by the key of
    a box, where it is coloured by a figure; else the family's."""
    width, height = placed.width + 2 * EDGE_ROOM, placed.height + 2 * EDGE_ROOM
    head = (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="{-EDGE_ROOM:g} {-EDGE_ROOM:g} {width:.0f} {height:.0f}" '
        'font-family="system-ui, sans-serif" font-size="12">'
    )
    lines = (
        f'<polyline points="{" ".join(f"{x:.1f},{y:.1f}" for x, y in placed.lines.line(edge).tolist())}"/>'
        for edge in range(len(folded.edges))
    )
    boxes = (
        _box(box, float(placed.x[place]), float(placed.y[place]), placed, (colors or {}).get(box.key, ""))
        for place, box in enumerate(folded.boxes)
    )
    back = f'<rect x="{-EDGE_ROOM:g}" y="{-EDGE_ROOM:g}" width="{width:.0f}" height="{height:.0f}" fill="#ffffff"/>'
    parts = (head, f"<title>{_text(title)}</title>", back, f'<g fill="none" stroke="{LINE}">', *lines, "</g>", *boxes)
    return "\n".join((*parts, "</svg>", ""))


def save_svg(
    path: str | Path, folded: Folded, placed: Placed, title: str, colors: Mapping[str, str] | None = None
) -> None:
    """Raises `BadInput` where there is another file or nothing can be written."""
    with new_file(path, SVG) as part:
        part.write_text(svg(folded, placed, title, colors), encoding="utf-8")


def save_csv(path: str | Path, rows: Sequence[NodeRow]) -> None:
    """Shapes as 1x3x224x224, shares from 0 to 1, nothing where a figure is not known. Raises as `save_svg`."""
    with new_file(path, TABLE) as part:
        part.write_text(csv_text(rows), encoding="utf-8")


def csv_text(rows: Iterable[NodeRow]) -> str:
    """The table as text, a heading first."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    for row in rows:
        shape = "" if row.shape is None else "x".join(map(str, row.shape))
        figures = (row.parameters, row.multiply_adds, row.bytes, row.ms, *row.shares)
        cells = ("" if value is None else value for value in figures)
        writer.writerow((row.name, row.op, row.module, shape, row.dtype, *cells))
    return text.getvalue()


def _box(box: Box, x: float, y: float, placed: Placed, color: str) -> str:
    wide, high = placed.boxes.width, placed.boxes.height
    color = color or PAPER.get(box.family, GREY)
    dash = ' stroke-dasharray="4 3"' if box.family is Family.UNKNOWN else ""
    second = " \u00b7 ".join(filter(None, (box.op, shape_text(box.shape, " \u00d7 ", "scalar"))))
    most = int((wide - 20) / LETTER)
    return (
        f'<g class="box"><title>{_text(f"{box.name}: {second} ({box.family})")}</title>'
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{wide:g}" height="{high:g}" rx="5" fill="#ffffff"'
        f' stroke={quoteattr(color)} stroke-width="{2.5 if box.nodes[1:] else 1.2:g}"{dash}/>'
        f'<rect x="{x:.1f}" y="{y + 5:.1f}" width="4" height="{high - 10:g}" fill={quoteattr(color)}/>'
        f'<text x="{x + 12:.1f}" y="{y + 18:.1f}" fill="{INK}">{_text(_cut(box.title, most))}</text>'
        f'<text x="{x + 12:.1f}" y="{y + 34:.1f}" fill="{GREY}" font-size="10">{_text(_cut(second, int(most * 1.2)))}'
        "</text></g>"
    )


def _cut(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[: most - 1]}\u2026"


def _text(text: str) -> str:
    return escape(text.translate(NOT_XML))
