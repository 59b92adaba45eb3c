"""Open-set identification: how many of the enrolled are named right while only a few strangers get a name at all.

Thresholds that hold the share of strangers are measured on the strangers themselves, as is the custom; beside them
stand the thresholds that `ScoreModel` chooses from the gallery alone, and what they did.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from engines.core.context import Context
from engines.core.errors import BadInput, UsageError
from engines.core.words import tr, tr_count
from engines.faces.recognition.folder import read_folder
from engines.faces.scores.intervals import draws, percentile, wilson
from engines.faces.scores.meaning import ScoreModel, check_vectors
from engines.faces.study_types import Curve, Interval, OpenSet, OpenSetSpec
from engines.faces.table import FaceTable
from engines.faces.types import Accept
from engines.faces.vectors import Floats, Rows

RATES = {"0.1": 0.1, "0.01": 0.01, "0.001": 0.001}
CUSTOMARY = 0.363
"""OpenCV's threshold for SFace, whatever the gallery."""
_CURVE = np.logspace(-3, 0, 31)
_DRAWS = 1000


@dataclass(frozen=True, slots=True)
class Searches:
    """best, right: similarity of each probe to its nearest person, and whether that is the right one; person: number of
    each probe's person. strangers: similarity of each stranger to the nearest. people: enrolled.
    """

    best: Floats
    right: NDArray[np.bool_]
    person: Rows
    strangers: Floats
    people: int

    def threshold(self, rate: float) -> float:
        """The least similarity that at most a share `rate` of the strangers exceeds."""
        return float(
            np.sort(self.strangers)[::-1][min(int(rate * len(self.strangers) + 1e-9), len(self.strangers) - 1)]
        )

    def tpir(self, threshold: float) -> float:
        """Share of probes named, and named right, above `threshold`."""
        return float((self.right & (self.best > threshold)).mean())


def run(spec: OpenSetSpec, ctx: Context) -> OpenSet:
    """Raises `UsageError` for settings that make no sense, `BadInput` when nobody can be enrolled."""
    started = time.perf_counter()
    _check(spec.enrol, spec.choose)
    read = read_folder([spec.images], model=spec.model, finder=spec.finder, flip=spec.flip, ctx=ctx)
    found = measure(read.table, enrol=spec.enrol, choose=spec.choose, model=read.card.name, started=started)
    return replace(found, left_out=read.left_out)


def measure(
    table: FaceTable,
    *,
    enrol: int = 1,
    choose: str = "first",
    model: str | None = None,
    started: float | None = None,
) -> OpenSet:
    """The same for faces described before. Images of a person are in the order of their names.

    Without strangers only `rank1` is measured; the dicts are empty.
    """
    begun = time.perf_counter() if started is None else started
    _check(enrol, choose)
    check_vectors(table)
    gallery, probes, strangers = split(table.known(), enrol, choose)
    found = search(gallery, probes, strangers)
    if not len(strangers):
        return _closed(found, time.perf_counter() - begun)
    at = {key: found.threshold(rate) for key, rate in RATES.items()}
    chosen, chosen_at, measured = _chosen(ScoreModel.of(gallery, model), found.strangers)
    return OpenSet(
        people=found.people,
        strangers=len(strangers),
        probes=len(probes),
        rank1=float(found.right.mean()),
        tpir={key: found.tpir(threshold) for key, threshold in at.items()},
        tpir_interval=_intervals(found),
        threshold=at,
        chosen=chosen,
        fixed=float((found.strangers >= CUSTOMARY).mean()),
        curve=_curve(found),
        chosen_threshold=chosen_at,
        chosen_measured=measured,
        seconds=time.perf_counter() - begun,
    )


def _closed(found: Searches, seconds: float) -> OpenSet:
    """Without strangers there is a rank alone."""
    return OpenSet(found.people, 0, len(found.best), float(found.right.mean()), {}, {}, {}, seconds=seconds)


def split(table: FaceTable, enrol: int = 1, choose: str = "first") -> tuple[FaceTable, FaceTable, FaceTable]:
    """Gallery, probes and strangers: people with more than `enrol` faces, and people with one."""
    _, labels = table.labels()
    counts = np.bincount(labels, minlength=1)
    order = sorted(range(len(table)), key=lambda row: table.faces[row])
    if choose == "best":
        order.sort(key=lambda row: -float(table.quality[row]))
    taken = np.zeros(len(counts), np.intp)
    kinds = np.full(len(table), -1, np.intp)
    for row in order:
        person = labels[row]
        if counts[person] > enrol:
            kinds[row] = 0 if taken[person] < enrol else 1
            taken[person] += 1
        elif counts[person] == 1:
            kinds[row] = 2
    gallery, probes, strangers = (table.take(np.flatnonzero(kinds == kind)) for kind in range(3))
    if not len(gallery):
        raise BadInput(
            tr_count(
                enrol,
                "Nobody has more than {n} picture, so nobody can be enrolled",
                "Nobody has more than {n} pictures, so nobody can be enrolled",
            )
        )
    return gallery, probes, strangers


def search(gallery: FaceTable, probes: FaceTable, strangers: FaceTable) -> Searches:
    """Every probe and stranger against everybody's template."""
    people, templates = gallery.templates()
    place = {person: number for number, person in enumerate(people)}
    own = np.array([place[person] for person in probes.people], np.intp)
    scores = probes.vectors @ templates.T
    nearest = scores.argmax(axis=1)
    best = scores[np.arange(len(probes)), nearest].astype(np.float64)
    others = (strangers.vectors @ templates.T).max(axis=1, initial=-1.0).astype(np.float64)
    return Searches(best, nearest == own, own, others, len(people))


def _check(enrol: int, choose: str) -> None:
    if enrol < 1:
        raise UsageError(tr("At least one picture a person has to be enrolled"))
    if choose not in ("first", "best"):
        raise UsageError(
            tr("'{choose}' is not a way to choose pictures", choose=choose), hint=tr("Write first or best")
        )


def _chosen(
    model: ScoreModel, strangers: Floats
) -> tuple[dict[str, tuple[float, float, float]], dict[str, float], dict[str, Interval]]:
    chosen: dict[str, tuple[float, float, float]] = {}
    at: dict[str, float] = {}
    measured: dict[str, Interval] = {}
    for key, rate in RATES.items():
        at[key] = model.threshold(Accept(rate))
        named = int((strangers >= at[key]).sum())
        chosen[key] = (named / len(strangers), *model.strangers_interval(at[key]))
        measured[key] = wilson(named, len(strangers))
    return chosen, at, measured


def _intervals(found: Searches) -> dict[str, Interval]:
    """People and strangers are drawn again; the threshold follows the strangers."""
    times = int(np.clip(2e7 / max(len(found.strangers), len(found.best)), 100, _DRAWS))
    rows = np.random.default_rng(1).integers(0, len(found.strangers), (times, len(found.strangers)))
    drawn = -np.sort(-found.strangers[rows], axis=1)
    weights = draws(found.people, times)[:, found.person]
    intervals: dict[str, Interval] = {}
    for key, rate in RATES.items():
        at = drawn[:, min(int(rate * drawn.shape[1] + 1e-9), drawn.shape[1] - 1)]
        named = (found.best[None, :] > at[:, None]) & found.right
        intervals[key] = percentile((weights * named).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-12))
    return intervals


def _curve(found: Searches) -> Curve:
    rates = _CURVE[_CURVE * len(found.strangers) >= 1]
    return Curve(tuple(rates.tolist()), tuple(found.tpir(found.threshold(float(rate))) for rate in rates))
