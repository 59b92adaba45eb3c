"""Of the instants of films those that a rig needs: sharp, at rest, far from each other, and seen by several cameras."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations

import numpy as np

from engines.calibration.targets import films
from engines.calibration.targets.detection import Floats
from engines.calibration.targets.films import Look
from engines.core.frames import Size

MOST = 80
"""Instants that are chosen of one film, or of films side by side."""
_NEW = 0.5
"""Distance, as of `films.distances`, that counts for what no chosen instant shows yet."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What the cameras show of one instant: of each a look, None where it does not show the board."""

    index: int
    looks: tuple[Look | None, ...]

    @property
    def seen(self) -> int:
        """How many cameras show the board."""
        return sum(look is not None for look in self.looks)


def choose(instants: Sequence[Looked], sizes: Sequence[Size], most: int = MOST) -> list[int]:
    """Numbers of at most `most` instants, in order.

    Again and again the one is taken that brings most: for each camera, and for each pair that shows the board
    together, how far the board is from where the chosen ones have it, times how good the pictures are.
    """
    if not instants:
        return []
    quality = _qualities(instants, len(sizes))
    pairs = list(combinations(range(len(sizes)), 2))
    both = np.array([np.sqrt(quality[a] * quality[b]) for a, b in pairs]).reshape(len(pairs), -1)
    alone, shared = np.full_like(quality, _NEW), np.full_like(both, _NEW)
    chosen: list[int] = []
    while len(chosen) < min(most, len(instants)):
        gain = (quality * alone).sum(axis=0) + (both * shared).sum(axis=0)
        best = int(np.argmax(gain))
        if best in chosen or _is_known(quality[:, best], alone[:, best], both[:, best], shared[:, best]):
            break
        chosen.append(best)
        away = _distances(instants, best, sizes)
        alone = np.minimum(alone, away)
        for number, (a, b) in enumerate(pairs):
            shared[number] = np.minimum(shared[number], np.maximum(away[a], away[b]))
    return sorted(chosen)


def _is_known(quality: Floats, alone: Floats, both: Floats, shared: Floats) -> bool:
    """Whether an instant brings nothing, for no camera and no pair."""
    return not ((alone[quality > 0] >= films.APART).any() or (shared[both > 0] >= films.APART).any())


def _qualities(instants: Sequence[Looked], cameras: int) -> Floats:
    """cameras x instants: 0 to 1, relative to the better views of each camera, 0 where they are not good enough."""
    quality = np.zeros((cameras, len(instants)))
    for camera in range(cameras):
        places, looks = _looks(instants, camera)
        if looks:
            own = films.qualities(looks)
            own = own / np.percentile(own, 90)
            quality[camera, places] = np.where(own >= films.WORTH, np.minimum(own, 1.0), 0.0)
    return quality


def _distances(instants: Sequence[Looked], one: int, sizes: Sequence[Size]) -> Floats:
    """cameras x instants: how far each camera's board is from where it has it in one instant."""
    away = np.full((len(sizes), len(instants)), _NEW)
    for camera, size in enumerate(sizes):
        places, looks = _looks(instants, camera)
        if one in places:
            away[camera, places] = films.distances(looks, range(len(looks)), places.index(one), size)
    return away


def _looks(instants: Sequence[Looked], camera: int) -> tuple[list[int], list[Look]]:
    """The instants that show the board to a camera, and what it sees."""
    seen = [(place, look) for place, one in enumerate(instants) if (look := one.looks[camera]) is not None]
    return [place for place, _ in seen], [look for _, look in seen]
