"""A project: one `.kino` file (SQLite) that saves itself. Sources, what each tile shows, calibrations.

Every change is a transaction, so a kill of the program at any moment leaves the last finished change. While it is
open the file is in write-ahead mode; closing folds it back to a single file. A second program opens it read-only.
"""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLockFile

from engines.core.errors import BadInput, KinoscopeError
from engines.core.files import move_aside, write_json
from engines.core.outputs import result_folder
from engines.core.places import data_dir

SUFFIX = ".kino"
BUNDLE = "files.json"
SCHEMA = 1
APPLICATION_ID = 0x4B494E4F

_TABLES = """
CREATE TABLE IF NOT EXISTS items(
  kind TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (kind, id));
"""


class Project:
    """Items of a kind ("source", "tile", "calibration", "state") under an id, each a JSON value, kept in order."""

    def __init__(self, path: str | Path) -> None:
        """Open or make the file. Raises `BadInput` when it is not a project of ours or of a later version."""
        self.path = Path(path)
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = QLockFile(f"{self.path}.lock")
        self._lock.setStaleLockTime(0)
        self.read_only = not self._lock.tryLock(0)
        try:
            self._db = self._connect()
        except (sqlite3.DatabaseError, KinoscopeError) as error:
            self._lock.unlock()
            if isinstance(error, KinoscopeError):
                raise
            raise BadInput("Not a Kinoscope project, or a damaged one", path=self.path) from error

    @property
    def title(self) -> str:
        """The file's name, or "Untitled" while it was never saved under one."""
        return "Untitled" if self.is_untitled else self.path.stem

    @property
    def is_untitled(self) -> bool:
        return self.path.parent == data_dir() and self.path.name.startswith("untitled-")

    def put(self, kind: str, id: str, value: object) -> None:
        """Save one item; a new one goes to the end."""
        if self.read_only:
            return
        with self._db:
            self._db.execute(
                "INSERT INTO items VALUES "
                "(?1, ?2, (SELECT coalesce(max(position), 0) + 1 FROM items WHERE kind = ?1), ?3) "
                "ON CONFLICT (kind, id) DO UPDATE SET json = excluded.json",
                (kind, id, json.dumps(value)),
            )

    def drop(self, kind: str, id: str) -> None:
        if not self.read_only:
            with self._db:
                self._db.execute("DELETE FROM items WHERE kind = ? AND id = ?", (kind, id))

    def items(self, kind: str) -> dict[str, Any]:
        """All items of a kind, in order."""
        rows = self._db.execute("SELECT id, json FROM items WHERE kind = ? ORDER BY position", (kind,))
        return {id: json.loads(text) for id, text in rows}

    def get(self, kind: str, id: str, default: object = None) -> Any:
        row = self._db.execute("SELECT json FROM items WHERE kind = ? AND id = ?", (kind, id)).fetchone()
        return default if row is None else json.loads(row[0])

    def save_as(self, path: str | Path) -> Project:
        """A copy under another name, opened. Whatever was there is replaced only when the copy is whole."""
        path = Path(path).with_suffix(SUFFIX)
        part = path.with_name(f".{path.name}.part")
        part.unlink(missing_ok=True)
        copy = sqlite3.connect(part)
        with copy:
            self._db.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
        copy.close()
        part.replace(path)
        return Project(path)

    def export(self, folder: str | Path) -> list[Path]:
        """Write every item as a plain JSON file, `KIND/ID.json`, with a list of them; the files written.

        Raises `BadInput` for a folder that holds anything but such files of before.
        """
        names = []
        with result_folder(folder, BUNDLE, what="bundle") as staging:
            for kind in ("source", "tile", "calibration"):
                for id, value in self.items(kind).items():
                    names.append(f"{kind}/{id.replace('/', '_')}.json")
                    write_json(staging / names[-1], value)
        return [Path(folder) / name for name in names]

    def close(self) -> None:
        """Fold the journal into the file and let others write."""
        if not self.read_only:
            self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
            self._db.execute("PRAGMA journal_mode=DELETE")
        self._db.close()
        self._lock.unlock()

    def _connect(self) -> sqlite3.Connection:
        uri = f"{self.path.absolute().as_uri()}{'?mode=ro' if self.read_only else ''}"
        db = sqlite3.connect(uri, uri=True, timeout=2.0)
        version = db.execute("PRAGMA user_version").fetchone()[0]
        if version > SCHEMA:
            db.close()
            raise BadInput(f"Made by a later Kinoscope (format {version})", path=self.path, hint="Update Kinoscope")
        if not self.read_only:
            db.execute("PRAGMA journal_mode=WAL")
            db.execute("PRAGMA synchronous=NORMAL")
            db.execute(f"PRAGMA application_id={APPLICATION_ID}")
            db.execute(f"PRAGMA user_version={SCHEMA}")
            db.executescript(_TABLES)
        db.execute("SELECT count(*) FROM items").fetchone()
        return db


def open_untitled() -> tuple[Project, str]:
    """The project of the last session that was never named and that no other program holds, else a new one.

    Gives the project and a notice in words ("" when all is well). A damaged file is moved aside.
    """
    paths = sorted(data_dir().glob(f"untitled-*{SUFFIX}"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in paths:
        try:
            project = Project(path)
        except BadInput:
            aside = move_aside(path)
            return new_untitled(), f"The last session's file was damaged; it is kept as {aside.name}"
        if not project.read_only:
            return project, ""
        project.close()
    return new_untitled(), ""


def new_untitled() -> Project:
    """An empty project that has no name yet; those before it are kept."""
    number = 1
    while (path := data_dir() / f"untitled-{number}{SUFFIX}").exists():
        number += 1
    return Project(path)
