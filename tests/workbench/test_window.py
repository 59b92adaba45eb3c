"""The real window from the user's side: sources, viewer, keys, jobs, log, and what comes back at the next start."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFileDialog

from engines.cameras.feed import Feed
from engines.cameras.types import FeedState, SceneSource
from engines.core.files import read_json, write_json
from engines.core.frames import Size
from engines.core.places import config_dir
from tests.workbench.fakes import SAMPLES
from tests.workbench.opened import Opened
from widgets.help_page import PAGES
from widgets.source_fields import FolderFields
from workbench.commands import COMMANDS, Actions
from workbench.controllers import viewer as viewer_module
from workbench.controllers.dialogs import HIDDEN
from workbench.docks import DOCKS
from workbench.presets import PRESETS

Open = Callable[..., Opened]


def until(qtbot, true: Callable[[], object], seconds: float = 10.0) -> None:
    qtbot.waitUntil(lambda: bool(true()), timeout=int(seconds * 1000))


@pytest.fixture
def pictures(tmp_path: Path) -> Path:
    """A folder of three pictures of noise, under a name with spaces and letters of other scripts."""
    folder = tmp_path / "Größe & 東京 фильм"
    folder.mkdir()
    rng = np.random.default_rng(5)
    for number in range(3):
        image = rng.integers(0, 256, (90, 120, 3), dtype=np.uint8)
        (folder / f"Bild {number}.png").write_bytes(cv2.imencode(".png", image)[1].tobytes())
    return folder


# Sources


def test_the_sample_fills_four_tiles_with_moving_pictures(open_window: Open, qtbot) -> None:
    opened = open_window()
    opened.window.commands.run("file.open-sample")
    until(qtbot, lambda: all(opened.picture(tile) is not None for tile in range(4)))
    first = [opened.pixels(tile) for tile in range(4)]
    assert all(image.std() > 10 for image in first)
    assert len({image.tobytes() for image in first}) == 4, "each tile shows a camera of its own"
    until(qtbot, lambda: not np.array_equal(opened.pixels(3), first[3]))
    until(qtbot, lambda: len(opened.sources) == 1)
    opened.window.commands.run("file.open-sample")
    until(qtbot, lambda: len(opened.window.viewer.shown()) == 4)
    assert len(opened.sources) == 1, "a sample that is open is not opened again"


def test_a_source_is_added_by_the_form(open_window: Open, qtbot, pictures: Path) -> None:
    opened = open_window()
    opened.window.commands.run("source.add-folder")
    form = opened.window.panels.sources.form
    assert form is not None
    fields = form.fields["folder"]
    assert isinstance(fields, FolderFields)
    fields.path.setText(str(pictures))
    form.add.click()
    until(qtbot, lambda: opened.picture(0) is not None)
    assert opened.sources == ["folder1"]
    assert opened.window.viewer.shown() == {0: "folder1"}
    assert not form.isVisible()


def test_sources_are_added_by_drag_and_drop(open_window: Open, qtbot, pictures: Path) -> None:
    opened = open_window()
    opened.drop(str(pictures), str(pictures / "Bild 1.png"))
    until(qtbot, lambda: opened.picture(0) is not None and opened.picture(1) is not None)
    assert opened.sources == ["folder1", "folder2"]
    opened.drop_text("scene:1")
    until(qtbot, lambda: opened.picture(2) is not None)
    assert opened.sources[-1] == "scene1"


def test_each_line_of_dropped_text_is_a_source(open_window: Open, qtbot) -> None:
    opened = open_window()
    opened.drop_text("scene:1\nscene:2\n")
    until(qtbot, lambda: opened.sources == ["scene1", "scene2"], 3)


def test_the_command_line_names_sources(open_window: Open, qtbot, pictures: Path) -> None:
    opened = open_window(str(pictures), "scene:1", "nowhere at all.mp4")
    until(qtbot, lambda: opened.picture(0) is not None and opened.picture(1) is not None)
    assert opened.sources == ["folder1", "scene1"]
    assert opened.says("nowhere at all.mp4", "neither a file nor an address")


def test_removing_is_undone_under_the_same_id(open_window: Open, qtbot, pictures: Path) -> None:
    opened = open_window(str(pictures), "scene:1")
    window = opened.window
    until(qtbot, lambda: opened.picture(0) is not None and opened.picture(1) is not None)
    window.panels.sources.removed.emit("scene1")
    until(qtbot, lambda: opened.sources == ["folder1"])
    assert window.viewer.shown() == {0: "folder1"}
    assert window.grid.tile(1).is_empty
    (notice,) = (card for card in window.notices.cards if card.notice.action == "Undo")
    notice.action.click()
    until(qtbot, lambda: opened.picture(1) is not None)
    assert sorted(opened.sources) == ["folder1", "scene1"]
    assert window.viewer.shown() == {0: "folder1", 1: "scene1"}
    window.commands.run("edit.redo")
    until(qtbot, lambda: opened.sources == ["folder1"])


def test_a_window_closed_before_it_began_says_nothing(open_window: Open, qtbot) -> None:
    opened = open_window("scene:1")
    opened.window.close()
    passed: list[int] = []
    QTimer.singleShot(0, lambda: passed.append(1))
    until(qtbot, lambda: passed)
    assert opened.defects() == []


# What comes back


def forget_geometry() -> None:
    """The screenless platform's screen is smaller than the window, which would be made smaller to fit it."""
    path = config_dir() / "settings.json"
    kept = read_json(path)
    assert isinstance(kept, dict)
    assert kept["geometry"]
    write_json(path, {**kept, "geometry": ""})


def test_everything_comes_back_at_the_next_start(open_window: Open, qtbot, pictures: Path) -> None:
    first = open_window(str(pictures), "scene:1")
    until(qtbot, lambda: first.picture(0) is not None and first.picture(1) is not None)
    first.window.preset("calibrate")
    first.window.docks.docks["properties"].close()
    first.window.docks.resize({"sources": 333})
    first.window.set_theme("light")
    first.window.viewer.show("scene1", 3)
    first.window.viewer.empty(1)
    hidden = {id for id, dock in first.window.docks.docks.items() if dock.isHidden()}
    wide = first.window.docks.docks["sources"].width()
    assert first.end() == []
    forget_geometry()
    second = open_window()
    until(qtbot, lambda: second.picture(0) is not None and second.picture(3) is not None)
    docks = second.window.docks.docks
    assert second.window.viewer.shown() == {0: "folder1", 3: "scene1"}
    assert second.sources == ["folder1", "scene1"]
    assert {id for id, dock in docks.items() if dock.isHidden()} == hidden == {"properties"}
    assert abs(docks["sources"].width() - wide) <= 2
    assert second.window.services.settings.value.theme == "light"
    assert second.window.commands.action("view.light").isChecked()
    assert second.window.palette().window().color().lightness() > 200


def test_the_preset_of_the_last_start_is_the_one_that_is_marked(open_window: Open) -> None:
    first = open_window(begin=False)
    first.window.commands.run("window.calibrate")
    assert first.end() == []
    second = open_window()
    assert second.window.services.settings.value.preset == "calibrate"
    assert second.window.commands.action("window.calibrate").isChecked()


def test_a_preset_to_start_with_wins_over_the_last_layout(open_window: Open) -> None:
    first = open_window(begin=False)
    first.window.services.settings.change(start_preset="calibrate")
    first.window.docks.docks["calibration"].close()
    assert first.end() == []
    second = open_window()
    assert not second.window.docks.docks["calibration"].isHidden()
    assert second.window.commands.action("window.calibrate").isChecked()


def test_the_grid_comes_back(open_window: Open, qtbot) -> None:
    first = open_window("scene:1")
    until(qtbot, lambda: first.picture(0) is not None)
    first.window.commands.run("view.nine")
    first.window.viewer.show("scene1", 8)
    assert first.end() == []
    second = open_window()
    until(qtbot, lambda: second.picture(8) is not None)
    assert second.window.grid.layout_name == "3x3"
    assert second.window.commands.action("view.nine").isChecked()


# Jobs and log


def test_an_exception_and_a_kill_reach_jobs_and_log_while_the_window_lives(open_window: Open, qtbot) -> None:
    opened = open_window()
    jobs = opened.window.services.jobs
    ticks: list[int] = []
    clock = QTimer(opened.window, interval=5)
    clock.timeout.connect(lambda: ticks.append(1))
    clock.start()
    jobs.submit(f"{SAMPLES}:wrong", {}, "Divide")
    until(qtbot, lambda: opened.jobs and opened.jobs[0].state == "failed", 30)
    row = opened.jobs[0]
    assert (row.title, row.level) == ("Divide", "bad")
    assert "nothing to divide by" in row.error
    assert "in wrong" in row.trace
    until(qtbot, lambda: any("nothing to divide by" in line.text and "in wrong" in line.details for line in opened.log))
    assert opened.says("Divide", "nothing to divide by")

    heard: list[object] = []
    told = jobs.event.connect  # pyright: ignore[reportAttributeAccessIssue]  (the queue's signal)
    told(lambda _id, key, value: heard.append(value) if key == "pid" else None)
    jobs.submit(f"{SAMPLES}:patient", {}, "Wait for ever")
    until(qtbot, lambda: heard, 30)
    before = len(ticks)
    pid = heard[0]
    assert isinstance(pid, int)
    os.kill(pid, signal.SIGKILL)
    until(qtbot, lambda: opened.jobs[0].state == "failed", 5)
    row = opened.jobs[0]
    assert row.title == "Wait for ever"
    assert "killed" in row.error
    until(qtbot, lambda: any("Wait for ever" in line.text and "killed" in line.text for line in opened.log))
    assert opened.says("Wait for ever", "killed")
    until(qtbot, lambda: len(ticks) > before + 20)
    assert opened.window.isVisible()

    jobs.submit(f"{SAMPLES}:count", {"to": 10}, "Count")
    until(qtbot, lambda: opened.jobs[0].title == "Count" and opened.jobs[0].state == "done", 30)
    assert [row.state for row in opened.jobs] == ["done", "failed", "failed"]
    assert "3 ended" in opened.window.panels.jobs.head.state.text()


def test_a_feed_that_breaks_is_said_and_the_others_play_on(
    open_window: Open, qtbot, pictures: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    live = Feed.run

    def breaking(self: Feed) -> None:
        if self.source.kind == "folder":
            raise ZeroDivisionError("this feed is broken")
        live(self)

    monkeypatch.setattr(Feed, "run", breaking)
    opened = open_window(str(pictures), "scene:1")
    until(qtbot, lambda: opened.says("Größe", "this feed is broken"))
    until(qtbot, lambda: any("feed folder1" in line.text and "breaking" in line.details for line in opened.log))
    until(qtbot, lambda: opened.status("scene1").frames > 5 and opened.picture(1) is not None)


# Snapshots


def test_a_snapshot_has_the_pixels_of_the_frame(
    open_window: Open, qtbot, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "Bilder von heute"
    monkeypatch.setattr(viewer_module, "pictures_folder", lambda: target)
    opened = open_window(str(pictures))
    until(qtbot, lambda: opened.picture(0) is not None)
    opened.window.services.feeds.feed("folder1").pause()
    until(qtbot, lambda: opened.status("folder1").state is FeedState.PAUSED)
    opened.window.commands.run("view.maximise")
    opened.window.commands.run("view.snapshot")
    (path,) = target.iterdir()
    saved = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    assert path.suffix == ".png"
    assert np.array_equal(np.asarray(saved), opened.pixels(0))
    truth = [cv2.imdecode(np.fromfile(file, np.uint8), cv2.IMREAD_COLOR) for file in sorted(pictures.iterdir())]
    assert any(np.array_equal(np.asarray(saved), np.asarray(image)) for image in truth)
    assert opened.says("Saved", path.name)


def test_a_snapshot_that_cannot_be_written_is_said(
    open_window: Open, qtbot, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(viewer_module, "pictures_folder", lambda: tmp_path / "file" / "folder")
    opened = open_window(str(pictures))
    opened.window.commands.run("view.snapshot")
    assert opened.says("no picture to save")
    until(qtbot, lambda: opened.picture(0) is not None)
    opened.window.commands.run("view.snapshot")
    assert opened.says("could not be saved")
    assert not opened.says("Saved")


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
    palette = opened.window.dialogs.palette
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
    monkeypatch.setattr(viewer_module, "pictures_folder", lambda: tmp_path)
    opened = open_window()
    window = opened.window
    monkeypatch.setattr(window.calibration.files, "ask_page", lambda _board: ("", ""))
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


@pytest.mark.parametrize("preset", PRESETS, ids=lambda preset: preset.id)
def test_a_preset_shows_its_docks(open_window: Open, qtbot, preset) -> None:
    opened = open_window(begin=False)
    window = opened.window
    window.commands.run(f"window.{preset.id}")
    assert {id for id, dock in window.docks.docks.items() if not dock.isHidden()} == set(preset.docks)
    front: dict[str, str] = {}
    for id in preset.docks:
        front.setdefault(window.docks.docks[id].spec.area, id)
    for id in front.values():
        until(qtbot, lambda id=id: not window.docks.docks[id].visibleRegion().isEmpty(), 3)
    assert window.commands.action(f"window.{preset.id}").isChecked()


@pytest.mark.parametrize("id", [spec.id for spec in DOCKS])
def test_every_dock_can_be_closed_shown_and_comes_back_with_a_reset(open_window: Open, qtbot, id: str) -> None:
    opened = open_window(begin=False)
    window = opened.window
    dock = window.docks.docks[id]
    dock.close()
    assert dock.isHidden()
    window.docks.show(id)
    until(qtbot, lambda: not dock.visibleRegion().isEmpty(), 3)
    dock.setFloating(True)
    window.commands.run("window.reset")
    assert not dock.isFloating()
    assert dock.isHidden() == (id not in PRESETS[0].docks)


@pytest.mark.parametrize("page", [*(spec.id for spec in DOCKS), "viewer", "start"])
def test_every_panel_has_a_help_page(open_window: Open, page: str) -> None:
    opened = open_window(begin=False)
    assert len((PAGES / f"{page}.md").read_text("utf-8").split()) > 25
    opened.window.dialogs.show_help(page)
    shown = opened.window.dialogs.help
    assert shown is not None
    assert shown.list.currentItem().data(Qt.ItemDataRole.UserRole) == page
    assert len(shown.text.toPlainText().split()) > 25


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
    assert window.calibration.session.material.views == ()
    window.calibration.watch.look("scene1", True)
    until(qtbot, lambda: (seen := window.calibration.watch.finders.sighting("scene1")) and seen.found, 20)
    qtbot.keyClick(window, Qt.Key.Key_C)
    until(qtbot, lambda: len(window.calibration.session.material.views) == 1)
    window.calibration.watch.look("scene1", False)
    qtbot.keyClick(window, Qt.Key.Key_C)
    assert len(window.calibration.session.material.views) == 1
    until(qtbot, lambda: window.calibration.captures.unwritten == 0)
