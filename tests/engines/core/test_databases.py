"""SQLite files of ours: foreign ones are left as they are, birth leaves nothing half, each illness has its own name."""

from __future__ import annotations

import errno
import os
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from engines.core import databases
from engines.core.databases import Format, create_database, in_words, is_of, open_database
from engines.core.errors import BadInput, FileMissing, OutOfResources

ROOT = Path(__file__).resolve().parents[3]
KIND = Format("test book", 0x54455354, 2, "CREATE TABLE a (b);", unmarked="a")
OTHER = Format("cook book", 0x434F4F4B, 1, "CREATE TABLE a (b);")


def test_a_file_is_made_private_and_comes_back(tmp_path: Path) -> None:
    path = tmp_path / "größe #1?.book"
    with closing(open_database(path, KIND)) as base:
        base.execute("INSERT INTO a VALUES (7)")
    with closing(open_database(path, KIND, read_only=True)) as base:
        assert base.execute("SELECT b FROM a").fetchall() == [(7,)]
        with pytest.raises(sqlite3.OperationalError):
            base.execute("INSERT INTO a VALUES (8)")
    assert path.stat().st_mode & 0o777 == 0o600
    assert is_of(path, KIND)
    assert list(tmp_path.iterdir()) == [path]


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_a_file_of_another_kind_keeps_every_byte(tmp_path: Path, journal: str) -> None:
    path = tmp_path / "a.book"
    with closing(open_database(path, OTHER)) as base:
        base.execute(f"PRAGMA journal_mode={journal}")
    plain, text = tmp_path / "plain.sqlite", tmp_path / "text.book"
    with closing(sqlite3.connect(plain)) as base:
        base.execute("CREATE TABLE mine (x)")
        base.execute(f"PRAGMA journal_mode={journal}")
    text.write_text("a list of books " * 20)
    before = {file: file.read_bytes() for file in tmp_path.iterdir()}
    for file in before:
        with pytest.raises(BadInput, match="is not a test book"):
            open_database(file, KIND)
        assert not is_of(file, KIND)
    assert {file: file.read_bytes() for file in tmp_path.iterdir()} == before


def test_a_file_from_before_it_carried_an_id_is_known_by_its_table(tmp_path: Path) -> None:
    path = tmp_path / "old.book"
    with closing(sqlite3.connect(path)) as base:
        base.executescript("PRAGMA journal_mode=WAL; CREATE TABLE a (b); INSERT INTO a VALUES (1);")
    path.chmod(0o644)
    with closing(open_database(path, KIND)) as base:
        assert base.execute("SELECT b FROM a").fetchall() == [(1,)]
        assert base.execute("PRAGMA application_id").fetchone()[0] == KIND.application_id
    assert path.stat().st_mode & 0o777 == 0o600


def test_an_id_that_is_still_in_the_journal_counts(tmp_path: Path) -> None:
    path = tmp_path / "killed.book"
    code = (
        "import os, signal, sqlite3, sys\n"
        "base = sqlite3.connect(sys.argv[1], isolation_level=None)\n"
        "base.execute('PRAGMA journal_mode=WAL')\n"
        f"base.execute('PRAGMA application_id={KIND.application_id}')\n"
        "base.execute('CREATE TABLE other (b)')\n"
        "os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], check=False)
    assert int.from_bytes(path.read_bytes()[68:72], "big") == 0
    with closing(open_database(path, KIND)) as base:
        assert base.execute("SELECT count(*) FROM other").fetchone() == (0,)


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
def test_a_kill_at_birth_leaves_nothing_that_blocks(tmp_path: Path) -> None:
    path = tmp_path / "a.book"
    code = (
        "import os, signal, sys\n"
        "from engines.core import databases\n"
        "databases._publish = lambda part, path: os.kill(os.getpid(), signal.SIGKILL)\n"
        "databases.create_database(sys.argv[1], databases.Format('b', 1, 1, 'CREATE TABLE a (b);'))\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert not path.exists()
    path.touch()
    open_database(path, KIND).close()
    assert is_of(path, KIND)


def test_what_somebody_made_meanwhile_is_not_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.book"
    publish = databases._publish

    def late(part: Path, target: Path) -> None:
        monkeypatch.setattr(databases, "_publish", publish)
        with closing(open_database(path, KIND)) as base:
            base.execute("INSERT INTO a VALUES (1)")
        publish(part, target)

    monkeypatch.setattr(databases, "_publish", late)
    create_database(path, KIND)
    with closing(open_database(path, KIND)) as base:
        assert base.execute("SELECT b FROM a").fetchall() == [(1,)]
    assert list(tmp_path.iterdir()) == [path]


def test_missing_newer_and_damaged_files_are_told_apart(tmp_path: Path) -> None:
    with pytest.raises(FileMissing, match="no such test book"):
        open_database(tmp_path / "none.book", KIND, create=False)
    newer = tmp_path / "newer.book"
    open_database(newer, Format("test book", KIND.application_id, 9, "")).close()
    with pytest.raises(BadInput, match="later version"):
        open_database(newer, KIND)
    cut = tmp_path / "cut.book"
    with closing(open_database(cut, KIND)) as base:
        base.executescript("CREATE TABLE c (d);" + "INSERT INTO c VALUES (randomblob(9000));" * 3)
    content = bytearray(cut.read_bytes())
    content[100:4096] = os.urandom(3996)
    cut.write_bytes(content)
    with pytest.raises(BadInput, match="damaged"):
        open_database(cut, KIND)


def _sqlite(name: str) -> sqlite3.OperationalError:
    error = sqlite3.OperationalError("disk I/O error")
    error.sqlite_errorname = name
    return error


@pytest.mark.parametrize(
    ("error", "full", "kind", "says"),
    [
        (_sqlite("SQLITE_FULL"), False, OutOfResources, "disk is full"),
        (_sqlite("SQLITE_IOERR_WRITE"), True, OutOfResources, "disk is full"),
        (_sqlite("SQLITE_CANTOPEN"), True, OutOfResources, "disk is full"),
        (_sqlite("SQLITE_IOERR_WRITE"), False, OutOfResources, "gave an error"),
        (_sqlite("SQLITE_CANTOPEN"), False, BadInput, "cannot be written here"),
        (_sqlite("SQLITE_READONLY"), False, BadInput, "cannot be written here"),
        (_sqlite("SQLITE_READONLY_DBMOVED"), False, BadInput, "moved or replaced"),
        (_sqlite("SQLITE_BUSY"), False, BadInput, "Another program"),
        (_sqlite("SQLITE_CORRUPT"), True, BadInput, "damaged"),
        (OSError(errno.ENOSPC, "x"), False, OutOfResources, "disk is full"),
        (OSError(errno.EROFS, "x"), False, BadInput, "cannot be written here"),
    ],
)
def test_each_illness_has_its_own_name(
    error: sqlite3.Error | OSError, full: bool, kind: type[Exception], says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(databases, "disk_is_full", lambda path: full)
    told = in_words(error, Path("a.book"), "test book")
    assert type(told) is kind
    assert says in told.message


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="mounting a small disk needs root")
def test_a_really_full_disk_is_called_full_and_leaves_nothing(tmp_path: Path) -> None:
    if subprocess.run(["mount", "-t", "tmpfs", "-o", "size=128k", "tmpfs", str(tmp_path)], check=False).returncode:
        pytest.skip("this machine does not let tests mount")
    try:
        (tmp_path / "filler").write_bytes(bytes(120 * 1024))
        with pytest.raises(OutOfResources, match="disk is full"):
            open_database(tmp_path / "a.book", KIND)
        assert [file.name for file in tmp_path.iterdir()] == ["filler"]
    finally:
        subprocess.run(["umount", str(tmp_path)], check=True)
