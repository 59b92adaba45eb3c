"""Galleries for tests: synthetic faces whose embeddings cluster by person."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines.faces.gallery import keys
from engines.faces.gallery.editing import Gallery
from engines.faces.gallery.rows import NewFace
from engines.faces.types import Box, ModelCard, Quality
from engines.faces.vectors import unit

DIM = 32
CARD = ModelCard("made-up", "Made up", "ab" * 32, DIM)
OTHER = ModelCard("other", "Other", "cd" * 32, DIM)


class Maker:
    """Faces of numbered people: `maker.faces(3, 2)` are two of person 3."""

    def __init__(self, seed: int = 0, noise: float = 0.5) -> None:
        self.rng = np.random.default_rng(seed)
        self.noise = noise
        self.centres = unit(self.rng.normal(size=(500, DIM)))

    def vector(self, person: int) -> np.ndarray:
        shift = unit(self.rng.normal(size=(1, DIM)))[0]
        return unit((self.centres[person] + self.noise * shift)[None])[0]

    def faces(self, person: int, count: int, source: str = "photo.jpg") -> list[NewFace]:
        return [self._face(person, source) for _ in range(count)]

    def _face(self, person: int, source: str) -> NewFace:
        picture = np.kron(self.rng.integers(0, 255, (10, 10, 3), np.uint8), np.ones((16, 16, 1), np.uint8))
        marks = Quality(*(float(value) for value in self.rng.uniform(0.2, 1, 6)))
        return NewFace(self.vector(person), picture, marks, Box(1, 2, 30, 40), source=source)


def filled(path: Path, people: int = 4, each: int = 3, passphrase: str | None = None) -> Gallery:
    """A gallery of people called "Person 0" and so on."""
    maker = Maker()
    gallery = Gallery.create(path, CARD, passphrase=passphrase)
    for person in range(people):
        gallery.add(f"Person {person}", maker.faces(person, each))
    return gallery


@pytest.fixture
def cheap_scrypt(monkeypatch: pytest.MonkeyPatch) -> None:
    """Passphrases that cost nothing to try."""
    monkeypatch.setattr(keys, "SCRYPT_N", 2**4)
