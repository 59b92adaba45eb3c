"""Job: evaluates a recogniser on a folder of people, by a pair list and by all pairs of images.

Errors hang together by person, so intervals draw people again, not pairs; and because one person with many pictures
can make most of the genuine pairs, every rate is also given with each person counting alike.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engines.core.context import Context
from engines.core.errors import BadInput
from engines.core.pictures.files import gathered
from engines.core.words import tr
from engines.faces.evaluation import open_set, pair_list
from engines.faces.evaluation.pair_list import Accuracy, Pair
from engines.faces.evaluation.pair_scores import PairScores, pair_scores
from engines.faces.recognition.folder import read_folder
from engines.faces.scores.impostors import EDGES
from engines.faces.scores.intervals import draws, percentile
from engines.faces.scores.meaning import check_vectors
from engines.faces.study_types import Curve, EvaluateSpec, Evaluation, Interval, OpenSet
from engines.faces.table import FaceTable
from engines.faces.vectors import Floats

FARS = {"1e-2": 1e-2, "1e-3": 1e-3, "1e-4": 1e-4, "1e-5": 1e-5, "1e-6": 1e-6}
BINS = np.round(np.linspace(-0.5, 1.0, 76), 4)
_CURVE = np.logspace(-6, 0, 49)
_DRAWS = 200


def run(spec: EvaluateSpec, ctx: Context) -> Evaluation:
    """Find and describe a face in each picture, then measure. Raises `BadInput` (see `measure`), `Cancelled`."""
    started = time.perf_counter()
    pairs = pair_list.read_pairs(spec.pairs) if spec.pairs else ()
    pair_list.places(pairs, [file.name for file in gathered([spec.images], deep=True).files], ())
    read = read_folder([spec.images], model=spec.model, finder=spec.finder, flip=spec.flip, ctx=ctx)
    missed = read.missed + tuple(name for name, _ in read.broken)
    found = measure(read.table, pairs, missed, model=read.card.name, started=started, ctx=ctx)
    return replace(found, left_out=read.left_out)


def measure(
    table: FaceTable,
    pairs: Sequence[Pair] = (),
    missed: tuple[str, ...] = (),
    *,
    model: str = "",
    started: float | None = None,
    ctx: Context | None = None,
) -> Evaluation:
    """The same for faces that were described before.

    Raises `BadInput` when there is one person only or nobody has two faces, when the pair list does not fit, and for
    vectors that hold NaN.
    """
    begun = time.perf_counter() if started is None else started
    check_vectors(table)
    _check(table)
    judged = judge(table, pairs, missed) if pairs else None
    _tell(ctx, tr("Comparing all pairs"))
    scores = pair_scores(table)
    fars = {key: far for key, far in FARS.items() if far * scores.impostors >= 1}
    at = {key: scores.threshold(far) for key, far in fars.items()}
    _tell(ctx, tr("Drawing people again"))
    intervals, each, band = _intervals(scores, fars)
    return Evaluation(
        images=len(table) + len(missed),
        people=scores.people,
        pairs=judged.pairs if judged else 0,
        missed=missed,
        accuracy=judged.balanced if judged else None,
        accuracy_std=judged.std if judged else None,
        accuracy_interval=judged.interval if judged else None,
        accuracy_mean=judged.mean if judged else None,
        tar={key: scores.tar(threshold) for key, threshold in at.items()},
        tar_interval=intervals,
        tar_per_person={key: scores.tar_per_person(threshold) for key, threshold in at.items()},
        roc=_roc(scores, band),
        bins=tuple(BINS.tolist()),
        impostor=_impostor_density(scores),
        genuine=_genuine_density(scores),
        model=model,
        open_set=_open_set(table, model),
        tar_per_person_interval=each,
        threshold=at,
        seconds=time.perf_counter() - begun,
    )


def judge(table: FaceTable, pairs: Sequence[Pair], missed: Sequence[str] = ()) -> Accuracy:
    """k-fold balanced accuracy on a pair list; pairs with a picture without a face are left out."""
    rows = pair_list.places(pairs, table.faces, missed)
    kept = np.flatnonzero((rows >= 0).all(axis=1))
    if not len(kept):
        raise BadInput(tr("No pair of the list has two pictures with a face"))
    a, b = (table.vectors[rows[kept, side]].astype(np.float64) for side in (0, 1))
    chosen = [pairs[int(index)] for index in kept]
    same = np.array([pair.same for pair in chosen], bool)
    return pair_list.accuracy((a * b).sum(axis=1), same, [pair.fold for pair in chosen])


def _check(table: FaceTable) -> None:
    people, labels = table.labels()
    if len(people) < 2:
        raise BadInput(
            tr("All pictures show one person, so there is nobody to tell apart"),
            hint=tr("Use one folder a person, or names such as NAME_0001.jpg"),
        )
    if np.bincount(labels).max() < 2:
        raise BadInput(tr("Nobody has two pictures, so there is nothing to recognise"))


def drawn_tars(scores: PairScores, fars: Sequence[float], weights: Floats) -> tuple[Floats, Floats]:
    """times x fars: true-accept rates, by pairs and by people, for each row of how often people are drawn.

    A pair of people counts as often as both are drawn; thresholds follow.
    """
    pairs = scores.by_person(-2)[1]
    faces = np.round((1 + np.sqrt(1 + 8 * pairs)) / 2)
    several = pairs > 0
    by_pairs, by_people = np.zeros((len(weights), len(fars))), np.zeros((len(weights), len(fars)))
    for draw, weight in enumerate(weights):
        here = weight * faces
        total = (here.sum() ** 2 - (here**2).sum()) / 2
        above = np.cumsum(weight[scores.a] * weight[scores.b])
        for column, far in enumerate(fars):
            place = min(int(np.searchsorted(above, far * total, "right")), len(above) - 1)
            hits = scores.by_person(float(scores.highest[place]))[0]
            by_pairs[draw, column] = (weight @ hits) / max(weight @ pairs, 1e-12)
            share = hits[several] / pairs[several]
            by_people[draw, column] = (weight[several] @ share) / max(weight[several].sum(), 1e-12)
    return by_pairs, by_people


def _intervals(
    scores: PairScores, fars: dict[str, float]
) -> tuple[dict[str, Interval], dict[str, Interval], dict[float, Interval]]:
    some = [far for far in _CURVE[::4] if far <= 0.01 and far * scores.impostors >= 1]
    asked = [*fars.values(), *some]
    by_pairs, by_people = drawn_tars(scores, asked, draws(scores.people, _DRAWS))
    pooled = {key: percentile(by_pairs[:, column]) for column, key in enumerate(fars)}
    each = {key: percentile(by_people[:, column]) for column, key in enumerate(fars)}
    band = {far: percentile(by_pairs[:, column]) for column, far in enumerate(asked)}
    return pooled, each, band


def _roc(scores: PairScores, band: dict[float, Interval]) -> Curve:
    """TAR over log-spaced FAR; the band is interpolated between the rates where people were drawn."""
    fars = [far for far in _CURVE if far * scores.impostors >= 1]
    tars = [scores.tar(scores.threshold(far)) for far in fars]
    if not band:
        return Curve(tuple(map(float, fars)), tuple(tars))
    known = sorted(band)
    ends = [np.interp(np.log(fars), np.log(known), [band[far][end] for far in known]) for end in (0, 1)]
    low, high = np.minimum(ends[0], tars), np.maximum(ends[1], tars)
    return Curve(tuple(map(float, fars)), tuple(tars), tuple(low.tolist()), tuple(high.tolist()))


def _impostor_density(scores: PairScores) -> tuple[float, ...]:
    counts, _ = np.histogram(np.clip((EDGES[1:] + EDGES[:-1]) / 2, BINS[0], BINS[-1]), BINS, weights=scores.body)
    return tuple((counts / (max(counts.sum(), 1) * np.diff(BINS))).tolist())


def _genuine_density(scores: PairScores) -> tuple[float, ...]:
    """Every person alike."""
    weights = 1.0 / scores.by_person(-2)[1][scores.person]
    counts, _ = np.histogram(np.clip(scores.genuine, BINS[0], BINS[-1]), BINS, weights=weights)
    return tuple((counts / (max(counts.sum(), 1e-12) * np.diff(BINS))).tolist())


def _open_set(table: FaceTable, model: str) -> OpenSet | None:
    try:
        return open_set.measure(table, model=model or None)
    except BadInput:
        return None


def _tell(ctx: Context | None, note: str) -> None:
    if ctx is not None:
        ctx.check()
        ctx.progress(0, 0, note)
