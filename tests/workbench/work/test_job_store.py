"""The history outlives the program, however it ends, and a damaged file costs the history and not the start."""

from __future__ import annotations

import os
import random
import re
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from engines.core.databases import open_database
from tests.workbench.conftest import fill
from workbench.controllers.shell.jobs import job_row
from workbench.work.job_store import FORMAT, TABLE, JobRecord, JobState, JobStore, is_alive, owner_of

ROOT = Path(__file__).resolve().parents[3]

WRITES = """
import os, signal, sys
from dataclasses import replace
from pathlib import Path
from workbench.work.job_store import JobState, JobStore

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
        (owner_of(os.getppid()),),
    )
    base.commit()
    base.close()
    states = {one.title: one.state for one in reopened(store)}
    assert states == {"mine": JobState.LOST, "theirs": JobState.RUNNING}
    assert record.state is JobState.QUEUED


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


def test_a_database_of_something_else_keeps_every_byte(path: Path) -> None:
    path.parent.mkdir()
    base = sqlite3.connect(path)
    base.execute("CREATE TABLE jobs (song TEXT)")
    base.commit()
    base.close()
    before = path.read_bytes()
    store = JobStore(path)
    assert "not a job history" in store.notice
    assert store.records() == []
    assert [store.insert("a:b", "works", "", {}).title] == [record.title for record in store.records()]
    store.close()
    assert path.read_bytes() == before
    assert list(path.parent.iterdir()) == [path]


def test_a_newer_database_is_left_as_it_is(path: Path) -> None:
    store = JobStore(path)
    store.close()
    base = sqlite3.connect(path)
    base.execute("PRAGMA user_version = 99")
    base.close()
    before = path.read_bytes()
    store = JobStore(path)
    assert "later version" in store.notice
    assert store.insert("a:b", "works", "", {}) in store.records()
    store.close()
    assert path.read_bytes() == before


def test_names_that_are_not_utf_8_come_back_byte_for_byte(path: Path) -> None:
    store = JobStore(path)
    name = os.fsdecode(b"Fotos_\xe4")
    record = store.insert("a:b", name, f"main.py {name}", {"folder": name})
    ended = replace(record, state=JobState.DONE, note=name)
    store.update(ended, f'{{"file": "{name}"}}')
    assert store.result(record.id) == {"file": name}
    (again,) = reopened(store)
    assert again == ended


def test_a_password_in_an_address_is_not_kept(path: Path) -> None:
    store = JobStore(path)
    address = "rtsp://admin:pa#s?s/w@cam.local/live"
    record = store.insert("a:b", f"Look at {address}", f"main.py {address}", {"url": address, "of": [address]})
    store.update(replace(record, state=JobState.FAILED, note=f"No answer ({address})"))
    assert [one.spec["of"] for one in store.records()] == [["rtsp://admin@cam.local/live"]]
    store.close()
    assert b"pa#s" not in b"".join(file.read_bytes() for file in path.parent.iterdir())


def test_only_the_newest_are_kept(path: Path) -> None:
    store = JobStore(path)
    for number in range(12):
        store.update(replace(store.insert("a:b", str(number), "", {}), state=JobState.DONE))
    store.close()
    store = JobStore(path, kept=5)
    assert [record.title for record in store.records()] == ["7", "8", "9", "10", "11"]
    store.close()


HOSTILE = (None, "", "x" * 300_000, "\x00", b"\xff\xfe", -1, 2**62, -(2**62), 1e308, float("inf"), '{"a":' * 5000, "[]",
           "9" * 5000, '{"a": "\\ud83d"}', "pending", "true")  # fmt: skip
FREE = ("job", "title", "command", "spec", "state", "done", "total", "note", "created", "started", "finished", "error",
        "result", "owner", "id")  # fmt: skip


LOOSE = re.sub(r" TEXT| REAL| NOT NULL", "", TABLE)
"""The same table, in which any value may stand."""


@pytest.mark.parametrize("column", FREE)
def test_whatever_stands_in_a_row_the_others_come_back(path: Path, column: str) -> None:
    good = ("a:b", "good", "", "{}", "done", 1.0, 1.0, "", 1.0, 1.0, 2.0, None, None, "")
    path.parent.mkdir()
    with closing(open_database(path, replace(FORMAT, tables=LOOSE))) as base:
        for value in HOSTILE:
            base.execute(f"INSERT INTO jobs VALUES (NULL{', ?' * len(good)})", good)
            with suppress(sqlite3.IntegrityError):
                change = f"UPDATE jobs SET title = 'bad', {column} = ? WHERE id = last_insert_rowid()"
                base.execute(change, (value,))
        base.execute("UPDATE OR IGNORE sqlite_sequence SET seq = 5")
        base.execute(f"INSERT INTO jobs VALUES (1000{', ?' * len(good)})", good)
    store = JobStore(path)
    records = store.records()
    assert records[-1].title == "good"
    assert len([job_row(record) for record in records]) <= len(HOSTILE) + 1
    assert [store.result(record.id) for record in records][-1] is None
    assert store.insert("a:b", "new", "", {}) == store.records()[-1]
    store.close()


@pytest.mark.parametrize("seed", range(40))
def test_whatever_bytes_are_changed_there_is_a_history(path: Path, seed: int) -> None:
    dice = random.Random(seed)
    store = JobStore(path)
    for number in range(20):
        store.update(replace(store.insert("a:b", f"job {number}", "x" * 300, {}), state=JobState.DONE))
    store.close()
    content = bytearray(path.read_bytes())
    start = dice.choice((0, 16, 100, 4096, 8192))
    for _ in range(dice.choice((1, 4, 30))):
        content[dice.randrange(start, min(start + 4096, len(content)))] = dice.randrange(256)
    path.write_bytes(content)
    again = JobStore(path)
    rows = [job_row(record) for record in again.records()]
    assert again.insert("a:b", "new", "", {}) == again.records()[-1]
    assert len(rows) + 1 == len(again.records())
    again.close()


def test_a_full_disk_is_called_full_and_the_history_stays(small_disk: Path) -> None:
    path = small_disk / "jobs.sqlite"
    store = JobStore(path)
    old = store.insert("a:b", "old", "", {})
    store.update(replace(old, state=JobState.DONE))
    store.close()
    before = path.read_bytes()
    fill(small_disk)
    store = JobStore(path)
    assert "The disk is full" in store.notice
    assert "could not be written" in store.forget(["nobody"])[0]
    new = store.insert("a:b", "new", "", {})
    assert store.records() == [replace(old, state=JobState.DONE), new]
    store.close()
    assert path.read_bytes() == before
    assert {file.name for file in small_disk.iterdir()} <= {
        "filler",
        *(path.name + end for end in ("", "-wal", "-shm")),
    }


def test_a_disk_that_fills_up_stops_no_job(small_disk: Path) -> None:
    store = JobStore(small_disk / "jobs.sqlite")
    fill(small_disk)
    made = [store.insert("a:b", str(number), "", {"x": "x" * 20_000}) for number in range(40)]
    store.update(replace(made[-1], state=JobState.DONE))
    store.delete(made[0].id)
    assert [record.title for record in store.records()] == [str(number) for number in range(1, 40)]
    assert "The disk is full" in store.notice
    store.close()


def test_a_clock_that_is_set_makes_no_program_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    import psutil

    before, boot = owner_of(os.getpid()), psutil.boot_time()
    monkeypatch.setattr("psutil._psplatform.boot_time", lambda: boot - 7200)
    assert is_alive(before)
    assert not is_alive(before.replace(":", ":1", 1))
