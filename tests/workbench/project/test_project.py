"""Projects: one file that saves itself, survives a kill, and is shared by saying so."""

from __future__ import annotations

import os
import random
import signal
import sqlite3
import subprocess
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from engines.core.databases import Format, is_of, open_database
from engines.core.errors import BadInput, UsageError
from engines.core.places import data_dir
from tests.workbench.conftest import fill
from workbench.project.bundle import export
from workbench.project.file import Project
from workbench.project.finding import new_project, open_last
from workbench.project.items import FORMAT
from workbench.project.naming import birth_name, named, projects_dir

ROOT = Path(__file__).resolve().parents[3]

WRITER = """
import sys
sys.path.insert(0, sys.argv[2])
from workbench.project.bundle import export
from workbench.project.file import Project
project = Project(sys.argv[1])
number = 0
while True:
    project.put("source", str(number), {"number": number})
    print(number, flush=True)
    number += 1
"""


def test_items_come_back_in_the_order_they_were_first_put(tmp_path: Path) -> None:
    project = Project(tmp_path / "bänk rig.kino")
    for id in ("b", "a", "c"):
        project.put("source", id, {"id": id})
    project.put("source", "b", {"id": "changed"})
    project.drop("source", "c")
    project.close()
    again = Project(tmp_path / "bänk rig.kino")
    assert list(again.items("source").items()) == [("b", {"id": "changed"}), ("a", {"id": "a"})]
    assert again.get("source", "nothing", 7) == 7
    again.close()


def test_a_closed_project_is_a_single_file(tmp_path: Path) -> None:
    project = Project(tmp_path / "one.kino")
    project.put("tile", "0", "tiled1/front left")
    assert (tmp_path / "one.kino-wal").exists()
    project.close()
    assert [path.name for path in tmp_path.iterdir()] == ["one.kino"]


def test_a_second_program_reads_and_does_not_write(tmp_path: Path) -> None:
    first = Project(tmp_path / "rig.kino")
    first.put("source", "a", 1)
    second = Project(tmp_path / "rig.kino")
    second.put("source", "b", 2)
    assert second.read_only
    assert not first.read_only
    assert second.items("source") == {"a": 1}
    second.close()
    first.close()
    assert sqlite3.connect(tmp_path / "rig.kino").execute("SELECT id FROM items").fetchall() == [("a",)]


def test_every_acknowledged_write_survives_a_kill(tmp_path: Path) -> None:
    path = tmp_path / "killed.kino"
    run = subprocess.Popen([sys.executable, "-c", WRITER, str(path), str(ROOT)], stdout=subprocess.PIPE, text=True)
    assert run.stdout is not None
    seen = [int(run.stdout.readline()) for _ in range(50)]
    run.send_signal(signal.SIGKILL)
    run.communicate()
    project = Project(path)
    assert not project.read_only
    assert set(map(str, seen)) <= set(project.items("source"))
    project.close()


@pytest.mark.parametrize(
    "content", [b"not a database at all, but long enough to be looked at" * 40, b"SQLite format 3\0" + b"x" * 5000]
)
def test_a_damaged_file_is_said_and_left_alone(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "damaged.kino"
    path.write_bytes(content)
    with pytest.raises(BadInput, match="is not a Kinoscope project|damaged"):
        Project(path)
    assert path.read_bytes() == content


def test_a_file_of_a_later_version_is_read_only_and_says_so(tmp_path: Path) -> None:
    open_database(tmp_path / "later.kino", replace(FORMAT, schema=FORMAT.schema + 1)).close()
    later = Project(tmp_path / "later.kino")
    assert later.read_only
    assert "later version" in later.why
    later.put("source", "a", 1)
    assert later.items("source") == {}
    later.close()


def test_saving_under_a_name_keeps_everything(tmp_path: Path) -> None:
    project = new_project()
    project.put("source", "a", [1, 2])
    saved = project.save_as(tmp_path / "named")
    project.close()
    assert saved.path.stat().st_mode & 0o777 == 0o600
    assert saved.path.name == "named.kino"
    assert saved.title == "named"
    assert saved.items("source") == {"a": [1, 2]}
    saved.close()


def test_the_last_unnamed_project_comes_back_and_a_new_one_does_not_take_its_place() -> None:
    first, notice = open_last()
    first.put("source", "a", 1)
    fresh = new_project()
    assert (first.title, notice) == (birth_name(), "")
    assert fresh.items("source") == {}
    assert fresh.path != first.path
    fresh.close()
    fresh.path.unlink()
    first.close()
    again, _ = open_last()
    assert again.items("source") == {"a": 1}
    again.close()


def test_a_damaged_unnamed_project_is_moved_aside() -> None:
    path = data_dir() / "untitled-1.kino"
    path.write_bytes(b"damaged " * 1000)
    project, notice = open_last()
    assert "kept as untitled-1.broken" in notice
    assert project.items("source") == {}
    project.close()


def test_the_bundle_is_plain_json(tmp_path: Path) -> None:
    project = Project(tmp_path / "p.kino")
    project.put("source", "tiled1", {"kind": "scene"})
    project.put("state", "grid", "2x2")
    written = export(project, tmp_path / "bundle")
    assert [path.relative_to(tmp_path / "bundle").as_posix() for path in written] == [
        "source/tiled1.json", "state/grid.json", "project.json",
    ]  # fmt: skip
    assert '"kind": "scene"' in written[0].read_text(encoding="utf-8")
    project.close()


@pytest.mark.parametrize(
    ("typed", "file"),
    [("My plan v1.2", "My plan v1.2.kino"), ("a.kino", "a.kino"), ("A.KINO", "A.KINO"), ("a.", "a..kino")],
)
def test_the_ending_is_added_and_replaces_nothing(tmp_path: Path, typed: str, file: str) -> None:
    other = Project(tmp_path / "My plan v1.kino")
    other.put("source", "mine", 1)
    other.close()
    before = other.path.read_bytes()
    project = Project(tmp_path / "b.kino")
    assert named(tmp_path / typed).name == file
    saved = project.save_as(tmp_path / typed)
    project.close()
    saved.close()
    assert saved.path.name == file
    assert other.path.read_bytes() == before


def test_a_project_that_is_open_is_not_replaced(tmp_path: Path) -> None:
    theirs = Project(tmp_path / "theirs.kino")
    theirs.put("source", "a", 1)
    mine = Project(tmp_path / "mine.kino")
    (tmp_path / "link.kino").symlink_to(theirs.path)
    for name in ("theirs", "link"):
        with pytest.raises(BadInput, match="Another window"):
            mine.save_as(tmp_path / name)
    with pytest.raises(UsageError, match="own file"):
        mine.save_as(mine.path)
    theirs.put("source", "b", 2)
    theirs.close()
    saved = mine.save_as(tmp_path / "theirs")
    assert saved.items("source") == {}
    saved.close()
    mine.close()


def test_a_journal_that_a_kill_left_does_not_come_back_into_the_copy(tmp_path: Path) -> None:
    path = tmp_path / "killed.kino"
    code = (
        "import os, sys; from workbench.project.file import Project;"
        "project = Project(sys.argv[1]); project.put('source', 'old', 1); os._exit(0)"
    )
    subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, check=True)
    assert (tmp_path / "killed.kino-wal").stat().st_size
    mine = Project(tmp_path / "mine.kino")
    mine.put("source", "new", 2)
    saved = mine.save_as(path)
    assert saved.items("source") == {"new": 2}
    saved.close()
    mine.close()


@pytest.mark.parametrize("journal", ["DELETE", "WAL"])
def test_a_file_of_another_kind_is_neither_opened_nor_replaced(tmp_path: Path, journal: str) -> None:
    gallery, text = tmp_path / "g.kino", tmp_path / "t.kino"
    with closing(open_database(gallery, Format("gallery", 0x46414345, 1, "CREATE TABLE items (x);"))) as base:
        base.execute(f"PRAGMA journal_mode={journal}")
    text.write_text("a letter " * 100)
    before = {path: path.read_bytes() for path in tmp_path.iterdir()}
    mine = Project(tmp_path / "mine.kino")
    for path in (gallery, text):
        with pytest.raises(BadInput, match="is not a Kinoscope project"):
            Project(path)
        with pytest.raises(BadInput, match="no Kinoscope project"):
            mine.save_as(path)
    mine.close()
    assert {path: path.read_bytes() for path in before} == before


def test_an_unnamed_file_of_something_else_stays_where_it_is() -> None:
    path = data_dir() / "untitled-1.kino"
    with closing(sqlite3.connect(path)) as base:
        base.execute("CREATE TABLE mine (x)")
    before = path.read_bytes()
    (data_dir() / "untitled-2.kino").mkdir()
    (data_dir() / "untitled-3.kino").symlink_to("nowhere/at/all.kino")
    project, notice = open_last()
    assert "left as it is" in notice
    assert project.path.stem == birth_name()
    project.close()
    assert path.read_bytes() == before


HOSTILE = (
    "",
    "{",
    "[" * 5000,
    "9" * 5000,
    '"\\ud83d"',
    "\x00",
    b"\xff\xfe",
    None,
    7,
    1e308,
    '{"a": NaN}',
    "x" * 300_000,
)


@pytest.mark.parametrize("column", ["kind", "id", "position", "json"])
def test_whatever_stands_in_an_item_the_others_come_back(tmp_path: Path, column: str) -> None:
    path = tmp_path / "odd.kino"
    loose = replace(FORMAT, tables="CREATE TABLE items(kind, id, position, json);")
    with closing(open_database(path, loose)) as base:
        for number, value in enumerate(HOSTILE):
            base.execute("INSERT INTO items VALUES ('source', ?, 1, '1')", (f"bad{number}",))
            base.execute(f"UPDATE items SET {column} = ? WHERE rowid = last_insert_rowid()", (value,))
        base.execute("INSERT INTO items VALUES ('source', 'good', 5, '{}')")
    project = Project(path)
    told: list[str] = []
    project.tell = told.append
    assert project.items("source")["good"] == {}
    assert project.get("source", "good") == {}
    assert [project.get("source", f"bad{number}", 7) for number in range(len(HOSTILE))]
    project.items("source")
    assert len(told) == len(set(told))
    assert bool(told) == (column in ("id", "json"))
    project.close()


@pytest.mark.parametrize("seed", range(30))
def test_whatever_bytes_are_changed_it_opens_or_says_why_not(seed: int) -> None:
    dice = random.Random(seed)
    project = new_project()
    for number in range(20):
        project.put("source", f"file{number}", {"path": "x" * 300})
    project.close()
    content = bytearray(project.path.read_bytes())
    start = dice.choice((0, 16, 100, 4096, 8192))
    for _ in range(dice.choice((1, 4, 30))):
        content[dice.randrange(start, min(start + 4096, len(content)))] = dice.randrange(256)
    project.path.write_bytes(content)
    again, notice = open_last()
    assert len(again.items("source")) > 0 or notice or again.path == project.path
    again.put("state", "grid", "2x2")
    assert again.get("state", "grid") == "2x2"
    again.close()


def test_names_that_are_not_utf_8_are_items_and_files(tmp_path: Path) -> None:
    name = os.fsdecode(b"Fotos_\xe4")
    project = Project(tmp_path / f"{name}.kino")
    project.put("labels", f"/films/{name}", {"file": name})
    saved = project.save_as(tmp_path / f"{name} 2")
    assert saved.items("labels") == {f"/films/{name}": {"file": name}}
    assert saved.get("labels", f"/films/{name}") == {"file": name}
    assert saved.title == r"Fotos_\xe4 2"
    saved.drop("labels", f"/films/{name}")
    assert saved.items("labels") == {}
    saved.close()
    project.close()


SECRET = "rtsp://admin:pa#s?s/w@rd@cam.local/live"


def test_a_password_never_gets_into_the_file(tmp_path: Path) -> None:
    project = Project(tmp_path / "p.kino")
    project.put("source", "stream1", {"kind": "tiled", "of": {"kind": "stream", "url": SECRET}, "tiles": [SECRET]})
    assert project.get("source", "stream1")["of"]["url"] == "rtsp://admin@cam.local/live"
    export(project, tmp_path / "bundle")
    project.close()
    assert b"pa#s" not in b"".join(path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_password_of_an_old_project_is_taken_out_to_the_last_byte(tmp_path: Path) -> None:
    with closing(open_database(tmp_path / "p.kino", FORMAT)) as base:
        base.execute("PRAGMA secure_delete=OFF")
        for number in range(3):
            base.execute(f"INSERT INTO items VALUES ('source', 's{number}', 1, json_object('url', ?))", (SECRET,))
        base.execute("DELETE FROM items WHERE id = 's0'")
    project = Project(tmp_path / "p.kino")
    assert project.forget_passwords() == [SECRET, SECRET]
    assert project.forget_passwords() == []
    project.close()
    assert b"pa#s" not in project.path.read_bytes()


def test_a_full_disk_is_called_full_and_nothing_is_moved(small_disk: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINOSCOPE_HOME", str(small_disk / "home"))
    first, _ = open_last()
    first.put("source", "a", 1)
    first.close()
    before = first.path.read_bytes()
    fill(small_disk)
    project, notice = open_last()
    assert "The disk is full" in notice
    assert project.items("source") == {"a": 1}
    project.put("source", "b", 2)
    assert project.items("source") == {"a": 1, "b": 2}
    assert list(projects_dir().glob("*.kino")) == [first.path]
    assert first.path.read_bytes() == before
    (small_disk / "filler").unlink()
    project.close()
    again, notice = open_last()
    assert (again.items("source"), notice) == ({"a": 1, "b": 2}, "")
    again.close()


def test_a_disk_that_fills_up_costs_no_change(small_disk: Path, tmp_path: Path) -> None:
    project = Project(small_disk / "p.kino")
    told: list[str] = []
    project.tell = told.append
    fill(small_disk)
    for number in range(40):
        project.put("source", str(number), "x" * 20_000)
    assert len(project.items("source")) == 40
    (said,) = told
    assert "The disk is full" in said
    saved = project.save_as(tmp_path / "elsewhere")
    assert len(saved.items("source")) == 40
    saved.close()
    project.close()
    assert is_of(project.path, FORMAT)
