"""Nothing is replaced or removed but what was written here before, whatever is found in its place."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.core import outputs
from engines.core.errors import BadInput, OutOfResources, UsageError
from engines.core.locks import only_writer

LIST = "list.json"


def _write(folder: Path, files: dict[str, bytes]) -> None:
    with outputs.result_folder(folder, LIST, what="result") as staging:
        for name, content in files.items():
            (staging / name).parent.mkdir(parents=True, exist_ok=True)
            (staging / name).write_bytes(content)


def _all(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def _content(folder: Path) -> dict[str, bytes]:
    return {name: content for name, content in _all(folder).items() if name != LIST}


@pytest.mark.parametrize("there", [False, True])
def test_a_result_goes_to_an_absent_or_empty_folder_and_takes_the_place_of_an_earlier_one(tmp_path, there) -> None:
    folder = tmp_path / "deep" / "out"
    if there:
        folder.mkdir(parents=True)
    _write(folder, {"a": b"1", "cells/0/b": b"2", "gone/c": b"3"})
    assert _content(folder) == {"a": b"1", "cells/0/b": b"2", "gone/c": b"3"}
    _write(folder, {"a": b"4", "cells/0/b": b"2"})
    assert _content(folder) == {"a": b"4", "cells/0/b": b"2"}
    assert not (folder / "gone").exists()


NAMES = st.sampled_from(["a", "b.png", "0000.png", "grid.png", LIST, "sub/a", ".hidden", "run.json"])
CONTENT = st.binary(max_size=6)


@given(st.dictionaries(NAMES, CONTENT, min_size=1, max_size=4), st.booleans(), st.dictionaries(NAMES, CONTENT))
@settings(max_examples=60)
def test_no_foreign_byte_is_touched(tmp_path_factory, foreign, earlier, result) -> None:
    folder = tmp_path_factory.mktemp("out")
    mine = {name: content for name, content in result.items() if name != LIST}
    if earlier:
        _write(folder, mine)
    else:
        mine = {}
    for name, content in foreign.items():
        if not (name in mine and mine[name] == content):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_bytes(content)
    before, times = _all(folder), {path: path.stat().st_mtime_ns for path in folder.rglob("*")}
    if set(_content(folder).items()) == set(mine.items()) and LIST not in foreign:
        return
    with pytest.raises(BadInput, match="The folder holds .* that is not of an earlier result: "):
        _write(folder, {"a": b"new", "0000.png": b"new"})
    assert _all(folder) == before
    assert {path: path.stat().st_mtime_ns for path in folder.rglob("*")} == times


def test_removing_a_result_takes_only_what_it_wrote_and_nobody_changed(tmp_path) -> None:
    _write(tmp_path / "out", {"a": b"1", "b": b"2", "sub/c": b"3"})
    (tmp_path / "out" / "b").write_bytes(b"edited")
    (tmp_path / "out" / "sub" / "mine").write_bytes(b"mine")
    outputs.remove(tmp_path / "out", LIST)
    assert _all(tmp_path / "out") == {"b": b"edited", "sub/mine": b"mine"}
    _write(tmp_path / "whole", {"a": b"1", "sub/c": b"3"})
    outputs.remove(tmp_path / "whole", LIST)
    assert not (tmp_path / "whole").exists()


def test_moving_a_result_leaves_what_is_not_its_own_and_never_replaces(tmp_path) -> None:
    home, away = tmp_path / "home", tmp_path / "away"
    _write(home, {"a": b"1", "sub/c": b"3"})
    before = _all(home)
    (home / "mine").write_bytes(b"mine")
    outputs.move(home, away, LIST)
    assert _all(home) == {"mine": b"mine"}
    outputs.move(away, home, LIST)
    assert _all(home) == before | {"mine": b"mine"}
    away.mkdir(exist_ok=True)
    (away / "a").write_bytes(b"theirs")
    with pytest.raises(BadInput, match="another a"):
        outputs.move(home, away, LIST)
    assert _all(away) == {"a": b"theirs"}


def test_a_manifest_reaches_no_file_outside_its_folder_nor_through_a_link(tmp_path) -> None:
    (tmp_path / "victim").write_bytes(b"mine")
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "link").symlink_to(tmp_path / "victim")
    names = ["../victim", str(tmp_path / "victim"), "link"]
    listed = {name: outputs.fingerprint(tmp_path / "victim") for name in names}
    (tmp_path / "out" / LIST).write_text(json.dumps({"made_by": "Kinoscope", "files": listed}))
    with pytest.raises(BadInput, match="link"):
        _write(tmp_path / "out", {"link": b"new"})
    outputs.remove(tmp_path / "out", LIST)
    assert (tmp_path / "victim").read_bytes() == b"mine"
    assert (tmp_path / "out" / "link").is_symlink()


@pytest.mark.parametrize("listed", ['{"files": {}}', "[]", "{", '{"made_by": "Kinoscope", "files": []}', ""])
def test_a_list_of_somebody_else_is_no_manifest(tmp_path, listed) -> None:
    (tmp_path / LIST).write_text(listed)
    with pytest.raises(BadInput, match=LIST):
        _write(tmp_path, {"a": b"1"})
    assert _all(tmp_path) == {LIST: listed.encode()}


def test_work_that_fails_changes_nothing_and_leaves_nothing(tmp_path) -> None:
    _write(tmp_path / "out", {"a": b"1"})
    before = _all(tmp_path / "out")
    for folder in (tmp_path / "out", tmp_path / "new" / "deep"):
        with pytest.raises(KeyboardInterrupt), outputs.result_folder(folder, LIST, what="result") as staging:
            (staging / "a").write_bytes(b"2")
            raise KeyboardInterrupt
    assert _all(tmp_path / "out") == before
    assert not (tmp_path / "new").exists()


@pytest.mark.parametrize("moves", range(5))
def test_a_kill_at_any_moment_leaves_nothing_in_the_way(tmp_path, monkeypatch, moves) -> None:
    class Killed(BaseException):
        pass

    done = 0
    replace = Path.replace

    def until_killed(self: Path, target: Path) -> Path:
        nonlocal done
        if self.parent.name.endswith(".part") and not self.name.startswith("."):
            done += 1
            if done > moves:
                raise Killed
        return replace(self, target)

    _write(tmp_path, {"a": b"1", "b": b"1", "c": b"1"})
    with monkeypatch.context() as kill:
        kill.setattr(Path, "replace", until_killed)
        kill.setattr(shutil, "rmtree", lambda *_, **__: None)
        try:
            _write(tmp_path, {"a": b"2", "b": b"2", "d": b"2"})
        except Killed:
            pass
    _write(tmp_path, {"a": b"3", "d": b"3"})
    assert _content(tmp_path) == {"a": b"3", "d": b"3"}
    assert {path.name for path in tmp_path.iterdir()} == {"a", "d", LIST}


def test_what_came_while_it_was_made_stays(tmp_path) -> None:
    with pytest.raises(BadInput, match=r"0000\.png"), outputs.result_folder(tmp_path, LIST, what="run") as staging:
        (staging / "0000.png").write_bytes(b"new")
        (tmp_path / "0000.png").write_bytes(b"mine")
    assert _all(tmp_path) == {"0000.png": b"mine"}


def test_what_file_managers_leave_is_not_in_the_way_and_stays(tmp_path) -> None:
    (tmp_path / ".DS_Store").write_bytes(b"finder")
    _write(tmp_path, {"a": b"1"})
    _write(tmp_path, {"a": b"2"})
    assert _content(tmp_path) == {"a": b"2", ".DS_Store": b"finder"}


def test_two_results_are_not_written_into_one_folder_at_a_time(tmp_path) -> None:
    with only_writer(tmp_path / ".kinoscope", "run"), pytest.raises(BadInput, match=f"by process {os.getpid()} since"):
        _write(tmp_path, {"a": b"1"})


def test_a_result_never_takes_the_place_of_what_it_is_made_from(tmp_path) -> None:
    _write(tmp_path / "out", {"a": b"1"})
    with pytest.raises(UsageError, match="made from"):
        with outputs.result_folder(tmp_path / "out", LIST, what="run", inputs=["", str(tmp_path / "out" / "a")]):
            pass
    (tmp_path / "b").write_bytes(b"x")
    (tmp_path / "link").symlink_to(tmp_path / "b")
    with pytest.raises(UsageError, match="made from"):
        outputs.check_file(tmp_path / "link", outputs.TEXT, ["", tmp_path / "b"])


@pytest.mark.parametrize("target", ["file", "file/deeper"])
def test_a_file_is_no_folder(tmp_path, target) -> None:
    (tmp_path / "file").write_bytes(b"mine")
    with pytest.raises(BadInput, match=r"folder is needed|Nothing can be written"):
        _write(tmp_path / target, {"a": b"1"})
    assert _all(tmp_path) == {"file": b"mine"}


def test_a_full_disk_is_called_a_full_disk(tmp_path, monkeypatch) -> None:
    _write(tmp_path, {"a": b"1"})
    before = _all(tmp_path)

    def full(*_: object, **__: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(outputs, "seal", full)
    with pytest.raises(OutOfResources, match="The disk is full"):
        _write(tmp_path, {"a": b"2"})
    assert _all(tmp_path) == before


@pytest.mark.parametrize(
    ("name", "mine", "theirs"),
    [
        ("a.png", b"\x89PNG\r\n\x1a\nmore", b"\xff\xd8\xff\xe0"),
        ("a.jpg", b"\xff\xd8\xff\xe0", b"GIF89a"),
        ("a.mp4", b"\0\0\0\x18ftypisom", b"notes of mine"),
        ("a.mkv", b"\x1aE\xdf\xa3", b"\0\0\0\x18ftypisom"),
        ("a.what", b"", b"anything"),
    ],
)
def test_a_file_is_replaced_only_by_its_own_kind(tmp_path, name, mine, theirs) -> None:
    path = tmp_path / name
    kind = outputs.media(name)
    assert outputs.check_file(path, kind) == path
    for content in (b"", mine):
        path.write_bytes(content)
        with outputs.new_file(path, kind) as part:
            part.write_bytes(mine)
        assert path.read_bytes() == mine
    path.write_bytes(theirs)
    with pytest.raises(BadInput, match="file of this name already"), outputs.new_file(path, kind):
        pass
    assert path.read_bytes() == theirs


def test_only_a_regular_file_is_replaced(tmp_path) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "folder").mkdir()
    for name, says in (("pipe", "named pipe"), ("folder", "There is a folder of this name")):
        with pytest.raises(BadInput, match=says):
            outputs.check_file(tmp_path / name, outputs.TEXT)


def test_a_fingerprint_sees_both_ends_and_the_size_of_a_large_file(tmp_path) -> None:
    path = tmp_path / "large"
    base = bytes(3 * outputs.MIB)
    seen = set()
    for content in (base, base + b"\0", b"x" + base[1:], base[:-1] + b"x", base[: outputs.MIB], base[:0]):
        path.write_bytes(content)
        seen.add(outputs.fingerprint(path))
    assert len(seen) == 6


def test_a_place_where_nothing_can_be_written_is_refused_before_the_work(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    for name in ("file/a.txt", "file/deep/a.txt", "loop", "n" * 300, "loop/a.txt"):
        with pytest.raises(BadInput, match=r"cannot be written|leads to itself"):
            outputs.check_file(tmp_path / name, outputs.TEXT)
    assert outputs.check_file(tmp_path / "not yet" / "there" / "a.txt", outputs.TEXT)
    assert sorted(each.name for each in tmp_path.iterdir()) == ["file", "loop"]


@pytest.mark.skipif(getattr(os, "geteuid", int)() == 0, reason="rights stop neither Windows nor root")
def test_a_folder_without_rights_is_refused_before_the_work(tmp_path: Path) -> None:
    tmp_path.chmod(0o555)
    with pytest.raises(BadInput, match="nothing may be written in its folder"):
        outputs.check_file(tmp_path / "a.txt", outputs.TEXT)
