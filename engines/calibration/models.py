"""The job "which lens model": one search of the photographs, every model fitted to it, and a recommendation in words.

A richer model always fits better; what counts is the error on views that were left out. The simplest model is
recommended whose held-out error is within the noise of the best one's, by their ratios view by view (the rule of one
standard error: Breiman et al., "Classification and regression trees", 1984, section 3.4.3; here with two).
Rows come as they are ready: `rows` is emitted with all that there are so far.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Literal, TypeAlias

import numpy as np

from engines.calibration.mono import SEARCHED, calibrated, searched
from engines.calibration.solve.held import freedom
from engines.calibration.solve.setup import check_model
from engines.calibration.targets.corners import parse_window
from engines.calibration.targets.photographs import Shot
from engines.calibration.types import ModelRow, ModelsResult, ModelsSpec, MonoResult, MonoSpec
from engines.core.context import Context, Part
from engines.core.errors import UsageError, WorkFailed
from engines.core.frames import Size
from engines.core.lenses import DISTORTION_NAMES, ModelName
from engines.core.words import all_of, as_sentence, tr

NAMES: dict[ModelName, str] = {
    "brown5": "Brown",
    "fisheye4": tr("the fisheye model"),
    "rational8": tr("the rational model"),
    "thinprism12": tr("the thin prism model"),
    "tilted14": tr("the tilted model"),
}
"""The models from simple to rich, as they are called in words."""
Choice: TypeAlias = ModelName | Literal[""]

_SURE, _SAME = 2.0, 1.05
"""A difference counts when it is this many standard errors from none, and the error this many times larger."""


def run(spec: ModelsSpec, ctx: Context) -> ModelsResult:
    """Fit each model to the same views. A model that cannot be fitted says why in its row.

    Raises `UsageError` for settings that make no sense, `BadInput` for photographs that cannot be used, `Cancelled`.
    """
    started = perf_counter()
    _check(spec)
    with ctx.lease("cpu", threads=2) as lease:
        shots, left_out = searched(spec.mono, ctx, lease.threads)
        rows: list[ModelRow] = []
        for number, model in enumerate(spec.models):
            mono = replace(spec.mono, model=model, leave_one_out=True, out="")
            row = _row(mono, shots, _part(ctx, number, spec), lease.threads)
            rows.append(row if row.result is None else replace(row, result=replace(row.result, left_out=left_out)))
            ctx.emit("rows", tuple(rows))
    recommended, words = recommendation(rows)
    ctx.progress(1.0, 1.0, tr("Compared"))
    return ModelsResult(tuple(rows), recommended, words, perf_counter() - started)


def _check(spec: ModelsSpec) -> None:
    """What one model cannot hold is said in its row; what none can hold is refused."""
    for model in spec.models:
        check_model(model)
    if not spec.models or len(set(spec.models)) < len(spec.models):
        raise UsageError(tr("Each lens model is compared once"), hint=tr("Use some of {names}", names=", ".join(NAMES)))
    for word in spec.mono.fix:
        held = 0
        for model in spec.models:
            with suppress(UsageError):
                held += freedom(model, Size(1, 1), (word,)) is not None
        if not held:
            freedom(spec.models[0], Size(1, 1), (word,))
    parse_window(spec.mono.window)


def _part(ctx: Context, number: int, spec: ModelsSpec) -> Part:
    """One model's share of the work: its own progress begins where the search has ended."""
    count = len(spec.models)
    return Part(
        ctx,
        SEARCHED * (count - 1) + (1 - SEARCHED) * number,
        count,
        tr("Fitting {names}", names=NAMES[spec.models[number]]),
    )


def _row(spec: MonoSpec, shots: Sequence[Shot], ctx: Context, threads: int) -> ModelRow:
    try:
        return ModelRow(spec.model, calibrated(spec, shots, ctx, threads))
    except (WorkFailed, UsageError) as problem:
        return ModelRow(spec.model, problem=str(problem))


@dataclass(frozen=True)
class _Held:
    """What one model makes of left-out views: squared error and corners by view, and the RMS over all corners."""

    model: ModelName
    squares: dict[str, float]
    rms: float
    vague: int


def recommendation(rows: Sequence[ModelRow]) -> tuple[Choice, str]:
    """The model that serves, "" when none does, and why."""
    results = [row.result for row in rows if row.result is not None]
    held = [_held(result, result.loo_rms_px) for result in results if result.loo_rms_px is not None]
    if not held:
        return "", tr("At least 4 views are needed to compare models") if results else tr("No model could be fitted")
    best = min(held, key=lambda one: one.rms)
    chosen = min((one for one in held if _as_good(one, best)), key=_richness)
    return chosen.model, _words(chosen, [one for one in held if one is not chosen])


def _held(result: MonoResult, rms: float) -> _Held:
    views = [view for view in result.views if view.used and view.loo_rms_px is not None]
    squares = {view.name: len(view.ids) * (view.loo_rms_px or 0.0) ** 2 for view in views}
    terms = zip(result.distortion, result.distortion_std, strict=True)
    return _Held(result.model, squares, rms, sum(abs(value) < 2 * std for value, std in terms))


def _richness(one: _Held) -> int:
    return list(NAMES).index(one.model)


def _as_good(one: _Held, best: _Held) -> bool:
    """Whether the difference, view by view, may be chance, or is too small to matter."""
    if one.rms <= _SAME * best.rms:
        return True
    shared = [name for name in one.squares if name in best.squares]
    apart = np.log([one.squares[name] / max(best.squares[name], 1e-300) for name in shared])
    noise = float(apart.std(ddof=1)) / np.sqrt(len(apart)) if len(apart) > 1 else np.inf
    return bool(apart.mean() <= _SURE * noise)


def _words(chosen: _Held, others: Sequence[_Held]) -> str:
    """Such as "The fisheye model explains the corners (0.20 px on left-out views); Brown (1.4 px) does not"."""
    name = NAMES[chosen.model]
    worse = [one for one in others if not _as_good(one, chosen)]
    richer = [one for one in others if _terms(one) > _terms(chosen) and one not in worse]
    told = {"name": as_sentence(name), "rms": chosen.rms}
    words = (
        tr("{name} explains the corners as well as richer models do ({rms:.3f} px on left-out views)", **told)
        if richer
        else tr("{name} explains the corners ({rms:.3f} px on left-out views)", **told)
    )
    if len(worse) == 1:
        words = tr("{words}; {other} does not", words=words, other=_listed(worse))
    elif worse:
        words = tr("{words}; {others} do not", words=words, others=_listed(worse))
    vaguest = max(richer, key=lambda one: one.vague, default=chosen)
    if vaguest is not chosen and vaguest.vague:
        words = tr(
            "{words}. {vague} of the {terms} terms of {model} cannot be told from zero",
            words=words,
            vague=vaguest.vague,
            terms=_terms(vaguest),
            model=NAMES[vaguest.model],
        )
    return words


def _terms(one: _Held) -> int:
    return len(DISTORTION_NAMES[one.model])


def _listed(models: Sequence[_Held]) -> str:
    return all_of([f"{NAMES[one.model]} ({one.rms:.3f} px)" for one in sorted(models, key=_richness)])
