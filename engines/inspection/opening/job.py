"""Job: open a model and tell what it is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from engines.core.context import Context
from engines.core.words import tr
from engines.inspection.types import ModelSheet, OpenSpec

if TYPE_CHECKING:
    from engines.inspection.opening.model import Model


def run(spec: OpenSpec, ctx: Context) -> ModelSheet:
    """`sheet_of` a model; a pickle that is refused has a sheet too, with what it would have called and nothing else."""
    from engines.inspection.opening.formats import format_of
    from engines.inspection.opening.opener import find
    from engines.inspection.opening.state_dicts import Refused

    try:
        return sheet_of(spec, ctx)
    except Refused as refused:
        path = find(spec.path)
        size, why = path.stat().st_size, f"{refused.message}. {refused.hint}"
        return ModelSheet(str(path), path.name, format_of(path), size, refused.safety, runs=why)


def sheet_of(spec: OpenSpec, ctx: Context) -> ModelSheet:
    """The sheet of a model with its counts, its nodes timed where that was asked for.

    Raises what `open_model` does, `Refused` for a pickle that asks for more than tensors.
    """
    from dataclasses import replace

    from engines.inspection.attention.sites import sites
    from engines.inspection.counting import count
    from engines.inspection.opening.opener import open_spec

    ctx.progress(0, 2, tr("Opening the model"))
    model = open_spec(spec)
    ctx.check()
    ctx.progress(1, 2, tr("Counting"))
    sheet = model.sheet
    counts = count(sheet.graph) if sheet.graph is not None else sheet.counts
    sheet = replace(sheet, counts=counts, attends=sheet.graph is not None and bool(sites(sheet.graph)))
    if spec.time and sheet.graph is not None and not sheet.runs and not sheet.needs_shape:
        sheet = _timed(sheet, model, spec, ctx)
    ctx.progress(2, 2, sheet.title)
    return sheet


def _timed(sheet: ModelSheet, model: Model, spec: OpenSpec, ctx: Context) -> ModelSheet:
    from dataclasses import replace

    from engines.core.context import Part
    from engines.inspection.running.inputs import given_inputs
    from engines.inspection.running.timing import timed

    timing = timed(model, given_inputs(model, shapes=spec.shapes), Part(ctx, 1, 2, tr("Timing every node")))
    layers = tuple(replace(layer, ms=timing.nodes.get(layer.name)) for layer in sheet.counts.layers)
    facts = (*sheet.facts, (tr("time"), timing.words))
    return replace(sheet, counts=replace(sheet.counts, layers=layers), facts=facts)
