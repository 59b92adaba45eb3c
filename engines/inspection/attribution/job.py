"""Job: which pixels an output of a model rests on, by one method or several, checked and compared."""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import replace

from engines.core.context import Context, Part
from engines.core.errors import KinoscopeError, UsageError
from engines.core.frames import Image
from engines.core.pictures.reading import open_picture
from engines.core.training.threads import enough_memory, threads
from engines.core.words import tr
from engines.inspection.attribution.asked import (
    BASELINES,
    INFO,
    AttributeResult,
    AttributeSpec,
    Explained,
)
from engines.inspection.attribution.curves import at_random, curve
from engines.inspection.attribution.methods import WAYS
from engines.inspection.attribution.sanity import sane
from engines.inspection.attribution.subject import Subject, subject
from engines.inspection.opening.model import Model
from engines.inspection.opening.opener import open_spec

MEMORY = tr("There is not enough memory to explain this model")


def run(spec: AttributeSpec, ctx: Context) -> AttributeResult:
    """Maps of the picture in a file by each method that was asked for.

    Raises `FileMissing` and `BadInput` for files, `UsageError` for settings that make no sense, `WorkFailed` where the
    one method that was asked for gives nothing here.
    """
    check(spec)
    ctx.progress(0, 1, tr("Opening the model"))
    picture = open_picture(spec.picture)
    model = open_spec(spec.model)
    with (
        ctx.lease("cpu", threads=spec.threads) as lease,
        threads(lease.threads),
        enough_memory(MEMORY, tr("Close others")),
    ):
        result = explain(model, picture.image, spec, ctx)
    return replace(result, notes=(*filter(None, (picture.note,)), *result.notes))


def explain(model: Model, picture: Image, spec: AttributeSpec, ctx: Context) -> AttributeResult:
    """The same for an open model and a picture, uint8 BGR of any size. Where several methods are asked for, one that
    cannot be done is left out and named in the notes."""
    check(spec)
    import captum.attr  # noqa: F401  (takes a second, which is no method's)

    it = subject(model, picture, spec, ctx)
    found: list[Explained] = []
    notes = [it.fitted] if it.fitted else []
    parts = _parts(spec, ctx)
    for method in spec.methods:
        try:
            found.append(_explained(it, method, spec, next(parts)))
        except KinoscopeError as error:
            if len(spec.methods) == 1 or error.kind == "cancelled":
                raise
            notes.append(tr("{title} is left out: {message}", title=_title(method), message=error.message))
    floor = at_random(it, spec, next(parts)) if spec.curves else None
    score = tr("softmax of {words}", words=it.target.words) if it.of_logits else it.target.words
    ctx.progress(1, 1, "")
    return AttributeResult(
        spec, it.target, tuple(found), it.original, it.seen, it.placed, it.fitted, floor, score, tuple(notes)
    )


def check(spec: AttributeSpec) -> None:
    """Raises `UsageError` for settings that make no sense, naming them."""
    for method in spec.methods or ("",):
        if method not in WAYS:
            raise UsageError(
                tr("There is no method '{method}'", method=method), hint=tr("Take one of {ways}", ways=", ".join(WAYS))
            )
    if spec.baseline not in BASELINES:
        raise UsageError(
            tr("There is no baseline '{baseline}'", baseline=spec.baseline),
            hint=tr("Take one of {baselines}", baselines=", ".join(BASELINES)),
        )
    least = {"steps": 1, "most_steps": 1, "patch": 0, "stride": 0, "stages": 1, "points": 1}
    for name, low in least.items():
        if getattr(spec, name) < low:
            raise UsageError(
                tr("{name} is {spec}", name=name, spec=getattr(spec, name)), hint=tr("Give {low} or more", low=low)
            )


def _explained(it: Subject, method: str, spec: AttributeSpec, ctx: Context) -> Explained:
    """One method's map; checked, and with its curves, where that is asked for."""
    way, title = WAYS[method], _title(method)
    whole = 1 + spec.sanity * spec.stages + spec.curves
    started = time.perf_counter()
    made = way(replace(it, ctx=ctx), spec, Part(ctx, 0, whole, title))
    spent = (time.perf_counter() - started) * 1000
    checked = traced = None
    if spec.sanity:
        held = replace(spec, layer=made.layer or spec.layer, most_steps=spec.steps)
        part = Part(ctx, 1, whole, tr("{title}, sanity check", title=title))
        checked = sane(it, made.map, held, part, lambda other, asked, at: way(other, asked, at).map)
    if spec.curves:
        traced = curve(
            it, made.map, spec, Part(ctx, whole - 1, whole, tr("{title}, deletion and insertion", title=title))
        )
    signed = method in INFO and INFO[method].signed
    return Explained(
        method, title, made.map, signed, made.layer, spent, made.completeness, checked, traced, made.note
    )  # fmt: skip


def _parts(spec: AttributeSpec, ctx: Context) -> Iterator[Context]:
    """A part of the progress for each method, and one for the random order."""
    count = len(spec.methods) + spec.curves
    for number in range(count):
        title = _title(spec.methods[number]) if number < len(spec.methods) else tr("Random order")
        yield Part(ctx, number, count, title)


def _title(method: str) -> str:
    return INFO[method].title if method in INFO else method
