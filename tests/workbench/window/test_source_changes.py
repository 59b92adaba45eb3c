"""Sources that are changed while they are open: other words, another file, another split, another place in the list."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtWidgets import QApplication, QMenu

from engines.calibration.formats.files import save
from engines.calibration.types import MonoResult
from engines.cameras.sources.parsing import source_from
from engines.cameras.types import Child, SceneSource, TiledSource
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, Lens
from engines.core.places import data_dir
from engines.core.words import tr, tr_count
from tests.workbench.opened import Opened, until
from workbench.feeds.calibrations import undistortion

Open = Callable[..., Opened]
SIZE = Size(160, 90)
RIG = TiledSource(SceneSource(cameras=4, size=SIZE), 2, 2, ("left", "right"), "Rig")
LENS = Lens("brown5", Intrinsics(140.0, 140.0, 79.5, 44.5), (-0.3, 0.1, 0.0, 0.0, 0.0))
RESULT = MonoResult(LENS.model, SIZE, LENS.intrinsics, {}, LENS.distortion, (), 0.12, None, (), "good", (), 0.0, None)

CALIBRATED = ", ".join((tr("calibrated"), tr("RMS {rms_px:.2f} px", rms_px=0.12)))


@pytest.fixture
def folders(tmp_path: Path) -> list[str]:
    """Two folders of one gray picture each, 40 and 200."""
    made = []
    for level in (40, 200):
        folder = tmp_path / f"pictures [{level}]: a"
        folder.mkdir()
        assert cv2.imwrite(str(folder / "one.png"), np.full((90, 160, 3), level, np.uint8))
        made.append(str(folder))
    return made


def straight(tile: str) -> Child:
    return Child(undistortion(RESULT), tile)


def pixel(opened: Opened, tile: int) -> int:
    return -1 if opened.picture(tile) is None else int(opened.pixels(tile)[5, 5, 0])


def test_a_source_is_replaced_where_it_is_shown_and_put_back_by_name(open_window: Open, qtbot, folders) -> None:
    opened = open_window(folders[0])
    window = opened.window
    until(qtbot, lambda: pixel(opened, 0) == 40)
    window.commands.run("view.four")
    window.viewer.show("folder1", 2)
    window.sources.rename("folder1", "Gate")
    window.sources.replace("folder1", source_from(folders[1]))
    until(qtbot, lambda: (pixel(opened, 0), pixel(opened, 2)) == (200, 200))
    assert (window.sources.title("folder1"), opened.sources) == ("Gate", ["folder1"])
    assert window.services.undo.undoText() == tr("Replace {source}", source="Gate")
    window.services.undo.undo()
    until(qtbot, lambda: (pixel(opened, 0), pixel(opened, 2)) == (40, 40))


def test_a_new_name_opens_nothing_anew_and_keeps_the_calibration(open_window: Open, qtbot) -> None:
    opened = open_window()
    window = opened.window
    window.sources.add(RIG)
    until(qtbot, lambda: opened.picture(0) is not None)
    feed = window.services.feeds.feed("tiled1")
    window.services.calibrations.assign("tiled1/left", RESULT)
    window.undistorted.show("tiled1/left")
    window.sources.rename("tiled1", "Hall")
    window.sources.rename("tiled1/left", "north: [1]")
    assert window.services.feeds.feed("tiled1") is feed
    assert window.sources.title("tiled1/left") == "Hall · north: [1]"
    assert window.sources.title("tiled1/left undistorted") == "Hall · north: [1] undistorted"
    assert window.services.calibrations.words("tiled1/left").startswith(CALIBRATED)
    assert window.services.undo.undoText() == tr("Rename {source}", source="Hall · left")
    assert opened.end() == []
    again = open_window()
    until(qtbot, lambda: again.picture(0) is not None)
    assert again.window.grid.tile(1).title.toolTip() == "Hall · right"
    assert again.window.sources.title("tiled1/left") == "Hall · north: [1]"
    assert again.window.services.calibrations.words("tiled1/left").startswith(CALIBRATED)


def test_a_calibration_that_came_into_use_can_be_taken_back(open_window: Open, qtbot, tmp_path: Path) -> None:
    opened = open_window()
    window = opened.window
    window.sources.add(RIG)
    until(qtbot, lambda: opened.picture(0) is not None)
    known, undo = window.services.calibrations, window.services.undo
    save(replace(RESULT, rms_px=0.5), tmp_path / "lens.json")
    assert window.undistorted.use_file("tiled1/left", str(tmp_path / "lens.json"))
    assert window.features["calibration"].assign("tiled1/left", RESULT)
    used = tr("Use calibration for {source}", source="Rig · left")
    assert (undo.undoText(), known.best("tiled1/left").result.rms_px) == (used, 0.12)
    undo.undo()
    assert known.best("tiled1/left").result.rms_px == 0.5
    undo.undo()
    assert known.best("tiled1/left") is None
    undo.redo()
    undo.redo()
    assert [one.result.rms_px for one in known.of("tiled1/left")] == [0.12, 0.5]
    undo.undo()
    for path in list((data_dir() / "calibrations").rglob("*.forgotten")):
        path.unlink()
    undo.redo()
    assert opened.says("No such file")


def test_a_source_that_was_duplicated_again_is_shown_once(open_window: Open, qtbot, folders: list[str]) -> None:
    opened = open_window()
    window, undo = opened.window, opened.window.services.undo
    window.sources.add(source_from(folders[0]))
    window.sources.change("folder1", TiledSource(source_from(folders[0]), 2, 2), "Edit it")
    window.sources.duplicate("folder1")
    window.sources.rename("folder1", "a\x1b[31m" + "b" * 5000)
    assert len(window.commands.action("edit.undo").text()) < 80
    assert window.sources.title("folder1") == "a[31m" + "b" * 195
    window.sources.remove("folder1")
    until(qtbot, lambda: window.viewer.layout == "2x2")
    for _ in range(3):
        undo.undo()
    assert opened.sources == ["folder1"]
    for _ in range(3):
        undo.redo()
    assert sorted(window.viewer.shown().values()) == ["tiled1/1", "tiled1/2", "tiled1/3", "tiled1/4"]


def test_another_split_keeps_what_fits_and_undo_brings_the_rest(open_window: Open, qtbot) -> None:
    opened = open_window()
    window = opened.window
    window.sources.add(RIG)
    until(qtbot, lambda: opened.picture(3) is not None)
    feeds = window.services.feeds
    window.sources.straighten("tiled1/left undistorted", straight("left"))
    window.sources.straighten("tiled1/undistorted", straight(""))
    before = window.viewer.shown()
    window.sources.change("tiled1", replace(RIG, rows=1, columns=2), "Edit Rig")
    assert list(feeds.children("tiled1")) == ["tiled1/undistorted"]
    assert window.viewer.shown() == {0: "tiled1/left", 1: "tiled1/right"}
    one = "A straightened picture belonged to the split of before and was closed"
    assert opened.says(tr_count(1, one, "{n} straightened pictures belonged to the split of before and were closed"))
    window.services.undo.undo()
    assert window.viewer.shown() == before
    assert set(feeds.children("tiled1")) == {"tiled1/left undistorted", "tiled1/undistorted"}


def test_what_looked_at_a_source_looks_at_it_again(open_window: Open, qtbot) -> None:
    opened = open_window()
    window = opened.window
    window.sources.add(SceneSource(cameras=1, size=SIZE))
    until(qtbot, lambda: opened.picture(0) is not None)
    window.preset("calibrate")
    watch = window.features["calibration"].watch
    watch.look("scene1", True)
    window.sources.change("scene1", SceneSource(cameras=1, size=SIZE, noise=0.0), "Edit it")
    assert watch.lookers.paths() == ["scene1"]
    assert window.viewer.engines_on("scene1") == ("calibration",)


def test_the_list_keeps_the_order_it_was_given(open_window: Open, qtbot, folders) -> None:
    opened = open_window(*folders, "scene:1")
    window = opened.window
    until(qtbot, lambda: len(opened.sources) == 3)
    window.sources.move("scene1", 0)
    assert opened.sources == ["scene1", "folder1", "folder2"]
    window.sources.duplicate("folder1")
    assert window.sources.title("folder3") == tr("{source} copy", source="pictures [40]: a")
    window.sources.remove("folder1")
    window.services.undo.undo()
    assert opened.sources == ["scene1", "folder1", "folder2", "folder3"]
    assert opened.end() == []
    again = open_window()
    until(qtbot, lambda: len(again.sources) == 4)
    assert again.sources == ["scene1", "folder1", "folder2", "folder3"]


def test_tiles_swap_what_they_show_and_back(open_window: Open, qtbot, folders) -> None:
    opened = open_window(*folders)
    window = opened.window
    window.viewer.set_layout("2x2")
    until(qtbot, lambda: (pixel(opened, 0), pixel(opened, 1)) == (40, 200))
    window.grid.select(0)
    window.grid.setFocus()
    qtbot.keyClick(window.grid, Qt.Key.Key_Right, Qt.KeyboardModifier.ShiftModifier)
    until(qtbot, lambda: (pixel(opened, 0), pixel(opened, 1)) == (200, 40))
    assert window.grid.selected_index == 1
    window.grid.swapWanted.emit(1, 3)
    assert window.viewer.shown() == {0: "folder2", 3: "folder1"}
    window.services.undo.undo()
    window.services.undo.undo()
    assert window.viewer.shown() == {0: "folder1", 1: "folder2"}
    assert window.services.undo.redoText() == tr("Swap tiles")


def test_properties_are_changed_in_place_and_a_calibration_is_forgotten_and_back(open_window: Open, qtbot) -> None:
    opened = open_window()
    window = opened.window
    window.sources.add(RIG)
    until(qtbot, lambda: opened.picture(0) is not None)
    window.services.calibrations.assign("tiled1/left", RESULT, "near")
    panel = window.panels.properties
    window.panels.sources.list.select("tiled1/left")
    assert (panel.name.text(), panel.head.title.text()) == ("left", "Rig · left")
    panel.name.setText("north")
    panel.name.editingFinished.emit()
    assert window.sources.title("tiled1/left") == "Rig · north"
    window.properties.refresh()
    panel.undistort.click()
    assert "tiled1/left undistorted" in window.viewer.shown().values()
    window.properties.show("tiled1/left")
    panel.calibration.click()
    calibration = window.features["calibration"]
    until(qtbot, lambda: calibration.session.result is not None)
    assert calibration.session.result.rms_px == pytest.approx(0.12)
    panel.forget.click()
    assert window.services.calibrations.of("tiled1/left") == ()
    assert window.services.undo.undoText() == tr("Forget calibration of {source}", source="Rig · north")
    window.services.undo.undo()
    assert window.services.calibrations.words("tiled1/left").startswith(f"{CALIBRATED}, near")


def test_commands_are_for_what_was_chosen_last_in_the_viewer_or_the_list(open_window: Open, folders) -> None:
    window = open_window(begin=False).window
    for folder in folders:
        window.sources.add_dropped([folder])
    window.sources.refresh()
    for tile, path in ((1, "folder2"), (0, "folder1")):
        window.grid.press(tile)
        assert window.sources.current() == window.viewer.selected_path() == path
    window.panels.sources.list.select("folder2")
    window.commands.run("source.remove")
    assert window.services.feeds.ids() == ["folder1"]


def test_a_tile_has_a_menu_of_its_own_and_chooses_it(open_window: Open, qtbot, folders) -> None:
    opened = open_window(*folders)
    window = opened.window
    until(qtbot, lambda: opened.picture(1) is not None)
    window.grid.press(0)
    at = window.grid.tile(1).geometry().center()
    asked = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, at, window.grid.mapToGlobal(at))
    QApplication.sendEvent(window.grid, asked)
    menu = next(one for one in window.grid.findChildren(QMenu) if one.isVisible())
    assert window.sources.current() == "folder2"
    next(action for action in menu.actions() if action.objectName() == "view.clear").trigger()
    menu.close()
    assert window.viewer.shown() == {0: "folder1"}
