"""The threshold's whole story for one gallery: how many strangers each threshold names, and what it costs its people.

Strangers come from `ScoreModel`; the cost from searching every face in its own gallery without itself.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from engines.core.errors import BadInput
from engines.core.words import as_sentence, tr, tr_count
from engines.faces.scores.intervals import share_by_people
from engines.faces.scores.leaving_out import MOST, LeftOut, leave_out
from engines.faces.scores.meaning import ScoreModel
from engines.faces.study_types import OperatingPoint, SelfCheckCase, ThresholdReport
from engines.faces.table import FaceTable
from engines.faces.types import Accept
from engines.faces.vectors import Floats

RATES = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6)
BINS = np.round(np.linspace(-0.5, 1.0, 76), 4)
_POINTS = 121
_CASES = 200


def report(table: FaceTable, names: Mapping[str, str], accept: Accept, *, model: str | None = None) -> ThresholdReport:
    """For a gallery (unknown faces are left aside). names: of people by id. model: see `ScoreModel.of`.

    Raises `BadInput` when nobody is enrolled, a vector is unusable, or the rate is not between 0 and 1.
    """
    table = table.known()
    if not len(table):
        raise BadInput(tr("Nobody is enrolled"), hint=tr("Enrol somebody first"))
    scores = ScoreModel.of(table, model)
    left = leave_out(table)
    at = np.linspace(scores.threshold(Accept(0.9)), scores.threshold(Accept(1e-7)), _POINTS)
    bands = [scores.strangers_interval(float(one)) for one in at]
    chosen = _point(scores, left, accept.rate)
    return ThresholdReport(
        people=scores.people,
        faces=len(table),
        thresholds=tuple(at.tolist()),
        strangers=tuple(scores.strangers(float(one)) for one in at),
        low=tuple(low for low, _ in bands),
        high=tuple(high for _, high in bands),
        missed=_missed_curve(left, at),
        points=tuple(_point(scores, left, rate) for rate in RATES),
        chosen=chosen,
        bins=tuple(BINS.tolist()),
        impostor=_density(left.other[left.other > -1]),
        genuine=_density(left.own[np.isfinite(left.own)]),
        basis=scores.basis + _sampled(table),
        weak=_weak(scores, left, names),
        cases=_cases(left, names, chosen.threshold),
    )


def _point(scores: ScoreModel, left: LeftOut, rate: float) -> OperatingPoint:
    threshold = scores.threshold(Accept(rate))
    shares = scores.strangers(threshold), scores.strangers_interval(threshold)
    weights = left.person_weights()
    if not weights.any():
        return OperatingPoint(rate, threshold, *shares)
    unnamed = np.maximum(left.own, left.other) < threshold
    wrong = (left.other > left.own) & (left.other >= threshold)
    missed, named_wrong = float(weights @ unnamed), float(weights @ wrong)
    return OperatingPoint(rate, threshold, *shares, missed, _by_person(left, unnamed), named_wrong)


def _by_person(left: LeftOut, hits: np.ndarray) -> tuple[float, float]:
    known = np.isfinite(left.own)
    faces = np.bincount(left.labels[known], minlength=len(left.people))
    found = np.bincount(left.labels[known], hits[known], minlength=len(left.people))
    several = faces > 0
    return share_by_people(found[several] / faces[several], np.ones(int(several.sum())), times=400)


def _missed_curve(left: LeftOut, at: Floats) -> tuple[float, ...]:
    weights = left.person_weights()
    if not weights.any():
        return ()
    best = np.where(np.isfinite(left.own), np.maximum(left.own, left.other), np.inf)
    order = np.argsort(best)
    below = np.append(0.0, np.cumsum(weights[order]))
    return tuple(np.minimum(below[np.searchsorted(best[order], at)], 1.0).tolist())


def _density(values: Floats) -> tuple[float, ...]:
    if not len(values):
        return ()
    counts, _ = np.histogram(np.clip(values, BINS[0], BINS[-1]), BINS)
    return tuple((counts / (counts.sum() * np.diff(BINS))).tolist())


def _cases(left: LeftOut, names: Mapping[str, str], threshold: float) -> tuple[SelfCheckCase, ...]:
    """Misnamed first, then missed, each by how far it is off."""
    own = np.where(np.isfinite(left.own), left.own, 0.0)
    misnamed = (left.other >= threshold) & (left.other > own)
    missed = np.isfinite(left.own) & (np.maximum(own, left.other) < threshold)
    worst = np.where(misnamed, 2 + left.other - own, np.where(missed, 1 - own, -np.inf))
    rows = np.argsort(-worst, kind="stable")[: min(_CASES, int((misnamed | missed).sum()))]
    return tuple(_case(left, names, int(row)) for row in rows)


def _case(left: LeftOut, names: Mapping[str, str], row: int) -> SelfCheckCase:
    person, nearest = left.table.people[row], left.people[left.nearest[row]]
    own = float(left.own[row]) if np.isfinite(left.own[row]) else 0.0
    told = names.get(person, person), nearest, names.get(nearest, nearest)
    return SelfCheckCase(left.table.faces[row], person, *told, float(left.other[row]), own)


def _sampled(table: FaceTable) -> str:
    return (
        tr("; the self-check draws {most:,} of {count:,} faces", most=MOST, count=len(table))
        if len(table) > MOST
        else ""
    )


def _weak(scores: ScoreModel, left: LeftOut, names: Mapping[str, str]) -> str:
    told = [scores.weak] if scores.weak else []
    if scores.doubles:
        a, b = (names.get(person, person) for person in scores.doubles[0])
        told.append(tr("compare {a} with {b}", a=a, b=b))
    people = len(np.unique(left.labels[np.isfinite(left.own)]))
    if people < 20:
        told.append(
            tr_count(people, "only one person has two faces or more", "only {n} people have two faces or more")
            if people
            else tr("nobody has two faces or more")
        )
    words = "; ".join(told)
    return as_sentence(words)
