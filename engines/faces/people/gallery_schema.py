"""The gallery's file format: a SQLite file with an id and a version of its own, and what is refused on opening it.

Rows are never deleted by ordinary actions: `gone` hides them, so that every action can be taken back. Only forgetting
and expiry delete. Columns marked * go through the cipher: in an encrypted gallery they are unreadable.
"""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from engines.core.errors import BadInput, KinoscopeError, OutOfResources

APPLICATION_ID = 0x4B464143
"""KFAC."""
SCHEMA = 1
MAGIC = b"SQLite format 3\x00"
CHECKED = 64 * 2**20
"""Files up to this size are checked as a whole on opening: a tenth of a second."""

TABLES = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE people (
    id TEXT PRIMARY KEY, created REAL NOT NULL, gone INTEGER NOT NULL DEFAULT 0, portrait TEXT NOT NULL DEFAULT '',
    name BLOB NOT NULL /* * */, note BLOB NOT NULL /* * */);
CREATE TABLE faces (
    id TEXT PRIMARY KEY, person TEXT NOT NULL, added REAL NOT NULL, confirmed INTEGER NOT NULL,
    gone INTEGER NOT NULL DEFAULT 0, quality REAL NOT NULL, details BLOB NOT NULL /* * */,
    vector BLOB NOT NULL /* * */);
CREATE INDEX faces_person ON faces (person);
CREATE TABLE pictures (face TEXT PRIMARY KEY, picture BLOB NOT NULL /* * */);
CREATE TABLE refusals (
    id TEXT PRIMARY KEY, face TEXT NOT NULL, person TEXT NOT NULL, gone INTEGER NOT NULL DEFAULT 0);
CREATE TABLE history (
    id INTEGER PRIMARY KEY, at REAL NOT NULL, kind TEXT NOT NULL, undone INTEGER NOT NULL DEFAULT 0,
    entry BLOB NOT NULL /* * */);
CREATE TABLE copies (id TEXT PRIMARY KEY, person TEXT NOT NULL, entry BLOB NOT NULL /* * */);
"""
_UNFIT = {
    "TEXT": "typeof({0}) <> 'text'",
    "BLOB": "typeof({0}) <> 'blob'",
    "INTEGER": "typeof({0}) <> 'integer'",
    "REAL": "typeof({0}) <> 'real' OR {0} NOT BETWEEN -1e11 AND 1e11",
}
SECRET = {
    "people": ("id", ("name", "note")),
    "faces": ("id", ("details", "vector")),
    "pictures": ("face", ("picture",)),
    "history": ("id", ("entry",)),
    "copies": ("id", ("entry",)),
}
"""Table: its key and the columns that go through the cipher."""


def create(path: Path) -> sqlite3.Connection:
    """A new, empty gallery file. Raises `BadInput` when there is a file already."""
    if path.exists():
        raise BadInput("There is a file of that name already", path=path, hint="Choose another name, or open it")
    if not path.parent.is_dir():
        raise BadInput("The folder does not exist", path=path.parent)
    with reading(path):
        base = _connect(f"{path.absolute().as_uri()}?mode=rwc")
        base.execute(f"PRAGMA application_id={APPLICATION_ID}")
        base.execute(f"PRAGMA user_version={SCHEMA}")
        _settle(base)
        base.executescript("BEGIN;" + TABLES + "COMMIT;")
    return base


def connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """Open what `create` made. Raises `BadInput` for anything else: missing, foreign, damaged, of a later version."""
    if not path.is_file():
        raise BadInput("There is no such gallery", path=path, hint="Check the name, or enrol someone to make it")
    with path.open("rb") as file:
        if file.read(len(MAGIC)) != MAGIC:
            raise BadInput("This file is not a gallery", path=path, hint="Galleries end in .faces")
    base = None
    try:
        with reading(path):
            base = _open(path, read_only)
            _check(base, path)
            if not read_only:
                _settle(base)
        return base
    except BaseException:
        if base is not None:
            base.close()
        raise


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """What SQLite says about a file, as errors that a user understands."""
    try:
        yield
    except sqlite3.Error as error:
        raise _in_words(error, path) from error
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise OutOfResources("The disk is full", path=path, hint="Free some space and try again") from error
        raise BadInput(error.strerror or str(error), path=path) from error


def _in_words(error: sqlite3.Error, path: Path) -> KinoscopeError:
    text = str(error)
    if "full" in text:
        return OutOfResources("The disk is full", path=path, hint="Free some space; the gallery is as it was")
    if "readonly" in text or "unable to open" in text:
        return BadInput("The gallery cannot be written here", path=path, hint="Check the rights of file and folder")
    if "locked" in text or "busy" in text:
        return BadInput("Another program is writing to the gallery", path=path, hint="Try again")
    return BadInput(f"The gallery is damaged: {text}", path=path, hint="Restore it from a backup")


def _connect(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=5.0)


def _open(path: Path, read_only: bool) -> sqlite3.Connection:
    uri = path.absolute().as_uri()
    base = _connect(f"{uri}?mode={'ro' if read_only else 'rw'}")
    try:
        base.execute("PRAGMA schema_version").fetchone()
    except sqlite3.OperationalError:
        base.close()
        if not read_only:
            raise
        base = _connect(f"{uri}?mode=ro&immutable=1")
    return base


def _check(base: sqlite3.Connection, path: Path) -> None:
    if base.execute("PRAGMA application_id").fetchone()[0] != APPLICATION_ID:
        raise BadInput("This file is not a gallery", path=path, hint="Galleries end in .faces")
    version = base.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA:
        raise BadInput(
            f"The gallery was made by a later version (format {version}, known is {SCHEMA})", path=path, hint="Update"
        )
    present = {row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    if version < 1 or not {"meta", "history", *SECRET} <= present:
        raise BadInput("The gallery is damaged: tables are missing", path=path, hint="Restore it from a backup")
    if path.stat().st_size <= CHECKED:
        verdict = base.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise BadInput(f"The gallery is damaged: {verdict}", path=path, hint="Restore it from a backup")
        _check_types(base, path)


def _check_types(base: sqlite3.Connection, path: Path) -> None:
    """SQLite keeps any value in any column; ours hold what they were declared for, and times and sizes are finite."""
    with closing(sqlite3.connect(":memory:")) as plain:
        plain.executescript(TABLES)
        names = ("history", *SECRET)
        columns = [(table, row[1], row[2]) for table in names for row in plain.execute(f"PRAGMA table_info({table})")]
    wrong = {f"{table}.{column}": f"SELECT 1 FROM {table} WHERE {_UNFIT[kind].format(column)} LIMIT 1"
             for table, column, kind in columns}  # fmt: skip
    counts = "key IN ('revision', 'keep_days') AND typeof(value) <> 'integer'"
    for place, query in (wrong | {"meta.value": f"SELECT 1 FROM meta WHERE {counts}"}).items():
        if base.execute(query).fetchone():
            raise BadInput(
                f"The gallery is damaged: {place} holds something else", path=path, hint="Restore it from a backup"
            )


def _settle(base: sqlite3.Connection) -> None:
    """WAL with FULL: what was acknowledged survives anything. Deleted bytes are overwritten, nothing goes to /tmp."""
    base.execute("PRAGMA journal_mode=WAL")
    for setting in ("synchronous=FULL", "secure_delete=ON", "temp_store=MEMORY", "busy_timeout=5000"):
        base.execute(f"PRAGMA {setting}")
