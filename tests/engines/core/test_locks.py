"""A lock is held by one writer, names its holder, and goes with the process that held it."""

from __future__ import annotations

import errno
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engines.core.errors import BadInput, OutOfResources
from engines.core.locks import FileLock, only_writer

ROOT = Path(__file__).resolve().parents[3]
HOLD = """
import sys, time
from engines.core.locks import only_writer
with only_writer(sys.argv[1], "checkpoint"):
    print("held", flush=True)
    sys.stdin.read()
"""


def _holder(target: Path) -> subprocess.Popen[str]:
    child = subprocess.Popen(
        [sys.executable, "-c", HOLD, str(target)], cwd=ROOT, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert child.stdout is not None
    assert child.stdout.readline() == "held\n"
    return child


def test_the_second_writer_is_told_who_the_first_is_and_a_killed_one_stops_nobody(tmp_path: Path) -> None:
    target = tmp_path / "a.checkpoint"
    with _holder(target) as child:
        with pytest.raises(BadInput, match=f"checkpoint is being written already, by process {child.pid} since"):
            with only_writer(target, "checkpoint"):
                pass
        child.send_signal(signal.SIGKILL if os.name == "posix" else signal.SIGTERM)
        child.wait()
    assert (tmp_path / "a.checkpoint.lock").exists()
    with only_writer(target, "checkpoint"):
        pass
    assert list(tmp_path.iterdir()) == []


def test_a_lock_is_taken_once_within_a_process_and_again_after_it_was_released(tmp_path: Path) -> None:
    first, second = FileLock(tmp_path / "x.lock"), FileLock(tmp_path / "x.lock")
    assert first.take()
    assert first.take()
    assert not second.take()
    assert second.holder().startswith(f"process {os.getpid()} since ")
    first.release()
    assert second.take()
    second.release()
    assert not second.held
    assert list(tmp_path.iterdir()) == []


def test_whatever_stands_in_a_lock_the_holder_is_said_in_words(tmp_path: Path) -> None:
    for text in ("", "{", "[]", '{"pid": 1}', "\0" * 5000):
        (tmp_path / "x.lock").write_text(text)
        assert FileLock(tmp_path / "x.lock").holder() == "another process"


def test_where_no_lock_can_be_made_it_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(BadInput, match="Nothing can be written here"):
        with only_writer(tmp_path / "file" / "a", "model"):
            pass


def test_a_folder_that_was_made_goes_when_nothing_was_written_into_it(tmp_path: Path) -> None:
    for content in ("", "kept"):
        with only_writer(tmp_path / "deep" / "er" / "a", "model"):
            assert (tmp_path / "deep" / "er").is_dir()
            if content:
                (tmp_path / "deep" / "a").write_text(content)
    assert [path.name for path in (tmp_path / "deep").iterdir()] == ["a"]


@pytest.mark.skipif(os.name == "nt", reason="links and pipes in folders differ on Windows")
def test_what_lies_in_the_place_of_a_lock_and_is_none_keeps_every_byte(tmp_path: Path) -> None:
    lock, mine = tmp_path / "a.checkpoint.lock", tmp_path / "mine.txt"
    mine.write_text("my only copy")
    ways = {
        "link": lambda: lock.symlink_to(mine),
        "hard link": lambda: os.link(mine, lock),
        "loop": lambda: lock.symlink_to(lock),
        "file": lambda: lock.write_text("{}"),
        "list": lambda: lock.write_text('["pid"]'),
        "large": lambda: lock.write_bytes(b" " * 5000),
        "folder": lock.mkdir,
        "pipe": lambda: os.mkfifo(lock),
    }
    for put in ways.values():
        put()
        with pytest.raises(BadInput, match="in the way"), only_writer(tmp_path / "a.checkpoint", "model"):
            pass
        assert os.path.lexists(lock)
        assert mine.read_text() == "my only copy"
        lock.rmdir() if lock.is_dir() else lock.unlink()


def test_a_full_disk_leaves_neither_lock_nor_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> int:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(os, "write", full)
    with pytest.raises(OutOfResources, match="disk is full"), only_writer(tmp_path / "new" / "a.checkpoint", "model"):
        pass
    assert list(tmp_path.iterdir()) == []
