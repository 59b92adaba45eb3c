"""A project file that was made to harm, and locks that programs left behind: quick to open, or quick to say why not."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QSysInfo

from engines.core.databases import Format, create_database, open_database
from engines.core.errors import KinoscopeError
from workbench.diagnostics.known import projects
from workbench.project import file as project_file
from workbench.project import holding, items
from workbench.project.file import Project
from workbench.project.holding import is_elsewhere, lock_of, take, take_away
from workbench.project.items import FORMAT
from workbench.project.recent import recent
from workbench.project.settings import Settings

ENDLESS = "WITH RECURSIVE c(x) AS (SELECT 1 UNION ALL SELECT x + 1 FROM c) SELECT 'state', 'a' || x, x, '1' FROM c"
HOSTILE = {
    "view": f"CREATE VIEW items(kind, id, position, json) AS {ENDLESS}",
    "trigger": f"{FORMAT.tables} CREATE TRIGGER t AFTER INSERT ON items BEGIN INSERT INTO items {ENDLESS}; END",
    "computed": FORMAT.tables.replace("json TEXT NOT NULL", "json TEXT, more AS (hex(zeroblob(400000000)))"),
}


HOLDS = """
import sys
from pathlib import Path
from workbench.project.holding import lock_of, take
lock = lock_of(Path(sys.argv[1]))
print(take(lock), flush=True)
input()
"""


def made(path: Path, kind: Format = FORMAT, rows: tuple[tuple[Any, ...], ...] = ()) -> Path:
    create_database(path, kind)
    with closing(open_database(path, FORMAT)) as base:
        base.executemany("INSERT INTO items VALUES (?, ?, ?, ?)", rows)
    return path


@pytest.mark.parametrize("script", HOSTILE.values(), ids=HOSTILE)
def test_what_would_go_on_without_an_end_is_no_project(tmp_path: Path, script: str) -> None:
    path = tmp_path / "bad.kino"
    create_database(path, replace(FORMAT, tables=f"{script};"))
    with pytest.raises(KinoscopeError, match="no Kinoscope project holds"):
        Project(path)
    assert list(projects([str(path)])) == []
    assert not recent(Settings(recent=(str(path),)))[0].there


def test_what_is_too_large_is_left_out_and_never_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = (("state", "large", 1, f'"{"x" * 300_000}"'), ("state", "small", 2, "7"))
    path = made(tmp_path / "one.kino", rows=rows)
    monkeypatch.setattr(items, "MOST_TEXT", 200_000)
    monkeypatch.setattr(project_file, "MOST_TEXT", 200_000)
    said: list[str] = []
    project = Project(path)
    project.tell = said.append
    assert project.items("state") == {"small": 7}
    project.put("state", "more", "x" * 300_000)
    project.close()
    assert ["large. It is too large" in said[0], "more. It is too large" in said[1]] == [True, True]
    again = Project(path)
    assert again.get("state", "small") == 7
    again.close()
    for name, most in (("MOST_ITEMS", 1), ("MOST", 100_000)):
        with monkeypatch.context() as tighter:
            tighter.setattr(items, name, most)
            with pytest.raises(KinoscopeError, match="at most"):
                Project(path)


@pytest.mark.skipif(os.name == "nt", reason="no named pipes among files on Windows")
def test_neither_a_pipe_for_a_journal_nor_a_link_to_nothing_is_touched(tmp_path: Path) -> None:
    for side in ("-wal", "-journal"):
        path = made(tmp_path / f"one{side}.kino")
        os.mkfifo(f"{path}{side}")
        with pytest.raises(KinoscopeError, match="not a journal"):
            Project(path)
    for name, end in (("away.kino", tmp_path / "nothing.kino"), ("loop.kino", tmp_path / "loop.kino")):
        (tmp_path / name).symlink_to(end)
        with pytest.raises(KinoscopeError):
            Project(tmp_path / name)
        assert (tmp_path / name).readlink() == end


def lock_says(path: Path, process: int, machine: str, number: str = "") -> None:
    """As one stands there that a program left when it was killed."""
    program = Path(sys.executable).resolve().name
    Path(lock_of(path).fileName()).write_text(f"{process}\n{program}\n{machine}\n{number}\n\n")


@pytest.fixture
def stranger():
    """A program that runs under the number of one that was killed, and knows nothing of projects."""
    process = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield process.pid
    process.communicate(b"\n")


def test_a_lock_whose_number_is_another_programs_by_now_is_not_in_the_way(tmp_path: Path, stranger: int) -> None:
    path = made(tmp_path / "one.kino")
    here, number = QSysInfo.machineHostName(), QSysInfo.machineUniqueId().data().decode()
    for machine, id in ((here, ""), ("named otherwise then", number)):
        lock_says(path, stranger, machine, id)
        project = Project(path)
        assert not project.read_only
        project.close()


@pytest.mark.skipif(os.name == "nt", reason="a process that is stopped by a signal")
def test_a_lock_that_is_held_stays_whatever_stands_in_it(tmp_path: Path) -> None:
    path = made(tmp_path / "one.kino")
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "cwd": Path(__file__).parents[3]}
    process = subprocess.Popen([sys.executable, "-c", HOLDS, str(path)], **pipes)
    assert process.stdout is not None
    assert process.stdout.readline() == b"True\n"
    text = Path(lock_of(path).fileName()).read_text()
    lock_says(path, 1, QSysInfo.machineHostName())
    assert Project(path).is_held
    lock_says(path, 1, "elsewhere")
    assert not take_away(lock_of(path))
    os.kill(process.pid, signal.SIGKILL)
    process.communicate()
    Path(lock_of(path).fileName()).write_text(text)
    assert take(lock_of(path))


def test_a_lock_of_another_machine_counts_until_the_user_knows_better(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Shared:
        def __init__(self, _path: str) -> None: ...

        def device(self) -> Any:
            from PySide6.QtCore import QByteArray

            return QByteArray(b"server:/films")

    monkeypatch.setattr(holding, "QStorageInfo", Shared)
    path = made(tmp_path / "one.kino")
    lock_says(path, 1, "elsewhere", "another")
    project = Project(path)
    assert (project.is_held, is_elsewhere(path), "elsewhere" in project.why) == (True, True, True)
    project.close()
    lock = lock_of(path)
    assert take_away(lock)
    lock.unlock()


@pytest.mark.parametrize("content", [b"", b"\xff\xfe\0" * 99])
def test_a_lock_that_was_cut_off_counts_only_while_it_is_made(tmp_path: Path, content: bytes) -> None:
    path = made(tmp_path / "one.kino")
    lock = Path(lock_of(path).fileName())
    lock.write_bytes(content)
    assert not take(lock_of(path))
    os.utime(lock, (time.time() - 60,) * 2)
    project = Project(path)
    assert not project.read_only
    project.close()


@pytest.mark.skipif(os.name == "nt", reason="no named pipes among files on Windows")
def test_what_is_no_lock_is_not_read(tmp_path: Path) -> None:
    for name in ("pipe", "large"):
        path = made(tmp_path / f"{name}.kino")
        lock = Path(lock_of(path).fileName())
        os.mkfifo(lock) if name == "pipe" else lock.write_bytes(b"x" * 5000)
        project = Project(path)
        assert project.read_only
        assert project.why
        project.close()


def test_what_was_on_a_disk_that_went_is_not_hidden_below_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The folder at which a disk was is there without it, and belongs to another disk."""
    project = Project(tmp_path / "one.kino")
    project.put("state", "a", 1)
    monkeypatch.setattr(project_file, "disk_of", lambda _path: -1)
    project.path.unlink()
    project.leave_disk()
    project.put("state", "b", 2)
    rescued = project.close()
    assert rescued is not None
    assert not project.path.exists()
    again = Project(rescued)
    assert again.items("state") == {"a": 1, "b": 2}
    again.close()
