"""Order among unknown faces: groups that are one person each, and people whom they may be. Refusals are kept.

Groups: average-link clustering on the cosine, cut where one face in twenty would meet a stranger as alike (`scores`).
On lfw_dev this gives B-cubed precision .996 and recall .98; complete link .996 and .90. Faces that are nowhere near one
another are set apart first, by connected components, so that 20,000 faces never make one matrix.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import numpy as np

from engines.faces.gallery.search import PersonIndex
from engines.faces.gallery.types import Cluster, Suggestion
from engines.faces.scores.meaning import ScoreModel
from engines.faces.table import FaceTable
from engines.faces.types import Accept
from engines.faces.vectors import Rows, Vectors

Refusals = Collection[tuple[str, str]]
STRANGERS = 0.05
"""Share of unknown faces that may meet a stranger as alike as the groups' threshold."""
BLIND = 0.6
"""The groups' threshold for a recogniser of which nothing is known yet."""
APART = 1e6
"""A distance that no average makes up for."""
_LARGEST = 4000
"""Components above this are cut at a higher similarity first: their matrix would not fit."""
_BLOCK = 2**23


def clusters(
    table: FaceTable, refusals: Refusals = frozenset(), scores: ScoreModel | None = None, least: int = 2
) -> tuple[Cluster, ...]:
    """Groups of at least `least` unknown faces, the largest first, the faces of each by quality.

    A face that was refused for X is never grouped with one that would be taken for X.
    """
    unknown = table.take(np.array([not person for person in table.people], bool))
    if len(unknown) < max(least, 1):
        return ()
    threshold = _threshold(table, scores, len(unknown))
    apart = _apart(table, unknown, refusals, threshold)
    groups = [
        group for rows in components(unknown.vectors, threshold) for group in _cut(unknown, rows, threshold, apart)
    ]
    kept = sorted((group for group in groups if len(group) >= least), key=lambda group: (-len(group), group[0]))
    return tuple(_cluster(unknown, group) for group in kept)


def suggestions(
    table: FaceTable,
    names: Mapping[str, str],
    refusals: Refusals = frozenset(),
    scores: ScoreModel | None = None,
    least: float = 0.5,
) -> tuple[Suggestion, ...]:
    """Unknown faces that are probably somebody's, a suggestion a person, the surest first.

    least: of the probability that the name is right. similarity, probability: of the least sure face in it.
    """
    unknown = table.take(np.array([not person for person in table.people], bool))
    index = PersonIndex.of(table, names, refusals)
    if not len(unknown) or not len(index):
        return ()
    model = scores or ScoreModel.of(table)
    if model.blind:
        return ()
    matches = index.match(unknown.vectors, unknown.faces)
    sure = [model.probability(float(near), len(index)) for near in matches.similarity]
    of: dict[str, list[int]] = {}
    for row in np.argsort(-matches.similarity, kind="stable"):
        if matches.people[row] and sure[row] >= least:
            of.setdefault(matches.people[row], []).append(int(row))
    made = [
        Suggestion(
            tuple(unknown.faces[row] for row in rows),
            person,
            names.get(person, ""),
            float(matches.similarity[rows[-1]]),
            sure[rows[-1]],
            model.strangers(float(matches.similarity[rows[-1]]), len(index)),
        )
        for person, rows in of.items()
    ]
    return tuple(sorted(made, key=lambda one: (-one.probability, -len(one.faces), one.name)))


def components(vectors: Vectors, threshold: float) -> list[Rows]:
    """Rows that are joined by chains of cosines at or above `threshold`; too large ones are cut higher."""
    found: list[Rows] = []
    waiting = [(np.arange(len(vectors)), threshold)]
    while waiting:
        rows, at = waiting.pop()
        parts = _connected(vectors[rows], at)
        for part in parts:
            if len(part) > _LARGEST and at < 0.98:
                waiting.append((rows[part], min(at + 0.04, 0.98)))
            else:
                found += [rows[part][start : start + _LARGEST] for start in range(0, len(part), _LARGEST)]
    return found


def _connected(vectors: Vectors, threshold: float) -> list[Rows]:
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    count, step = len(vectors), max(1, _BLOCK // max(len(vectors), 1))
    ends: list[tuple[Rows, Rows]] = []
    for start in range(0, count, step):
        near = vectors[start : start + step] @ vectors[start:].T >= threshold
        one, other = np.nonzero(near)
        ends.append((one + start, other + start))
    one, other = (np.concatenate(part) for part in zip(*ends, strict=True))
    joined = coo_matrix((np.ones(len(one), bool), (one, other)), (count, count))
    labels = connected_components(joined, directed=False)[1]
    order = np.argsort(labels, kind="stable")
    return np.split(order, np.flatnonzero(np.diff(labels[order])) + 1)


def _cut(unknown: FaceTable, rows: Rows, threshold: float, apart: Collection[tuple[int, int]]) -> list[Rows]:
    """One component -> its groups by average link."""
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    if len(rows) < 2:
        return [rows]
    vectors = unknown.vectors[rows]
    distance = np.maximum(1 - (vectors @ vectors.T).astype(np.float64), 0)
    np.fill_diagonal(distance, 0)
    place = {int(row): index for index, row in enumerate(rows)}
    for one, other in apart:
        if one in place and other in place:
            distance[place[one], place[other]] = distance[place[other], place[one]] = APART
    tree = linkage(squareform(distance, checks=False), "average")
    labels = fcluster(tree, 1 - threshold, "distance")
    return [rows[labels == label] for label in np.unique(labels)]


def _threshold(table: FaceTable, scores: ScoreModel | None, count: int) -> float:
    """For groups among `count` faces; `BLIND` while nothing is known of the recogniser."""
    model = scores or ScoreModel.of(table)
    return BLIND if model.blind else model.threshold(Accept(STRANGERS), count)


def _apart(table: FaceTable, unknown: FaceTable, refusals: Refusals, threshold: float) -> set[tuple[int, int]]:
    """Pairs of rows that cannot be one person: one was refused for X, the other would be taken for X."""
    place = {face: row for row, face in enumerate(unknown.faces)}
    refused: dict[str, list[int]] = {}
    for face, person in refusals:
        if face in place:
            refused.setdefault(person, []).append(place[face])
    people, templates = table.known().templates()
    pairs = set()
    for person, rows in refused.items():
        if person in people:
            near = unknown.vectors @ templates[people.index(person)] >= threshold
            near[rows] = False
            pairs |= {(row, int(other)) for row in rows for other in np.flatnonzero(near)}
    return pairs


def _cluster(unknown: FaceTable, group: Rows) -> Cluster:
    best = group[np.argsort(-unknown.quality[group], kind="stable")]
    total = unknown.vectors[group].astype(np.float64).sum(axis=0)
    count = len(group)
    tightness = (total @ total - count) / (count * (count - 1)) if count > 1 else 1.0
    return Cluster(tuple(unknown.faces[row] for row in best), float(tightness))
