"""A gallery is whole or not there, is its owner's alone, and says what is wrong: full disk, missing rights, damage."""

from __future__ import annotations

import os
import shutil
import sqlite3
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engines.core.errors import BadInput, OutOfResources
from engines.faces.gallery import schema as gallery_schema
from engines.faces.gallery.editing import Gallery
from engines.faces.gallery.export import export
from tests.engines.faces.gallery.galleries import CARD, Maker, filled

ROOT = Path(__file__).resolve().parents[4]
unix = pytest.mark.skipif(sys.platform == "win32", reason="rights and signals of Unix")


@unix
def test_a_kill_at_any_moment_of_the_birth_blocks_nothing(tmp_path: Path):
    command = [sys.executable, "-m", "tests.engines.faces.gallery.birthing", str(tmp_path)]
    killed = int(subprocess.run(command, cwd=ROOT, stdout=subprocess.PIPE, check=True).stdout)
    assert killed >= 4
    for place in range(killed):
        path = tmp_path / str(place) / "g.faces"
        with Gallery.open(path) if path.exists() else Gallery.create(path, CARD) as gallery:
            gallery.add("Anna", Maker().faces(0, 1))
            assert gallery.check() == "ok"


def test_an_empty_file_is_taken_as_new(tmp_path: Path):
    (tmp_path / "g.faces").touch()
    with pytest.raises(BadInput, match="not a gallery"):
        Gallery.open(tmp_path / "g.faces")
    with Gallery.create(tmp_path / "g.faces", CARD) as gallery:
        assert gallery.people() == ()


def test_a_gallery_without_tables_is_taken_as_new(tmp_path: Path):
    base = sqlite3.connect(tmp_path / "g.faces")
    base.execute(f"PRAGMA application_id={0x4B464143}")
    base.close()
    with Gallery.create(tmp_path / "g.faces", CARD) as gallery:
        assert gallery.people() == ()


def test_another_database_without_tables_is_left(tmp_path: Path):
    base = sqlite3.connect(tmp_path / "g.faces")
    base.execute("PRAGMA application_id=77")
    base.close()
    with pytest.raises(BadInput, match="already"):
        Gallery.create(tmp_path / "g.faces", CARD)


@unix
def test_only_the_owner_reads_what_is_made(tmp_path: Path):
    old = os.umask(0)
    try:
        with filled(tmp_path / "g.faces") as gallery:
            gallery.backup(tmp_path / "b.faces")
            export(gallery, gallery.person_named("Person 0"), tmp_path / "export")
            made = [path for path in tmp_path.rglob("*") if path.is_file()]
            assert {"g.faces", "g.faces-wal", "b.faces", "person.json"} <= {path.name for path in made}
            assert {stat.S_IMODE(path.stat().st_mode) for path in made} == {0o600}
            assert stat.S_IMODE((tmp_path / "export").stat().st_mode) == 0o700
            gallery.protect(keyring=False, passphrase="p")
            assert stat.S_IMODE((tmp_path / "g.faces").stat().st_mode) == 0o600
    finally:
        os.umask(old)


def test_reading_leaves_nothing_beside_the_file(tmp_path: Path):
    filled(tmp_path / "g.faces").close()
    with Gallery.open(tmp_path / "g.faces", read_only=True) as gallery:
        assert len(gallery.people()) == 4
        with pytest.raises(BadInput, match="opened for reading"):
            gallery.add("Eve", Maker().faces(9, 1))
    assert [path.name for path in tmp_path.iterdir()] == ["g.faces"]


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Iterator[None]:
    """Rights that count, for root too: what is not writable by its mode is not."""
    access, opened = os.access, os.open

    def may(path, mode, **more) -> bool:
        writable = bool(os.stat(path).st_mode & 0o222)
        return access(path, mode, **more) and (mode != os.W_OK or writable)

    def open_as_nobody(path, flags, *rest, **more) -> int:
        if flags & os.O_CREAT and not os.stat(Path(path).parent).st_mode & 0o222:
            raise PermissionError(13, "Permission denied", str(path))
        return opened(path, flags, *rest, **more)

    monkeypatch.setattr(os, "access", may)
    monkeypatch.setattr(os, "open", open_as_nobody)
    yield
    tmp_path.chmod(0o700)


@unix
@pytest.mark.parametrize("folder", [0o755, 0o555])
def test_without_rights_it_is_read_and_the_rights_are_named(tmp_path: Path, nobody: None, folder: int):
    filled(tmp_path / "g.faces").close()
    (tmp_path / "g.faces").chmod(0o444)
    tmp_path.chmod(folder)
    before = (tmp_path / "g.faces").read_bytes()
    with Gallery.open(tmp_path / "g.faces") as gallery:
        assert gallery.info().read_only
        assert len(gallery.people()) == 4
        with pytest.raises(BadInput, match="rights to write this gallery are missing"):
            gallery.add("Eve", Maker().faces(9, 1))
    assert (tmp_path / "g.faces").read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["g.faces"]


@unix
def test_no_gallery_is_made_where_nothing_may_be_written(tmp_path: Path, nobody: None):
    tmp_path.chmod(0o555)
    with pytest.raises(BadInput, match="rights"):
        Gallery.create(tmp_path / "g.faces", CARD)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["SQLITE_FULL", "SQLITE_IOERR_WRITE", "SQLITE_IOERR_SHMSIZE", "SQLITE_CANTOPEN"])
def test_an_error_on_a_full_disk_is_a_full_disk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str):
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = name
    monkeypatch.setattr("engines.core.databases.disk_is_full", lambda _path: True)
    with filled(tmp_path / "g.faces") as gallery:
        with pytest.raises(OutOfResources, match="disk is full"), gallery.store.writing():
            raise error
        assert len(gallery.people()) == 4


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MB."""
    if sys.platform != "linux" or os.geteuid() != 0 or not shutil.which("mount"):
        pytest.skip("a small disk can be mounted by root on Linux alone")
    disk = tmp_path / "disk"
    disk.mkdir()
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", disk], stderr=subprocess.DEVNULL).returncode:
        pytest.skip("a small disk cannot be mounted here")
    yield disk
    subprocess.run(["umount", disk], check=True)


def test_a_full_disk_damages_nothing(small_disk: Path):
    filled(small_disk / "g.faces").close()
    before = (small_disk / "g.faces").read_bytes()
    with (small_disk / "filler").open("wb", buffering=0) as filler:
        while filler.write(bytes(4096)) == 4096 and shutil.disk_usage(small_disk).free:
            pass
    with pytest.raises(OutOfResources, match="disk is full"), Gallery.open(small_disk / "g.faces") as gallery:
        gallery.add("Eve", Maker().faces(9, 40))
    with pytest.raises(OutOfResources, match="disk is full"):
        Gallery.create(small_disk / "new.faces", CARD)
    with Gallery.open(small_disk / "g.faces", read_only=True) as gallery:
        assert len(gallery.people()) == 4
    (small_disk / "filler").unlink()
    assert (small_disk / "g.faces").read_bytes() == before
    with Gallery.open(small_disk / "g.faces") as gallery:
        gallery.add("Eve", Maker().faces(9, 4))
    Gallery.create(small_disk / "new.faces", CARD).close()


@unix
def test_a_link_that_leads_to_itself_is_no_gallery(tmp_path: Path) -> None:
    (tmp_path / "g.faces").symlink_to(tmp_path / "g.faces")
    for act in (Gallery.open, lambda path: Gallery.create(path, CARD)):
        with pytest.raises(BadInput, match=r"no such gallery|of that name already"):
            act(tmp_path / "g.faces")
    assert [each.name for each in tmp_path.iterdir()] == ["g.faces"]


@pytest.mark.skipif(sys.platform == "win32", reason="there is no SIGKILL on Windows")
def test_a_foreign_database_keeps_every_byte_of_file_and_log(tmp_path: Path):
    path = tmp_path / "theirs.faces"
    code = (
        "import os, signal, sqlite3, sys\n"
        "base = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "base.execute('PRAGMA application_id=7')\n"
        "base.execute('PRAGMA journal_mode=WAL')\n"
        "base.execute('CREATE TABLE theirs (a)')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    before = {file.name: file.read_bytes() for file in tmp_path.iterdir()}
    assert set(before) >= {"theirs.faces", "theirs.faces-wal"}
    for read_only in (True, False):
        with pytest.raises(BadInput, match="not a gallery"):
            gallery_schema.connect(path, read_only=read_only)
    assert {file.name: file.read_bytes() for file in tmp_path.iterdir()} == before
