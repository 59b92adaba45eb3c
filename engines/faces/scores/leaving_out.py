"""Every face searched in its own gallery as if it were new: against its person without it, and everybody else."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from engines.faces.table import FaceTable
from engines.faces.vectors import Floats, Rows

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
    _, templates = table.templates()
    worth = np.maximum(table.quality, 1e-3).astype(np.float64)[:, None]
    sums = np.zeros((len(people), table.vectors.shape[1]))
    np.add.at(sums, labels, table.vectors * worth)
    counts = np.bincount(labels, minlength=len(people))
    rows = np.arange(len(table))
    if len(rows) > most:
        rows = np.sort(np.random.default_rng(seed).choice(rows, most, replace=False))
    own, other, nearest = np.full(len(rows), np.nan), np.full(len(rows), -1.0), np.zeros(len(rows), np.intp)
    for first in range(0, len(rows), _BLOCK):
        part = slice(first, min(first + _BLOCK, len(rows)))
        here = rows[part]
        rest = sums[labels[here]] - table.vectors[here] * worth[here]
        length = np.maximum(np.linalg.norm(rest, axis=1), 1e-12)
        alone = counts[labels[here]] < 2
        own[part] = np.where(alone, np.nan, (rest * table.vectors[here]).sum(axis=1) / length)
        if len(people) > 1:
            scores = table.vectors[here] @ templates.T
            scores[np.arange(len(here)), labels[here]] = -np.inf
            nearest[part] = scores.argmax(axis=1)
            other[part] = scores.max(axis=1)
    return LeftOut(table.take(rows), people, labels[rows], own, other, nearest)
