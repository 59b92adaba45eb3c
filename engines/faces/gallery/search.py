"""The search for a person: one matrix product for all probes against all people, exact; by a graph where that is slow.

A person is their template: the mean of their faces weighted by quality. Similarities are what `scores.ScoreModel` is
calibrated on. (On LFW, at one stranger in 1000, the larger of template and best single face named .1 to .2 points more
with two or three faces a person, at one in 100 the template did: neither is better throughout, and one matrix is less.)
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from engines.core.errors import BadInput
from engines.core.words import tr
from engines.faces.gallery.ann import Nearest, nearest_of
from engines.faces.table import FaceTable
from engines.faces.vectors import Vectors


@dataclass(frozen=True, slots=True)
class Matches:
    """For each of n probes the nearest person and the runner-up, whether or not they are near enough.

    people, names: "" where there is nobody. similarity: cosine, -1 where there is nobody. second...: of the runner-up.
    """

    people: tuple[str, ...]
    names: tuple[str, ...]
    similarity: NDArray[np.float32]
    second_people: tuple[str, ...]
    second_names: tuple[str, ...]
    second_similarity: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.people)


@dataclass(frozen=True, slots=True)
class PersonIndex:
    """people: ids. names: by id. templates: people x dim, unit. refusals: of each face the people it is not."""

    people: tuple[str, ...]
    names: Mapping[str, str]
    templates: Nearest
    refusals: Mapping[str, frozenset[int]]

    @classmethod
    def of(
        cls,
        table: FaceTable,
        names: Mapping[str, str],
        refusals: Collection[tuple[str, str]] = frozenset(),
        cache: Path | None = None,
        key: str = "",
        keep: bool = True,
    ) -> PersonIndex:
        """An index of the known faces of a table. refusals: (face, person) pairs as of `Gallery.refusals`.

        cache, key, keep: see `ann.nearest_of`.
        """
        people, templates = table.known().templates()
        place = {person: row for row, person in enumerate(people)}
        refused: dict[str, set[int]] = {}
        for face, person in refusals:
            if person in place:
                refused.setdefault(face, set()).add(place[person])
        frozen = {face: frozenset(rows) for face, rows in refused.items()}
        return cls(people, dict(names), nearest_of(templates, cache, key, keep), frozen)

    def __len__(self) -> int:
        return len(self.people)

    def similarities(self, vectors: Vectors) -> Vectors:
        """n x people: the whole product."""
        return np.asarray(vectors @ self.templates.vectors.T, np.float32)

    def match(self, vectors: Vectors, faces: Sequence[str] = (), without: Sequence[Collection[str]] = ()) -> Matches:
        """The two nearest people of each probe (n x dim).

        faces: the probes' ids, so that nobody is named whom the user refused for them. without: for each probe people
        it is not, as a live track gathers them. Raises `BadInput` for probes of another length.
        """
        vectors = np.atleast_2d(np.asarray(vectors, np.float32))
        if len(self) and vectors.shape[1] != self.templates.vectors.shape[1]:
            dim = self.templates.vectors.shape[1]
            raise BadInput(
                tr(
                    "Embeddings of {shape} numbers cannot be compared with a gallery of {dim}",
                    shape=vectors.shape[1],
                    dim=dim,
                )
            )
        banned = self._banned(len(vectors), faces, without)
        count = min(2 + max(map(len, banned), default=0), len(self))
        rows, near = self.templates.search(vectors, count)
        for probe, out in enumerate(banned):
            if out:
                near[probe, np.isin(rows[probe], list(out))] = -2
        order = np.argsort(-near, axis=1, kind="stable")[:, :2]
        rows, near = np.take_along_axis(rows, order, 1), np.take_along_axis(near, order, 1)
        return self._matches(*_two(rows, near, len(vectors)))

    def _banned(self, count: int, faces: Sequence[str], without: Sequence[Collection[str]]) -> list[set[int]]:
        banned = [set(self.refusals.get(face, ())) for face in faces] or [set() for _ in range(count)]
        if any(without):
            place = {person: row for row, person in enumerate(self.people)}
            for out, people in zip(banned, without, strict=True):
                out |= {place[person] for person in people if person in place}
        return banned

    def _matches(self, rows: NDArray[np.intp], near: NDArray[np.float32]) -> Matches:
        known = near >= -1
        ids = [
            [self.people[row] if ok else "" for row, ok in zip(*pair, strict=True)]
            for pair in zip(rows, known, strict=False)
        ]
        first, second = tuple(pair[0] for pair in ids), tuple(pair[1] for pair in ids)
        near = np.where(known, near, -1).astype(np.float32)
        return Matches(first, self._called(first), near[:, 0], second, self._called(second), near[:, 1])

    def _called(self, people: Sequence[str]) -> tuple[str, ...]:
        return tuple(self.names.get(person, "") for person in people)


def similar_faces(table: FaceTable, vector: Vectors, count: int = 50) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Rows of the faces most like one face, the nearest first, with their cosines: search by a face."""
    near = table.vectors @ np.asarray(vector, np.float32).reshape(-1)
    count = min(count, len(near))
    rows = np.argpartition(-near, count - 1)[:count] if count else np.zeros(0, np.intp)
    rows = rows[np.argsort(-near[rows], kind="stable")]
    return rows, near[rows]


def _two(
    rows: NDArray[np.intp], near: NDArray[np.float32], probes: int
) -> tuple[NDArray[np.intp], NDArray[np.float32]]:
    """Two columns, where there are fewer people too."""
    lack = 2 - rows.shape[1]
    if lack <= 0:
        return rows, near
    filled = np.zeros((probes, lack), np.intp), np.full((probes, lack), -2, np.float32)
    return np.hstack([rows, filled[0]]), np.hstack([near, filled[1]])
