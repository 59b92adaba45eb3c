"""Forgetting: the bytes are gone from every file of ours, others keep theirs, and the search for them can fail."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

import numpy as np
import pytest

from engines.core.errors import BadInput
from engines.faces.gallery import keys
from engines.faces.gallery.byte_search import Needles
from engines.faces.gallery.editing import Gallery
from engines.faces.gallery.export import export
from engines.faces.gallery.forget import forget
from engines.faces.gallery.retention import DAY, expire, expiring
from tests.engines.faces.gallery.galleries import CARD, Maker
from tests.engines.faces.gallery.galleries import cheap_scrypt as cheap_scrypt

pytestmark = pytest.mark.usefixtures("cheap_scrypt")
NAME = "Anneliese Quittenbaum"


def built(path: Path, passphrase: str | None = None) -> tuple[Gallery, list[bytes]]:
    """A gallery in which somebody left marks everywhere, and what must not be found afterwards."""
    maker = Maker()
    gallery = Gallery.create(path, CARD, passphrase=passphrase)
    for person in range(1, 4):
        gallery.add(f"Person {person}", maker.faces(person, 3, source=f"/photos/{NAME} and {person}.jpg"))
    faces = maker.faces(0, 4, source=f"/photos/{NAME}.jpg")
    gallery.add(NAME, faces)
    a, b = gallery.person_named(NAME), gallery.person_named("Person 1")
    merged = gallery.merge([b, a])
    gallery.undo(merged.id)
    gallery.rename(a, NAME + " the Elder")
    gallery.rename(a, NAME)
    gallery.set_note(b, f"knows {NAME} well")
    gallery.set_portrait(a, gallery.faces(a)[0].id)
    gallery.remove([gallery.faces(a)[-1].id])
    stored = [row[0] for row in gallery.store.rows("SELECT vector FROM faces WHERE person = ?", (a,))]
    ids = [row[0].encode() for row in gallery.store.rows("SELECT id FROM faces WHERE person = ?", (a,))]
    vectors = [face.vector.tobytes()[start : start + 16] for face in faces for start in range(0, 128, 16)]
    return gallery, [NAME.encode(), b"Quittenbaum", a.encode(), *ids, *vectors, *(value[20:40] for value in stored)]


def found(folder: Path, traces: list[bytes]) -> list[bytes]:
    content = b"".join(path.read_bytes() for path in folder.rglob("*") if path.is_file())
    return [trace for trace in traces if trace in content]


@pytest.mark.parametrize("passphrase", [None, "p"])
def test_nothing_is_left_anywhere(tmp_path: Path, passphrase: str | None):
    gallery, traces = built(tmp_path / "g.faces", passphrase)
    with gallery:
        person = gallery.person_named(NAME)
        gallery.backup(tmp_path / "backups" / "b.faces")
        export(gallery, person, tmp_path / "export")
        (tmp_path / "g.faces.ann").write_bytes(b"a cache that held them")
        others = {id: gallery.faces(id) for id in gallery.names() if id != person}
        there = set(found(tmp_path, traces))
        assert there == set(traces) if passphrase is None else len(there) > 10
        proof = forget(gallery, person)
        assert found(tmp_path, traces) == []
        assert (proof.name, proof.faces, proof.left) == (NAME, 4, ())
        assert proof.traces > 10
        assert {Path(file).name for file in proof.files} >= {"g.faces", "b.faces"}
        assert not (tmp_path / "export").exists()
        assert set(gallery.names()) == set(others)
        for id, faces in others.items():
            kept = {face.id for face in gallery.faces(id)}
            assert kept == {face.id for face in faces}
        assert gallery.check() == "ok"
        assert NAME not in json.dumps([change.what for change in gallery.history(0)])
    assert found(tmp_path, traces) == []
    with Gallery.open(tmp_path / "backups" / "b.faces", passphrase=passphrase) as backup:
        assert set(backup.names()) == set(others)


def test_the_proof_fails_where_something_is_left(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("engines.faces.gallery.forget._compact", lambda store: None)
    gallery, _ = built(tmp_path / "g.faces")
    with gallery:
        gallery.store.base.execute("PRAGMA secure_delete=OFF")
        proof = forget(gallery, gallery.person_named(NAME))
    assert proof.left
    assert "still holds" in proof.left[0]


def test_a_changed_export_is_left_and_named(tmp_path: Path):
    gallery, _ = built(tmp_path / "g.faces")
    with gallery:
        person = gallery.person_named(NAME)
        folder = export(gallery, person, tmp_path / "export")
        assert json.loads((folder / "person.json").read_text())["person"]["name"] == NAME
        assert np.load(folder / "vectors.npy").shape == (3, 32)
        assert len(list(folder.glob("*.png"))) == 3
        (folder / "mine.txt").write_text("notes of my own")
        with pytest.raises(BadInput, match="holds files"):
            export(gallery, person, folder)
        proof = forget(gallery, person)
        assert [path.name for path in folder.iterdir()] == ["mine.txt"]
        assert str(folder) in " ".join(proof.elsewhere)


def test_a_picture_that_somebody_else_has_too_is_not_a_trace(tmp_path: Path):
    faces = Maker().faces(0, 2)
    with Gallery.create(tmp_path / "g.faces", CARD) as gallery:
        gallery.add("Someone Else", faces)
        gallery.add(NAME, faces)
        assert forget(gallery, gallery.person_named(NAME)).left == ()
        assert gallery.info().faces == 2


def test_a_name_within_another_name_is_told(tmp_path: Path):
    with Gallery.create(tmp_path / "g.faces", CARD) as gallery:
        gallery.add("Quentin", Maker().faces(0, 1))
        gallery.add("Quentin Smith", Maker().faces(1, 1))
        proof = forget(gallery, gallery.person_named("Quentin"))
        assert proof.left == ()
        assert "Quentin Smith" in " ".join(proof.elsewhere)
        assert list(gallery.names().values()) == ["Quentin Smith"]


def test_a_backup_under_an_older_key_is_replaced(tmp_path: Path):
    gallery, traces = built(tmp_path / "g.faces", "old")
    with gallery:
        gallery.backup(tmp_path / "b.faces")
        gallery.protect("new")
        proof = forget(gallery, gallery.person_named(NAME))
        assert proof.left == ()
    assert found(tmp_path, traces) == []
    keys.UNLOCKED.drop(tmp_path / "g.faces")
    with Gallery.open(tmp_path / "b.faces", passphrase="new") as backup:
        assert len(backup.names()) == 3


def test_nobody_of_that_id(tmp_path: Path):
    gallery, _ = built(tmp_path / "g.faces")
    with gallery, pytest.raises(BadInput, match="no longer"):
        forget(gallery, "nobody")


def aged(gallery: Gallery, person: str, days: float, now: float) -> None:
    base = sqlite3.connect(gallery.path)
    base.execute("UPDATE faces SET added = ? WHERE person = ?", (now - days * DAY, person))
    base.commit()
    base.close()


def test_retention_says_first_and_deletes_then(tmp_path: Path):
    now = 2e9
    gallery, traces = built(tmp_path / "g.faces")
    with gallery:
        for days, name in enumerate((NAME, "Person 1", "Person 2", "Person 3")):
            aged(gallery, gallery.person_named(name), 100 - 20 * days, now)
        gallery.set_keep_days(70)
        gallery.backup(tmp_path / "b.faces")
        dry = expiring(gallery, now=now)
        assert (dry.keep_days, dry.faces, dry.people) == (70, 7, (NAME, "Person 1"))
        assert dry.oldest == now - 100 * DAY
        assert gallery.info().faces == 12
        assert expire(gallery, now=now).left == ()
        assert sorted(gallery.names().values()) == ["Person 2", "Person 3"]
        assert expiring(gallery, now=now).faces == 0
        assert expiring(gallery, days=0, now=now).faces == 0
        assert found(tmp_path, traces) == []
    with Gallery.open(tmp_path / "b.faces") as backup:
        assert sorted(backup.names().values()) == ["Person 2", "Person 3"]
        assert len(backup.history(0)) > 0


def test_the_name_of_somebody_merged_away_goes_too(tmp_path: Path):
    with Gallery.create(tmp_path / "g.faces", CARD) as gallery:
        gallery.add("Quentin Alias", Maker().faces(0, 1))
        gallery.add(NAME, Maker().faces(0, 1))
        gallery.merge([gallery.person_named(NAME), gallery.person_named("Quentin Alias")])
        assert forget(gallery, gallery.person_named(NAME)).left == ()
    assert found(tmp_path, [NAME.encode(), b"Quentin Alias"]) == []


def test_a_name_goes_however_its_accents_were_stored(tmp_path: Path):
    composed, apart = "Zo\u00eb Fran\u00e7ois", "Zoe\u0308 Franc\u0327ois"
    with Gallery.create(tmp_path / "g.faces", CARD) as gallery:
        gallery.add("Somebody Else", Maker().faces(1, 2, source=f"/photos/{apart}.jpg"))
        gallery.set_note(gallery.person_named("Somebody Else"), f"knows {apart} and {composed}")
        gallery.add(composed, Maker().faces(0, 1))
        assert forget(gallery, gallery.person_named(composed)).left == ()
    assert found(tmp_path, [composed.encode(), apart.encode()]) == []


def test_the_search_for_bytes():
    rng = np.random.default_rng(0)
    noise = rng.integers(0, 256, 300_000, np.uint8).tobytes()
    inside, outside = noise[12_345:13_345], rng.integers(0, 256, 1000, np.uint8).tobytes()
    assert Needles([outside], [b"ANNELIESE", b"short"]).hits(noise) == set()
    assert len(Needles([inside]).hits(noise)) == len(range(0, 1000 - 23, 64))
    for place in range(9):
        text = noise[: 1000 + place] + b"ANNELIESE" + noise
        assert Needles([], [b"ANNELIESE"]).hits(text) == {b"ANNELIESE"}
    broken = noise[:5000] + inside[:500] + b"\0" * 4 + noise[7000:9000] + inside[500:]
    assert len(Needles([inside]).hits(broken)) >= 14
