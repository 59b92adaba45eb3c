"""The real window from the user's side: sources, viewer, keys, jobs, log, and what comes back at the next start."""

from __future__ import annotations

import locale
import os
import signal
from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QTimer

from engines.cameras.feed.running import Feed
from engines.core.files import write_json
from engines.core.places import config_dir
from engines.core.reading import read_json
from tests.workbench.fakes import SAMPLES
from tests.workbench.opened import Opened, until
from widgets.sources.fields import FolderFields
from workbench.app import make_application
from workbench.feeds import snapshots

Open = Callable[..., Opened]


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
    until(qtbot, lambda: opened.sources == ["scene1", "scene2"])


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
    assert {id for id, dock in docks.items() if dock.isHidden()} == hidden
    assert hidden == {"properties", "rig", "diffusion", "faces", "actions", "attention", "inspection", "timeline"}
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
    until(qtbot, lambda: opened.jobs[0].state == "failed")
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
    monkeypatch.setattr(snapshots, "pictures_dir", lambda: target)
    opened = open_window(str(pictures))
    until(qtbot, lambda: opened.picture(0) is not None)
    opened.window.commands.run("view.maximise")
    shown = opened.pixels(0)
    opened.window.commands.run("view.snapshot")
    until(qtbot, lambda: opened.says("Saved"))
    (path,) = target.iterdir()
    saved = cv2.imdecode(np.frombuffer(path.read_bytes(), np.uint8), cv2.IMREAD_UNCHANGED)
    assert path.suffix == ".png"
    assert np.array_equal(np.asarray(saved), shown)
    truth = [cv2.imdecode(np.fromfile(file, np.uint8), cv2.IMREAD_COLOR) for file in sorted(pictures.iterdir())]
    assert any(np.array_equal(np.asarray(saved), np.asarray(image)) for image in truth)
    assert opened.says("Saved", path.name)


def test_a_snapshot_that_cannot_be_written_is_said(
    open_window: Open, qtbot, pictures: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setattr(snapshots, "pictures_dir", lambda: tmp_path / "file" / "folder")
    opened = open_window(str(pictures))
    opened.window.commands.run("view.snapshot")
    assert opened.says("no picture to save")
    until(qtbot, lambda: opened.picture(0) is not None)
    opened.window.commands.run("view.snapshot")
    until(qtbot, lambda: opened.says("could not be saved"))
    assert not opened.says("Saved")


def test_the_system_s_language_does_not_change_how_numbers_are_read_or_written(qapp):
    before = locale.setlocale(locale.LC_NUMERIC)
    try:
        locale.setlocale(locale.LC_NUMERIC, "C.UTF-8")
        make_application()
        assert locale.setlocale(locale.LC_NUMERIC) == "C"
    finally:
        locale.setlocale(locale.LC_NUMERIC, before)
