"""All pairs of faces of a table: true-accept rates at exact false-accept thresholds, counted by person for intervals.

Below a false-accept rate of a few per cent only the highest impostor similarities matter, so those are kept one by one
and sorted; the rest are counted in a histogram.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.faces.scores.impostors import EDGES
from engines.faces.table import FaceTable
from engines.faces.vectors import Floats, Rows

_BLOCK = 512
_KEPT = 0.02


@dataclass(frozen=True, slots=True)
class PairScores:
    """genuine: similarity of each pair of the same person, ascending, with `person` (its number). highest: impostor
    similarities, descending, with the numbers `a`, `b` of the two people; impostors: how many pairs of different people
    there are; body: histogram of them all on `EDGES`. people: how many.
    """

    people: int
    genuine: NDArray[np.float32]
    person: Rows
    highest: NDArray[np.float32]
    a: Rows
    b: Rows
    impostors: int
    body: Rows

    def threshold(self, far: float) -> float:
        """The least similarity that at most a share `far` of the impostor pairs exceeds: exact down to one pair."""
        allowed = int(np.floor(far * self.impostors + 1e-9))
        if allowed < len(self.highest):
            return float(self.highest[allowed])
        above = np.append(np.cumsum(self.body[::-1])[::-1], 0)
        return float(EDGES[int(np.argmax(above <= allowed))])

    def tar(self, threshold: float) -> float:
        """Share of the genuine pairs above `threshold`."""
        if not len(self.genuine):
            return float("nan")
        return 1 - float(np.searchsorted(self.genuine, np.float32(threshold), "right")) / len(self.genuine)

    def by_person(self, threshold: float) -> tuple[Floats, Floats]:
        """Genuine pairs above `threshold`, and all of them, of every person."""
        start = int(np.searchsorted(self.genuine, np.float32(threshold), "right"))
        pairs = np.bincount(self.person, minlength=self.people).astype(np.float64)
        return np.bincount(self.person[start:], minlength=self.people).astype(np.float64), pairs

    def tar_per_person(self, threshold: float) -> float:
        """Mean over people of their own share above `threshold`."""
        hits, pairs = self.by_person(threshold)
        return float((hits[pairs > 0] / pairs[pairs > 0]).mean()) if pairs.any() else float("nan")


def pair_scores(table: FaceTable) -> PairScores:
    """Every pair of faces once: n (n - 1) / 2 similarities, in blocks."""
    people, labels = table.labels()
    counts = np.bincount(labels)
    total = len(table) * (len(table) - 1) // 2 - int((counts * (counts - 1) // 2).sum())
    kept = max(100, int(_KEPT * total))
    least = _level(table, labels, kept / max(total, 1))
    genuine, person, high, a, b = [], [], [], [], []
    body = np.zeros(len(EDGES) - 1, np.intp)
    for first in range(0, len(table), _BLOCK):
        rows = np.arange(first, min(first + _BLOCK, len(table)))
        scores = table.vectors[rows] @ table.vectors[first:].T
        upper = np.arange(len(table) - first)[None, :] > (rows - first)[:, None]
        same = labels[rows][:, None] == labels[first:][None, :]
        here, _ = np.nonzero(upper & same)
        genuine.append(scores[upper & same])
        person.append(labels[rows[here]])
        scores[~upper | same] = -2
        high_here, high_there = np.nonzero(scores >= least)
        high.append(scores[high_here, high_there])
        a.append(labels[rows[high_here]])
        b.append(labels[first + high_there])
        body += _histogram(scores)
    same = np.concatenate(genuine)
    order, down = np.argsort(same, kind="stable"), np.argsort(-np.concatenate(high), kind="stable")
    return PairScores(
        people=len(people),
        genuine=same[order],
        person=np.concatenate(person)[order],
        highest=np.concatenate(high)[down],
        a=np.concatenate(a)[down],
        b=np.concatenate(b)[down],
        impostors=total,
        body=body,
    )


def _histogram(scores: NDArray[np.float32]) -> Rows:
    bins = len(EDGES) - 1
    places = ((scores[scores > -2] + 1) * (bins / 2)).astype(np.int32)
    return np.bincount(np.clip(places, 0, bins - 1), minlength=bins)


def _level(table: FaceTable, labels: Rows, part: float) -> float:
    """A similarity that about `part` of the impostor pairs exceed, from some of the faces."""
    rows = np.random.default_rng(0).permutation(len(table))[:200]
    scores = table.vectors[rows] @ table.vectors.T
    other = scores[labels[rows][:, None] != labels[None, :]]
    return float(np.quantile(other, max(0.0, 1 - 1.5 * part))) if len(other) else 2.0
