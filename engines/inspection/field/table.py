"""Job: the receptive field of every layer of a model."""

from __future__ import annotations

from engines.core.context import Context
from engines.core.words import tr
from engines.inspection.field.results import FieldTable
from engines.inspection.types import OpenSpec


def run(spec: OpenSpec, ctx: Context, layer: str = "") -> FieldTable:
    """layer: that one alone, "" for all that see the picture.

    Raises `BadInput` for a file without a graph or a model whose input has no height and width, `UsageError` for a
    layer that is not there.
    """
    from engines.inspection.field.exact import row_of, sights
    from engines.inspection.field.shaping import shaped, where_the_picture_is
    from engines.inspection.opening.opener import open_spec

    ctx.progress(0, 1, tr("Opening the model"))
    graph = shaped(open_spec(spec), None)
    only = graph.node(layer).name if layer else ""
    name, axes = where_the_picture_is(graph)
    rows, grids = [], []
    for at, (node, sight) in enumerate(sights(graph)):
        ctx.check()
        if at % 20 == 0:
            ctx.progress(at, len(graph.nodes), tr("Field of {node}", node=node.name))
        if sight is not None and only in ("", node.name):
            rows.append(row_of(node.name, sight))
            grids.append(sight.grid.rows_and_columns)
    shape = graph.shape(name) or ()
    high, wide = (1, *(shape[axis] for axis in axes))[-2:]
    return FieldTable(spec, (high, wide), tuple(rows), tuple(grids))
