"""The history of jobs: one SQLite file in WAL mode, so that every acknowledged write survives the program's death.

A damaged file is moved aside and a fresh one begun; the user is told. Jobs that were under way when their program
died are shown as lost at the next start; a second program on the same file leaves those of a living one alone.
"""

from __future__ import annotations

import json
import os
import sqlite3
import threading
import time
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any

from engines.core.files import move_aside
from engines.core.places import data_dir

SCHEMA = 1
KEPT = 500
COLUMNS = "id, job, title, command, spec, state, done, total, note, created, started, finished, error"
TABLE = """
CREATE TABLE IF NOT EXISTS jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL, title TEXT NOT NULL, command TEXT NOT NULL,
    spec TEXT NOT NULL, state TEXT NOT NULL, done REAL NOT NULL, total REAL NOT NULL, note TEXT NOT NULL,
    created REAL NOT NULL, started REAL, finished REAL, error TEXT, result TEXT, owner TEXT NOT NULL)
"""
LOST_NOTE = "The program ended while this was under way"


class JobState(Enum):
    """What has become of a job. The value is the word shown to the user."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    LOST = "lost"

    @property
    def over(self) -> bool:
        return self not in (JobState.QUEUED, JobState.RUNNING)


@dataclass(frozen=True, slots=True)
class JobRecord:
    """One job. job: its dotted path. spec: as JSON. command: the line that does the same without the window.

    done of total: progress in the job's own unit. note: what it is doing, or how it ended. created, started,
    finished: seconds since the epoch. seconds_left: None where it cannot be told. error: kind, message, path, hint.
    """

    id: int
    job: str
    title: str
    command: str
    spec: dict[str, Any]
    state: JobState
    done: float
    total: float
    note: str
    created: float
    started: float | None
    finished: float | None
    seconds_left: float | None
    error: dict[str, Any] | None

    @property
    def fraction(self) -> float | None:
        """Progress from 0 to 1; None where the total is not known."""
        return min(1.0, max(0.0, self.done / self.total)) if self.total > 0 else None


class JobStore:
    """Reads and writes the history; any thread. `notice` says what was wrong with the file, or is ""."""

    def __init__(self, path: Path | None = None, kept: int = KEPT) -> None:
        self.path = path or data_dir() / "jobs.sqlite"
        self.notice = ""
        self._lock = threading.RLock()
        self._owner = _owner(os.getpid())
        self._base = self._open()
        self._mark_lost()
        self._prune(kept)

    def insert(self, job: str, title: str, command: str, spec: dict[str, Any]) -> JobRecord:
        """A new queued job; on disk when this returns."""
        created = time.time()
        values = (job, title, command, json.dumps(spec), JobState.QUEUED.value, created, self._owner)
        with self._transaction() as base:
            cursor = base.execute(
                "INSERT INTO jobs (job, title, command, spec, state, done, total, note, created, owner)"
                " VALUES (?, ?, ?, ?, ?, 0, 0, '', ?, ?)",
                values,
            )
            id = int(cursor.lastrowid or 0)
        return JobRecord(id, job, title, command, spec, JobState.QUEUED, 0.0, 0.0, "", created, None, None, None, None)

    def update(self, record: JobRecord, result: str | None = None) -> None:
        """Write what changes of a record, and its result as JSON text; on disk when this returns."""
        error = None if record.error is None else json.dumps(record.error)
        values = (record.state.value, record.done, record.total, record.note, record.started, record.finished, error)
        with self._transaction() as base:
            base.execute(
                "UPDATE jobs SET state=?, done=?, total=?, note=?, started=?, finished=?, error=? WHERE id=?",
                (*values, record.id),
            )
            if result is not None:
                base.execute("UPDATE jobs SET result=? WHERE id=?", (result, record.id))

    def delete(self, id: int) -> None:
        with self._transaction() as base:
            base.execute("DELETE FROM jobs WHERE id=?", (id,))

    def forget(self, texts: Collection[str]) -> list[str]:
        """Overwrite what was deleted, in the file and its log; in words where one of these texts still stands."""
        left = []
        with self._lock:
            try:
                self._base.execute("PRAGMA secure_delete=ON")
                self._base.execute("VACUUM")
                if self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                    left.append(f"{self.path}: another program has the job history open; close it and the log goes")
            except sqlite3.OperationalError as error:
                left.append(f"{self.path}: the job history could not be written anew ({error})")
            whole = "title || command || spec || note || coalesce(error, '') || coalesce(result, '')"
            for text in {*texts, *(json.dumps(each)[1:-1] for each in texts)}:
                rows = self._base.execute(f"SELECT title, state FROM jobs WHERE instr({whole}, ?)", (text,))
                left += [f"{self.path}: the job '{title}' ({state}) tells of them" for title, state in rows]
        return list(dict.fromkeys(left))

    def records(self) -> list[JobRecord]:
        """All of the history, oldest first."""
        with self._lock:
            return [_record(row) for row in self._base.execute(f"SELECT {COLUMNS} FROM jobs ORDER BY id")]

    def result(self, id: int) -> Any:
        """A result as plain JSON values; None when there is none."""
        with self._lock:
            row = self._base.execute("SELECT result FROM jobs WHERE id=?", (id,)).fetchone()
        return None if row is None or not row[0] else json.loads(row[0])

    def close(self) -> None:
        """May be called again."""
        with self._lock:
            self._base.close()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with self._lock, self._base:
            yield self._base

    def _open(self) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return _connect(self.path)
        except sqlite3.DatabaseError as error:
            if isinstance(error, sqlite3.OperationalError) and "locked" in str(error):
                raise
            aside = _set_aside(self.path)
            self.notice = f"The job history could not be read and begins anew; the old file is kept as {aside.name}"
            return _connect(self.path)

    def _mark_lost(self) -> None:
        with self._transaction() as base:
            under_way = "state IN ('queued', 'running')"
            owners = {row[0] for row in base.execute(f"SELECT DISTINCT owner FROM jobs WHERE {under_way}")}
            for owner in owners:
                if owner != self._owner and owner and _owner(int(owner.partition(":")[0])) == owner:
                    continue
                base.execute(
                    f"UPDATE jobs SET state='lost', note=?, finished=? WHERE {under_way} AND owner=?",
                    (LOST_NOTE, time.time(), owner),
                )

    def _prune(self, kept: int) -> None:
        with self._transaction() as base:
            base.execute(
                "DELETE FROM jobs WHERE state NOT IN ('queued', 'running') AND id NOT IN"
                " (SELECT id FROM jobs ORDER BY id DESC LIMIT ?)",
                (kept,),
            )


def _connect(path: Path) -> sqlite3.Connection:
    """Open and check; raises `sqlite3.DatabaseError` for what is not our file."""
    base = sqlite3.connect(path, timeout=5.0, check_same_thread=False)
    try:
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA synchronous=NORMAL")
        if base.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise sqlite3.DatabaseError("the file is damaged")
        if base.execute("PRAGMA user_version").fetchone()[0] not in (0, SCHEMA):
            raise sqlite3.DatabaseError("the file is of another version of the program")
        with base:
            base.execute(TABLE)
            base.execute(f"PRAGMA user_version={SCHEMA}")
        base.execute(f"SELECT {COLUMNS}, result, owner FROM jobs LIMIT 1").fetchone()
    except sqlite3.DatabaseError:
        base.close()
        raise
    return base


def _set_aside(path: Path) -> Path:
    for side in ("-wal", "-shm"):
        path.with_name(path.name + side).unlink(missing_ok=True)
    return move_aside(path)


def _record(row: tuple[Any, ...]) -> JobRecord:
    id, job, title, command, spec, state, done, total, note, created, started, finished, error = row
    return JobRecord(
        id, job, title, command, json.loads(spec), JobState(state), done, total, note, created, started, finished,
        None, None if error is None else json.loads(error),
    )  # fmt: skip


def _owner(pid: int) -> str:
    """A name for a living process that a later one of the same number does not have; "" when there is none."""
    import psutil

    try:
        return f"{pid}:{psutil.Process(pid).create_time():.2f}" if pid > 0 else ""
    except psutil.NoSuchProcess:
        return ""
