"""Groups and suggestions: known people are found again, refusals are honoured, chains do not join strangers."""

from __future__ import annotations

import numpy as np
import pytest

from engines.faces.gallery import organise
from engines.faces.scores.meaning import ScoreModel
from engines.faces.table import FaceTable
from engines.faces.vectors import unit

DIM = 128


def made(people: int, each: int, known: int = 0, noise: float = 0.6, seed: int = 0) -> tuple[FaceTable, list[int]]:
    """People of `each` faces; the first `known` people have a name. Also whose each face truly is."""
    rng = np.random.default_rng(seed)
    centres = unit(rng.normal(size=(people, DIM)))
    truth = [person for person in range(people) for _ in range(each)]
    vectors = unit(centres[truth] + noise * unit(rng.normal(size=(len(truth), DIM))))
    owners = tuple(f"p{person}" if person < known else "" for person in truth)
    faces = tuple(f"f{row}" for row in range(len(truth)))
    return FaceTable(faces, owners, vectors, rng.uniform(0.1, 1, len(truth)).astype(np.float32)), truth


def groups_of(found) -> set[frozenset[str]]:
    return {frozenset(cluster.faces) for cluster in found}


def test_people_become_groups():
    table, truth = made(20, 4)
    wanted = {frozenset(f"f{row}" for row, who in enumerate(truth) if who == person) for person in range(20)}
    found = organise.clusters(table)
    assert groups_of(found) == wanted
    quality = dict(zip(table.faces, table.quality, strict=True))
    for cluster in found:
        marks = [quality[face] for face in cluster.faces]
        assert marks == sorted(marks, reverse=True)
        rows = [int(face[1:]) for face in cluster.faces]
        near = (table.vectors[rows] @ table.vectors[rows].T)[np.triu_indices(4, 1)]
        assert cluster.tightness == pytest.approx(near.mean(), abs=1e-5)


def test_known_and_lonely_faces_are_left_out():
    table, _ = made(6, 1)
    assert organise.clusters(table) == ()
    table, _ = made(5, 3, known=5)
    assert organise.clusters(table) == ()


def test_a_chain_is_not_a_person():
    angles = np.radians(np.arange(0, 180, 15))
    vectors = np.zeros((len(angles), DIM), np.float32)
    vectors[:, 0], vectors[:, 1] = np.cos(angles), np.sin(angles)
    count = len(angles)
    table = FaceTable(tuple(f"f{row}" for row in range(count)), ("",) * count, vectors, np.ones(count, np.float32))
    assert len(organise.components(vectors, 0.5)) == 1
    found = organise.clusters(table)
    assert all(
        abs(int(a[1:]) - int(b[1:])) * 15 < 120 for cluster in found for a in cluster.faces for b in cluster.faces
    )
    assert len(found) > 1


def test_large_components_are_cut(monkeypatch: pytest.MonkeyPatch):
    table, truth = made(40, 5)
    whole = groups_of(organise.clusters(table))
    monkeypatch.setattr(organise, "_LARGEST", 12)
    monkeypatch.setattr(organise, "_BLOCK", 3000)
    assert groups_of(organise.clusters(table)) == whole
    parts = organise.components(table.vectors, -1.0)
    assert sorted(np.concatenate(parts)) == list(range(200))
    assert max(map(len, parts)) <= 12


def test_a_refused_face_is_not_grouped_with_those_who_would_be_taken_for_that_person():
    table, _ = made(6, 6, known=6)
    unknown = (0, 1, 2)
    owners = tuple("" if row in unknown else owner for row, owner in enumerate(table.people))
    table = FaceTable(table.faces, owners, table.vectors, table.quality)
    assert groups_of(organise.clusters(table)) == {frozenset({"f0", "f1", "f2"})}
    assert groups_of(organise.clusters(table, {("f0", "p0")})) == {frozenset({"f1", "f2"})}
    everyone = {("f0", "p0"), ("f1", "p0"), ("f2", "p0")}
    assert groups_of(organise.clusters(table, everyone)) == {frozenset({"f0", "f1", "f2"})}


def test_suggestions_are_right_and_leave_refused_ones_out():
    table, truth = made(12, 5, known=12)
    hidden = set(range(0, 60, 5))
    owners = tuple("" if row in hidden else owner for row, owner in enumerate(table.people))
    table = FaceTable(table.faces, owners, table.vectors, table.quality)
    names = {f"p{person}": f"Person {person}" for person in range(12)}
    found = organise.suggestions(table, names)
    assert {(face, one.person) for one in found for face in one.faces} == {
        (f"f{row}", f"p{truth[row]}") for row in hidden
    }
    assert all(one.name == names[one.person] and one.probability >= 0.5 for one in found)
    assert [one.probability for one in found] == sorted((one.probability for one in found), reverse=True)
    refused = organise.suggestions(table, names, {("f0", "p0")})
    assert "f0" not in {face for one in refused for face in one.faces if one.person == "p0"}


def test_strangers_are_not_suggested():
    table, _ = made(40, 1, known=20)
    names = {f"p{person}": str(person) for person in range(20)}
    assert organise.suggestions(table, names, scores=ScoreModel.of(table)) == ()


def test_nothing_to_do():
    empty = FaceTable((), (), np.zeros((0, DIM), np.float32), np.zeros(0, np.float32))
    assert organise.clusters(empty) == ()
    assert organise.suggestions(empty, {}) == ()


def test_a_recogniser_of_which_nothing_is_known():
    rng = np.random.default_rng(0)
    centres = unit(rng.normal(size=(6, 64)))
    vectors = unit(np.repeat(centres, 3, 0) + 0.4 * unit(rng.normal(size=(18, 64))))
    table = FaceTable(tuple(f"f{row}" for row in range(18)), ("",) * 18, vectors, np.ones(18, np.float32))
    assert groups_of(organise.clusters(table)) == {frozenset(f"f{3 * p + i}" for i in range(3)) for p in range(6)}
    few = FaceTable(table.faces, ("p",) * 3 + ("",) * 15, vectors, table.quality)
    assert organise.suggestions(few, {"p": "P"}) == ()
