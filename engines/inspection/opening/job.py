"""Job: open a model and tell what it is."""

from __future__ import annotations

from engines.core.context import Context
from engines.inspection.types import ModelSheet, OpenSpec


def run(spec: OpenSpec, ctx: Context) -> ModelSheet:
    """The sheet of a model with its counts, its nodes timed where that was asked for."""
    from dataclasses import replace

    from engines.inspection.counting import count
    from engines.inspection.opening.opener import open_spec

    ctx.progress(0, 2, "Opening the model")
    sheet = open_spec(spec).sheet
    ctx.check()
    ctx.progress(1, 2, "Counting")
    counts = count(sheet.graph) if sheet.graph is not None else sheet.counts
    ctx.progress(2, 2, sheet.title)
    return replace(sheet, counts=counts)
