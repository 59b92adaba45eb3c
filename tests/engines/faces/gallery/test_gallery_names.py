"""One rule for "the same name": in the gallery, its search and its undo, in the review, and in files' names."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engines.core.errors import BadInput
from engines.faces.gallery import enrol_review
from engines.faces.gallery.editing import Gallery
from engines.faces.gallery.forget import forget
from engines.faces.gallery.rows import NewFace
from engines.faces.gallery.types import Candidate
from engines.faces.recognition.naming import people_of
from engines.faces.scores.meaning import ScoreModel
from engines.faces.vectors import unit
from tests.engines.faces.gallery.galleries import CARD, DIM, Maker, filled

JOSE = "Jose\N{COMBINING ACUTE ACCENT}"
SAME = [
    ("Jos\N{LATIN SMALL LETTER E WITH ACUTE}", JOSE),
    ("Anna Lee", "Anna\N{NO-BREAK SPACE}Lee"),
    ("Anna Lee", " Anna \t Lee\n"),
    ("\uae40", "\u1100\u1175\u11b7"),
]
ALIKE = [("Peter Groß", "Peter Gross"), ("\u0130pek", "i\u0307pek"), ("anna", "ANNA"), ("カナ", "ｶﾅ")]


def called(path: Path, *names: str) -> list[str]:
    maker = Maker()
    with Gallery.create(path, CARD) as gallery:
        for person, name in enumerate(names):
            gallery.add(name, maker.faces(person, 1))
        return [person.name for person in gallery.people()]


@pytest.mark.parametrize(("first", "second"), SAME)
def test_one_person_however_the_name_is_stored(tmp_path: Path, first: str, second: str):
    assert called(tmp_path / "g.faces", second, first) == [first]


@pytest.mark.parametrize(("first", "second"), ALIKE)
def test_other_letters_are_another_person(tmp_path: Path, first: str, second: str):
    assert sorted(called(tmp_path / "g.faces", first, second)) == sorted([first, second])


def test_a_person_is_found_by_their_own_name_alone(tmp_path: Path):
    called(tmp_path / "g.faces", "Peter Groß", "José")
    with Gallery.open(tmp_path / "g.faces") as gallery:
        assert gallery.find_person("José") == gallery.person_named(f" {JOSE} ")
        with pytest.raises(BadInput, match="called 'Peter Gross'") as refused:
            gallery.find_person("Peter Gross")
        assert "Peter Groß" in refused.value.hint
        with pytest.raises(BadInput, match="already"):
            gallery.rename(gallery.person_named("Peter Groß"), JOSE)
        gallery.rename(gallery.person_named("Peter Groß"), "Peter Gross")


def test_two_of_one_name_in_an_older_gallery_do_not_stop_undoing(tmp_path: Path):
    with filled(tmp_path / "g.faces") as gallery:
        for number, name in enumerate(("José", JOSE)):
            sealed = gallery.store.seal(name, "people", gallery.person_named(f"Person {number}"), "name")
            with gallery.store.writing():
                gallery.store.run("UPDATE people SET name=? WHERE name=?", (sealed, f"Person {number}".encode()))
        change = gallery.rename(gallery.person_named("Person 2"), "Somebody")
        gallery.undo(change.id)
        assert gallery.person_named("Person 2")


def test_a_name_that_is_not_utf8_is_stored_and_shown(tmp_path: Path):
    name = os.fsdecode(b"J\xfcrgen")
    with Gallery.create(tmp_path / "g.faces", CARD) as gallery:
        gallery.add(name, Maker().faces(0, 1, source=f"/photos/{name}_0001.jpg"))
        gallery.add(name, Maker().faces(0, 1))
        person = gallery.people()[0]
        assert (person.name, person.faces) == ("J\\xfcrgen", 2)
        assert {face.source for face in gallery.faces(person.id)} == {"/photos/J\\xfcrgen_0001.jpg", "photo.jpg"}
        assert gallery.find_person(name) == person.id
        assert forget(gallery, person.id).left == ()


def test_files_are_of_one_person_however_the_disk_spells_it():
    names = people_of([Path("a/José_0001.jpg"), Path(f"a/{JOSE}_0002.jpg")])
    assert set(names) == {"José"}
    assert people_of([os.fsdecode(b"x/J\xfcrgen_1.jpg")]) == ("J\\xfcrgen",)


def reviewed(*names: str) -> tuple[Candidate, ...]:
    """Pictures of one person each, far from one another."""
    vectors = unit(np.eye(DIM, dtype=np.float32)[: len(names)])
    candidates = [Candidate(f"{row}.jpg", name, f"{row}.png", row) for row, name in enumerate(names)]
    pixels = np.random.default_rng(0).integers(0, 255, (len(names), 56, 56)).astype(np.uint8)
    return enrol_review.judge(candidates, vectors, pixels, "unknown")


@pytest.mark.parametrize(("first", "second"), ALIKE)
def test_names_that_look_alike_are_held_back(first: str, second: str):
    one, two, other = reviewed(first, second, "Somebody")
    assert one.take
    assert (two.take, two.doubts, two.like_name) == (False, ("other-person",), first)
    assert other.take


@pytest.mark.parametrize(("first", "second"), SAME)
def test_the_same_name_is_not_held_back(first: str, second: str):
    assert all(one.take for one in reviewed(first, second))


def test_the_gallerys_names_are_asked_too(tmp_path: Path):
    maker = Maker()
    with filled(tmp_path / "g.faces", people=12) as gallery:
        gallery.add("Peter Groß", maker.faces(30, 2))
        table, names = gallery.table(), gallery.names()
    vector = maker.vector(31)[None]
    candidate = Candidate("1.jpg", "Peter Gross", "1.png", 0)

    def judged(one: Candidate) -> Candidate:
        return enrol_review.against([one], vector, table, names, ScoreModel.of(table))[0]

    assert judged(candidate).doubts == ("other-person",)
    assert judged(candidate).like_name == "Peter Groß"
    assert judged(replace(candidate, name="Peter Grosz")).take
    assert "other-person" not in judged(replace(candidate, name="Peter  Groß")).doubts


def test_an_embedding_of_zeros_is_refused(tmp_path: Path):
    face = Maker().faces(0, 1)[0]
    with Gallery.create(tmp_path / "g.faces", CARD) as gallery:
        with pytest.raises(BadInput, match="all zeros"):
            gallery.add("Anna", [NewFace(np.zeros(DIM, np.float32), face.picture, face.quality)])
        assert gallery.people() == ()
