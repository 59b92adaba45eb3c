"""A table of faces with their names: what galleries and folders become before anything is measured or searched."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.faces.vectors import Vectors, unit


@dataclass(frozen=True, slots=True)
class FaceTable:
    """n faces. faces: ids or file names; people: whose each is, "" unknown; vectors: n x dim, unit; quality: 0 to 1."""

    faces: tuple[str, ...]
    people: tuple[str, ...]
    vectors: Vectors
    quality: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.faces)

    def known(self) -> FaceTable:
        """Without the faces of unknown people."""
        return self.take(np.array([bool(person) for person in self.people], bool))

    def take(self, which: NDArray[np.bool_] | NDArray[np.intp]) -> FaceTable:
        rows = np.arange(len(self))[which]
        return FaceTable(
            tuple(self.faces[row] for row in rows),
            tuple(self.people[row] for row in rows),
            self.vectors[rows],
            self.quality[rows],
        )

    def labels(self) -> tuple[tuple[str, ...], NDArray[np.intp]]:
        """The distinct people in order of their first face, and for each face the index of its person."""
        people = tuple(dict.fromkeys(self.people))
        place = {person: index for index, person in enumerate(people)}
        return people, np.array([place[person] for person in self.people], np.intp)

    def templates(self) -> tuple[tuple[str, ...], Vectors]:
        """One unit vector a person: the mean of their faces, weighted by quality."""
        people, labels = self.labels()
        sums = np.zeros((len(people), self.vectors.shape[1]), np.float64)
        np.add.at(sums, labels, self.vectors * np.maximum(self.quality, 1e-3)[:, None])
        return people, unit(sums)
