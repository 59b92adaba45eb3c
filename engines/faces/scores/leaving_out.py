"""Every face searched in its own gallery as if it were new: against its person without it, and everybody else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.faces.table import FaceTable
from engines.faces.vectors import Floats, Rows, Vectors, unit

MOST = 20_000
_BLOCK = 1000


@dataclass(frozen=True, slots=True)
class LeftOut:
    """For each face of `table`: own, similarity to its person's other faces (NaN: there is none); other, to the nearest
    other person (-1: there is none), whose number in `people` is `nearest`; labels, the number of its own.
    """

    table: FaceTable
    people: tuple[str, ...]
    labels: Rows
    own: Floats
    other: Floats
    nearest: Rows

    def person_weights(self) -> Floats:
        """A weight for each face that has another of its person, every person alike, adding up to 1 (or all 0)."""
        known = np.isfinite(self.own)
        counts = np.bincount(self.labels[known], minlength=max(len(self.people), 1))
        weights = np.where(known, 1.0 / np.maximum(counts[self.labels], 1), 0.0)
        return np.asarray(weights / max(float(weights.sum()), 1e-12), np.float64)


def leave_out(table: FaceTable, *, most: int = MOST, seed: int = 0) -> LeftOut:
    """Search every face (at most `most` of them, drawn at random) against all templates, without itself."""
    people, labels = table.labels()
    rows = np.arange(len(table))
    if len(rows) > most:
        rows = np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
    found = compared(table.vectors, labels, len(people), np.maximum(table.quality, 1e-3), rows)
    return LeftOut(table.take(rows), people, labels[rows], *found)


def compared(
    vectors: Vectors, labels: Rows, people: int, worth: NDArray[np.floating], rows: Rows
) -> tuple[Floats, Floats, Rows]:
    """own, other and nearest of these rows (see `LeftOut`), each face counting by `worth` in its person's template."""
    weight = worth.astype(np.float64)[:, None]
    sums = np.zeros((people, vectors.shape[1]))
    np.add.at(sums, labels, vectors * weight)
    templates, counts = unit(sums), np.bincount(labels, minlength=people)
    own, other, nearest = np.full(len(rows), np.nan), np.full(len(rows), -1.0), np.zeros(len(rows), np.intp)
    for first in range(0, len(rows), _BLOCK):
        part = slice(first, first + _BLOCK)
        here = rows[part]
        rest = sums[labels[here]] - vectors[here] * weight[here]
        length = np.maximum(np.linalg.norm(rest, axis=1), 1e-12)
        own[part] = np.where(counts[labels[here]] > 1, (rest * vectors[here]).sum(axis=1) / length, np.nan)
        if people > 1:
            scores = vectors[here] @ templates.T
            scores[np.arange(len(here)), labels[here]] = -np.inf
            nearest[part], other[part] = scores.argmax(axis=1), scores.max(axis=1)
    return own, other, nearest
