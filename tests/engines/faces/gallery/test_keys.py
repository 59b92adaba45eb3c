"""Encryption at rest: nothing can be read in the files, a flipped bit is refused, rewriting leaves no plaintext."""

from __future__ import annotations

import os
import sqlite3
from pathlib import Path

import keyring
import numpy as np
import pytest
from keyring.backends.fail import Keyring as NoKeyring

from engines.core.context import PlainContext
from engines.core.errors import BadInput, WorkFailed
from engines.faces.gallery import keys
from engines.faces.gallery.editing import Gallery
from engines.faces.gallery.schema import SECRET
from engines.faces.vectors import unit
from tests.engines.faces.gallery.galleries import CARD, OTHER, Maker, filled
from tests.engines.faces.gallery.galleries import cheap_scrypt as cheap_scrypt
from tests.memory_keyring import InMemory

pytestmark = pytest.mark.usefixtures("cheap_scrypt")
NAME = "Anneliese Quittenbaum"
SOURCE = "/photos/secret-place.jpg"
READ_ALWAYS = [(table, column) for table in SECRET if table != "copies" for column in SECRET[table][1]]
JPEG_MAGIC = b"\xff\xd8\xff"


def fill(gallery: Gallery) -> list[bytes]:
    """What must not be readable."""
    faces = Maker().faces(0, 3, source=SOURCE)
    gallery.add(NAME, faces)
    gallery.rename(gallery.person_named(NAME), NAME + " II")
    vectors = [face.vector.tobytes()[start : start + 16] for face in faces for start in range(0, 128, 16)]
    return [NAME.encode(), b"Quittenbaum", b"secret-place", JPEG_MAGIC, b"sharpness", *vectors]


def on_disk(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in folder.iterdir())


def readable(folder: Path, traces: list[bytes]) -> list[bytes]:
    content = on_disk(folder)
    return [trace for trace in traces if trace in content]


def test_nothing_can_be_read_while_open_nor_closed(tmp_path: Path):
    with Gallery.create(tmp_path / "g.faces", CARD, passphrase="open sesame") as gallery:
        traces = fill(gallery)
        assert {path.suffix for path in tmp_path.iterdir()} >= {".faces", ".faces-wal", ".faces-shm"}
        assert readable(tmp_path, traces) == []
    assert readable(tmp_path, traces) == []


def test_the_search_finds_them_in_a_plain_gallery(tmp_path: Path):
    with Gallery.create(tmp_path / "g.faces", CARD) as gallery:
        traces = fill(gallery)
    assert set(readable(tmp_path, traces)) == set(traces)


def test_encrypting_decrypting_and_a_new_passphrase(tmp_path: Path):
    path = tmp_path / "g.faces"
    with Gallery.create(path, CARD) as gallery:
        traces = fill(gallery)
        state, table = gallery.state(), gallery.table()
        changes = gallery.history()
        gallery.protect("one")
        assert gallery.info().encrypted
        assert readable(tmp_path, traces) == []
        gallery.protect("two")
        np.testing.assert_array_equal(gallery.table().vectors, table.vectors)
        assert gallery.state() == state
        assert gallery.history() == changes
        gallery.undo(changes[0].id)
        assert list(gallery.names().values()) == [NAME]
        gallery.redo(changes[0].id)
    keys.UNLOCKED.drop(path)
    with pytest.raises(BadInput, match="passphrase does not open"):
        Gallery.open(path, passphrase="one")
    with Gallery.open(path, passphrase="two") as gallery:
        gallery.unprotect()
        assert not gallery.info().encrypted
        assert gallery.state() == state
    assert set(readable(tmp_path, traces)) == set(traces)


def test_the_old_files_bytes_are_gone_from_the_disk(tmp_path: Path):
    path = tmp_path / "g.faces"
    with Gallery.create(path, CARD) as gallery:
        traces = fill(gallery)
        gallery.check()
    os.link(path, tmp_path / "the-old-inode")
    with Gallery.open(path) as gallery:
        gallery.protect("one")
    assert readable(tmp_path, traces) == []


def test_a_locked_gallery_tells_its_counts_and_nothing_else(tmp_path: Path):
    path = tmp_path / "g.faces"
    filled(path, people=2, each=3, passphrase="p").close()
    keys.UNLOCKED.drop(path)
    with Gallery.open(path) as gallery:
        info = gallery.info()
        assert (info.locked, info.people, info.faces) == (True, 2, 6)
        for ask in (
            gallery.people,
            gallery.names,
            gallery.table,
            gallery.history,
            lambda: gallery.thumbnail(_first(path)),
        ):
            with pytest.raises(BadInput, match="locked"):
                ask()
        with pytest.raises(BadInput, match="locked"):
            gallery.add("Eve", Maker().faces(3, 1))
        gallery.unlock("p")
        assert len(gallery.people()) == 2
        with Gallery.open(path) as other:
            assert not other.info().locked
        gallery.lock()
        with pytest.raises(BadInput, match="locked"):
            gallery.table()


def _first(path: Path) -> str:
    base = sqlite3.connect(path)
    face = base.execute("SELECT id FROM faces").fetchone()[0]
    base.close()
    return face


def _touch_all(path: Path) -> None:
    """Read every encrypted value there is."""
    with Gallery.open(path, read_only=True) as gallery:
        gallery.people()
        for person in gallery.names():
            gallery.faces(person)
        for face in gallery.table().faces:
            gallery.thumbnail(face)
        gallery.history(0)


@pytest.mark.parametrize(("table", "column"), READ_ALWAYS)
def test_a_flipped_bit_is_refused(tmp_path: Path, table: str, column: str):
    path = tmp_path / "g.faces"
    filled(path, people=1, each=1, passphrase="p").close()
    _touch_all(path)
    rng = np.random.default_rng(1)
    base = sqlite3.connect(path, isolation_level=None)
    stored = base.execute(f"SELECT {column} FROM {table}").fetchone()[0]
    for bit in rng.choice(8 * len(stored), 12, replace=False):
        flipped = bytearray(stored)
        flipped[bit // 8] ^= 1 << (bit % 8)
        base.execute(f"UPDATE {table} SET {column} = ?", (bytes(flipped),))
        with pytest.raises(BadInput, match="cannot be verified"):
            _touch_all(path)
    base.close()


def test_values_cannot_change_places(tmp_path: Path):
    path = tmp_path / "g.faces"
    filled(path, people=2, each=1, passphrase="p").close()
    base = sqlite3.connect(path, isolation_level=None)
    (one, name), (two, other) = base.execute("SELECT id, name FROM people").fetchall()
    base.execute("UPDATE people SET name = ? WHERE id = ?", (other, one))
    base.execute("UPDATE people SET name = ? WHERE id = ?", (name, two))
    base.close()
    with pytest.raises(BadInput, match="cannot be verified"):
        _touch_all(path)


def test_a_changed_model_card_opens_nothing(tmp_path: Path):
    path = tmp_path / "g.faces"
    filled(path, passphrase="p").close()
    base = sqlite3.connect(path, isolation_level=None)
    base.execute("UPDATE meta SET value = replace(value, ?, ?) WHERE key = 'card'", (CARD.sha256, OTHER.sha256))
    base.close()
    with pytest.raises(BadInput, match="cannot be verified"):
        _touch_all(path)


@pytest.mark.parametrize("field", ["salt", "wrapped", "check"])
def test_a_changed_header_is_refused(tmp_path: Path, field: str):
    path = tmp_path / "g.faces"
    filled(path, passphrase="p").close()
    keys.UNLOCKED.drop(path)
    base = sqlite3.connect(path, isolation_level=None)
    header = keys.Header.of(base.execute("SELECT value FROM meta WHERE key = 'header'").fetchone()[0])
    value = getattr(header, field)
    object.__setattr__(header, field, ("A" if value[0] != "A" else "B") + value[1:])
    base.execute("UPDATE meta SET value = ? WHERE key = 'header'", (header.to_text(),))
    base.close()
    with pytest.raises(BadInput, match="passphrase does not open|cannot be verified|key header"):
        Gallery.open(path, passphrase="p").table()


@pytest.fixture
def ring():
    before, ring = keyring.get_keyring(), InMemory()
    keyring.set_keyring(ring)
    yield ring
    keyring.set_keyring(before)


def test_a_key_in_the_keyring(tmp_path: Path, ring: InMemory):
    path = tmp_path / "g.faces"
    with filled(path) as gallery:
        gallery.protect(keyring=True)
        assert len(ring.kept) == 1
    keys.UNLOCKED.drop(path)
    with Gallery.open(path) as gallery:
        assert len(gallery.people()) == 4
        gallery.protect("a passphrase after all")
        assert ring.kept == {}


def test_a_keyring_that_lost_the_key(tmp_path: Path, ring: InMemory):
    path = tmp_path / "g.faces"
    with filled(path) as gallery:
        gallery.protect(keyring=True)
    keys.UNLOCKED.drop(path)
    ring.kept.clear()
    with pytest.raises(BadInput, match="does not hold the key"):
        Gallery.open(path)


def test_no_keyring_at_all(tmp_path: Path):
    before = keyring.get_keyring()
    keyring.set_keyring(NoKeyring())
    try:
        with filled(tmp_path / "g.faces") as gallery:
            with pytest.raises(WorkFailed, match="no system keyring"):
                gallery.protect(keyring=True)
            assert not gallery.info().encrypted
    finally:
        keyring.set_keyring(before)


def test_a_reader_follows_a_rewriting(tmp_path: Path):
    path = tmp_path / "g.faces"
    with filled(path) as gallery, Gallery.open(path, read_only=True) as reader:
        before, table = reader.revision(), reader.table()
        gallery.protect("p")
        assert reader.revision() != before
        np.testing.assert_array_equal(reader.table().vectors, table.vectors)
        assert reader.info().encrypted


class Turned:
    """A model that gives other numbers."""

    card = OTHER

    def embed(self, faces: np.ndarray) -> np.ndarray:
        return unit(faces.reshape(len(faces), -1)[:, ::1176].astype(np.float32) + 1)


@pytest.mark.parametrize("passphrase", [None, "p"])
def test_embedding_anew(tmp_path: Path, passphrase: str | None):
    path = tmp_path / "g.faces"
    with filled(path, passphrase=passphrase) as gallery, Gallery.open(path, read_only=True) as reader:
        reader.table()
        state, faces = gallery.state(), gallery.table().faces
        gallery.reembed(Turned(), PlainContext())
        gallery.check_model(OTHER)
        assert gallery.state() == state
        np.testing.assert_allclose(gallery.table().vectors, Turned().embed(gallery.aligned(faces)), atol=1e-6)
        assert gallery.info().model_sha256 == OTHER.sha256
        np.testing.assert_array_equal(reader.table().vectors, gallery.table().vectors)
        assert reader.card == OTHER
    with Gallery.open(path, passphrase=passphrase) as gallery:
        assert gallery.state() == state
