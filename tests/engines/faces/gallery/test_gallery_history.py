"""Every action can be taken back: at once, in any order where it still applies, and all of them to the beginning."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.core.errors import BadInput
from engines.faces.gallery.editing import Gallery
from tests.engines.faces.gallery.galleries import CARD, Maker, filled

ACTIONS = ("add", "rename", "merge", "split", "move", "refuse", "confirm", "name", "portrait", "note", "remove", "undo")
Draw = tuple[str, int, int, int]
draws = st.lists(st.tuples(st.sampled_from(ACTIONS), *[st.integers(0, 10**6)] * 3), max_size=14)


def act(gallery: Gallery, maker: Maker, draw: Draw) -> None:
    """One action chosen by numbers; what makes no sense is refused and changes nothing."""
    kind, a, b, c = draw
    people, faces = sorted(gallery.names()), gallery.table().faces
    person, other = people[a % len(people)] if people else "", people[b % len(people)] if people else ""
    some = [faces[(b + step) % len(faces)] for step in range(1 + c % 3)] if faces else []
    chosen = list(dict.fromkeys(some))
    names = [f"Name {number}" for number in range(6)]
    actions = {
        "add": lambda: gallery.add(["", *names][a % 7], maker.faces(a % 50, 1 + b % 2)),
        "rename": lambda: gallery.rename(person, names[b % 6]),
        "merge": lambda: gallery.merge([person, other]),
        "split": lambda: gallery.split(chosen),
        "move": lambda: gallery.move(chosen, person if a % 4 else ""),
        "refuse": lambda: gallery.refuse(chosen, person),
        "confirm": lambda: gallery.confirm(chosen, person),
        "name": lambda: gallery.name_cluster(chosen, names[a % 6]),
        "portrait": lambda: gallery.set_portrait(person, chosen[0]),
        "note": lambda: gallery.set_note(person, f"note {b}"),
        "remove": lambda: gallery.remove(chosen),
        "undo": lambda: turn(gallery, a),
    }
    before = gallery.state()
    try:
        actions[kind]()
    except (BadInput, IndexError):
        assert gallery.state() == before


def turn(gallery: Gallery, number: int) -> None:
    """Undo or redo any entry."""
    history = gallery.history(0)
    change = history[number % len(history)]
    (gallery.redo if change.undone else gallery.undo)(change.id)


@settings(max_examples=25)
@given(draws=draws)
def test_undoing_all_gives_the_beginning(draws: list[Draw], tmp_path_factory: pytest.TempPathFactory):
    maker = Maker()
    with filled(tmp_path_factory.mktemp("g") / "g.faces", people=3, each=2) as gallery:
        beginning, states = gallery.state(), [gallery.state()]
        first = gallery.history(1)[0].id
        for draw in draws:
            if draw[0] != "undo":
                act(gallery, maker, draw)
                states.append(gallery.state())
        changes = [change.id for change in gallery.history(0) if change.id > first]
        seen = []
        for change in changes:
            seen.append(gallery.state())
            gallery.undo(change)
        assert gallery.state() == beginning
        for change, state in zip(reversed(changes), reversed(seen), strict=True):
            gallery.redo(change)
            assert gallery.state() == state


@settings(max_examples=25)
@given(draws=draws)
def test_a_gallery_stays_sound_whatever_is_undone_when(draws: list[Draw], tmp_path_factory: pytest.TempPathFactory):
    maker = Maker()
    with filled(tmp_path_factory.mktemp("g") / "g.faces", people=3, each=2) as gallery:
        for number, draw in enumerate(draws):
            act(gallery, maker, draw)
            act(gallery, maker, ("undo", draw[1] + number, 0, 0))
        names = gallery.names()
        assert len(set(names.values())) == len(names)
        assert set(gallery.table().people) - {""} <= set(names)
        assert sum(person.faces for person in gallery.people()) + gallery.info().unknown == gallery.info().faces
        assert gallery.check() == "ok"


def test_a_merge_is_taken_back_after_later_edits(tmp_path: Path):
    maker = Maker()
    with filled(tmp_path / "g.faces", people=3, each=3) as gallery:
        a, b, c = (gallery.person_named(f"Person {number}") for number in range(3))
        own = {person: {face.id for face in gallery.faces(person)} for person in (a, b, c)}
        merged = gallery.merge([a, b])
        gallery.rename(a, "Both")
        gallery.add("Both", maker.faces(0, 2))
        strayed = sorted(own[b])[0]
        gallery.move([strayed], c)
        gallery.undo(merged.id)
        assert gallery.names()[b] == "Person 1"
        assert {face.id for face in gallery.faces(b)} == own[b] - {strayed}
        assert {face.id for face in gallery.faces(a)} > own[a]
        assert not {face.id for face in gallery.faces(a)} & own[b]
        assert {face.id for face in gallery.faces(c)} == own[c] | {strayed}
        gallery.redo(merged.id)
        assert {face.id for face in gallery.faces(c)} == own[c] | {strayed}
        assert b not in gallery.names()


def test_what_no_longer_applies_is_refused_in_words(tmp_path: Path):
    with filled(tmp_path / "g.faces", people=3) as gallery:
        a, b, c = (gallery.person_named(f"Person {number}") for number in range(3))
        renamed = gallery.rename(a, "Ada")
        gallery.rename(a, "Agnes")
        with pytest.raises(BadInput, match="'Renamed Person 0 to Ada' no longer applies"):
            gallery.undo(renamed.id)
        first = gallery.merge([b, c])
        second = gallery.merge([a, b])
        with pytest.raises(BadInput, match="no longer applies"):
            gallery.undo(first.id)
        gallery.undo(second.id)
        gallery.undo(first.id)
        with pytest.raises(BadInput, match="taken back already"):
            gallery.undo(first.id)
        with pytest.raises(BadInput, match="no longer in the history"):
            gallery.undo(10**6)


def test_a_name_taken_since_stops_an_undo(tmp_path: Path):
    maker = Maker()
    with filled(tmp_path / "g.faces", people=1) as gallery:
        renamed = gallery.rename(gallery.person_named("Person 0"), "Ada")
        gallery.add("Person 0", maker.faces(5, 1))
        before = gallery.state()
        with pytest.raises(BadInput, match="no longer applies"):
            gallery.undo(renamed.id)
        assert gallery.state() == before


def test_refusing_takes_the_face_away_and_confirming_withdraws_it(tmp_path: Path):
    with filled(tmp_path / "g.faces", people=2) as gallery:
        a = gallery.person_named("Person 0")
        face = gallery.faces(a)[0].id
        gallery.refuse([face], a)
        assert gallery.refusals() == {(face, a)}
        assert gallery.face(face).person == ""
        gallery.confirm([face], a)
        assert gallery.refusals() == frozenset()
        assert gallery.face(face).person == a


def test_who_loses_the_last_face_goes_and_comes_back(tmp_path: Path):
    with filled(tmp_path / "g.faces", people=2, each=1) as gallery:
        a, b = gallery.person_named("Person 0"), gallery.person_named("Person 1")
        moved = gallery.move([gallery.faces(a)[0].id], b)
        assert a not in gallery.names()
        gallery.undo(moved.id)
        assert gallery.names()[a] == "Person 0"
        removed = gallery.remove([face.id for face in gallery.faces(b)])
        assert gallery.info().faces == 1
        gallery.undo(removed.id)
        assert gallery.info().faces == 2


def test_history_survives_reopening(tmp_path: Path):
    path = tmp_path / "g.faces"
    with filled(path) as gallery:
        beginning = gallery.state()
        gallery.merge(sorted(gallery.names()))
        history = gallery.history()
    with Gallery.open(path) as gallery:
        assert gallery.history() == history
        gallery.undo(history[0].id)
        assert gallery.state() == beginning
        assert gallery.card == CARD
