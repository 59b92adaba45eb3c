"""Files are whole or not there: after a failure, a full disk and a kill."""

from __future__ import annotations

import errno
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from engines.core import files, places
from engines.core.errors import BadInput, OutOfResources
from engines.core.reading import read_json

ROOT = Path(__file__).resolve().parents[3]


def test_a_new_file_replaces_the_old_and_leaves_nothing_else(tmp_path: Path) -> None:
    target = tmp_path / "new folder" / "größe.json"
    files.write_json(target, {"a": 1})
    files.write_json(target, {"b": "ü"})
    assert read_json(target) == {"b": "ü"}
    assert list(target.parent.iterdir()) == [target]


def test_a_failure_keeps_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a.json"
    files.write_text(target, "old")
    with pytest.raises(ZeroDivisionError), files.atomic_path(target) as part:
        part.write_text("half")
        _ = 1 / 0
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_said_and_keeps_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(_: int) -> None:
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    target = tmp_path / "a.json"
    files.write_text(target, "old")
    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OutOfResources, match="disk is full") as caught:
        files.write_text(target, "new")
    assert caught.value.path == str(target)
    assert target.read_text() == "old"
    assert list(tmp_path.iterdir()) == [target]


def test_a_full_disk_is_a_full_disk_when_its_error_has_no_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    nearly_full = shutil.disk_usage(tmp_path)._replace(free=4096)
    monkeypatch.setattr(shutil, "disk_usage", lambda _: nearly_full)
    with pytest.raises(OutOfResources, match="disk is full"), files.atomic_path(tmp_path / "a.npy"):
        raise OSError("21120 requested and 4064 written")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(os.name == "nt", reason="no SIGKILL on Windows")
def test_a_kill_before_the_rename_keeps_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "a.txt"
    files.write_text(target, "old")
    code = (
        "import os, signal, sys\n"
        "from engines.core.files import atomic_path\n"
        "with atomic_path(sys.argv[1]) as part:\n"
        "    part.write_text('new, all of it')\n"
        "    os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(target)], cwd=ROOT, check=False)
    assert done.returncode == -signal.SIGKILL
    assert target.read_text() == "old"


@pytest.mark.parametrize(("content", "says"), [(b'{"a": 1,\n}', "line 2"), (b"\xff\xfe\x00", "UTF-8")])
def test_a_broken_json_file_says_where(tmp_path: Path, content: bytes, says: str) -> None:
    path = tmp_path / "settings.json"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=says) as caught:
        read_json(path)
    assert caught.value.path == str(path)


def test_a_broken_file_is_moved_aside_under_its_own_name(tmp_path: Path) -> None:
    path = tmp_path / "jobs.sqlite"
    path.write_text("junk")
    aside = files.move_aside(path)
    assert not path.exists()
    assert aside.read_text() == "junk"
    assert aside.name.startswith("jobs.broken-")
    assert aside.suffix == ".sqlite"


def test_every_place_is_under_the_home_that_was_given(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(places.HOME_VARIABLE, str(tmp_path / "my home"))
    folders = [places.config_dir(), places.data_dir(), places.cache_dir(), places.log_dir()]
    assert all(folder.is_dir() and folder.parent == tmp_path / "my home" for folder in folders)
    assert len(set(folders)) == 4


def test_a_place_that_cannot_be_made_says_what_to_set(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "file").write_text("")
    monkeypatch.setenv(places.HOME_VARIABLE, str(tmp_path / "file"))
    with pytest.raises(BadInput, match=places.HOME_VARIABLE):
        places.data_dir()


@pytest.mark.skipif(os.name == "nt", reason="no pipes in folders on Windows")
def test_what_is_no_file_is_never_replaced(tmp_path: Path) -> None:
    pipe, folder = tmp_path / "pipe.json", tmp_path / "folder.json"
    os.mkfifo(pipe)
    folder.mkdir()
    for target, sort in ((pipe, "pipe"), (folder, "folder")):
        with pytest.raises(BadInput, match=sort):
            files.write_json(target, {})
    assert pipe.is_fifo()
    assert sorted(tmp_path.iterdir()) == [folder, pipe]


@pytest.mark.skipif(os.name == "nt", reason="links and long names differ on Windows")
def test_where_nothing_can_be_written_the_name_that_was_given_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "loop.json").symlink_to(tmp_path / "loop.json")
    for name, why in (("file/a.json", "its folder is a file"), ("loop.json", "itself"), ("n" * 300, "too long")):
        with pytest.raises(BadInput, match=why) as caught:
            files.write_json(tmp_path / name, {})
        assert caught.value.path == str(tmp_path / name)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "loop.json"]


def test_a_link_is_followed_and_rights_stay(tmp_path: Path) -> None:
    real, link = tmp_path / "real.json", tmp_path / "link.json"
    files.write_text(real, "old")
    real.chmod(0o640)
    link.symlink_to(real)
    files.write_text(link, "new")
    assert link.is_symlink()
    assert real.read_text() == "new"
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_private_file_is_its_owners_alone(tmp_path: Path) -> None:
    target = tmp_path / "secret.json"
    files.write_text(target, "open")
    with files.atomic_path(target, private=True) as part:
        assert part.stat().st_mode & 0o077 == 0
        part.write_text("closed")
    assert target.stat().st_mode & 0o777 == 0o600


def test_names_that_are_not_utf_8_come_back(tmp_path: Path) -> None:
    name = os.fsdecode(b"J\xfcrgen_0001.jpg")
    files.write_json(tmp_path / "a.json", {"files": [name, "größe"]})
    assert read_json(tmp_path / "a.json") == {"files": [name, "größe"]}


def test_the_longest_name_that_a_disk_takes_can_be_written(tmp_path: Path) -> None:
    target = tmp_path / ("n" * 250 + ".json")
    files.write_json(target, 1)
    assert read_json(target) == 1
