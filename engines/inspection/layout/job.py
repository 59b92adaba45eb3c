"""Job: lay out a graph that is too large to be laid out while somebody waits for the window."""

from __future__ import annotations

from dataclasses import dataclass

from engines.core.context import Context
from engines.core.errors import UsageError
from engines.core.words import tr
from engines.inspection.layout.layers import Boxes, Placed, place


@dataclass(frozen=True, slots=True)
class LayoutSpec:
    """count: boxes, numbered from 0. edges: source, target, source, target and so on. boxes: their one size."""

    count: int = 0
    edges: tuple[int, ...] = ()
    boxes: Boxes = Boxes()


def run(spec: LayoutSpec, ctx: Context) -> Placed:
    """Where every box and line goes. Raises `UsageError` for an edge to a box that is not there."""
    pairs = list(zip(spec.edges[::2], spec.edges[1::2], strict=True))
    if spec.edges and not 0 <= min(spec.edges) <= max(spec.edges) < spec.count:
        raise UsageError(tr("An edge of the graph leads to a box that is not there"))
    placed = place(spec.count, pairs, spec.boxes, ctx)
    ctx.progress(3, 3, tr("{count:,} boxes", count=spec.count))
    return placed
