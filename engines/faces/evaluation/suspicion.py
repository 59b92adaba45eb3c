"""The odds that each face bears a wrong name, from the faces alone.

A face is its own person's, another's in the table, or nobody's there. Each is weighed by how much likelier the
similarity is for the same person than for different people; the faces that look wrong count less as references for the
rest, so that several wrong faces of one person, or one among two, do not put the blame on the right ones.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.faces.scores.leaving_out import compared
from engines.faces.scores.meaning import ScoreModel
from engines.faces.table import FaceTable
from engines.faces.vectors import Floats, Rows, Vectors

WRONG = 0.01
"""Share of names that are wrong, beforehand."""
PRESENT = 0.5
"""How often the true person of a wrongly named face is in the table too, beforehand."""
_PASSES = 3
_BLOCK = 1000


@dataclass(frozen=True, slots=True)
class Judged:
    """For each face. odds: log odds that its name is wrong; own: similarity to its person's other faces (NaN: none);
    other: to the nearest other person (-1: none), whose number is `nearest`; labels: number of its own.
    """

    odds: Floats
    own: Floats
    other: Floats
    nearest: Rows
    labels: Rows
    people: tuple[str, ...]


def judge(table: FaceTable, scores: ScoreModel) -> Judged:
    """Judge every face; all must have a name."""
    people, labels = table.labels()
    counts = np.bincount(labels, minlength=len(people))
    line = _line(scores)
    trust = np.ones(len(table))
    judged = Judged(np.zeros(0), np.zeros(0), np.zeros(0), np.zeros(0, np.intp), labels, people)
    for _ in range(_PASSES):
        own, other, nearest = compared(
            table.vectors, labels, len(people), np.maximum(trust, 1e-6), np.arange(len(table))
        )
        odds = _odds(own, other, labels, counts, line)
        judged = Judged(odds, own, other, nearest, labels, people)
        trust = 1 / (1 + np.exp(np.clip(odds, -30, 30)))
    return _with_doubles(table.vectors, judged, trust, line)


def _line(scores: ScoreModel) -> tuple[float, float]:
    """Where same and different are equally likely, and how the log of their ratio grows from there, as a line."""
    zero = scores.even()
    return zero, 6.0 / max(scores.even(6.0) - zero, 1e-3)


def _odds(own: Floats, other: Floats, labels: Rows, counts: Rows, line: tuple[float, float]) -> Floats:
    """Log odds of a wrong name. Of two faces of a person that are unlike, one is wrong: each is the other's excuse.

    Of all other people the nearest decides; the rest are as likely as chance has it, which adds up to 1.
    """
    zero, slope = line
    elsewhere = np.logaddexp(0.0, np.log(PRESENT / max(len(counts) - 1, 1)) + slope * (other - zero))
    here = np.where(np.isfinite(own), slope * (own - zero), 0.0)
    prior = np.log(WRONG / (1 - WRONG))
    odds = prior + elsewhere - here
    mate = _mates(labels, counts)
    two = np.flatnonzero(mate >= 0)
    theirs = elsewhere[mate[two]]
    odds[two] = elsewhere[two] + np.logaddexp(0.0, prior + theirs) - np.logaddexp(theirs, here[two] - prior)
    return np.asarray(odds, np.float64)


def _with_doubles(vectors: Vectors, judged: Judged, trust: Floats, line: tuple[float, float]) -> Judged:
    """Two names for one person: each face fits its own name, so people are compared, by the mean over their faces.

    The face of each that is most like the other person stands for the suspicion.
    """
    count = len(judged.people)
    worth = np.maximum(trust, 1e-6)[:, None]
    means = np.zeros((count, vectors.shape[1]))
    np.add.at(means, judged.labels, vectors * worth)
    means /= np.bincount(judged.labels, worth[:, 0], count)[:, None]
    odds, other, nearest = judged.odds.copy(), judged.other.copy(), judged.nearest.copy()
    least = np.log(WRONG * PRESENT / max(count - 1, 1))
    for person, twin, alike in _twins(means.astype(np.float32)):
        same = least + line[1] * (alike - line[0])
        if same <= 0:
            continue
        rows = np.flatnonzero(judged.labels == person)
        scores = vectors[rows] @ means[twin] / np.linalg.norm(means[twin])
        row = rows[int(scores.argmax())]
        if same > odds[row]:
            odds[row], other[row], nearest[row] = same, scores.max(), twin
    return Judged(odds, judged.own, other, nearest, judged.labels, judged.people)


def _twins(means: Vectors) -> list[tuple[int, int, float]]:
    """For each person the one most like it, and how alike they are."""
    found: list[tuple[int, int, float]] = []
    for first in range(0, len(means), _BLOCK):
        scores = means[first : first + _BLOCK] @ means.T
        rows = np.arange(len(scores))
        scores[rows, rows + first] = -1
        twin = scores.argmax(axis=1)
        found += [(first + int(row), int(twin[row]), float(scores[row, twin[row]])) for row in rows]
    return found if len(means) > 1 else []


def _mates(labels: Rows, counts: Rows) -> Rows:
    """The row of the other face of a person with two, -1 elsewhere."""
    mate = np.full(len(labels), -1, np.intp)
    rows = np.flatnonzero(counts[labels] == 2)
    rows = rows[np.argsort(labels[rows], kind="stable")]
    mate[rows[0::2]], mate[rows[1::2]] = rows[1::2], rows[0::2]
    return mate
