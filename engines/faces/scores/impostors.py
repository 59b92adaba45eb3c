"""Impostor similarities of a gallery: every face against the templates of all the other people.

This is what strangers would meet, so a gallery can say for itself how strangers fare. It is done in blocks and keeps a
histogram and the highest values only: 10,000 people make 100 million similarities.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.faces.table import FaceTable
from engines.faces.vectors import Floats, Rows, Vectors

EDGES = np.linspace(-1.0, 1.0, 2001)
HIGHEST = 2000
MOST = 20_000
_BLOCK = 1000
_PILOT = 1000


@dataclass(frozen=True, slots=True)
class Impostors:
    """people, faces: how many took part. shares: of similarities at or above each of `EDGES`, every person alike.

    start: similarities above it are kept one by one: values, with the people (numbers) of the face and of the template
    and the share `weights` of that pair of people (1 when the person has one face). sampled: not all were compared.
    """

    people: int
    faces: int
    shares: Floats
    start: float
    values: Floats
    weights: Floats
    rows: Rows
    columns: Rows
    sampled: bool = False

    @property
    def pairs(self) -> float:
        """Ordered pairs of people compared."""
        return float(self.people * (self.people - 1))


def impostors(table: FaceTable, *, seed: int = 0) -> Impostors:
    """Compare them. The highest 1 % are kept one by one; fewer in a big gallery (`HIGHEST` pairs), more in a small one.

    `shares` comes from at most a thousand faces, the highest values from all.
    """
    table, sampled = _at_most(table.known(), MOST, seed)
    people, labels = table.labels()
    _, templates = table.templates()
    worth = 1.0 / np.bincount(labels, minlength=max(len(people), 1))[labels] if len(table) else np.zeros(0)
    pilot = _pilot(len(table), seed)
    trial = _scores(table.vectors, templates, labels, pilot)
    start = _start(trial)
    counts = worth[pilot] @ _histograms(trial)
    found: list[tuple[Floats, Floats, Rows, Rows]] = []
    for first in range(0, len(table), _BLOCK):
        rows = np.arange(first, min(first + _BLOCK, len(table)))
        scores = _scores(table.vectors, templates, labels, rows)
        here, there = np.nonzero(scores >= start)
        found.append((scores[here, there].astype(np.float64), worth[rows[here]], labels[rows[here]], there))
    values, weights, rows, columns = (np.concatenate(part) for part in zip(*found, strict=True)) if found else _none()
    shares = np.append(np.cumsum(counts[::-1])[::-1], 0.0) / max(float(counts.sum()), 1.0)
    return Impostors(len(people), len(table), shares, start, values, weights, rows, columns, sampled)


def without_doubles(found: Impostors) -> tuple[Impostors, tuple[tuple[int, int], ...]]:
    """Leave out pairs of people too alike to be two people, as told by the rest, and say which (numbers).

    A pair goes when fewer than one in a hundred galleries would hold one that high, if the excesses fell off
    exponentially (they fall off faster); the scale is the rest's, known as well as their number tells.
    """
    pairs = np.minimum(found.rows, found.columns) * found.people + np.maximum(found.rows, found.columns)
    excess = found.values - found.start
    keep = np.ones(len(excess), bool)
    for one in np.argsort(found.values)[::-1][: max(2, len(excess) // 20)]:
        rest = excess[keep & (excess < excess[one])]
        if not keep[one]:
            continue
        if len(rest) < 10 or len(rest) / 2 * (1 + 2 * excess[one] / rest.sum()) ** -(len(rest) / 2) > 0.01:
            break
        keep &= pairs != pairs[one]
    doubles = tuple((int(pair // found.people), int(pair % found.people)) for pair in np.unique(pairs[~keep]))
    chosen = (found.values[keep], found.weights[keep], found.rows[keep], found.columns[keep])
    return Impostors(found.people, found.faces, found.shares, found.start, *chosen, found.sampled), doubles


def inflation(found: Impostors) -> float:
    """How many times wider the count of high pairs scatters than independent pairs would (>= 1).

    Counts of pairs that share a person go up together; from the counts by person, as for edges of a random graph.
    """
    by_person = (
        np.bincount(found.rows, found.weights, found.people) + np.bincount(found.columns, found.weights, found.people)
    ) / 2
    total = by_person.sum() / 2
    if total <= 0:
        return 1.0
    return max(1.0, float(((by_person - by_person.mean()) ** 2).sum() / total - 1))


def _scores(vectors: Vectors, templates: Vectors, labels: Rows, rows: Rows) -> NDArray[np.float32]:
    scores = vectors[rows] @ templates.T
    scores[np.arange(len(rows)), labels[rows]] = -np.inf
    return scores


def _histograms(scores: NDArray[np.float32]) -> Rows:
    bins = len(EDGES) - 1
    places = np.clip((scores + 1) * (bins / 2), -1, bins - 1).astype(np.intp) + 1
    places += (bins + 1) * np.arange(len(scores))[:, None]
    counts = np.bincount(places.ravel(), minlength=(bins + 1) * len(scores))
    return counts.reshape(len(scores), bins + 1)[:, 1:]


def _pilot(faces: int, seed: int) -> Rows:
    rows = np.arange(faces)
    return rows if faces <= _PILOT else np.sort(np.random.default_rng(seed).choice(rows, _PILOT, replace=False))


def _start(trial: NDArray[np.float32]) -> float:
    """The level above which the tail is kept."""
    people = trial.shape[1]
    if people < 2:
        return 1.0
    pairs = people * (people - 1)
    part = min(max(0.01, 40 / pairs), 0.2, 2 * HIGHEST / pairs)
    return float(np.quantile(trial[np.isfinite(trial)], 1 - part))


def _at_most(table: FaceTable, most: int, seed: int) -> tuple[FaceTable, bool]:
    if len(table) <= most:
        return table, False
    return table.take(np.sort(np.random.default_rng(seed).choice(len(table), most, replace=False))), True


def _none() -> tuple[Floats, Floats, Rows, Rows]:
    return np.zeros(0), np.zeros(0), np.zeros(0, np.intp), np.zeros(0, np.intp)
