"""A project: one `.kino` file (SQLite) that saves itself. Sources, what each tile shows, calibrations.

Every change is a transaction, so a kill of the program at any moment leaves the last finished change. While it is
open the file is in write-ahead mode; closing folds it back to a single file. A second program opens it read-only.
Where the disk is full the project goes on in memory, and what is in the file stays. Passwords never get into it.
"""

from __future__ import annotations

import json
import os
import re
import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

from PySide6.QtCore import QLockFile

from engines.core.addresses import without_passwords
from engines.core.databases import (
    Format,
    in_memory,
    in_words,
    is_of,
    is_sound,
    loaded,
    open_database,
    reading,
    set_aside,
    stored,
)
from engines.core.errors import BadInput, KinoscopeError, OutOfResources, UsageError
from engines.core.files import atomic_path, disk_is_full, write_json
from engines.core.names import shown
from engines.core.outputs import result_folder
from engines.core.places import data_dir
from engines.core.reading import parse_json

SUFFIX = ".kino"
WHAT = "Kinoscope project"
BUNDLE = "files.json"
_TABLES = """
CREATE TABLE items(
  kind TEXT NOT NULL, id TEXT NOT NULL, position INTEGER NOT NULL, json TEXT NOT NULL, PRIMARY KEY (kind, id));
"""
FORMAT = Format(WHAT, 0x4B494E4F, 1, _TABLES)
_THIS = "kind = CAST(? AS TEXT) AND id = CAST(? AS TEXT)"
_NOT_IN_A_NAME = re.compile(r'[\\/:*?"<>|\x00-\x1f]')


class Project:
    """Items of a kind ("source", "child", "tile", "calibration", "state") under an id, each a JSON value, in order.

    read_only: changes are not taken. unsaved: they are, but in memory alone. why: the words for either.
    `tell` hears in a sentence what goes wrong later; items that cannot be read are left out and told once.
    """

    def __init__(self, path: str | Path, *, lock: QLockFile | None = None) -> None:
        """Open or make the file. `lock`: already held for it. Raises `BadInput` for what is not a project of ours."""
        self.path = Path(path)
        self.unsaved, self.why = False, ""
        self.tell: Callable[[str], object] = lambda _text: None
        self._told: set[tuple[object, object]] = set()
        self.path.parent.mkdir(parents=True, exist_ok=True)
        self._lock = lock or _lock_of(self.path)
        self.read_only = not (self._lock.isLocked() or self._lock.tryLock(0))
        try:
            self._db = self._opened()
        except OutOfResources as error:
            self._db = self._in_memory(error)
        except KinoscopeError:
            self._lock.unlock()
            raise

    @property
    def title(self) -> str:
        """The file's name, or "Untitled" while it was never saved under one."""
        return "Untitled" if self.is_untitled else shown(self.path.stem)

    @property
    def is_untitled(self) -> bool:
        return self.path.parent == data_dir() and self.path.name.startswith("untitled-")

    def put(self, kind: str, id: str, value: object) -> None:
        """Save one item; a new one goes to the end. No password in an address of it is kept."""
        text = json.dumps(without_passwords(value))
        if not self._write(f"UPDATE items SET json = ? WHERE {_THIS}", (text, stored(kind), stored(id))):
            self._write(
                "INSERT INTO items VALUES (CAST(?1 AS TEXT), CAST(?2 AS TEXT),"
                " (SELECT coalesce(max(position), 0) + 1 FROM items WHERE kind = CAST(?1 AS TEXT)), ?3)",
                (stored(kind), stored(id), text),
            )

    def drop(self, kind: str, id: str) -> None:
        self._write(
            "DELETE FROM items WHERE kind = CAST(? AS TEXT) AND id = CAST(? AS TEXT)", (stored(kind), stored(id))
        )

    def arrange(self, kind: str, ids: Sequence[str]) -> None:
        """Have items of a kind in this order."""
        for position, id in enumerate(ids, 1):
            self._write(f"UPDATE items SET position = ? WHERE {_THIS}", (position, stored(kind), stored(id)))

    def items(self, kind: str) -> dict[str, Any]:
        """All items of a kind that can be read, in order."""
        rows = self._read("SELECT id, json FROM items WHERE kind = CAST(? AS TEXT) ORDER BY position", (stored(kind),))
        return self._parsed(kind, rows)

    def get(self, kind: str, id: str, default: object = None) -> Any:
        rows = self._read(f"SELECT id, json FROM items WHERE {_THIS}", (stored(kind), stored(id)))
        return self._parsed(kind, rows).get(id, default)

    def save_as(self, path: str | Path) -> Project:
        """A copy under another name, opened. What was there, a project that nobody has open, goes when it is whole.

        Raises `BadInput` where another window has that project or the file is none, `UsageError` for its own file.
        """
        path = named(path)
        if path.exists() and self.path.exists() and path.samefile(self.path):
            raise UsageError("This is the project's own file, which saves itself", path=path)
        path.parent.mkdir(parents=True, exist_ok=True)
        lock = _lock_of(path)
        if not lock.tryLock(0) and lock.error() == QLockFile.LockError.LockFailedError:
            hint = "Close it there, or choose another name"
            raise BadInput("Another window has this project open", path=path, hint=hint)
        try:
            _fold(path)
            with reading(path, WHAT), atomic_path(path, private=True) as part, closing(sqlite3.connect(part)) as copy:
                self._db.backup(copy)
                copy.execute("PRAGMA journal_mode=DELETE")
            return Project(path, lock=lock)
        except BaseException:
            lock.unlock()
            raise

    def export(self, folder: str | Path) -> list[Path]:
        """Write every item as a plain JSON file, `KIND/ID.json`, with a list of them; the files written.

        Raises `BadInput` for a folder that holds anything but such files of before.
        """
        names = []
        with result_folder(folder, BUNDLE, what="bundle") as staging:
            for kind in ("source", "child", "tile", "calibration"):
                for id, value in self.items(kind).items():
                    names.append(f"{kind}/{_NOT_IN_A_NAME.sub('_', id)}.json")
                    write_json(staging / names[-1], without_passwords(value))
        return [Path(folder) / name for name in names]

    def forget_passwords(self, mark: str = "") -> list[str]:
        """Take passwords out of the sources that were kept before there was a rule; the addresses they stood in.

        mark: a key that is set to true in each of these.
        """
        found: list[str] = []
        for id, value in self.items("source").items():
            if (clean := without_passwords(value)) != value and not self.read_only:
                self.put("source", id, clean | {mark: True} if mark and isinstance(clean, dict) else clean)
                found += _texts(value, clean)
        if found:
            self._write("VACUUM", ())
            self._write("PRAGMA wal_checkpoint(TRUNCATE)", ())
        return found

    def close(self) -> None:
        """Fold the journal into the file and let others write; what was kept in memory is saved if there is room."""
        with suppress(sqlite3.Error, KinoscopeError):
            if self.unsaved and (self._lock.isLocked() or self._lock.tryLock(0)):
                with closing(open_database(self.path, FORMAT)) as file:
                    self._db.backup(file)
            elif not self.read_only and not self.unsaved:
                self._db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
                self._db.execute("PRAGMA journal_mode=DELETE")
        self._db.close()
        self._lock.unlock()

    def _opened(self) -> sqlite3.Connection:
        if self.read_only and self._lock.error() != QLockFile.LockError.LockFailedError:
            self._check_room()
        elif not self.read_only and self.path.exists() and not os.access(self.path, os.W_OK):
            self.read_only = True
        if self.read_only:
            held = self._lock.error() == QLockFile.LockError.LockFailedError
            self.why = "is open elsewhere" if held else "cannot be written here"
        base = open_database(self.path, FORMAT, read_only=self.read_only)
        base.text_factory = loaded
        try:
            with reading(self.path, WHAT):
                _check(base, self.path)
                if not self.read_only:
                    for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
                        base.execute(f"PRAGMA {pragma}").fetchone()
        except KinoscopeError:
            base.close()
            raise
        return base

    def _check_room(self) -> None:
        """There is no lock though nobody has the file: raise what the matter is, unless it can at least be read."""
        if disk_is_full(self.path):
            raise OutOfResources("The disk is full", path=self.path)
        if not self.path.exists():
            raise OutOfResources("Nothing can be written here", path=self.path.parent)

    def _in_memory(self, error: KinoscopeError, base: sqlite3.Connection | None = None) -> sqlite3.Connection:
        """What can be read of the project, in memory."""
        self.read_only, self.unsaved = False, True
        self.why = f"{error.message}: what you do is kept in memory only. Free some space, or save it somewhere else"
        memory = in_memory(self.path, FORMAT, base)
        try:
            with reading(self.path, WHAT):
                _check(memory, self.path)
            return memory
        except KinoscopeError:
            memory.close()
            return in_memory("", FORMAT)

    def _write(self, statement: str, values: tuple[Any, ...]) -> int:
        """The number of rows that were changed."""
        if self.read_only:
            return 0
        try:
            return self._db.execute(statement, values).rowcount
        except sqlite3.ProgrammingError:
            raise
        except sqlite3.Error as error:
            if self.unsaved:
                raise in_words(error, self.path, WHAT) from error
            self._db = self._in_memory(in_words(error, self.path, WHAT), self._db)
            self.tell(self.why)
            return self._db.execute(statement, values).rowcount

    def _read(self, statement: str, values: tuple[Any, ...]) -> list[tuple[Any, ...]]:
        try:
            return self._db.execute(statement, values).fetchall()
        except sqlite3.DatabaseError as error:
            if ("", "") not in self._told:
                self._told.add(("", ""))
                self.tell(str(in_words(error, self.path, WHAT)))
            return []

    def _parsed(self, kind: str, rows: list[tuple[Any, ...]]) -> dict[str, Any]:
        """The rows that can be read; of the others the user is told, once."""
        known: dict[str, Any] = {}
        bad: dict[object, str] = {}
        for id, text in rows:
            try:
                if not isinstance(id, str) or not isinstance(text, str):
                    raise BadInput("It is not a text")
                known[id] = parse_json(text)
            except BadInput as error:
                bad[id] = error.message
        if new := [id for id in bad if (kind, id) not in self._told]:
            self._told.update((kind, id) for id in new)
            names = ", ".join(shown(str(id))[:40] for id in new[:3])
            more = f" and {len(new) - 3} more" if len(new) > 3 else ""
            self.tell(f"What could not be read of this project is left out: {kind} {names}{more}. {bad[new[0]]}")
        return known


def named(path: str | Path) -> Path:
    """The file that a name for a project stands for: the ending is added, never put in place of a part of the name."""
    path = Path(path)
    return path if path.suffix.lower() == SUFFIX else path.with_name(path.name + SUFFIX)


def open_untitled() -> tuple[Project, str]:
    """The project of the last session that was never named and that no other program holds, else a new one.

    Gives the project and a notice in words ("" when all is well). A damaged file is moved aside, any other stays.
    """
    notices = []
    files = (path for path in data_dir().glob(f"untitled-*{SUFFIX}") if path.is_file())
    for path in sorted(files, key=_changed, reverse=True):
        try:
            project = Project(path)
        except KinoscopeError as error:
            notices.append(_left(path, error))
            continue
        if not project.read_only:
            return project, " ".join([*notices, project.why]).strip()
        project.close()
    project = new_untitled()
    return project, " ".join([*notices, project.why]).strip()


def new_untitled() -> Project:
    """An empty project that has no name yet; those before it are kept."""
    number = 1
    while os.path.lexists(path := data_dir() / f"untitled-{number}{SUFFIX}"):
        number += 1
    return Project(path)


def _left(path: Path, error: KinoscopeError) -> str:
    """What became of an unnamed project that does not open."""
    if not is_sound(path):
        with suppress(OSError):
            return f"The last session's file was damaged; it is kept as {set_aside(path).name}."
    return f"The last session's file does not open and was left as it is: {error}."


def _changed(path: Path) -> float:
    return path.lstat().st_mtime


def _lock_of(path: Path) -> QLockFile:
    """One lock for one file, by whatever link it is reached."""
    lock = QLockFile(f"{os.path.realpath(path)}.lock")
    lock.setStaleLockTime(0)
    return lock


def _check(base: sqlite3.Connection, path: Path) -> None:
    """Raise `BadInput` for a file that is damaged, or whose table is not ours."""
    if base.execute("PRAGMA quick_check").fetchone()[0] != "ok":
        raise BadInput("The project is damaged", path=path, hint="Restore it from a backup")
    if not {"kind", "id", "position", "json"} <= {row[1] for row in base.execute("PRAGMA table_info(items)")}:
        raise BadInput("This file is not a Kinoscope project", path=path)


def _fold(path: Path) -> None:
    """Make a single file of a project that is to be replaced. Raises `BadInput` where something else is there."""
    if not path.exists() or (path.is_file() and not path.stat().st_size):
        return
    if not is_of(path, FORMAT):
        hint = "Choose another name; nothing was changed"
        raise BadInput("There is a file of this name that is no Kinoscope project", path=path, hint=hint)
    with closing(open_database(path, FORMAT)) as base, reading(path, WHAT):
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        base.execute("PRAGMA journal_mode=DELETE").fetchall()


def _texts(value: Any, clean: Any) -> list[str]:
    """The texts of a JSON value that differ from those of its clean copy."""
    if isinstance(value, str):
        return [value] if value != clean else []
    parts = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    kept = clean.values() if isinstance(clean, dict) else clean if isinstance(clean, list) else ()
    return [text for pair in zip(parts, kept, strict=True) for text in _texts(*pair)]
