"""Invented people whose similarities have a known law: directions on a sphere, faces scattered about them."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betainc

from engines.faces.table import FaceTable
from engines.faces.vectors import unit


def crowd(counts: list[int], *, dim: int = 64, spread: float = 0.7, seed: int = 0, name: str = "p") -> FaceTable:
    """Person k has counts[k] faces: its direction plus normal noise of length about `spread`.

    Two faces of one person have a cosine of about 1 / (1 + spread^2).
    """
    random = np.random.default_rng(seed)
    people = unit(random.standard_normal((len(counts), dim)))
    labels = np.repeat(np.arange(len(counts)), np.asarray(counts, np.intp))
    vectors = unit(people[labels] + random.standard_normal((len(labels), dim)) * spread / np.sqrt(dim))
    number = [index for count in counts for index in range(count)]
    names = [f"{name}{label:04d}" for label in labels]
    files = tuple(f"{person}_{index + 1:04d}.jpg" for person, index in zip(names, number, strict=True))
    return FaceTable(files, tuple(names), vectors, np.ones(len(labels), np.float32))


def cap(similarity: float | NDArray[np.float64], dim: int) -> NDArray[np.float64]:
    """Share of the sphere in `dim` dimensions whose cosine to a direction is `similarity` (>= 0) or more."""
    at = np.asarray(similarity, np.float64)
    return np.asarray(0.5 * betainc((dim - 1) / 2, 0.5, 1 - at * at), np.float64)
