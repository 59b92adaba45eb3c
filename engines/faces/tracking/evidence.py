"""The name of a track, decided on all that was seen of it, so that names neither flicker nor stand twice.

The embeddings of a track are gathered, weighted by quality; the name is decided on the mean of their similarities,
taken at the threshold and given back only well below it. Faces are described only where that adds evidence, a few a
frame at most, so that a crowd costs no more than a couple. In one frame a person goes to the track that is most like
them; the others fall back on their next best, or stay unknown.

The mean of the similarities is not the similarity of the mean vector brought back to length 1, which is more like
anybody: thresholds hold for single faces. On LFW with 1 % of strangers accepted and four looks each, the latter named
2.6 % of the strangers, the former none, and 97.4 % of the enrolled, of whom one look named 93.3 %.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeAlias

import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Image, Stamp
from engines.faces.scores.references import like_sface
from engines.faces.types import Box, FivePoints, Quality
from engines.faces.vectors import Vectors

HOLD = 0.05
"""A name is kept until the similarity falls this far below the threshold, or another person is this much nearer.
This and what follows of similarities is for SFace; for others see `like_sface`."""
TURNED = 0.2
"""How far the nose must move between the eyes (in eye distances) for a view to count as a new one."""
CLEAR = 0.35
"""Quality of a face that names alone; of worse ones several are needed."""
FIT = 0.15
"""Quality from which a face can be told to be the person of an earlier track."""
SEVERAL = 3
SAME = 0.36
"""Cosine above which two faces of one feed are one person."""
OTHER = 0.18
"""Cosine below which a clear face is not the person the track was."""
AGAIN = 0.1
"""Seconds between two looks at a face whose identity is in doubt."""
MOST_WEIGHT = 25.0
"""Evidence beyond this weight lets the oldest fade, so that a track follows a change of light."""


@dataclass(frozen=True, slots=True, eq=False)
class KeptFace:
    """One of a track's best frames. crop: 160 x 160 BGR, wider than the face; vector: unit."""

    crop: Image
    vector: Vectors
    quality: Quality
    box: Box
    points: FivePoints
    stamp: Stamp


Nearest: TypeAlias = tuple[tuple[str, str, float], ...]
"""The nearest people of the gallery, best first: (id, name, similarity)."""


class Matcher(Protocol):
    """The nearest for unit vectors n x dim; without: for each of them people it is not."""

    def __call__(self, vectors: Vectors, without: Sequence[Collection[str]]) -> list[Nearest]: ...


@dataclass(slots=True)
class Known:
    """What is known of one track. total: weighted sum of its vectors; best: quality of the best one seen."""

    total: NDArray[np.float64]
    weight: float = 0.0
    count: int = 0
    best: float = 0.0
    last: float = -np.inf
    turns: list[float] = field(default_factory=list)
    strange: int = 0
    person: str = ""
    name: str = ""
    similarity: float = 0.0
    nearest: str = ""
    kept: list[KeptFace] = field(default_factory=list)

    @property
    def agreement(self) -> float:
        """Length of the weighted mean: 1 when all looks are the same.

        A cosine with `vector` times this is the weighted mean of the looks' own cosines.
        """
        return float(np.linalg.norm(self.total)) / max(self.weight, 1e-12)

    @property
    def vector(self) -> Vectors:
        return np.asarray(self.total / max(float(np.linalg.norm(self.total)), 1e-12), np.float32)


class Evidence:
    """For all tracks of a feed. Times are media time. model: name of the recogniser's card."""

    def __init__(self, dim: int, keep: int = 5, model: str = "sface") -> None:
        self._same, self._other = like_sface(SAME, model), like_sface(OTHER, model)
        self._hold = like_sface(SAME + HOLD, model) - self._same
        self._dim = dim
        self.keep = keep
        self._known: dict[int, Known] = {}

    def of(self, track: int) -> Known | None:
        return self._known.get(track)

    def wanted(
        self,
        tracks: Iterable[tuple[int, float, float, bool]],
        time: float,
        budget: int,
        threshold: float,
    ) -> list[int]:
        """Which to describe now, most useful first, at most `budget`.

        tracks: number, quality, turn (`turn_of`) and whether its identity is doubtful, of every track seen.
        """
        scored = [
            (self._use(track, quality, turn, doubtful, time, threshold), track)
            for track, quality, turn, doubtful in tracks
        ]
        scored = [one for one in scored if one[0] > 0]
        return [track for _, track in sorted(scored, key=lambda one: (-one[0], one[1]))[:budget]]

    def add(self, track: int, vector: Vectors, quality: float, turn: float, time: float) -> None:
        """Gather one more vector."""
        known = self._known.setdefault(track, Known(np.zeros(self._dim)))
        weight = max(quality, 0.05) ** 2
        fade = min(1.0, (MOST_WEIGHT - weight) / max(known.weight, 1e-9))
        known.total = known.total * fade + vector * weight
        known.weight = known.weight * fade + weight
        known.count += 1
        known.best, known.last = max(known.best, quality), time
        if all(abs(turn - other) > TURNED for other in known.turns):
            known.turns = [*known.turns, turn][-8:]

    def keep_face(self, track: int, face: KeptFace) -> None:
        """Remember a face if it is among the best: of faces less than a third of a second apart only the better."""
        known = self._known.get(track)
        if known is None or not self.keep:
            return
        near = [one for one in known.kept if abs(one.stamp.media_time - face.stamp.media_time) < 1 / 3]
        if any(one.quality.total >= face.quality.total for one in near):
            return
        kept = [one for one in known.kept if all(one is not other for other in near)]
        known.kept = sorted([*kept, face], key=lambda one: -one.quality.total)[: self.keep]

    def stranger(self, track: int, vector: Vectors, quality: float) -> bool:
        """Whether this face is somebody else than the track was: clearly unlike once, or doubtfully twice."""
        known = self._known.get(track)
        if known is None or known.weight <= 0:
            return False
        alike = float(known.vector @ vector)
        if alike >= self._other:
            known.strange = 0
            return False
        known.strange += 2 if quality >= CLEAR else 1
        return known.strange >= 2

    def nearest_track(self, vector: Vectors, among: Iterable[int], quality: float = 1.0) -> int:
        """The track this face belongs to, 0 for none. Faces that are hardly usable say nothing."""
        best, at = self._same, 0
        for track in among if quality >= FIT else ():
            known = self._known.get(track)
            if known is not None and known.best >= FIT:
                alike = float(known.vector @ vector)
                if alike >= best:
                    best, at = alike, track
        return at

    def join(self, new: int, old: int) -> None:
        """What was gathered under `new` goes to `old`."""
        fresh, known = self._known.pop(new, None), self._known.get(old)
        if fresh is None or known is None:
            return
        known.total, known.weight = known.total + fresh.total, known.weight + fresh.weight
        known.count, known.best = known.count + fresh.count, max(known.best, fresh.best)
        known.last = max(known.last, fresh.last)
        known.kept = sorted([*known.kept, *fresh.kept], key=lambda one: -one.quality.total)[: self.keep]

    def decide(
        self,
        tracks: Iterable[int],
        match: Matcher | None,
        threshold: float,
        refused: Mapping[int, frozenset[str]] | None = None,
    ) -> None:
        """Give names to these tracks (all that are in the picture), nobody twice.

        refused: people that a track is known not to be.
        """
        known = {track: self._known[track] for track in tracks if track in self._known}
        if match is None or not known:
            for one in known.values():
                one.person = one.name = one.nearest = ""
                one.similarity = 0.0
            return
        banned = [(refused or {}).get(track, frozenset()) for track in known]
        claims = []
        found = match(np.stack([one.vector for one in known.values()]), banned)
        for (track, one), near in zip(known.items(), found, strict=True):
            hits = [(person, name, alike * one.agreement) for person, name, alike in near]
            one.nearest, one.similarity = hits[0][1:] if hits else ("", 0.0)
            claims += [claim for hit in hits if (claim := _claim(track, one, hit, threshold, self._hold))]
        self._settle(known, claims)

    def forget(self, keep: Iterable[int]) -> None:
        """Drop every track that is not in `keep`."""
        wanted = set(keep)
        self._known = {track: known for track, known in self._known.items() if track in wanted}

    def forget_names(self) -> None:
        """The gallery changed: decide afresh."""
        for known in self._known.values():
            known.person = known.name = ""

    def _settle(self, known: dict[int, Known], claims: list[tuple[float, int, str, str, float]]) -> None:
        """The strongest claim first: stable, as a greedy assignment of similarities is."""
        given: dict[int, tuple[str, str, float]] = {}
        people: set[str] = set()
        for _, track, person, name, similarity in sorted(claims, key=lambda claim: (-claim[0], claim[1])):
            if track not in given and person not in people:
                given[track] = (person, name, similarity)
                people.add(person)
        for track, one in known.items():
            if track in given:
                one.person, one.name, one.similarity = given[track]
            else:
                one.person = one.name = ""

    def _use(self, track: int, quality: float, turn: float, doubtful: bool, time: float, threshold: float) -> float:
        """How much describing this face now would add; 0: nothing."""
        known = self._known.get(track)
        if known is None:
            return 4.0 + quality
        waited = time - known.last
        if (known.strange or doubtful) and waited >= AGAIN:
            return 3.0 + quality
        if quality > known.best + 0.1:
            return 2.0 + quality
        if quality > 0.5 * known.best and all(abs(turn - other) > TURNED for other in known.turns):
            return 1.5
        open_question = abs(known.similarity - threshold) < 2 * self._hold or known.count < SEVERAL
        patience = 0.3 if open_question and known.count < 20 else 1.0 if known.count < 10 else 4.0
        return min(1.0, waited / 8) if waited >= patience and quality > 0.5 * known.best else 0.0


def turn_of(points: NDArray[np.floating]) -> float:
    """Where the nose stands between the eyes, in eye distances: 0 seen from the front, more to the picture's right."""
    left, right, nose = (np.asarray(points[k], np.float64) for k in range(3))
    across = right - left
    length = float(across @ across)
    return float(((nose - (left + right) / 2) @ across) / length) if length > 0 else 0.0


def _claim(
    track: int, known: Known, hit: tuple[str, str, float], threshold: float, hold: float
) -> tuple[float, int, str, str, float] | None:
    """(strength, track, person, name, similarity) when this track may bear this name."""
    person, name, similarity = hit
    held = person == known.person
    ready = held or known.best >= CLEAR or known.count >= SEVERAL
    if not ready or similarity < threshold - (hold if held else 0.0):
        return None
    return similarity + (hold if held else 0.0), track, person, name, similarity
