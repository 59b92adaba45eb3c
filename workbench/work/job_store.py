"""The history of jobs: one SQLite file in WAL mode, so that every acknowledged write survives the program's death.

A damaged file is moved aside and a fresh one begun; where nothing can be written (a full disk, missing rights, a file
of something else) the history goes on in memory and the file stays as it is. Jobs that were under way when their
program died are shown as lost at the next start; a second program on the same file leaves those of a living one alone.
"""

from __future__ import annotations

import json
import math
import os
import re
import sqlite3
import threading
import time
from collections.abc import Collection
from contextlib import closing
from dataclasses import dataclass
from enum import Enum
from functools import cached_property
from pathlib import Path
from typing import Any

from engines.core.addresses import hidden, without_passwords
from engines.core.databases import (
    Format,
    in_memory,
    in_words,
    is_sound,
    loaded,
    open_database,
    reading,
    set_aside,
    stored,
)
from engines.core.errors import BadInput, KinoscopeError, OutOfResources
from engines.core.places import data_dir
from engines.core.reading import parse_json
from engines.core.words import tr
from workbench.work.aliases import current

KEPT = 500
COLUMNS = "id, job, title, command, spec, state, done, total, note, created, started, finished, error"
TABLE = """
CREATE TABLE jobs (
    id INTEGER PRIMARY KEY AUTOINCREMENT, job TEXT NOT NULL, title TEXT NOT NULL, command TEXT NOT NULL,
    spec TEXT NOT NULL, state TEXT NOT NULL, done REAL NOT NULL, total REAL NOT NULL, note TEXT NOT NULL,
    created REAL NOT NULL, started REAL, finished REAL, error TEXT, result TEXT, owner TEXT NOT NULL)
"""
WHAT = tr("job history")
FORMAT = Format(WHAT, 0x4B4A4F42, 1, TABLE, unmarked="jobs")
LONGEST = 100_000
"""Letters of a title, command or note; a longer one would hold the window while it is painted."""
LATEST = 1e11
"""Seconds since the epoch that a calendar can still show."""
LARGEST_ID = 2**31 - 2
NEXT_ID = (
    "(SELECT coalesce(max(n), 0) + 1 FROM (SELECT id AS n FROM jobs UNION ALL"
    f" SELECT seq FROM sqlite_sequence WHERE name = 'jobs') WHERE typeof(n) = 'integer' AND n < {LARGEST_ID})"
)
"""As AUTOINCREMENT has it, whatever numbers stand in the file: Qt's signals carry 32 bits."""
UNDER_WAY = "state IN ('queued', 'running')"
LOST_NOTE = tr("The program ended while this was under way")


class JobState(Enum):
    """What has become of a job. The value is what is kept."""

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
    """One job. job: its dotted path of today. spec: as JSON. command: the line that does the same without the window.

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
        self._only_in_memory = False
        self.dropped: list[JobRecord] = []
        """Jobs that were too old to be kept when the file was opened."""
        self._base = self._open(kept)

    @cached_property
    def _owner(self) -> str:
        return owner_of(os.getpid())

    def insert(self, job: str, title: str, command: str, spec: dict[str, Any]) -> JobRecord:
        """A new queued job; on disk when this returns."""
        created = time.time()
        words = tuple(stored(hidden(text)) for text in (job, title, command))
        values = (*words, json.dumps(without_passwords(spec)), JobState.QUEUED.value, created, self._owner)
        cursor = self._write(
            "INSERT INTO jobs (id, job, title, command, spec, state, done, total, note, created, owner) VALUES"
            f" ({NEXT_ID}, CAST(? AS TEXT), CAST(? AS TEXT), CAST(? AS TEXT), ?, ?, 0, 0, '', ?, ?)",
            values,
        )
        id = int(cursor.lastrowid or 0)
        return JobRecord(id, job, title, command, spec, JobState.QUEUED, 0.0, 0.0, "", created, None, None, None, None)

    def update(self, record: JobRecord, result: str | None = None) -> None:
        """Write what changes of a record, and its result as JSON text; on disk when this returns."""
        error = None if record.error is None else json.dumps(record.error)
        note = stored(hidden(record.note))
        values = (record.state.value, record.done, record.total, note, record.started, record.finished, error)
        self._write(
            "UPDATE jobs SET state=?, done=?, total=?, note=CAST(? AS TEXT), started=?, finished=?, error=?,"
            " result=coalesce(CAST(? AS TEXT), result) WHERE id=?",
            (*values, None if result is None else stored(result), record.id),
        )

    def delete(self, id: int) -> None:
        self._write("DELETE FROM jobs WHERE id=?", (id,))

    def forget(self, texts: Collection[str]) -> list[str]:
        """Overwrite what was deleted, in the file and its log; in words where one of these texts still stands."""
        left = []
        with self._lock:
            if self._only_in_memory:
                left.append(
                    tr("{path}: the job history could not be written ({notice})", path=self.path, notice=self.notice)
                )
            try:
                self._base.execute("VACUUM")
                if self._base.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()[0]:
                    left.append(
                        tr(
                            "{path}: another program has the job history open; close it and the log goes",
                            path=self.path,
                        )
                    )
            except sqlite3.Error as error:
                left.append(
                    tr("{path}: the job history could not be written anew ({error})", path=self.path, error=error)
                )
            whole = "title || command || spec || note || coalesce(error, '') || coalesce(result, '')"
            for text in {*texts, *(json.dumps(each)[1:-1] for each in texts)}:
                asked = f"SELECT title, state FROM jobs WHERE instr({whole}, CAST(? AS TEXT))"
                rows = self._base.execute(asked, (stored(text),))
                left += [
                    tr("{path}: the job '{title}' ({state}) tells of them", path=self.path, title=title, state=state)
                    for title, state in rows
                ]
        return list(dict.fromkeys(left))

    def records(self) -> list[JobRecord]:
        """All of the history, oldest first; rows that make no sense are left out, and counted in `notice`."""
        with self._lock:
            rows = self._base.execute(f"SELECT {COLUMNS} FROM jobs ORDER BY id").fetchall()
        records = [_record(row) for row in rows]
        known = [record for record in records if record is not None]
        if left := len(records) - len(known):
            jobs = tr("1 job") if left == 1 else tr("{left} jobs", left=left)
            self.notice = self.notice or tr("{jobs} of the history could not be read and were left out", jobs=jobs)
        return known

    def result(self, id: int) -> Any:
        """A result as plain JSON values; None when there is none that can be read."""
        with self._lock:
            row = self._base.execute("SELECT result FROM jobs WHERE id=?", (id,)).fetchone()
        try:
            return None if row is None or not row[0] else parse_json(row[0])
        except (BadInput, TypeError):
            return None

    def close(self) -> None:
        """May be called again."""
        with self._lock:
            self._base.close()

    def _write(self, statement: str, values: tuple[Any, ...]) -> sqlite3.Cursor:
        """One statement, on disk when this returns; in memory from the first that the disk does not take."""
        with self._lock:
            try:
                return self._base.execute(statement, values)
            except sqlite3.ProgrammingError:
                raise
            except sqlite3.Error as error:
                self._base = self._in_memory(in_words(error, self.path, WHAT), self._base)
                return self._base.execute(statement, values)

    def _open(self, kept: int) -> sqlite3.Connection:
        self.path.parent.mkdir(parents=True, exist_ok=True)
        try:
            return self._begun(kept)
        except OutOfResources as error:
            return self._in_memory(error)
        except KinoscopeError as error:
            if is_sound(self.path):
                return self._in_memory(error)
        try:
            aside = set_aside(self.path)
            self.notice = tr(
                "The job history could not be read and begins anew; the old file is kept as {aside}", aside=aside.name
            )
            return self._begun(kept)
        except (OSError, KinoscopeError) as error:
            return self._in_memory(error)

    def _begun(self, kept: int) -> sqlite3.Connection:
        """The file, checked and tidied. Raises `BadInput` for what is not ours, `OutOfResources` for a full disk."""
        if self.path.exists() and self.path.stat().st_size:
            with closing(open_database(self.path, FORMAT, read_only=True)) as base:
                _check(base, self.path)
        base = open_database(self.path, FORMAT)
        base.text_factory = loaded
        try:
            with reading(self.path, WHAT):
                for pragma in ("journal_mode=WAL", "synchronous=NORMAL", "secure_delete=ON"):
                    base.execute(f"PRAGMA {pragma}").fetchone()
                self._tidy(base, kept)
        except KinoscopeError:
            base.close()
            raise
        return base

    def _in_memory(self, error: Exception, base: sqlite3.Connection | None = None) -> sqlite3.Connection:
        """What can still be read of the history, in memory."""
        self._only_in_memory = True
        self.notice = tr("{error}. Until the next start jobs are kept in memory only", error=error)
        memory = in_memory(self.path, FORMAT, base)
        try:
            with reading(self.path, WHAT):
                _check(memory, self.path)
                self._tidy(memory, KEPT)
            return memory
        except KinoscopeError:
            memory.close()
            return in_memory("", FORMAT)

    def _tidy(self, base: sqlite3.Connection, kept: int) -> None:
        """Jobs of programs that have ended are lost; only the newest are kept."""
        alive: dict[object, bool] = {}
        lost = []
        for id, owner in base.execute(f"SELECT id, owner FROM jobs WHERE {UNDER_WAY}").fetchall():
            if owner not in alive:
                alive[owner] = owner != self._owner and is_alive(owner)
            if not alive[owner]:
                lost.append((LOST_NOTE, time.time(), id))
        base.executemany("UPDATE jobs SET state='lost', note=?, finished=? WHERE id=?", lost)
        old = "state NOT IN ('queued', 'running') AND id NOT IN (SELECT id FROM jobs ORDER BY id DESC LIMIT ?)"
        rows = base.execute(f"SELECT {COLUMNS} FROM jobs WHERE {old}", (kept,)).fetchall()
        self.dropped = [record for record in map(_record, rows) if record is not None]
        base.execute(f"DELETE FROM jobs WHERE {old}", (kept,))


def _check(base: sqlite3.Connection, path: Path) -> None:
    """Raise `BadInput` for a file that is damaged, or whose table is not ours."""
    with reading(path, WHAT):
        if base.execute("PRAGMA quick_check").fetchone()[0] != "ok":
            raise BadInput(tr("The job history is damaged"), path=path)
        columns = {row[1] for row in base.execute("PRAGMA table_info(jobs)")}
        if not {*COLUMNS.split(", "), "result", "owner"} <= columns:
            raise BadInput(tr("This file is not a job history"), path=path)
        base.execute(f"SELECT {NEXT_ID}").fetchone()


def _record(row: tuple[Any, ...]) -> JobRecord | None:
    """A row as a record; None when one of its values cannot be what it stands for."""
    id, job, title, command, spec, state, done, total, note, created, started, finished, error = row
    try:
        spec, state = parse_json(spec), JobState(state)
        error = None if error is None else parse_json(error)
    except (BadInput, ValueError, TypeError):
        return None
    words = all(isinstance(text, str) and len(text) <= LONGEST for text in (job, title, command, note))
    numbers = all(_is_number(value) for value in (done, total, created))
    times = all(value is None or _is_number(value) and 0 <= value <= LATEST for value in (created, started, finished))
    if not (words and numbers and times and isinstance(spec, dict) and isinstance(error, dict | None)):
        return None
    if not 0 < id <= LARGEST_ID:
        return None
    return JobRecord(
        id, current(job), title, command, spec, state, done, total, note, created, started, finished, None, error
    )


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and math.isfinite(value)


def is_alive(owner: object) -> bool:
    """Whether the program of this name (see `owner_of`) still runs."""
    pid = re.match(r"\d{1,9}(?=:)", owner) if isinstance(owner, str) else None
    return pid is not None and owner_of(int(pid[0])) == owner


def _boot() -> str:
    """Which start of the system this is, where that is told."""
    try:
        return Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()[:8]
    except (OSError, ValueError):
        return ""


def owner_of(pid: int) -> str:
    """A name for a living process that a later one of the same number does not have; "" when there is none.

    It is counted from the start of the system, so that a clock that is set makes no process another one.
    """
    import psutil

    try:
        return f"{pid}:{_boot()}:{psutil.Process(pid).create_time() - psutil.boot_time():.2f}" if pid > 0 else ""
    except (psutil.Error, OverflowError):
        return ""
