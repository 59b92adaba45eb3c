"""A calibrated camera from the user's side: Undistort on its tile, its row, what is kept, and the next start."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from engines.calibration.formats.files import save
from engines.calibration.types import MonoResult
from engines.cameras.types import SceneSource, TiledSource
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, Lens
from engines.core.places import data_dir
from engines.core.undistortion import Straightener, Undistortion
from tests.workbench.opened import Opened, until

Open = Callable[..., Opened]
SIZE = Size(160, 90)
RIG = TiledSource(SceneSource(cameras=4, size=SIZE), 2, 2, ("left", "right"), "Rig")
LENS = Lens("brown5", Intrinsics(140.0, 140.0, 79.5, 44.5), (-0.3, 0.1, 0.0, 0.0, 0.0))
RESULT = MonoResult(LENS.model, SIZE, LENS.intrinsics, {}, LENS.distortion, (), 0.12, None, (), "good", (), 0.0, None)
LEFT, STRAIGHT = "tiled1/left", "tiled1/left undistorted"


def opened_rig(open_window: Open, qtbot) -> Opened:
    opened = open_window()
    opened.window.sources.add(RIG)
    until(qtbot, lambda: opened.picture(0) is not None)
    opened.window.services.feeds.feed("tiled1").pause()
    until(qtbot, lambda: opened.window.services.feeds.state(LEFT).value == "paused")
    return opened


def tile(opened: Opened, number: int = 0):
    return opened.window.grid.tile(number)


def test_a_calibrated_tile_is_undistorted_and_back_and_so_at_the_next_start(open_window: Open, qtbot) -> None:
    opened = opened_rig(open_window, qtbot)
    window = opened.window
    assert "Not calibrated" in tile(opened).undistort.toolTip()
    window.services.calibrations.assign(LEFT, RESULT, "near")
    assert "calibrated, RMS 0.12 px, near, just now" in tile(opened).undistort.toolTip().lower().replace("rms", "RMS")
    window.grid.undistortToggled.emit(0)
    assert window.viewer.shown()[0] == STRAIGHT
    assert tile(opened).undistort.isChecked()
    plain, straight = window.viewer.newest(LEFT), window.viewer.newest(STRAIGHT)
    until(qtbot, lambda: window.viewer.newest(STRAIGHT) is not None)
    straight = window.viewer.newest(STRAIGHT)
    window.viewer.show(LEFT, 1)
    until(qtbot, lambda: window.viewer.newest(LEFT) is not None)
    plain = window.viewer.newest(LEFT)
    np.testing.assert_array_equal(straight.image, Straightener(Undistortion(LENS, SIZE)).image(plain.image))
    rows = [row.id for row in window.panels.sources.list.topLevelItem(0).data(0, 256).tiles]
    assert rows[-1] == STRAIGHT
    window.grid.undistortToggled.emit(0)
    assert window.viewer.shown()[0] == LEFT
    window.grid.undistortToggled.emit(0)
    assert opened.end() == []
    again = open_window()
    until(qtbot, lambda: again.window.viewer.shown().get(0) == STRAIGHT)
    until(qtbot, lambda: again.picture(0) is not None)
    assert again.window.services.calibrations.words(LEFT).startswith("calibrated, RMS 0.12 px, near")


def test_a_straightened_picture_is_removed_alone_and_comes_back(open_window: Open, qtbot) -> None:
    opened = opened_rig(open_window, qtbot)
    window = opened.window
    window.services.calibrations.assign(LEFT, RESULT)
    window.undistorted.show(LEFT)
    window.sources.remove(STRAIGHT)
    assert STRAIGHT not in window.services.feeds.children("tiled1")
    assert STRAIGHT not in window.viewer.shown().values()
    assert window.services.project.items("child") == {}
    window.services.undo.undo()
    assert STRAIGHT in window.viewer.shown().values()
    window.sources.remove("tiled1")
    window.services.undo.undo()
    assert list(window.services.feeds.children("tiled1")) == [STRAIGHT]


def test_what_looks_at_a_tile_looks_at_what_it_shows_then(open_window: Open, qtbot) -> None:
    opened = opened_rig(open_window, qtbot)
    window = opened.window
    window.services.calibrations.assign(LEFT, RESULT)
    window.preset("calibrate")
    watch = window.features["calibration"].watch
    watch.look(LEFT, True)
    window.grid.undistortToggled.emit(0)
    assert watch.lookers.paths() == [STRAIGHT]
    assert STRAIGHT in [choice.path for choice in watch.sources()]
    until(qtbot, lambda: watch.sighting(STRAIGHT) is not None)
    assert watch.sighting(STRAIGHT).stamp.source == STRAIGHT
    window.grid.undistortToggled.emit(0)
    assert watch.lookers.paths() == [LEFT]


def test_one_click_keeps_a_result_for_the_camera(open_window: Open, qtbot, tmp_path: Path) -> None:
    opened = opened_rig(open_window, qtbot)
    window = opened.window
    window.preset("calibrate")
    calibration = window.features["calibration"]
    calibration.watch.choose(LEFT)
    save(RESULT, tmp_path / "cam.json")
    calibration.open(str(tmp_path / "cam.json"))
    report = calibration.panel.report
    until(qtbot, lambda: report.use.isVisibleTo(calibration.panel))
    report.focus.setText("near: 1/2 m")
    report.use.click()
    (kept,) = window.services.calibrations.of(LEFT)
    assert (kept.focus, kept.result.image_size, kept.result.lens) == ("near 1 2 m", SIZE, LENS)
    assert report.focus.text() == ""


def test_a_newer_calibration_is_followed_and_another_shape_refused(open_window: Open, qtbot, tmp_path: Path) -> None:
    opened = opened_rig(open_window, qtbot)
    window = opened.window
    known = window.services.calibrations
    known.assign(LEFT, RESULT)
    window.undistorted.show(LEFT)
    child = window.services.feeds.child(STRAIGHT)
    window.sources.straighten(STRAIGHT, replace(child, undistortion=replace(child.undistortion, balance=0.5)))
    longer = replace(RESULT, intrinsics=replace(LENS.intrinsics, fx=150.0), rms_px=0.2)
    save(longer, tmp_path / "newer.json")
    assert window.undistorted.use_file(STRAIGHT, str(tmp_path / "newer.json"))
    now = window.services.feeds.child(STRAIGHT).undistortion
    assert (now.lens.intrinsics.fx, now.balance) == (150.0, 0.5)
    assert len(known.of(LEFT)) == 2
    assert known.of("tiled1/right") == ()
    save(replace(RESULT, image_size=Size(640, 480)), tmp_path / "other.json")
    assert not window.undistorted.use_file(LEFT, str(tmp_path / "other.json"))
    assert len(known.of(LEFT)) == 2


def test_calibrations_are_plain_files_that_are_never_replaced(open_window: Open, qtbot) -> None:
    opened = opened_rig(open_window, qtbot)
    known = opened.window.services.calibrations
    first, second = known.assign(LEFT, RESULT), known.assign(LEFT, replace(RESULT, rms_px=0.3))
    (folder,) = (data_dir() / "calibrations").iterdir()
    assert first.path != second.path
    assert folder.name.startswith("Rig left ")
    (folder / "mine.json").write_text("[]")
    said: list[str] = []
    known.unreadable.connect(said.append)
    third = known.assign(LEFT, replace(RESULT, rms_px=0.4))
    names = [first.path.name, second.path.name, third.path.name, "camera.json", "mine.json"]
    assert sorted(path.name for path in folder.iterdir()) == sorted(names)
    assert (folder / "mine.json").read_text() == "[]"
    assert [one.result.rms_px for one in known.of(LEFT)] == [0.4, 0.3, 0.12]
    assert said == ["A calibration of Rig left is passed over: mine.json: This JSON is not a calibration of one camera"]


@pytest.mark.parametrize("balance", [0.0, 1.0])
def test_settings_show_at_once(open_window: Open, qtbot, balance: float) -> None:
    opened = opened_rig(open_window, qtbot)
    window = opened.window
    window.services.calibrations.assign(LEFT, RESULT)
    window.undistorted.ask_settings(LEFT)
    until(qtbot, lambda: window.viewer.newest(STRAIGHT) is not None)
    form = window.undistorted.form
    form.balance.setValue(round(100 * balance))
    form.width_.setValue(80)
    until(qtbot, lambda: window.viewer.newest(STRAIGHT).image.shape == (45, 80, 3))
    assert "80 × 45 px, sees" in form.words.text()
    assert window.services.project.items("child")[STRAIGHT]["undistortion"]["balance"] == balance


def test_undistort_says_why_it_cannot_before_it_asks_for_a_file(
    open_window: Open, qtbot, monkeypatch, tmp_path
) -> None:
    opened = opened_rig(open_window, qtbot)
    window, asked = opened.window, []
    file = tmp_path / "lens.json"
    save(RESULT, file)
    monkeypatch.setattr(
        "workbench.controllers.shell.undistort.ask_open", lambda *words: asked.append(words) or str(file)
    )
    window.viewer.show(LEFT, 0)
    window.grid.select(0)
    window.commands.run("source.undistort")
    assert opened.says("left", "Not calibrated")
    assert asked == []
    window.notices.cards[-1].action.click()
    assert len(asked) == 1
    assert window.viewer.shown()[0] == STRAIGHT
    assert not opened.says("Not calibrated")
