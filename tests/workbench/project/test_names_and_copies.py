"""A project's name and its file, bundles of plain files, and files that are not where they were."""

from __future__ import annotations

import json
import os
import zipfile
from pathlib import Path

import pytest

from engines.core.errors import BadInput, UsageError
from workbench.project import bundle
from workbench.project.bundle import export, read_into
from workbench.project.file import Project
from workbench.project.finding import new_project, open_last
from workbench.project.naming import birth_name, projects_dir
from workbench.project.paths import gone, located, put_where
from workbench.project.recent import recent
from workbench.project.settings import Settings

PNG = "iVBORw0KGgo="


@pytest.mark.parametrize(
    ("title", "file"),
    [
        ("Rig 3/4: left?", "Rig 3_4_ left_"),
        ("東京 \udce4", "東京 _xe4"),
        ("x" * 300, "x" * 120),
        ("nul", "nul_"),
        ("Com1.txt", "Com1.txt_"),
        ("console", "console"),
    ],  # fmt: skip
)
def test_a_project_is_called_what_the_user_says_and_its_file_as_a_file_can_be(title: str, file: str) -> None:
    project = new_project()
    project.put("source", "a", 1)
    before = project.path
    project.rename(title)
    assert (project.path.stem, before.exists()) == (file, False)
    project.put("source", "b", 2)
    project.close()
    again = Project(project.path)
    assert again.title == title.replace("\udce4", r"\xe4")
    assert again.items("source") == {"a": 1, "b": 2}
    again.close()
    moved = again.path.rename(again.path.with_name("by hand.kino"))
    by_hand = Project(moved)
    assert by_hand.title == "by hand"
    by_hand.close()


def test_a_name_that_is_taken_changes_nothing() -> None:
    first, second = new_project(), new_project()
    assert (first.title, second.title) == (birth_name(), f"{birth_name()} 2")
    with pytest.raises(BadInput, match="Another window"):
        second.rename(first.title)
    first.close()
    with pytest.raises(BadInput, match="of this name already"):
        second.rename(first.title)
    with pytest.raises(UsageError):
        second.rename(" ")
    second.put("source", "a", 1)
    assert second.get("source", "a") == 1
    second.close()


@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
def test_a_bundle_gives_the_project_again_wherever_it_is_taken(tmp_path: Path, name: str) -> None:
    here, there = tmp_path / "here", tmp_path / "there"
    (here / "films").mkdir(parents=True)
    film = here / "films" / "a.mp4"
    film.touch()
    project = Project(here / "Rig.kino")
    project.put("source", "file1", {"kind": "file", "path": str(film)})
    project.put("source", "file2", {"kind": "file", "path": "/elsewhere/b.mp4"})
    project.put("labels", str(film), {"video": str(film)})
    project.put("tile", "0", "file1/left: x")
    project.put("state", "picture", PNG)
    export(project, here / name)
    project.close()
    here.rename(there)
    again = read_into(there / name, new_project)
    assert again.title == "Rig"
    assert again.get("source", "file1")["path"] == str(there / "films" / "a.mp4")
    assert again.items("labels") == {str(there / "films" / "a.mp4"): {"video": str(there / "films" / "a.mp4")}}
    assert (again.get("tile", "0"), again.get("state", "picture")) == ("file1/left: x", PNG)
    assert gone(again) == {"file2": "/elsewhere/b.mp4"}
    again.close()


def test_a_bundle_that_points_outside_itself_or_makes_no_sense_makes_no_project(tmp_path: Path) -> None:
    (tmp_path / "secret.json").write_text('"mine"')
    for number, about in enumerate(
        (
            {"bundle": 1, "items": [{"kind": "a", "id": "b", "file": "../secret.json"}]},
            {"bundle": 1, "items": [{"kind": "a", "id": "b", "file": "none.json"}]},
            {"bundle": 1, "items": [7]},
            {"bundle": 9, "items": []},
            [],
        )
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        (folder / "project.json").write_text(json.dumps(about))
        with pytest.raises(Exception, match=r"outside|no|not|sense|later") as failed:
            read_into(folder, new_project)
        assert isinstance(failed.value, BadInput | UsageError) or "missing" in type(failed.value).__name__.lower()
    (tmp_path / "no.zip").write_bytes(b"PK nonsense")
    for other in (tmp_path / "no.zip", tmp_path):
        with pytest.raises(BadInput, match=r"not a bundle|usable bundle"):
            read_into(other, new_project)
    with zipfile.ZipFile(tmp_path / "half.zip", "w") as archive:
        archive.writestr("project.json", '{"bundle": 1, "items": [{"kind": "a", "id": "b", "file": "a/b.json"}]}')
    with pytest.raises(BadInput, match=r"no file a/b\.json"):
        read_into(tmp_path / "half.zip", new_project)
    assert list(projects_dir().iterdir()) == []


ONE = {"kind": "a", "id": "b", "file": "a.json"}


@pytest.mark.parametrize("items", [[ONE, ONE], [{**ONE, "file": "\x00"}], [{**ONE, "file": "x" * 5000}],
                                   [{**ONE, "file": "/etc/passwd"}], [{**ONE, "file": "link.json"}],
                                   [{**ONE, "id": str(number)} for number in range(60)],
                                       [{**ONE, "file": "large.json"}]])  # fmt: skip
@pytest.mark.parametrize("zipped", [False, True])
def test_a_hostile_bundle_makes_no_project(tmp_path: Path, monkeypatch, items: list[object], zipped: bool) -> None:
    monkeypatch.setattr(bundle, "MOST", 5000)
    (tmp_path / "secret.json").write_text('"mine"')
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "project.json").write_text(json.dumps({"bundle": 1, "items": items}))
    (folder / "a.json").write_text(json.dumps("x" * 100))
    (folder / "link.json").symlink_to(tmp_path / "secret.json")
    with zipfile.ZipFile(tmp_path / "all.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("project.json", "a.json"):
            archive.write(folder / name, name)
        archive.writestr("large.json", "1" * 9000)
    (folder / "large.json").write_text("1" * 9000)
    with pytest.raises(BadInput):
        read_into(tmp_path / "all.zip" if zipped else folder, new_project)
    assert list(projects_dir().iterdir()) == []


def test_a_bundle_keeps_its_title_and_texts_that_are_no_paths(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.zip")
    with pytest.raises(BadInput, match="pipe"):
        read_into(tmp_path / "pipe.zip", new_project)
    folder = tmp_path / "bundle"
    folder.mkdir()
    (folder / "project.json").write_text(json.dumps({"bundle": 1, "title": "Rig 3/4\n", "items": [ONE]}))
    (folder / "a.json").write_text(json.dumps(["{here}/" + "y" * 5000, "{here}/\x00"]))
    again = read_into(folder, new_project)
    assert again.title == "Rig 3/4"
    assert [text[-1] for text in again.get("a", "b")] == ["y", "\x00"]
    again.close()


def test_files_that_moved_are_found_by_one_of_them(tmp_path: Path) -> None:
    for name in ("x/a.mp4", "x/deep/b.mp4", "c.mp4"):
        (tmp_path / "new" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "new" / name).touch()
    old = [f"/old/{name}" for name in ("x/a.mp4", "x/deep/b.mp4", "x/none.mp4")] + ["/other/a.mp4"]
    places = located(old[0], str(tmp_path / "new" / "x" / "a.mp4"), old)
    assert places == {
        old[0]: str(tmp_path / "new" / "x" / "a.mp4"),
        old[1]: str(tmp_path / "new" / "x" / "deep" / "b.mp4"),
        old[3]: str(tmp_path / "new" / "x" / "a.mp4"),
    }
    project = Project(tmp_path / "p.kino")
    project.put("source", "file1", {"kind": "tiled", "of": {"kind": "file", "path": old[1]}})
    project.put("labels", old[1], {"n": 1})
    put_where(project, places)
    assert project.get("source", "file1")["of"]["path"] == places[old[1]]
    assert project.items("labels") == {places[old[1]]: {"n": 1}}
    project.close()


def test_recent_projects_are_told_as_they_are(tmp_path: Path) -> None:
    project = Project(tmp_path / "a.kino")
    project.put("state", "picture", PNG)
    project.rename("Wall: 3")
    broken = tmp_path / "broken.kino"
    broken.write_bytes(b"nonsense" * 100)
    paths = (str(project.path), str(tmp_path / "gone.kino"), str(broken), "/dev/null", "/open/now.kino")
    told = recent(Settings(recent=paths, last="/open/now.kino"))
    assert [one.there for one in told] == [True, False, False, False]
    assert (told[0].title, told[0].picture[:4], told[0].note) == ("Wall: 3", b"\x89PNG", "")
    assert told[0].changed == os.stat(project.path).st_mtime
    assert told[1].title == "gone"
    assert all(one.note for one in told[1:])
    project.close()


def test_the_last_project_comes_first_wherever_it_lies_and_one_that_is_gone_is_said(tmp_path: Path) -> None:
    new_project().close()
    last = Project(tmp_path / "mine.kino")
    last.put("source", "a", 1)
    last.close()
    again, notice = open_last(str(last.path))
    assert (again.path, notice) == (last.path, "")
    second, _ = open_last(str(last.path))
    assert second.is_held
    assert str(os.getpid()) in second.why
    second.close()
    again.close()
    last.path.unlink()
    other, notice = open_last(str(last.path))
    assert "mine" in notice
    assert other.path.parent == projects_dir()
    assert other.items("source") == {}
    other.close()


def test_a_project_whose_disk_goes_is_saved_when_it_is_back(tmp_path: Path) -> None:
    folder, away = tmp_path / "net", tmp_path / "away"
    project = Project(folder / "p.kino")
    project.put("source", "a", 1)
    folder.rename(away)
    told: list[str] = []
    project.tell = told.append
    assert not project.is_there()
    project.leave_disk()
    project.put("source", "b", 2)
    assert (len(told), project.unsaved, project.try_again()) == (1, True, False)
    away.rename(folder)
    assert project.try_again()
    project.put("source", "c", 3)
    project.close()
    again = Project(folder / "p.kino")
    assert again.items("source") == {"a": 1, "b": 2, "c": 3}
    again.close()


def test_another_project_that_came_in_its_place_is_left_alone(tmp_path: Path) -> None:
    folder = tmp_path / "stick"
    project = Project(folder / "p.kino")
    project.put("source", "a", 1)
    folder.rename(tmp_path / "away")
    project.leave_disk()
    project.put("source", "b", 2)
    other = Project(folder / "p.kino")
    other.put("source", "theirs", 1)
    other.close()
    assert not project.try_again()
    rescued = project.close()
    theirs = Project(folder / "p.kino")
    assert theirs.items("source") == {"theirs": 1}
    theirs.close()
    assert rescued is not None
    saved = Project(rescued)
    assert saved.items("source") == {"a": 1, "b": 2}
    saved.close()


def test_what_can_be_saved_nowhere_is_rescued(tmp_path: Path) -> None:
    folder = tmp_path / "net"
    project = Project(folder / "Wall.kino")
    folder.rename(tmp_path / "away")
    folder.write_text("a file where the folder was")
    project.leave_disk()
    project.put("source", "b", 2)
    rescued = project.close()
    assert rescued is not None
    again = Project(rescued)
    assert (again.title, again.items("source")) == ("Wall", {"b": 2})
    again.close()
