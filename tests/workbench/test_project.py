"""Projects: one file that saves itself, survives a kill, and is shared by saying so."""

from __future__ import annotations

import signal
import sqlite3
import subprocess
import sys
from pathlib import Path

import pytest

from engines.core.errors import BadInput
from engines.core.places import data_dir
from workbench.project import SCHEMA, Project, new_untitled, open_untitled

ROOT = Path(__file__).resolve().parent.parent.parent

WRITER = """
import sys
sys.path.insert(0, sys.argv[2])
from workbench.project import Project
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
    with pytest.raises(BadInput, match="Not a Kinoscope project"):
        Project(path)
    assert path.read_bytes() == content


def test_a_file_of_a_later_version_is_refused_with_words(tmp_path: Path) -> None:
    db = sqlite3.connect(tmp_path / "later.kino")
    db.execute(f"PRAGMA user_version={SCHEMA + 1}")
    db.close()
    with pytest.raises(BadInput, match="later Kinoscope"):
        Project(tmp_path / "later.kino")


def test_saving_under_a_name_keeps_everything(tmp_path: Path) -> None:
    project = new_untitled()
    project.put("source", "a", [1, 2])
    saved = project.save_as(tmp_path / "named")
    project.close()
    assert saved.path.name == "named.kino"
    assert saved.title == "named"
    assert saved.items("source") == {"a": [1, 2]}
    saved.close()


def test_the_last_unnamed_project_comes_back_and_a_new_one_does_not_take_its_place() -> None:
    first, notice = open_untitled()
    first.put("source", "a", 1)
    fresh = new_untitled()
    assert (first.title, notice) == ("Untitled", "")
    assert fresh.items("source") == {}
    assert fresh.path != first.path
    fresh.close()
    fresh.path.unlink()
    first.close()
    again, _ = open_untitled()
    assert again.items("source") == {"a": 1}
    again.close()


def test_a_damaged_unnamed_project_is_moved_aside() -> None:
    path = data_dir() / "untitled-1.kino"
    path.write_bytes(b"damaged " * 1000)
    project, notice = open_untitled()
    assert "kept as untitled-1.broken" in notice
    assert project.items("source") == {}
    project.close()


def test_the_bundle_is_plain_json(tmp_path: Path) -> None:
    project = Project(tmp_path / "p.kino")
    project.put("source", "tiled1", {"kind": "scene"})
    project.put("state", "grid", "2x2")
    written = project.export(tmp_path / "bundle")
    assert [path.relative_to(tmp_path / "bundle").as_posix() for path in written] == ["source/tiled1.json"]
    assert '"kind": "scene"' in written[0].read_text(encoding="utf-8")
    project.close()
