"""All figures of one model against labels, as the literature takes them, and models side by side on the same labels."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.actions.evaluation.anticipation import anticipation, carried_on
from engines.actions.evaluation.arrays import evaluate_arrays
from engines.actions.evaluation.deciles import by_decile
from engines.actions.evaluation.grouping import edges
from engines.actions.evaluation.occasions import segments, starts, trade_off
from engines.actions.evaluation.precision import by_class, calibrated, mean_of
from engines.actions.evaluation.sources import trained_share, warnings
from engines.actions.evaluation.truth import Truth
from engines.actions.labels.checking import check
from engines.actions.labels.files import read_labels
from engines.actions.labels.score_files import Scores, read_scores
from engines.actions.labels.targets import is_ambiguous
from engines.actions.study_types import EvaluateSpec, Evaluation
from engines.actions.types import Labels, ModelCard
from engines.core.context import Context
from engines.core.errors import BadInput, UsageError
from engines.core.words import control, tr

__all__ = ["evaluate", "evaluate_arrays", "read_truth", "run"]

Floats = NDArray[np.float64]


def run(spec: EvaluateSpec, ctx: Context) -> tuple[Evaluation, ...]:
    """One evaluation for each score file or model of the spec, on the same labels, in their order.

    Emits those that are done under "evaluated". Raises `BadInput` for files that do not fit one another.
    """
    if not spec.scores:
        raise UsageError(tr("There are no scores to evaluate"), hint=tr("Give a score file, or a model and a video"))
    done: list[Evaluation] = []
    for index in range(len(spec.scores)):
        ctx.check()
        ctx.progress(index, len(spec.scores), tr("Evaluating"))
        done.append(_one(spec, index, ctx))
        ctx.emit("evaluated", tuple(done))
    ctx.progress(len(done), len(done), tr("Evaluated"))
    return tuple(done)


def evaluate(
    scores: Scores,
    truth: Truth | ArrayLike,
    *,
    ahead: ArrayLike | None = None,
    horizons: Sequence[float] = (),
    threshold: float = 0.5,
    name: str = "",
    file: str = "",
    learned: Collection[str] = (),
) -> Evaluation:
    """Every figure of one model on one video.

    truth: of the rows of `scores`, or the class of each (n,), -1 for those that do not count. ahead (n, L, C): of the
    times `horizons` later. threshold: from which events are grouped for the measure of segments. learned: actions that
    the model had examples of, () all: what it never learned is averaged nowhere. Raises `BadInput` for NaN, lengths
    that disagree, and rows in which no action occurs.
    """
    real = truth if isinstance(truth, Truth) else Truth.of_classes(truth, len(scores.classes), scores.frames)
    _fits(scores, real, file)
    everything = scores, real
    columns = [place for place, name in enumerate(scores.classes) if not (place and learned and name not in learned)]
    if len(columns) < len(scores.classes):
        ahead = None if ahead is None else np.asarray(ahead)[:, :, columns]
        scores, real = _of(scores, columns), real.of(columns)
    kept = real.kept
    values, flags = scores.probabilities[kept], real.flags[kept]
    ap, cap = by_class(values, flags)[1:], by_class(values, flags, calibrated)[1:]
    if np.isnan(ap).all():
        which = (
            tr("No action that was learned occurs")
            if len(columns) < len(everything[0].classes)
            else tr("No action occurs")
        )
        raise BadInput(
            tr("{which} in these frames", which=which), path=file or None, hint=tr("Choose frames with labels in them")
        )
    soon = _ahead(scores, ahead, horizons, real)
    within = segments(scores.probabilities, scores.times, real, threshold)
    return Evaluation(
        name=name,
        classes=everything[0].classes,
        frames=int(kept.sum()),
        map=mean_of(ap),
        mcap=mean_of(cap),
        ap=_named(scores.classes, ap),
        cap=_named(scores.classes, cap),
        deciles=by_decile(scores.probabilities, real),
        ahead=soon[0],
        ahead_still=soon[1],
        confusion=confusion(*everything),
        starts=starts(scores.probabilities, scores.times, real),
        segments=within,
        segment_map=mean_of([value for _, value in within]) if within else None,
        trade_off=trade_off(scores.probabilities, scores.times, real),
        chance=chance(flags),
        notes=_notes(scores, real, everything[0].classes),
        file=file,
    )


def confusion(scores: Scores, truth: Truth) -> tuple[tuple[float, ...], ...]:
    """Seconds (C, C): rows what was, columns what was said (the likeliest class)."""
    lengths = np.diff(edges(scores.times))[truth.kept]
    table = np.zeros((len(scores.classes),) * 2)
    np.add.at(table, (truth.single[truth.kept], np.argmax(scores.probabilities[truth.kept], axis=1)), lengths)
    return tuple(tuple(row) for row in table.round(6).tolist())


def chance(flags: ArrayLike, background: int | None = 0) -> float | None:
    """mAP of scores that say nothing: the share of positives, mean over the action classes that occur."""
    shares = np.asarray(flags, np.float64).mean(axis=0)
    if background is not None:
        shares = np.delete(shares, background)
    occurring = shares[shares > 0]
    return float(occurring.mean()) if occurring.size else None


def read_truth(path: str | Path, scores: Scores, video: str = "") -> Truth:
    """Labels of the frames that were scored. Raises `BadInput` where the two do not belong together."""
    times, rate = _film_times(scores, video)
    labels = read_labels(path, times, rate, whole=bool(video), video=video)
    check(labels, len(times) if video and times is not None else 0, None, path)
    seen = tuple(e for e in labels.segments if e.end >= scores.frames[0] and e.start <= scores.frames[-1])
    if seen:
        check(Labels(seen, labels.classes), 0, scores.classes, path)
    if all(is_ambiguous(each.action) for each in seen):
        raise BadInput(
            tr(
                "The labels have no action in the frames that were scored ({first} to {last})",
                first=scores.frames[0],
                last=scores.frames[-1],
            ),
            path=path,
            hint=tr("Check that labels and scores belong to the same video"),
        )
    return Truth.of_labels(labels, scores.classes, scores.frames)


def _one(spec: EvaluateSpec, index: int, ctx: Context) -> Evaluation:
    from engines.actions.evaluation.sources import ahead_of, scored

    source, card = scored(spec, index, ctx), _card(spec, index)
    whole = read_scores(source.file)
    scores = whole.part(*spec.frames)
    if not len(scores):
        raise BadInput(
            tr("The score file has none of these frames"),
            path=source.file,
            hint=tr("See {control}", control=control(tr("Frames"), "--frames")),
        )
    ahead, truth = ahead_of(source, whole), read_truth(spec.labels, scores, spec.video)
    found = evaluate(
        scores,
        truth,
        ahead=None if ahead is None else ahead[np.isin(whole.frames, scores.frames)],
        horizons=source.horizons,
        threshold=spec.threshold,
        name=source.name,
        file=source.file,
        learned=card.learned if card is not None else (),
    )
    if card is not None:
        seen = scores.frames[truth.kept]
        notes = (*warnings(card, spec.video, seen), *found.notes)
        found = replace(found, notes=notes, trained_share=trained_share(card, spec.video, seen))
    return replace(found, one_frame=_one_frame(spec, index, scores, truth, ctx)) if spec.one_frame else found


def _card(spec: EvaluateSpec, index: int) -> ModelCard | None:
    """Of the model behind the scores, where it is given."""
    from engines.actions.models.files import read_card

    model = spec.models[index] if index < len(spec.models) else ""
    return read_card(model) if model else None


def _one_frame(spec: EvaluateSpec, index: int, scores: Scores, truth: Truth, ctx: Context) -> float | None:
    from engines.actions.evaluation.one_frame import beside_model
    from engines.actions.models.files import open_model

    model = spec.models[index] if index < len(spec.models) else ""
    if not model or not spec.video:
        raise UsageError(
            tr("The one-frame comparison needs the model and the video"), hint=tr("Give both, or leave it out")
        )
    return beside_model(spec.video, spec.labels, open_model(model).card.recipe, scores, truth, ctx)


def _film_times(scores: Scores, video: str) -> tuple[Floats | None, float]:
    """Times of the video's frames where they can be known, and the rate of the scores."""
    from engines.core.video.film import Film

    spans = float(scores.times[-1] - scores.times[0])
    rate = float(scores.frames[-1] - scores.frames[0]) / spans if spans > 0 else 0.0
    if video:
        with Film.open(video) as film:
            return film.frame_times(), film.rate
    complete = scores.frames[0] == 0 and len(scores) == scores.frames[-1] + 1
    return (scores.times if complete else None), rate


def _ahead(
    scores: Scores, ahead: ArrayLike | None, horizons: Sequence[float], truth: Truth
) -> tuple[tuple[tuple[float, float], ...], ...]:
    if ahead is None or not horizons:
        return (), ()
    said = np.asarray(ahead, np.float64)
    if said.shape != (len(scores), len(horizons), len(scores.classes)) or not np.isfinite(said).all():
        raise BadInput(
            tr("What was said ahead is {shape} numbers, or holds NaN", shape="x".join(str(n) for n in said.shape)),
            hint=tr(
                "{frames} frames x {horizons} horizons x {classes} classes were expected",
                frames=len(scores),
                horizons=len(horizons),
                classes=len(scores.classes),
            ),
        )
    return (
        anticipation(said, horizons, scores.times, truth),
        carried_on(scores.probabilities, horizons, scores.times, truth),
    )


def _fits(scores: Scores, truth: Truth, file: str) -> None:
    if not len(scores):
        raise BadInput(tr("There are no scores"), path=file or None)
    if len(truth.frames) != len(scores):
        raise BadInput(
            tr("{scores} rows of scores, {labels} of labels", scores=len(scores), labels=len(truth.frames)),
            path=file or None,
        )
    if not np.isfinite(scores.probabilities).all():
        raise BadInput(tr("The scores hold NaN"), path=file or None, hint=tr("Run the detection again"))
    if not truth.kept.any():
        raise BadInput(tr("Every frame is ambiguous: nothing is left to measure"), path=file or None)


def _of(scores: Scores, columns: Sequence[int]) -> Scores:
    names = tuple(scores.classes[column] for column in columns)
    return Scores(names, scores.frames, scores.times, scores.probabilities[:, columns])


def _named(classes: Sequence[str], values: Floats) -> dict[str, float | None]:
    pairs = zip(classes[1:], values.tolist(), strict=True)
    return {name: None if np.isnan(value) else value for name, value in pairs}


def _notes(scores: Scores, truth: Truth, classes: Sequence[str]) -> tuple[str, ...]:
    """classes: all of them, those of `scores` were learned."""
    strange = [name for name in classes if name not in scores.classes]
    absent = [name for index, name in enumerate(scores.classes) if index and not truth.flags[truth.kept, index].any()]
    said = [tr("Never learned and not averaged: {strange}", strange=", ".join(strange))] if strange else []
    said += [tr("Do not occur here and are not averaged: {absent}", absent=", ".join(absent))] if absent else []
    dropped = int(truth.dropped.sum())
    return (*said, *([tr("{dropped} ambiguous frames are left out", dropped=dropped)] if dropped else []))
