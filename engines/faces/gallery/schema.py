"""The gallery's file format: a SQLite file with an id and a version of its own, and what is refused on opening it.

Rows are never deleted by ordinary actions: `gone` hides them, so that every action can be taken back. Only forgetting
and expiry delete. Columns marked * go through the cipher: in an encrypted gallery they are unreadable.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Mapping
from contextlib import AbstractContextManager, closing
from pathlib import Path

from engines.core import databases
from engines.core.errors import BadInput
from engines.core.words import tr

APPLICATION_ID = 0x4B464143
"""KFAC."""
SCHEMA = 1
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
KIND = databases.Format("gallery", APPLICATION_ID, SCHEMA, TABLES)
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


def is_new(path: Path) -> bool:
    """Whether a gallery may be made there: nothing lies there, or what a creation that was killed has left."""
    return not os.path.lexists(path) or _is_stillborn(path)


def has_mark(path: Path) -> bool:
    """Whether a file, not a link, says that it is a gallery. Nothing is opened for writing."""
    return not path.is_symlink() and databases.is_of(path, KIND)


def build(path: Path, meta: Mapping[str, object]) -> None:
    """Write an empty gallery into an empty file."""
    with closing(_connect(f"{path.absolute().as_uri()}?mode=rw")) as base:
        base.execute("PRAGMA journal_mode=MEMORY")
        base.execute(f"PRAGMA application_id={APPLICATION_ID}")
        base.execute(f"PRAGMA user_version={SCHEMA}")
        base.executescript("BEGIN;" + TABLES + "COMMIT;")
        base.executemany("INSERT INTO meta VALUES (?, ?)", meta.items())


def connect(path: Path, *, read_only: bool) -> sqlite3.Connection:
    """Open what `create` made. Raises `BadInput` for anything else: missing, foreign, damaged, of a later version."""
    if not path.is_file():
        raise BadInput(
            tr("There is no such gallery"), path=path, hint=tr("Check the name, or enrol someone to make it")
        )
    databases.check_kind(path, KIND)
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


def reading(path: Path) -> AbstractContextManager[None]:
    """What SQLite and the system say about a gallery, as errors that a user understands."""
    return databases.reading(path, KIND.what)


def _connect(uri: str) -> sqlite3.Connection:
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=5.0)


def _open(path: Path, read_only: bool) -> sqlite3.Connection:
    """A reader that may write opens for that, so that its closing takes the log and its index away again."""
    uri = path.absolute().as_uri()
    base = _connect(f"{uri}?{_mode(path) if read_only else 'mode=rw'}")
    try:
        base.execute(f"PRAGMA query_only={read_only:d}")
        base.execute("PRAGMA schema_version").fetchone()
    except sqlite3.OperationalError:
        base.close()
        if not read_only:
            raise
        base = _connect(f"{uri}?mode=ro&immutable=1")
    return base


def _mode(path: Path) -> str:
    """For reading: what leaves nothing beside the file. Without a log nobody writes to what we may not write."""
    if os.access(path, os.W_OK) and os.access(path.parent, os.W_OK):
        return "mode=rw"
    log = path.with_name(path.name + "-wal")
    return "mode=ro" if log.is_file() and log.stat().st_size else "mode=ro&immutable=1"


def _is_stillborn(path: Path) -> bool:
    if path.is_file() and not path.is_symlink() and not path.stat().st_size:
        return True
    if not has_mark(path):
        return False
    try:
        with closing(_connect(f"{path.absolute().as_uri()}?mode=rw")) as base:
            return base.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone() is None
    except sqlite3.Error:
        return False


def _check(base: sqlite3.Connection, path: Path) -> None:
    version = base.execute("PRAGMA user_version").fetchone()[0]
    if version > SCHEMA:
        raise BadInput(
            tr(
                "The gallery was made by a later version (format {version}, known is {schema})",
                version=version,
                schema=SCHEMA,
            ),
            path=path,
            hint=tr("Update"),
        )
    present = {row[0] for row in base.execute("SELECT name FROM sqlite_master WHERE type='table'")}
    if version < 1 or not {"meta", "history", *SECRET} <= present:
        raise BadInput(tr("The gallery is damaged: tables are missing"), path=path, hint=tr("Restore it from a backup"))
    if path.stat().st_size <= CHECKED:
        verdict = base.execute("PRAGMA quick_check(1)").fetchone()[0]
        if verdict != "ok":
            raise BadInput(
                tr("The gallery is damaged: {verdict}", verdict=verdict), path=path, hint=tr("Restore it from a backup")
            )
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
                tr("The gallery is damaged: {place} holds something else", place=place),
                path=path,
                hint=tr("Restore it from a backup"),
            )


def _settle(base: sqlite3.Connection) -> None:
    """WAL with FULL: what was acknowledged survives anything. Deleted bytes are overwritten, nothing goes to /tmp."""
    base.execute("PRAGMA journal_mode=WAL")
    for setting in ("synchronous=FULL", "secure_delete=ON", "temp_store=MEMORY", "busy_timeout=5000"):
        base.execute(f"PRAGMA {setting}")
