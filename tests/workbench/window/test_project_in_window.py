"""Projects in the real window: new, renamed, copied, opened twice, and with sources that are not there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QMenu

from tests.workbench.opened import Opened, until
from workbench.controllers.shell import locating
from workbench.project.file import Project
from workbench.project.naming import birth_name
from workbench.project.recent import recent

Open = Callable[..., Opened]


def test_new_hides_nothing_and_the_one_before_is_first_in_recent(open_window: Open, qtbot) -> None:
    opened = open_window("scene:1")
    until(qtbot, lambda: opened.sources == ["scene1"])
    window = opened.window
    window.project.rename("Wall")
    assert "Wall" in window.windowTitle()
    before = window.services.project.path
    window.project.new()
    until(qtbot, lambda: opened.sources == [])
    assert birth_name() in window.windowTitle()
    first = recent(window.services.settings.value)[0]
    assert (first.path, first.title, first.there) == (str(before), "Wall", True)
    assert first.picture.startswith(b"\x89PNG")
    window.project.open(first.path)
    until(qtbot, lambda: opened.sources == ["scene1"])
    window.project.duplicate()
    assert window.services.project.title == "Wall copy"
    assert opened.sources == ["scene1"]
    assert opened.end() == []
    again = open_window()
    until(qtbot, lambda: again.sources == ["scene1"])
    assert "Wall copy" in again.window.windowTitle()


def test_open_recent_shows_titles_without_the_project_that_is_open(open_window: Open) -> None:
    window = open_window(begin=False).window
    menu = QMenu()
    window.services.settings.change(recent=(str(window.services.project.path),), last=str(window.services.project.path))
    window.project.fill_recent(menu)
    assert [(one.text(), one.isEnabled()) for one in menu.actions()] == [("No other project yet", False)]
    window.services.settings.add_recent("/films/Harbour & sea.kino")
    window.project.fill_recent(menu)
    assert [one.text() for one in menu.actions()] == ["Harbour && sea"]


def test_importing_says_what_to_choose(open_window: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[tuple[str, str]] = []
    monkeypatch.setattr(
        "workbench.controllers.shell.project.ask_open",
        lambda _parent, title, _kind, kinds: asked.append((title, kinds)),
    )
    open_window().window.project.ask_import()
    ((title, kinds),) = asked
    assert title == "Choose the bundle's project.json or its zip"
    assert kinds == "The bundle's project.json, or its zip (project.json files.json *.zip)"


def test_a_project_that_another_has_is_read_and_taken_over_when_it_is_free(
    open_window: Open, qtbot, tmp_path: Path
) -> None:
    theirs = Project(tmp_path / "theirs.kino")
    theirs.put("source", "good", {"kind": "scene", "cameras": 1})
    opened = open_window(str(theirs.path))
    until(qtbot, lambda: opened.sources == ["good"])
    until(qtbot, lambda: opened.says("theirs", "can only be read here", "process"))
    window = opened.window
    assert [one.action for one in window.notices.shown if "can only be read" in one.text] == ["Go on in a copy"]
    window.project.take_over()
    assert opened.says("cannot be saved yet")
    theirs.put("source", "more", {"kind": "scene", "cameras": 1})
    theirs.close()
    window.project.disk.look()
    until(qtbot, lambda: opened.says("closed elsewhere"))
    window.project.take_over()
    until(qtbot, lambda: opened.sources == ["good", "more"])
    assert not window.services.project.read_only


def test_sources_that_are_gone_are_listed_and_located_together(
    open_window: Open, qtbot, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = Project(tmp_path / "p.kino")
    for number, name in enumerate(("Bilder", "nirgends")):
        project.put("source", f"folder{number}", {"kind": "folder", "path": str(tmp_path / "old" / name)})
    project.close()
    pictures.rename(tmp_path / "Bilder")
    opened = open_window(str(project.path))
    until(qtbot, lambda: opened.says("2 sources are not where they were", "Bilder", "nirgends"))
    monkeypatch.setattr(locating, "ask_folder", lambda *_asked: str(tmp_path / "Bilder"))
    until(qtbot, lambda: all(opened.status(id).gone for id in opened.sources))
    assert [text for text in opened.notices if "old" in text] == [], "they are told of together"
    opened.window.source_menu.do("locate", "folder0")
    until(qtbot, lambda: opened.says("A source is not where it was", "nirgends"))
    until(qtbot, lambda: opened.status("folder0").frames > 0)


def test_a_project_whose_folder_vanishes_goes_on_in_memory_and_is_saved_again(
    open_window: Open, qtbot, tmp_path: Path
) -> None:
    path = tmp_path / "net" / "p.kino"
    Project(path).close()
    opened = open_window(str(path))
    until(qtbot, lambda: "p" in opened.window.windowTitle() and opened.window.services.project.path == path)
    path.parent.rename(tmp_path / "away")
    opened.window.project.disk.look()
    until(qtbot, lambda: opened.says("not there any more", "in memory"))
    assert "in memory only" in opened.window.windowTitle()
    opened.window.services.project.put("source", "late", {"kind": "scene", "cameras": 1})
    (tmp_path / "away").rename(path.parent)
    opened.window.project.disk.look()
    until(qtbot, lambda: opened.says("is saved again"))
    assert "in memory" not in opened.window.windowTitle()
