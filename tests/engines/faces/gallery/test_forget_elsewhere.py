"""Forgetting reaches what is proven to be a copy of this gallery, and names everything else without touching it."""

from __future__ import annotations

import hashlib
import json
import shutil
import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from engines.core.errors import OutOfResources
from engines.core.files import atomic_path
from engines.faces.gallery import ann
from engines.faces.gallery import export as gallery_export
from engines.faces.gallery.copies import remember
from engines.faces.gallery.editing import Gallery
from engines.faces.gallery.export import export
from engines.faces.gallery.forget import forget
from engines.faces.gallery.retention import expire
from engines.faces.gallery.types import Forgotten
from tests.engines.faces.gallery.galleries import CARD, Maker, filled
from tests.engines.faces.gallery.galleries import cheap_scrypt as cheap_scrypt

pytestmark = pytest.mark.usefixtures("cheap_scrypt")
linked = pytest.mark.skipif(sys.platform == "win32", reason="links need rights on Windows")


@pytest.fixture
def gallery(tmp_path: Path) -> Iterator[Gallery]:
    with filled(tmp_path / "g.faces") as opened:
        yield opened


def first(gallery: Gallery) -> str:
    return gallery.person_named("Person 0")


def named(proof: Forgotten, path: Path) -> bool:
    return any(str(path) in words and "not touched" in words for words in proof.elsewhere)


def other_gallery(path: Path) -> None:
    filled(path).close()


def other_database(path: Path) -> None:
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE notes (text)")
    base.close()


def a_text(path: Path) -> None:
    path.write_text("my only copy")


@pytest.mark.parametrize("make", [a_text, other_database, other_gallery])
def test_what_lies_where_a_backup_was_is_not_touched(tmp_path: Path, gallery: Gallery, make):
    gallery.backup(tmp_path / "b.faces")
    (tmp_path / "b.faces").unlink()
    make(tmp_path / "b.faces")
    before = (tmp_path / "b.faces").read_bytes()
    proof = forget(gallery, first(gallery))
    assert (tmp_path / "b.faces").read_bytes() == before
    assert named(proof, tmp_path / "b.faces")
    assert str(tmp_path / "b.faces") not in proof.files
    assert proof.left == ()


def test_a_folder_where_a_backup_was_is_not_touched(tmp_path: Path, gallery: Gallery):
    remember(gallery.store, "", "backup", tmp_path / "b.faces")
    (tmp_path / "b.faces").mkdir()
    a_text(tmp_path / "b.faces" / "mine.txt")
    assert named(forget(gallery, first(gallery)), tmp_path / "b.faces")
    assert (tmp_path / "b.faces" / "mine.txt").read_text() == "my only copy"


def test_a_backup_that_is_gone_is_named(tmp_path: Path, gallery: Gallery):
    gallery.backup(tmp_path / "b.faces")
    (tmp_path / "b.faces").rename(tmp_path / "moved.faces")
    assert any(str(tmp_path / "b.faces") in words for words in forget(gallery, first(gallery)).elsewhere)


@linked
def test_a_link_where_a_backup_was_is_not_followed(tmp_path: Path, gallery: Gallery):
    gallery.backup(tmp_path / "b.faces")
    (tmp_path / "b.faces").rename(tmp_path / "real.faces")
    (tmp_path / "b.faces").symlink_to(tmp_path / "real.faces")
    before = (tmp_path / "real.faces").read_bytes()
    assert named(forget(gallery, first(gallery)), tmp_path / "b.faces")
    assert (tmp_path / "real.faces").read_bytes() == before


def test_a_backup_that_is_opened_itself_survives(tmp_path: Path):
    with filled(tmp_path / "g.faces") as gallery:
        gallery.backup(tmp_path / "b.faces")
    with Gallery.open(tmp_path / "b.faces") as backup:
        assert forget(backup, first(backup)).left == ()
        assert sorted(backup.names().values()) == ["Person 1", "Person 2", "Person 3"]
        assert backup.check() == "ok"


def test_a_backup_that_is_open_elsewhere_is_left_whole_and_told(tmp_path: Path, gallery: Gallery):
    gallery.backup(tmp_path / "b.faces")
    with Gallery.open(tmp_path / "b.faces") as other:
        proof = forget(gallery, first(gallery))
        assert "Person 0" in other.names().values()
    assert any("b.faces" in words for words in proof.left)


def test_a_backup_from_before_galleries_had_an_id_is_reached(tmp_path: Path, gallery: Gallery):
    gallery.backup(tmp_path / "b.faces")
    for path in ("b.faces", "g.faces"):
        base = sqlite3.connect(tmp_path / path)
        base.execute("DELETE FROM meta WHERE key = 'id'")
        base.commit()
        base.close()
    proof = forget(gallery, first(gallery))
    assert str(tmp_path / "b.faces") in proof.files
    with Gallery.open(tmp_path / "b.faces", read_only=True) as backup:
        assert "Person 0" not in backup.names().values()


def test_a_backup_under_an_older_key_is_whole_until_the_fresh_one_takes_its_place(tmp_path: Path, monkeypatch):
    with filled(tmp_path / "g.faces", passphrase="old") as gallery:
        gallery.backup(tmp_path / "b.faces")
        gallery.protect("new")

        def full(*_: object) -> None:
            raise OSError(28, "No space left on device")

        monkeypatch.setattr("engines.faces.gallery.copies.write", full)
        proof = forget(gallery, first(gallery))
    assert any("b.faces" in words for words in proof.left)
    with Gallery.open(tmp_path / "b.faces", passphrase="old") as backup:
        assert len(backup.names()) == 4


def _stopped(monkeypatch: pytest.MonkeyPatch, after: int, error: BaseException) -> list[str]:
    """The names that an export wrote before it was stopped."""
    written: list[str] = []

    @contextmanager
    def stopping(path: Path, *, private: bool) -> Iterator[Path]:
        if len(written) == after:
            raise error
        written.append(path.name)
        with atomic_path(path, private=private) as part:
            yield part

    monkeypatch.setattr(gallery_export, "atomic_path", stopping)
    return written


def test_an_export_that_fails_leaves_nothing(tmp_path: Path, gallery: Gallery, monkeypatch: pytest.MonkeyPatch):
    for error in (OutOfResources("The disk is full"), KeyboardInterrupt()):
        written = _stopped(monkeypatch, 4, error)
        with pytest.raises(type(error)):
            export(gallery, first(gallery), tmp_path / "export")
        assert len(written) == 4
        assert not (tmp_path / "export").exists()


def test_a_killed_export_is_reached_by_forgetting(tmp_path: Path, gallery: Gallery, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Path, "rmdir", lambda _: None)
    monkeypatch.setattr(Path, "unlink", lambda _, missing_ok=False: None)
    for after in (2, 4):
        with monkeypatch.context() as patched, pytest.raises(KeyboardInterrupt):
            _stopped(patched, after, KeyboardInterrupt())
            export(gallery, first(gallery), tmp_path / f"export {after}")
    monkeypatch.undo()
    assert (tmp_path / "export 4" / "person.json").exists()
    forget(gallery, first(gallery))
    assert list(tmp_path.glob("export*/*")) == []


def test_a_list_of_files_reaches_no_further_than_its_folder(tmp_path: Path, gallery: Gallery):
    folder = export(gallery, first(gallery), tmp_path / "export")
    a_text(tmp_path / "victim.txt")
    a_text(folder / "mine.txt")
    listed = json.loads((folder / "files.json").read_text())
    digest = hashlib.sha256(b"my only copy").hexdigest()
    more = {"../victim.txt": digest, str(tmp_path / "victim.txt"): digest, "mine.txt": digest, "sub/mine.txt": digest}
    (folder / "files.json").write_text(json.dumps(listed | more))
    forget(gallery, first(gallery))
    assert (tmp_path / "victim.txt").read_text() == "my only copy"
    assert (folder / "mine.txt").read_text() == "my only copy"
    assert [path.name for path in folder.iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("text", ["[]", "{", '{"a": 1}', '"files"', "null", "\xff\xfe"])
def test_a_folder_that_is_no_export_of_them_is_not_touched(tmp_path: Path, gallery: Gallery, text: str):
    folder = export(gallery, first(gallery), tmp_path / "export")
    (folder / "files.json").write_text(text, encoding="latin-1")
    before = sorted(folder.iterdir())
    assert named(forget(gallery, first(gallery)), folder)
    assert sorted(folder.iterdir()) == before


def test_another_persons_export_at_that_place_is_not_touched(tmp_path: Path, gallery: Gallery):
    folder = export(gallery, first(gallery), tmp_path / "export")
    shutil.rmtree(folder)
    export(gallery, gallery.person_named("Person 1"), folder)
    before = sorted(folder.iterdir())
    assert named(forget(gallery, first(gallery)), folder)
    assert sorted(folder.iterdir()) == before


@linked
def test_links_in_an_export_are_not_followed(tmp_path: Path, gallery: Gallery):
    folder = export(gallery, first(gallery), tmp_path / "export")
    picture = next(folder.glob("*.png"))
    picture.rename(tmp_path / "kept.png")
    picture.symlink_to(tmp_path / "kept.png")
    before = (tmp_path / "kept.png").read_bytes()
    forget(gallery, first(gallery))
    assert (tmp_path / "kept.png").read_bytes() == before
    assert picture.is_symlink()


@linked
def test_an_export_behind_a_link_is_not_touched(tmp_path: Path, gallery: Gallery):
    folder = export(gallery, first(gallery), tmp_path / "export")
    folder.rename(tmp_path / "real")
    folder.symlink_to(tmp_path / "real", target_is_directory=True)
    assert named(forget(gallery, first(gallery)), folder)
    assert len(list((tmp_path / "real").iterdir())) == 6


def test_the_export_of_somebody_merged_away_goes_too(tmp_path: Path, gallery: Gallery):
    folder = export(gallery, gallery.person_named("Person 1"), tmp_path / "export")
    gallery.merge([first(gallery), gallery.person_named("Person 1")])
    forget(gallery, first(gallery))
    assert not folder.exists()


def test_an_export_that_holds_others_faces_too_is_named(tmp_path: Path, gallery: Gallery):
    folder = export(gallery, first(gallery), tmp_path / "export")
    gallery.split([gallery.faces(first(gallery))[0].id], "Somebody Else")
    proof = forget(gallery, gallery.person_named("Somebody Else"))
    assert len(list(folder.iterdir())) == 6
    assert named(proof, folder)


def test_faces_that_expire_leave_no_export(tmp_path: Path, gallery: Gallery):
    folder = export(gallery, first(gallery), tmp_path / "export")
    expire(gallery, days=1, now=4e9)
    assert not folder.exists()


@linked
def test_what_the_index_is_linked_to_is_not_touched(tmp_path: Path, gallery: Gallery):
    a_text(tmp_path / "thesis.txt")
    (tmp_path / "g.faces.ann").symlink_to(tmp_path / "thesis.txt")
    proof = forget(gallery, first(gallery))
    gallery.protect("p")
    assert (tmp_path / "thesis.txt").read_text() == "my only copy"
    assert named(proof, tmp_path / "g.faces.ann")


def test_another_file_of_the_indexs_name_is_not_touched(tmp_path: Path, gallery: Gallery):
    a_text(tmp_path / "g.faces.ann")
    assert named(forget(gallery, first(gallery)), tmp_path / "g.faces.ann")
    gallery.protect("p")
    assert (tmp_path / "g.faces.ann").read_text() == "my only copy"


def test_an_index_of_ours_goes(tmp_path: Path, gallery: Gallery):
    path = tmp_path / "g.faces.ann"
    ann.write(path, "1 abc", 5, b"a graph that held them")
    forget(gallery, first(gallery))
    assert not path.exists()


def test_a_file_of_the_unfinished_galleries_name_is_not_touched(tmp_path: Path):
    filled(tmp_path / "g.faces").close()
    a_text(tmp_path / ".g.faces.part")
    with Gallery.open(tmp_path / "g.faces") as gallery:
        with pytest.raises(Exception, match="There is a file"):
            gallery.protect("p")
        assert len(gallery.names()) == 4
    assert (tmp_path / ".g.faces.part").read_text() == "my only copy"


@pytest.mark.parametrize("make", [a_text, other_database, other_gallery])
def test_a_backup_replaces_nothing_but_a_backup(tmp_path: Path, gallery: Gallery, make):
    make(tmp_path / "b.faces")
    before = (tmp_path / "b.faces").read_bytes()
    with pytest.raises(Exception, match="There is"):
        gallery.backup(tmp_path / "b.faces")
    assert (tmp_path / "b.faces").read_bytes() == before
    gallery.backup(tmp_path / "c.faces")
    gallery.add("Eve", Maker().faces(9, 1))
    gallery.backup(tmp_path / "c.faces")
    with Gallery.open(tmp_path / "c.faces", read_only=True) as backup:
        assert "Eve" in backup.names().values()


@linked
def test_a_gallery_behind_a_link_stays_where_it_is(tmp_path: Path):
    (tmp_path / "real").mkdir()
    filled(tmp_path / "real" / "g.faces").close()
    (tmp_path / "link.faces").symlink_to(tmp_path / "real" / "g.faces")
    with Gallery.open(tmp_path / "link.faces") as gallery:
        gallery.protect("p")
        forget(gallery, first(gallery))
    assert (tmp_path / "link.faces").is_symlink()
    with Gallery.open(tmp_path / "real" / "g.faces", passphrase="p") as gallery:
        assert len(gallery.names()) == 3


def test_galleries_have_ids_of_their_own(tmp_path: Path):
    with filled(tmp_path / "a.faces") as a, filled(tmp_path / "b.faces") as b:
        ids = {a.store.meta("id"), b.store.meta("id")}
        assert len(ids) == 2
        a.protect("p")
        assert a.store.meta("id") in ids
        assert a.store.card == CARD
