"""The history outlives the program, however it ends, and a damaged file costs the history and not the start."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from workbench.job_store import JobRecord, JobState, JobStore

ROOT = Path(__file__).resolve().parents[2]

WRITES = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from workbench.job_store import JobState, JobStore

store = JobStore(Path(sys.argv[1]))
for number in range(200):
    record = store.insert("a:b", f"job {number}", "", {"n": number})
    if number % 2:
        store.update(replace(record, state=JobState.DONE, finished=1.0), f'{{"n": {number}}}')
    print(record.id, flush=True)
os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "a folder ü" / "jobs.sqlite"


def reopened(store: JobStore) -> list[JobRecord]:
    store.close()
    again = JobStore(store.path)
    try:
        return again.records()
    finally:
        again.close()


def test_a_record_comes_back_as_it_was(path: Path) -> None:
    store = JobStore(path)
    record = store.insert("a:b", "Title ü", "main.py a", {"paths": ["ü.png"], "n": 3})
    ended = replace(
        record, state=JobState.FAILED, done=2, total=5, note="n", started=1.5, finished=2.5, error={"kind": "work"}
    )
    store.update(ended, '{"a": [1, 2]}')
    assert store.result(record.id) == {"a": [1, 2]}
    assert reopened(store) == [ended]


def test_every_acknowledged_write_survives_a_kill(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    done = subprocess.run([sys.executable, "-c", WRITES, str(path)], capture_output=True, text=True, check=False)
    assert done.returncode == -signal.SIGKILL
    store = JobStore(path)
    records = store.records()
    assert [str(record.id) for record in records] == done.stdout.split()
    assert [record.state for record in records[:2]] == [JobState.LOST, JobState.DONE]
    assert store.result(records[199].id) == {"n": 199}
    store.close()


def test_jobs_of_a_living_program_are_left_alone(path: Path) -> None:
    store = JobStore(path)
    record = store.insert("a:b", "mine", "", {})
    base = sqlite3.connect(path)
    base.execute(
        "INSERT INTO jobs SELECT 99, job, 'theirs', command, spec, 'running', 0, 0, '', 1, 1, NULL, NULL, NULL, ?"
        " FROM jobs",
        (_of(os.getppid()),),
    )
    base.commit()
    base.close()
    states = {one.title: one.state for one in reopened(store)}
    assert states == {"mine": JobState.LOST, "theirs": JobState.RUNNING}
    assert record.state is JobState.QUEUED


def _of(pid: int) -> str:
    import psutil

    return f"{pid}:{psutil.Process(pid).create_time():.2f}"


@pytest.mark.parametrize(
    "damage", [b"", b"this is no database at all, not even nearly" * 50, b"SQLite format 3\x00" + b"\xff" * 5000]
)
def test_a_damaged_file_is_moved_aside_with_a_notice(path: Path, damage: bytes) -> None:
    path.parent.mkdir()
    path.write_bytes(damage)
    store = JobStore(path)
    record = store.insert("a:b", "works", "", {})
    assert store.records() == [record]
    aside = list(path.parent.glob("jobs.broken-*"))
    assert [one.read_bytes() for one in aside] == ([damage] if damage else [])
    assert (aside[0].name in store.notice) if damage else store.notice == ""
    store.close()


def test_a_database_of_something_else_is_moved_aside(path: Path) -> None:
    path.parent.mkdir()
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE jobs (song TEXT)")
    base.commit()
    base.close()
    store = JobStore(path)
    assert "begins anew" in store.notice
    assert store.records() == []
    store.close()


def test_a_newer_database_is_moved_aside(path: Path) -> None:
    store = JobStore(path)
    store.close()
    base = sqlite3.connect(path)
    base.execute("PRAGMA user_version = 99")
    base.close()
    store = JobStore(path)
    assert "begins anew" in store.notice
    store.close()


def test_only_the_newest_are_kept(path: Path) -> None:
    store = JobStore(path)
    for number in range(12):
        store.update(replace(store.insert("a:b", str(number), "", {}), state=JobState.DONE))
    store.close()
    store = JobStore(path, kept=5)
    assert [record.title for record in store.records()] == ["7", "8", "9", "10", "11"]
    store.close()
