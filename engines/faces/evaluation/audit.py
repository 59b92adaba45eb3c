"""Finds wrong names: pictures that look like somebody else's, two names for one person, one picture under two names.

A few wrong names decide how a recogniser fares at low false-accept rates, and one of them poisons a person. Suspicions
are ranked by the odds that a name is wrong (`suspicion`) and come with a sentence and the picture to compare with.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from engines.core.context import Context
from engines.core.errors import BadInput, UsageError
from engines.core.words import tr
from engines.faces.evaluation.suspicion import WRONG, Judged, judge
from engines.faces.gallery.editing import Gallery
from engines.faces.recognition.folder import read_folder
from engines.faces.scores.meaning import ScoreModel, check_vectors
from engines.faces.scores.references import like_sface
from engines.faces.study_types import Audit, AuditSpec, Suspicion
from engines.faces.table import FaceTable

LEAST = float(np.log(WRONG / (1 - WRONG))) + 0.3
"""Log odds below which a face is as little suspicious as before it was looked at."""
SAME_PICTURE = 0.93
"""Faces this alike nearly always come from one photograph."""


@dataclass(frozen=True, slots=True)
class _Case:
    """What is known of one suspicious face: like, mate: rows of the faces to compare with, -1 none."""

    row: int
    own: float | None
    other: float
    like: int
    mate: int
    mates: int
    likeness: float


def run(spec: AuditSpec, ctx: Context) -> Audit:
    """Look through a gallery file or a folder. Raises `BadInput`, `FileMissing`, `Cancelled`, `UsageError`."""
    started = time.perf_counter()
    if spec.limit < 1:
        raise UsageError(tr("At least one suspicion has to be asked for"))
    target = Path(spec.target)
    if not target.exists():
        raise BadInput(tr("There is no gallery or folder here"), path=target)
    if target.is_dir():
        read = read_folder([target], model=spec.model, ctx=ctx)
        missed = read.missed + tuple(name for name, _ in read.broken)
        found = measure(read.table, {}, model=read.card.name, missed=missed, limit=spec.limit, started=started)
        return replace(found, left_out=read.left_out)
    with Gallery.open(target, read_only=True) as gallery:
        table, names, card = gallery.table(), gallery.names(), gallery.card
    return measure(table, names, model=card.name, limit=spec.limit, started=started)


def measure(
    table: FaceTable,
    names: Mapping[str, str],
    *,
    model: str | None = None,
    missed: tuple[str, ...] = (),
    limit: int = 100,
    started: float | None = None,
) -> Audit:
    """The same for faces that were described before; names: of people by id."""
    begun = time.perf_counter() if started is None else started
    check_vectors(table)
    table = table.known()
    if not len(table):
        return Audit((), 0, 0, missed, time.perf_counter() - begun)
    scores = ScoreModel.of(table, model)
    if scores.blind:
        raise BadInput(
            tr("Nothing is known of this recogniser, and fewer than ten people cannot tell"),
            hint=tr("Enrol more people"),
        )
    judged = judge(table, scores)
    order = np.argsort(-judged.odds, kind="stable")[:limit]
    worst = [int(row) for row in order if judged.odds[row] > LEAST]
    middle, same = scores.even(), like_sface(SAME_PICTURE, model or "sface")
    found = tuple(_suspicion(table, judged, names, row, middle, same) for row in worst)
    return Audit(found, len(table), len(judged.people), missed, time.perf_counter() - begun)


def _suspicion(
    table: FaceTable, judged: Judged, names: Mapping[str, str], row: int, middle: float, same: float
) -> Suspicion:
    case = _case(table, judged, row)
    kind = _kind(case, middle, same)
    person = names.get(table.people[row], table.people[row])
    like = table.people[case.like] if case.like >= 0 else ""
    like_name = names.get(like, like)
    return Suspicion(
        image=table.faces[row],
        name=person,
        kind=kind,
        score=round(float(judged.odds[row]), 4),
        own=case.own,
        other=case.other,
        like=table.faces[case.like] if case.like >= 0 else "",
        like_name=like_name,
        reason=_reason(kind, case, person, like_name),
        own_example=table.faces[case.mate] if case.mate >= 0 else "",
    )


def _case(table: FaceTable, judged: Judged, row: int) -> _Case:
    alike = table.vectors @ table.vectors[row]
    alike[row] = -2
    mates = np.flatnonzero(judged.labels == judged.labels[row])
    others = np.flatnonzero(judged.labels == judged.nearest[row])
    mates = mates[mates != row]
    like = int(others[alike[others].argmax()]) if judged.other[row] > -1 and len(others) else -1
    mate = int(mates[alike[mates].argmax()]) if len(mates) else -1
    own = float(judged.own[row]) if len(mates) else None
    likeness = float(alike[like]) if like >= 0 else -1.0
    return _Case(row, own, float(judged.other[row]), like, mate, len(mates), likeness)


def _kind(case: _Case, middle: float, same: float) -> str:
    if case.likeness >= same:
        return "duplicate"
    fits = case.own is None or case.own > middle
    if fits and case.other > middle:
        return "same-person"
    return "wrong-name" if case.other > middle + 0.1 else "lonely"


def _reason(kind: str, case: _Case, person: str, like: str) -> str:
    if kind == "duplicate":
        return tr(
            "The same picture seems to be stored as {person} and as {like} ({likeness:.2f}).",
            person=person,
            like=like,
            likeness=case.likeness,
        )
    if kind == "same-person":
        return tr(
            "{person} and {like} may be one person under two names ({other:.2f}).",
            person=person,
            like=like,
            other=case.other,
        )
    own = "" if case.own is None else f" ({case.own:.2f})"
    pictures = tr("the other picture") if case.mates == 1 else tr("the other {mates} pictures", mates=case.mates)
    if kind == "wrong-name":
        return tr(
            "Looks like {like} ({other:.2f}), not like {pictures} of {person}{own}.",
            like=like,
            other=case.other,
            pictures=pictures,
            person=person,
            own=own,
        )
    if case.mates == 1:
        return tr(
            "The two pictures of {person} may show different people{own}; this one is like nobody else here.",
            person=person,
            own=own,
        )
    return tr(
        "Unlike {pictures} of {person}{own}, and like nobody else here.", pictures=pictures, person=person, own=own
    )
