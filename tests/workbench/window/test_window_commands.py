"""Commands, docks, help pages and keys of the real window."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog

from engines.cameras.types import FeedState, SceneSource
from engines.core.frames import Size
from tests.workbench.opened import Opened, until
from widgets.shell.help import PAGES
from workbench.commands import COMMANDS, PRESETS, Actions
from workbench.controllers.calibration.files import Files
from workbench.controllers.shell.finding import HIDDEN
from workbench.feeds import snapshots
from workbench.window.docks import specs

Open = Callable[..., Opened]


# Commands, docks, help


@pytest.fixture
def bound(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Ids of the commands that the window binds."""
    ids: list[str] = []
    bind = Actions.bind

    def noting(self: Actions, id: str, run: Callable[[], object]) -> None:
        ids.append(id)
        bind(self, id, run)

    monkeypatch.setattr(Actions, "bind", noting)
    return ids


def test_every_command_does_something_once(bound: list[str], open_window: Open) -> None:
    open_window(begin=False)
    assert sorted(bound) == sorted(command.id for command in COMMANDS)


def test_no_two_commands_share_a_key(open_window: Open) -> None:
    actions = open_window(begin=False).window.commands
    keys = [actions.action(command.id).shortcut().toString() for command in COMMANDS if command.shortcut]
    assert all(keys), "a shortcut that Qt cannot read"
    assert len(set(keys)) == len(keys)


def test_the_palette_lists_every_command_and_runs_it(open_window: Open, qtbot) -> None:
    opened = open_window()
    opened.window.commands.run("window.palette")
    palette = opened.window.finding.palette
    assert palette is not None
    assert palette.isVisible()
    assert {row.id for row in palette.shown} == {command.id for command in COMMANDS} - set(HIDDEN)
    qtbot.keyClicks(palette.field, "light theme")
    qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert opened.window.services.settings.value.theme == "light"
    assert not palette.isVisible()


def test_every_command_can_be_run_in_an_empty_window_and_with_the_sample(
    open_window: Open, qtbot, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    for name, answer in (
        ("getOpenFileName", ("", "")),
        ("getOpenFileNames", ([], "")),
        ("getSaveFileName", ("", "")),
        ("getExistingDirectory", ""),
    ):
        monkeypatch.setattr(QFileDialog, name, staticmethod(lambda *_a, answer=answer, **_k: answer))
    monkeypatch.setattr(snapshots, "pictures_dir", lambda: tmp_path)
    opened = open_window()
    window = opened.window
    monkeypatch.setattr(Files, "ask_page", lambda _files, _board: ("", ""))
    for sample in (False, True):
        if sample:
            window.commands.run("file.open-sample")
            until(qtbot, lambda: opened.picture(3) is not None)
        for command in COMMANDS:
            if command.id not in ("file.quit", "file.open-sample"):
                window.commands.run(command.id)
                assert opened.defects() == [], command.id
        assert window.isVisible()
    passed: list[int] = []
    QTimer.singleShot(100, lambda: passed.append(1))
    until(qtbot, lambda: passed)
    assert opened.defects() == []


def test_a_preset_shows_its_docks(open_window: Open, qtbot) -> None:
    window = open_window(begin=False).window
    for preset in (*PRESETS, PRESETS[0]):
        window.commands.run(f"window.{preset.id}")
        assert {id for id, dock in window.docks.docks.items() if not dock.isHidden()} == set(preset.docks)
        front: dict[str, str] = {}
        for id in preset.docks:
            front.setdefault(window.docks.docks[id].spec.area, id)
        for id in front.values():
            until(qtbot, lambda id=id: not window.docks.docks[id].visibleRegion().isEmpty())
        assert window.commands.action(f"window.{preset.id}").isChecked()


def test_every_dock_can_be_closed_shown_and_comes_back_with_a_reset(open_window: Open, qtbot) -> None:
    window = open_window(begin=False).window
    for id, dock in window.docks.docks.items():
        dock.close()
        assert dock.isHidden(), id
        window.docks.show(id)
        until(qtbot, lambda dock=dock: not dock.visibleRegion().isEmpty())
        dock.setFloating(True)
        window.commands.run("window.reset")
        assert not dock.isFloating(), id
        assert dock.isHidden() == (id not in PRESETS[0].docks), id


def test_every_panel_has_a_help_page(open_window: Open) -> None:
    dialogs = open_window(begin=False).window.dialogs
    for page in (*(spec.id for spec in specs()), "viewer", "start"):
        assert len((PAGES / f"{page}.md").read_text("utf-8").split()) > 25, page
        dialogs.show_help(page)
        shown = dialogs.help
        assert shown is not None
        assert shown.list.currentItem().data(Qt.ItemDataRole.UserRole) == page
        assert len(shown.text.toPlainText().split()) > 25, page


def test_f1_opens_the_page_of_the_panel_in_front(open_window: Open, qtbot) -> None:
    opened = open_window(begin=False)
    window = opened.window
    window.commands.run("help.guide")
    pages = window.dialogs.help
    assert pages is not None
    assert pages.list.currentItem().data(Qt.ItemDataRole.UserRole) == "start"
    window.docks.show("log")
    window.panels.log.search.setFocus()
    window.commands.run("help.guide")
    assert pages.list.currentItem().data(Qt.ItemDataRole.UserRole) == "log"


# Keys


def test_space_plays_and_pauses_the_selected_file(open_window: Open, qtbot, pictures: Path) -> None:
    opened = open_window(str(pictures))
    until(qtbot, lambda: opened.status("folder1").state is FeedState.PLAYING and opened.picture(0) is not None)
    grid = opened.window.grid
    qtbot.mouseClick(grid.tile(0).view, Qt.MouseButton.LeftButton)
    qtbot.keyClick(grid, Qt.Key.Key_Space)
    until(qtbot, lambda: opened.status("folder1").state is FeedState.PAUSED)
    qtbot.keyClick(grid, Qt.Key.Key_Space)
    until(qtbot, lambda: opened.status("folder1").state is FeedState.PLAYING)
    qtbot.keyClick(opened.window, Qt.Key.Key_K)
    until(qtbot, lambda: opened.status("folder1").state is FeedState.PAUSED)


def test_c_captures_only_while_detection_runs(open_window: Open, qtbot) -> None:
    opened = open_window()
    window = opened.window
    window.preset("calibrate")
    window.sources.add(SceneSource(cameras=1, size=Size(640, 480), fps=240.0, noise=1.0))
    window.services.feeds.feed("scene1").set_speed(0.1)
    until(qtbot, lambda: opened.picture(0) is not None)
    window.grid.setFocus()
    qtbot.keyClick(window, Qt.Key.Key_C)
    assert window.features["calibration"].session.material.views == ()
    window.features["calibration"].watch.look("scene1", True)
    until(qtbot, lambda: (seen := window.features["calibration"].watch.sighting("scene1")) and seen.found, 20)
    views = lambda: window.features["calibration"].session.material.views  # noqa: E731
    until(qtbot, lambda: views() or qtbot.keyClick(window, Qt.Key.Key_C))  # the board may just have left the picture
    window.features["calibration"].watch.look("scene1", False)
    until(qtbot, lambda: window.features["calibration"].captures.unwritten == 0)
    captured = len(views())
    qtbot.keyClick(window, Qt.Key.Key_C)
    assert len(views()) == captured


def test_no_page_is_shown_under_the_tabs_of_another_engine(open_window: Open) -> None:
    window = open_window(begin=False).window
    window.preset("actions")
    window.commands.run("diffusion.train")
    assert (window.centre.front, window.centre.strip) == ("diffusion", "")
    assert window.services.settings.value.preset == "diffusion"
