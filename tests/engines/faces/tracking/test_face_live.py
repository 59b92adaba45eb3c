"""The live recogniser on films with known truth: one track a person, right names, no flicker, bounded cost."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engines.core.context import PlainContext
from engines.core.frames import Frame, Stamp
from engines.core.live import Reset
from engines.faces.detection.finding import open_finder
from engines.faces.gallery.editing import Gallery
from engines.faces.recognition.embed import SFace
from engines.faces.tracking.live import BUDGET, TrackFaces
from engines.faces.types import ModelCard, RecogniserSettings
from tests.engines.faces.gaze import acted
from tests.engines.faces.gaze.acted import PLAIN, Actor, at, play, recogniser

A, B, STRANGER = "Ada", "Dan", "Cleo"
OTHERS = ("Ben", "Eve", "Finn", "Gus", "Hana")
COUNT = 80


@pytest.fixture(scope="module")
def shared(tmp_path_factory):
    """Made once: the gallery, and the film seen."""
    return {"folder": tmp_path_factory.mktemp("live")}


@pytest.fixture
def gallery(people, shared) -> Path:
    if "gallery" not in shared:
        files = [people / f"{name}_0001.jpg" for name in (A, B, *OTHERS)]
        shared["gallery"] = acted.enrol(shared["folder"] / "a.faces", files)
    return shared["gallery"]


def actors(people) -> tuple[Actor, Actor]:
    """Two who cross at frame 40, the second in front; one blurred and one hidden for a while."""
    a = Actor(people / f"{A}_0005.jpg", lambda k: (100 + 5.5 * k, 225), blurred=range(10, 20))
    b = Actor(people / f"{B}_0004.jpg", lambda k: (540 - 5.5 * k, 250), hidden=range(56, 71))
    return a, b


@pytest.fixture
def seen(people, gallery, shared):
    if "seen" not in shared:
        engine = recogniser(gallery)
        shared["seen"] = play(engine, actors(people), COUNT)
        engine.close()
    return shared["seen"]


def test_each_person_keeps_one_track_through_blur_crossing_and_occlusion(people, seen):
    a, b = actors(people)
    crossing = range(34, 47)
    for actor in (a, b):
        numbers = {
            face.track
            for k, result in enumerate(seen)
            if k not in crossing
            for face in at(result, actor, k)
            if face.seen
        }
        assert len(numbers) == 1
    assert {face.track for result in seen for face in result.faces} == {1, 2}


def test_who_is_hidden_is_still_expected_where_they_are(people, seen):
    b = actors(people)[1]
    for k in b.hidden:
        faces = at(seen[k], b, k)
        assert [face.seen for face in faces] == [False]


def test_names_are_right_and_do_not_flicker(people, seen):
    for number in (1, 2):
        names = [face.name for result in seen for face in result.faces if face.track == number]
        named = [name for name in names if name]
        assert len(set(named)) == 1
        assert "" not in names[names.index(named[0]) :]
    a, b = actors(people)
    assert [face.name for face in at(seen[-1], a, COUNT - 1)] == [A]
    assert [face.name for face in at(seen[-1], b, COUNT - 1)] == [B]


def test_nobody_is_named_twice_in_a_frame(people, gallery):
    places = {2: 110, 5: 310, 6: 520}
    triplets = [Actor(people / f"{A}_000{k}.jpg", lambda _, x=x: (x, 240)) for k, x in places.items()]
    engine = recogniser(gallery)
    results = play(engine, triplets, 8)
    engine.close()
    last = results[-1].faces
    assert len(last) == 3
    assert sum(face.name == A for face in last) == 1
    assert max(last, key=lambda face: face.similarity).name == A
    for result in results:
        people = [face.person for face in result.faces if face.person]
        assert len(people) == len(set(people))


def test_a_stranger_stays_unknown_until_enrolled_and_is_named_then(people, gallery, tmp_path):
    own = tmp_path / "own.faces"
    own.write_bytes(gallery.read_bytes())
    stranger = Actor(people / f"{STRANGER}_0003.jpg", lambda k: (300, 240))
    engine = recogniser(own)
    assert {face.name for result in play(engine, [stranger], 10) for face in result.faces} == {""}
    with Gallery.open(own) as writer:
        writer.add(STRANGER, [acted.described(people / f"{STRANGER}_0001.jpg", open_finder(PLAIN), SFace())])
    engine._watch._looked = -np.inf
    play(engine, [stranger], 1, 10)
    engine._watch.wait()
    assert play(engine, [stranger], 1, 11)[0].faces[0].name == STRANGER
    engine.close()


def test_a_refused_name_does_not_come_back(people, gallery):
    a = actors(people)[0]
    engine = recogniser(gallery)
    face = play(engine, [a], 3)[-1].faces[0]
    assert face.name == A
    settings = RecogniserSettings(gallery=str(gallery), finder=PLAIN, refused=((face.track, face.person),))
    assert engine.configure(settings)
    for result in play(engine, [a], 5, 3):
        assert result.faces[0].person != face.person
        assert result.faces[0].nearest != A
    engine.close()


def test_what_is_said_of_a_picture_that_stands_still_follows_settings_and_gallery(people, gallery, tmp_path):
    own = tmp_path / "own.faces"
    own.write_bytes(gallery.read_bytes())
    engine, a = recogniser(own), actors(people)[0]
    last = play(engine, [a], 3)[-1]
    assert (last.faces[0].name, engine.again()) == (A, None)
    asked = engine._settings
    for settings, name in (
        (replace(asked, threshold=last.faces[0].similarity + 0.02), ""),
        (replace(asked, threshold=0.3), A),
        (replace(asked, refused=((last.faces[0].track, last.faces[0].person),)), ""),
        (asked, A),
    ):
        assert engine.configure(settings)
        again = engine.again()
        assert (again.stamp, again.faces[0].name, again.faces[0].track) == (last.stamp, name, last.faces[0].track)
        assert again.threshold == (settings.threshold or last.threshold)
        assert engine.again() is None
    with Gallery.open(own) as writer:
        writer.rename(last.faces[0].person, "Somebody else")
    engine._watch._looked = -np.inf
    engine.again()
    engine._watch.wait()
    assert engine.again().faces[0].name == "Somebody else"
    engine.reset(Reset.SEEK)
    assert engine.again() is None
    engine.close()


@pytest.mark.parametrize("why", list(Reset))
def test_a_reset_forgets_everybody(people, gallery, why):
    a = actors(people)[0]
    ctx = PlainContext()
    engine = recogniser(gallery, ctx)
    before = play(engine, [a], 2)[-1].faces[0]
    engine.reset(why)
    assert engine.best_of(before.track) == ()
    assert ctx.events[f"track:{before.track}"] is None
    after = play(engine, [a], 1, 0)[0].faces[0]
    assert after.track > before.track
    assert after.evidence == 1
    engine.close()


def test_a_cut_ends_the_tracks_and_a_returning_person_gets_their_number_back(people, gallery):
    a, b = actors(people)
    engine = recogniser(gallery)
    first = play(engine, [a], 5)[-1].faces[0].track
    dark = (acted.background(7) // 2)[::-1].copy()
    acted.paste(dark, b, 5)
    away = engine.process([Frame(dark, Stamp("acted", 5, 0, 5 / acted.FPS))])
    assert [face.name for face in away.faces] == [B]
    again = play(engine, [a], 1, 6)[0]
    assert [(face.track, face.name) for face in again.faces] == [(first, A)]
    engine.close()


def test_the_best_frames_of_a_track_can_be_enrolled(people, gallery, tmp_path):
    stranger = Actor(people / f"{STRANGER}_0003.jpg", lambda k: (200 + 2 * k, 240), blurred=range(8))
    ctx = PlainContext()
    engine = recogniser(gallery, ctx)
    track = play(engine, [stranger], 40)[-1].faces[0].track
    told = ctx.events[f"track:{track}"]
    assert isinstance(told, TrackFaces)
    assert told.kept == engine.best_of(track)
    marks = [face.quality.total for face in told.kept]
    assert marks == sorted(marks, reverse=True)
    assert told.kept[0].stamp.index >= 8
    assert all(face.crop.shape == (160, 160, 3) for face in told.kept)
    truth = acted.described(stranger.file, open_finder(PLAIN), SFace()).vector
    assert float(told.kept[0].vector @ truth) > 0.8
    engine.close()


def test_thirty_faces_cost_no_more_descriptions_than_two(people):
    files = sorted(people.glob("*.jpg"))[:30]
    crowd = [
        Actor(file, lambda _, k=k: (52 + 59 * (k % 10), 90 + 150 * (k // 10)), size=52) for k, file in enumerate(files)
    ]
    engine = recogniser()
    results = play(engine, crowd, 16)
    engine.close()
    assert len(results[-1].faces) >= 27
    looks = [sum(face.evidence for face in result.faces) for result in results]
    assert max(np.diff([0, *looks])) == BUDGET
    assert all(face.evidence for face in results[-1].faces if face.quality > 0.2)


@pytest.mark.parametrize(("make", "words"), [("missing", "no"), ("other", "cannot be compared"), ("locked", "locked")])
def test_without_a_usable_gallery_faces_are_found_and_it_says_why(people, gallery, tmp_path, make, words):
    path = tmp_path / "g.faces"
    if make == "other":
        Gallery.create(path, ModelCard("x", "X", "ef" * 32, 128)).close()
    elif make == "locked":
        made = Gallery.create(path, SFace().card, passphrase="secret")
        made.lock()
        made.close()
    engine = recogniser(path)
    result = play(engine, [actors(people)[0]], 2)[-1]
    engine.close()
    assert [face.name for face in result.faces] == [""]
    assert words in result.note.lower()


@pytest.mark.parametrize("harm", ["gone", "scribbled"])
def test_a_gallery_taken_away_while_it_is_used_costs_the_names_and_nothing_else(people, gallery, tmp_path, harm):
    own = tmp_path / "own.faces"
    own.write_bytes(gallery.read_bytes())
    engine, a = recogniser(own), actors(people)[0]
    assert play(engine, [a], 2)[-1].faces[0].name == A
    other = tmp_path / "other"
    other.write_bytes(b"no gallery" * 500)
    own.unlink() if harm == "gone" else other.replace(own)
    for k in range(2, 6):
        engine._watch._looked = -np.inf
        result = play(engine, [a], 1, k)[0]
        engine._watch.wait()
    assert [face.name for face in result.faces] == [""]
    assert result.note.startswith("Nobody is named")
    engine.close()


def test_faces_are_covered_as_asked(people, gallery):
    a, stranger = actors(people)[0], Actor(people / f"{STRANGER}_0003.jpg", lambda k: (500, 240))
    for blur in ("off", "unknown", "everyone"):
        engine = recogniser(gallery, blur=blur)
        faces = play(engine, [a, stranger], 4)[-1].faces
        engine.close()
        covered = {face.name: bool(face.mosaic) for face in faces}
        assert covered == {A: blur == "everyone", "": blur != "off"}
