"""Doubts about enrolling a face, said before anything is stored, because one bad photo poisons a person.

A duplicate is one picture twice: embeddings of different photographs of a person stay below .94 on LFW, and below .95
only the same pixels count, however they were saved. A wrong face is one that is nearer to somebody else than to the
rest of its own person's pictures, or far from those and near nobody.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from engines.core.names import folded, name_key, same_name, shown
from engines.core.words import tr
from engines.faces.gallery.types import Candidate, Doubt
from engines.faces.scores.meaning import ScoreModel
from engines.faces.scores.references import like_sface
from engines.faces.table import FaceTable
from engines.faces.types import Accept, Quality
from engines.faces.vectors import Vectors, unit

SAME_PICTURE = 0.95
"""Cosine from which two faces are one photograph."""
MAYBE_SAME = 0.85
"""Cosine from which pixels are compared."""
SAME_PIXELS = 0.97
"""Correlation of the aligned grey faces of one photograph saved twice."""
LEAST: tuple[tuple[Doubt, str, float, str], ...] = (
    ("blurred", "sharpness", 0.12, tr("It is blurred")),
    ("profile", "frontal", 0.06, tr("It is seen from the side")),
    ("small", "size", 0.36, tr("It is smaller than 40 pixels")),
    ("dark", "light", 0.30, tr("It is too dark, too bright or without contrast")),
)
"""Doubt, the part of `Quality`, its least value, in words. Chosen by eye on LFW, of which some
1 in 200 fall below one of them."""
ORDER: tuple[Doubt, ...] = (
    *("unreadable", "no-face", "other-person", "outlier", "duplicate"),
    *("blurred", "profile", "small", "dark", "many-faces"),
)
HARMLESS = {"many-faces"}
MARGIN = 0.15
"""How much nearer another person has to be than one's own."""
STRANGER = Accept(1e-2)
"""A face is not its person's when fewer than one stranger in a hundred would be that unlike."""


def weak(quality: Quality) -> list[tuple[Doubt, str]]:
    """What is wrong with a face taken alone."""
    return [(doubt, words) for doubt, part, least, words in LEAST if getattr(quality, part) < least]


def judge(
    candidates: Sequence[Candidate], vectors: Vectors, pixels: NDArray[np.uint8], model: str
) -> tuple[Candidate, ...]:
    """The set judged by itself. pixels: rows x h x w, aligned faces in grey; model: name of the recogniser's card."""
    judged = list(candidates)
    rows = {candidate.row: place for place, candidate in enumerate(candidates) if candidate.row >= 0}
    order = sorted(rows, key=lambda row: (-_total(judged[rows[row]]), row))
    for row, kept in _doubles(vectors, pixels, order, model):
        other = judged[rows[kept]]
        words = tr("The same picture as {short}", short=_short(other.file))
        judged[rows[row]] = doubted(judged[rows[row]], "duplicate", words, other.crop, other.name)
    owners = np.array([name_key(judged[rows[row]].name) for row in range(len(vectors))], object)
    threshold = _threshold(model)
    if threshold is not None:
        single = np.array(["duplicate" not in judged[rows[row]].doubts for row in range(len(vectors))], bool)
        quality = np.array([_total(judged[rows[row]]) for row in range(len(vectors))])
        for row, like in strange(vectors, owners, quality, single, threshold, _margin(model)):
            accused = judged[rows[row]]
            judged[rows[row]] = _accused(accused, judged[rows[like]] if like >= 0 else None)
    return tuple(_alike_in_name(judged))


def against(
    candidates: Sequence[Candidate],
    vectors: Vectors,
    table: FaceTable,
    names: Mapping[str, str],
    scores: ScoreModel,
    model: str = "sface",
) -> tuple[Candidate, ...]:
    """The same set judged against a gallery's faces: pictures it has, and people it knows by another name."""
    people, templates = table.known().templates()
    if not len(table):
        return tuple(candidates)
    threshold = scores.threshold(STRANGER)
    known = _KnownNames(names)
    judged = []
    for candidate in candidates:
        if candidate.row >= 0:
            vector = vectors[candidate.row]
            candidate = _known_picture(candidate, vector, table, names, model)
            candidate = _known_person(candidate, vector, people, templates, known, threshold, _margin(model))
            candidate = known.judge(candidate)
        judged.append(candidate)
    return tuple(judged)


def doubted(candidate: Candidate, doubt: Doubt, words: str, like: str = "", like_name: str = "") -> Candidate:
    """With one doubt more; the worst first, and with what it is like."""
    if doubt in candidate.doubts:
        return candidate
    doubts = tuple(sorted((*candidate.doubts, doubt), key=ORDER.index))
    sentences = [candidate.words, words] if candidate.words else [words]
    if doubts[0] == doubt:
        sentences.reverse()
    first = doubts[0] == doubt and like
    return replace(
        candidate,
        doubts=doubts,
        words=". ".join(sentences),
        take=set(doubts) <= HARMLESS,
        like=like if first else candidate.like,
        like_name=like_name if first else candidate.like_name,
    )


def _doubles(vectors: Vectors, pixels: NDArray[np.uint8], order: Sequence[int], model: str) -> list[tuple[int, int]]:
    """(row, row of the better one that is the same picture)."""
    if len(vectors) < 2:
        return []
    flat = pixels.reshape(len(pixels), -1).astype(np.float32)
    flat = unit(flat - flat.mean(axis=1, keepdims=True))
    place = np.empty(len(vectors), np.intp)
    place[np.asarray(order, np.intp)] = np.arange(len(vectors))
    found = []
    alike, perhaps = like_sface(SAME_PICTURE, model), like_sface(MAYBE_SAME, model)
    for row in order[1:]:
        near = vectors @ vectors[row]
        maybe = np.flatnonzero((near >= perhaps) & (place < place[row]))
        same = [other for other in maybe if near[other] >= alike or flat[other] @ flat[row] >= SAME_PIXELS]
        if same:
            found.append((row, int(same[int(np.argmax(near[same]))])))
    return found


def strange(
    vectors: Vectors,
    owners: NDArray[np.object_],
    quality: NDArray[np.float64],
    single: NDArray[np.bool_],
    threshold: float,
    margin: float = MARGIN,
) -> list[tuple[int, int]]:
    """Faces that do not belong to their owner: (row, row of the face of another person that it is like, or -1).

    People are compared by their mean, so that a wrong face among somebody else's accuses nobody here; one face is taken
    out at a time, the worst, and the rest is looked at again. single: False for doubles, which would vouch for one
    another.
    """
    judges = np.flatnonzero(single)
    people = list(dict.fromkeys(owners[judges]))
    means = (
        unit(np.stack([vectors[judges[owners[judges] == name]].sum(axis=0) for name in people])) if people else vectors
    )
    found: list[tuple[int, int]] = []
    for place, name in enumerate(people):
        own, others = judges[owners[judges] == name], np.arange(len(people)) != place
        while len(own) > 1:
            likeness = _to_the_rest(vectors[own])
            near = np.where(others, vectors[own] @ means.T, -1.0)
            best = near.max(axis=1)
            odd = (likeness < threshold) | (best > np.maximum(likeness + margin, threshold))
            if not odd.any():
                break
            if len(own) == 2:
                worst = int(best.argmax() if best.max() >= threshold else quality[own].argmin())
            else:
                worst = int(np.where(odd, likeness - best, np.inf).argmin())
            foreign = best[worst] >= threshold
            like = _nearest_of(vectors, judges[owners[judges] == people[int(near[worst].argmax())]], own[worst])
            found.append((int(own[worst]), like if foreign else -1))
            own = np.delete(own, worst)
    return found


def _to_the_rest(own: Vectors) -> NDArray[np.float32]:
    """Of each face to the mean of the others of its person."""
    return np.asarray((unit(own.sum(axis=0) - own) * own).sum(axis=1), np.float32)


def _nearest_of(vectors: Vectors, rows: NDArray[np.intp], row: int) -> int:
    return int(rows[(vectors[rows] @ vectors[row]).argmax()])


def _accused(candidate: Candidate, like: Candidate | None) -> Candidate:
    if like is None:
        return doubted(
            candidate, "outlier", tr("It is unlike the other pictures of {candidate}", candidate=candidate.name)
        )
    words = tr(
        "It looks like {like} ({short}), not like {candidate}",
        like=like.name,
        short=_short(like.file),
        candidate=candidate.name,
    )
    return doubted(candidate, "other-person", words, like.crop, like.name)


def _known_picture(
    candidate: Candidate, vector: Vectors, table: FaceTable, names: Mapping[str, str], model: str
) -> Candidate:
    near = table.vectors @ vector
    row = int(near.argmax())
    if near[row] < like_sface(SAME_PICTURE, model):
        return candidate
    name = names.get(table.people[row], "")
    words = (
        tr("The gallery has this picture already, as {name}", name=name)
        if name
        else tr("The gallery has this picture already, of somebody unknown")
    )
    return doubted(candidate, "duplicate", words, table.faces[row], name)


def _known_person(
    candidate: Candidate,
    vector: Vectors,
    people: Sequence[str],
    templates: Vectors,
    known: _KnownNames,
    threshold: float,
    margin: float,
) -> Candidate:
    near = templates @ vector
    own = np.isin(np.asarray(people, object), known.of(candidate.name))
    likeness = float(near[own].max(initial=-1))
    best = int(np.where(own, -1, near).argmax()) if len(near) else 0
    if len(near) and not own[best] and near[best] > max(threshold, likeness + margin):
        name = known.names.get(people[best], "")
        words = tr("The gallery knows this face as {name}", name=name)
        return doubted(candidate, "other-person", words, people[best], name)
    if own.any() and likeness < threshold:
        return doubted(candidate, "outlier", tr("It is unlike {candidate} in the gallery", candidate=candidate.name))
    return candidate


class _KnownNames:
    """A gallery's names by what they share with another spelling, and with a name that only looks like them."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self.names = names
        self._same: dict[str, list[str]] = {}
        self._alike = {folded(name): id for id, name in names.items()}
        for id, name in names.items():
            self._same.setdefault(name_key(name), []).append(id)

    def of(self, name: str) -> list[str]:
        """Ids of the people of this name."""
        return self._same.get(name_key(name), [])

    def judge(self, candidate: Candidate) -> Candidate:
        """Held back when nobody has its name and somebody one that looks like it."""
        alike = self._alike.get(folded(candidate.name))
        if not candidate.name or alike is None or self.of(candidate.name):
            return candidate
        return _doubted_name(candidate, alike, self.names[alike])


def _alike_in_name(candidates: Sequence[Candidate]) -> list[Candidate]:
    """Of names that only look alike ("Groß", "Gross") those that come later are held back."""
    first: dict[str, Candidate] = {}
    judged = []
    for candidate in candidates:
        if candidate.row >= 0 and candidate.name:
            one = first.setdefault(folded(candidate.name), candidate)
            if not same_name(one.name, candidate.name):
                candidate = _doubted_name(candidate, one.crop, one.name)
        judged.append(candidate)
    return judged


def _doubted_name(candidate: Candidate, like: str, name: str) -> Candidate:
    words = tr(
        "{candidate} looks like {name}: give both the same name if they are one person",
        candidate=candidate.name,
        name=name,
    )
    return doubted(candidate, "other-person", words, like, name)


def _threshold(model: str) -> float | None:
    """For this recogniser; None where nothing is known of it."""
    scores = ScoreModel.known(model)
    return None if scores is None else scores.threshold(STRANGER, 1)


def _margin(model: str) -> float:
    return like_sface(0.3 + MARGIN, model) - like_sface(0.3, model)


def _total(candidate: Candidate) -> float:
    return candidate.quality.total if candidate.quality else 0.0


def _short(file: str) -> str:
    return shown(file.replace("\\", "/").rsplit("/", 1)[-1])
