"""Views of a training: held-out embeddings in two dimensions that do not turn, and the angles that decide."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from engines.core.training.curves import LossCurve
from engines.faces.study_types import HeadProgress

Matrix = NDArray[np.float64]
MOST_POINTS = 800


@dataclass(frozen=True, slots=True)
class Angles:
    """In degrees, to the own and to the nearest other centre; accuracy: share whose own is nearest."""

    own: Matrix
    other: Matrix
    accuracy: float


def angles(cosines: Tensor, labels: Tensor) -> Angles:
    """Of cosines to every centre, (B, classes)."""
    own = cosines.gather(1, labels[:, None])[:, 0]
    other = cosines.scatter(1, labels[:, None], -torch.inf).amax(1)
    to = [torch.rad2deg(cosine.double().clamp(-1, 1).acos()).numpy() for cosine in (own, other)]
    return Angles(to[0], to[1], float((own > other).double().mean()))


@dataclass
class View:
    """Principal components in the plane, turned and mirrored so that points stay as near as can be to where they were.

    (The best orthogonal map, Schoenemann 1966.) Axes of PCA have no sign of their own, and two of like variance swap.
    """

    last: Matrix | None = field(default=None)

    def look(self, vectors: Matrix) -> Matrix:
        """n x 2 for n unit vectors; n must stay the same."""
        centred = vectors - vectors.mean(axis=0)
        _, _, axes = np.linalg.svd(centred, full_matrices=False)
        flat = np.zeros((len(vectors), 2))
        flat[:, : len(axes[:2])] = centred @ axes[:2].T
        if self.last is not None:
            left, _, right = np.linalg.svd(flat.T @ self.last)
            flat = flat @ left @ right
        self.last = flat
        return flat


@dataclass
class Curves(LossCurve):
    """Loss and accuracy by step."""

    accuracy: list[tuple[int, float]] = field(default_factory=list)

    def said(self) -> dict[str, Any]:
        return super().said() | {"accuracy": self.accuracy}

    def restore(self, said: dict[str, Any]) -> None:
        super().restore(said)
        self.accuracy = [(int(step), float(share)) for step, share in said["accuracy"]]


def progress(
    step: int,
    steps: int,
    curves: Curves,
    view: View,
    vectors: Matrix,
    labels: Tensor,
    seen: Angles,
    people: tuple[str, ...],
) -> HeadProgress:
    """The value that the board shows. vectors: unit, held-out."""
    flat = view.look(vectors[:MOST_POINTS])
    return HeadProgress(
        step=step,
        steps=steps,
        loss=tuple(curves.loss),
        accuracy=tuple(curves.accuracy),
        points=tuple((round(float(x), 4), round(float(y), 4)) for x, y in flat),
        labels=tuple(int(label) for label in labels[:MOST_POINTS]),
        own=tuple(round(float(angle), 2) for angle in seen.own),
        other=tuple(round(float(angle), 2) for angle in seen.other),
        classes=people,
    )
