"""Searching people: the product against a loop, refusals honoured, the graph against the exact search."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engines.core.errors import BadInput
from engines.faces.gallery import ann
from engines.faces.gallery.search import PersonIndex, similar_faces
from engines.faces.table import FaceTable
from engines.faces.vectors import unit
from tests.engines.faces.gallery.galleries import Maker


def table(people: int = 30, each: int = 3) -> FaceTable:
    maker = Maker(noise=0.7)
    vectors = np.stack([maker.vector(person) for person in range(people) for _ in range(each)])
    owners = tuple(f"p{person}" for person in range(people) for _ in range(each))
    faces = tuple(f"f{row}" for row in range(len(owners)))
    return FaceTable(faces, owners, vectors, maker.rng.uniform(0.2, 1, len(owners)).astype(np.float32))


NAMES = {f"p{person}": f"Person {person}" for person in range(30)}


def test_the_two_nearest_people_by_hand():
    made, probes = table(), unit(np.random.default_rng(3).normal(size=(20, 32)))
    matches = PersonIndex.of(made, NAMES).match(probes)
    for row, probe in enumerate(probes):
        best = []
        for person in NAMES:
            own = [index for index, owner in enumerate(made.people) if owner == person]
            mean = sum(made.vectors[index].astype(float) * made.quality[index] for index in own)
            best.append((float(probe @ mean / np.linalg.norm(mean)), person))
        (first, one), (second, two) = sorted(best, reverse=True)[:2]
        assert (matches.people[row], matches.second_people[row]) == (one, two)
        assert matches.names[row] == NAMES[one]
        np.testing.assert_allclose(
            [matches.similarity[row], matches.second_similarity[row]], [first, second], atol=1e-6
        )


def test_unknown_faces_are_nobody():
    made = table(3)
    unknown = FaceTable(made.faces, ("",) * 6 + made.people[6:], made.vectors, made.quality)
    matches = PersonIndex.of(unknown, NAMES).match(made.vectors[:1])
    assert (matches.people, matches.second_people) == (("p2",), ("",))
    assert matches.second_similarity[0] == -1


def test_an_empty_gallery_names_nobody():
    empty = table().take(np.zeros(90, bool))
    matches = PersonIndex.of(empty, {}).match(Maker().vector(0)[None])
    assert (matches.people, matches.names, list(matches.similarity)) == (("",), ("",), [-1])
    assert len(PersonIndex.of(table(), NAMES).match(np.zeros((0, 32), np.float32))) == 0


def test_refused_people_are_never_named():
    made = table()
    refusals = {("f0", "p0"), ("f0", "p1"), ("f1", "p7")}
    index = PersonIndex.of(made, NAMES, refusals)
    plain, bound = PersonIndex.of(made, NAMES).match(made.vectors), index.match(made.vectors, made.faces)
    for row, face in enumerate(made.faces):
        own = index.similarities(made.vectors[row : row + 1])[0]
        allowed = [p for p in range(30) if (face, index.people[p]) not in refusals]
        assert bound.people[row] == index.people[max(allowed, key=lambda p: own[p])]
    assert plain.people[0] == "p0"
    only = index.match(made.vectors[:1], without=[["p0", "p3"]])
    assert only.people[0] not in ("p0", "p3")


def test_another_length_is_refused():
    with pytest.raises(BadInput, match="cannot be compared"):
        PersonIndex.of(table(), NAMES).match(np.ones((1, 64), np.float32))


def test_faces_like_this_one():
    made = table()
    rows, near = similar_faces(made, made.vectors[4], 10)
    assert rows[0] == 4
    np.testing.assert_allclose(near, np.sort(made.vectors @ made.vectors[4])[::-1][:10])
    assert len(similar_faces(made.take(np.zeros(90, bool)), made.vectors[4])[0]) == 0


@pytest.fixture
def many() -> np.ndarray:
    maker = Maker(noise=0.7)
    return np.stack([maker.vector(person % 500) for person in range(3000)])


def test_blocks_do_not_matter(many: np.ndarray, monkeypatch: pytest.MonkeyPatch):
    whole = ann.Exact(many).search(many[:50], 5)
    monkeypatch.setattr(ann, "_BLOCK", 7000)
    for a, b in zip(whole, ann.Exact(many).search(many[:50], 5), strict=True):
        np.testing.assert_allclose(a, b, atol=1e-6)


def test_the_graph_finds_what_the_exact_search_finds(many: np.ndarray):
    probes = unit(many[:300] + np.random.default_rng(5).normal(size=(300, 32)) * 0.05)
    rows, near = ann.Exact(many).search(probes, 2)
    found, close = ann.Approximate(many).search(probes, 2)
    assert (found[:, 0] == rows[:, 0]).mean() >= 0.99
    np.testing.assert_allclose(close, np.take_along_axis(probes @ many.T, found, 1), atol=1e-5)
    assert (close <= near + 1e-6).all()


def test_the_kept_graph_is_made_again_when_it_does_not_fit(many: np.ndarray, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(ann, "LIMIT", 1000)
    monkeypatch.setattr(ann, "SMALL", 0)
    cache = tmp_path / "g.faces.ann"
    first = ann.nearest_of(many, cache, "revision 1")
    assert ann.load(cache, "revision 1", 3000, 32) is not None
    kept = ann.nearest_of(many, cache, "revision 1")
    np.testing.assert_array_equal(first.search(many[:9], 3)[0], kept.search(many[:9], 3)[0])
    assert ann.load(cache, "revision 2", 3000, 32) is None
    content = bytearray(cache.read_bytes())
    content[len(content) // 2] ^= 1
    cache.write_bytes(content)
    assert ann.load(cache, "revision 1", 3000, 32) is None
    ann.nearest_of(many, cache, "revision 1")
    assert ann.load(cache, "revision 1", 3000, 32) is not None


def test_exact_below_the_limit():
    assert isinstance(ann.nearest_of(table().vectors), ann.Exact)
