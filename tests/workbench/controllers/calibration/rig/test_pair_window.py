"""Two cameras of a rig from the user's side: live depth on the page Pair, and rectified pictures as sources."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.calibration.rig.pairs.rectification import rectify, undistortions
from engines.calibration.rig.pairs.stills import usual_depths
from engines.calibration.rig.types import BoardPose, RigCamera, RigPair, RigResult, RigView
from engines.calibration.types import MonoResult
from engines.cameras.scene.rendering import Scene
from engines.cameras.types import SceneSource, TiledSource
from engines.core.frames import Size
from engines.core.lenses import Intrinsics
from engines.core.undistortion import Straightener
from engines.core.words import tr
from tests.workbench.opened import Opened, until
from widgets.calibration.rig.pages.pair import PairPage
from widgets.calibration.rig.pages.pair_view import figures_of
from widgets.calibration.rig.pages.state import Page
from widgets.sources.list import ROW

Open = Callable[..., Opened]
SOURCE = SceneSource(cameras=2, size=Size(320, 180), noise=1.0)
TRUTH = RigResult(
    tuple(
        RigCamera(one.name, one.size, "brown5", Intrinsics(one.fx, one.fy, one.cx, one.cy), one.distortion, one.rvec,
                  one.tvec, {})
        for one in Scene(SOURCE).truth
    ),
    (RigPair(0, 1, 0.21, 22.0),), 0.1, "good", (), 0.0,
)  # fmt: skip
LEFT, RIGHT = "tiled1/left", "tiled1/right"
RECTIFIED = "tiled1/left rectified with right", "tiled1/right rectified with left"


@pytest.fixture
def opened(open_window: Open, qtbot) -> Opened:
    """The rendered pair runs, and its rig is in use."""
    opened = open_window()
    opened.window.sources.add(TiledSource(SOURCE, 1, 2, ("left", "right"), "Pair"))
    until(qtbot, lambda: opened.picture(0) is not None)
    opened.window.services.rigs.assign((LEFT, RIGHT), TRUTH)
    opened.window.preset("rig")
    opened.window.features["rig"].choose_page(Page.PAIR)
    return opened


def page(opened: Opened) -> PairPage:
    return opened.window.features["rig"].board.page(Page.PAIR)


def test_depth_of_the_sources_is_shown_live_and_ends_with_its_page(opened: Opened, qtbot) -> None:
    shown = page(opened)
    until(qtbot, lambda: shown.live.isEnabled() and shown.live.isVisible())
    tops = opened.window.panels.sources.list.topLevelItem(0)
    notes = [tops.child(number).data(0, ROW).note for number in range(2)]
    assert notes == [tr("calibrated as one of {cameras} cameras", cameras=2)] * 2
    shown.live.click()
    until(qtbot, lambda: shown.shown.pair.seen is not None and shown.shown.pair.seen.depth.share > 0.02)
    assert shown.picture.has_picture
    assert "Depth in" in shown.words.text()
    desk = opened.window.features["rig"]
    part = desk.pages.parts[Page.PAIR]
    assert part.lookers.paths() == [LEFT]
    board = BoardPose("1", 0, (0.0, 0.0, 0.0), (0.0, 0.0, 0.5))
    solved = replace(TRUTH, board_poses=(board,))
    desk.edits.show_loaded("rig.json", solved)
    until(qtbot, lambda: shown.shown.pair.near == usual_depths(solved, 0, 0.21).near)
    assert shown.shown.pair.live
    shown.swap.click()
    until(qtbot, lambda: part.lookers.paths() == [RIGHT])
    opened.window.features["rig"].choose_page(Page.VIEWER)
    until(qtbot, lambda: part.lookers.paths() == [])


def test_rectified_pictures_are_sources_that_no_new_calibration_changes(opened: Opened, qtbot) -> None:
    window, shown = opened.window, page(opened)
    until(qtbot, lambda: shown.sources.isEnabled())
    shown.sources.click()
    until(qtbot, lambda: set(RECTIFIED) <= set(window.viewer.shown().values()))
    window.features["rig"].choose_page(Page.VIEWER)
    window.viewer.show(LEFT, 1)
    until(qtbot, lambda: all(window.viewer.newest(path) is not None for path in (LEFT, RECTIFIED[0])))
    window.services.feeds.feed("tiled1").pause()
    until(qtbot, lambda: window.viewer.newest(LEFT).stamp.index == window.viewer.newest(RECTIFIED[0]).stamp.index)
    how = undistortions(TRUTH, rectify(TRUTH, 0, 1, 0.0))[0]
    expected = Straightener(how).image(window.viewer.newest(LEFT).image)
    np.testing.assert_array_equal(window.viewer.newest(RECTIFIED[0]).image, expected)
    one = TRUTH.cameras[0]
    other = MonoResult(one.model, one.size, replace(one.intrinsics, fx=250.0), {}, one.distortion, (), 0.1, None, (),
                       "good", (), 0.0, None)  # fmt: skip
    window.services.calibrations.assign(LEFT, other)
    assert window.services.feeds.child(RECTIFIED[0]).undistortion == how
    assert window.services.calibrations.straight(LEFT) == "tiled1/left undistorted"
    window.sources.remove(RECTIFIED[1])
    assert RECTIFIED[1] not in window.viewer.shown().values()
    window.services.undo.undo()
    assert RECTIFIED[1] in window.services.feeds.children("tiled1")


def test_a_solved_pair_is_seen_frame_by_frame(open_window: Open, qtbot, tmp_path: Path) -> None:
    scene, views = Scene(SOURCE), []
    for frame in range(2):
        tiled = scene.render(40 * frame)
        for number in range(2):
            path = tmp_path / f"{frame}-{number}.png"
            cv2.imwrite(str(path), scene.tile(tiled, number))
            views.append(RigView(str(frame), number, str(path), True, True, ids=(0,), corners=((9.0, 9.0),)))
    opened = open_window()
    opened.window.preset("rig")
    desk = opened.window.features["rig"]
    desk.choose_page(Page.PAIR)
    shown = page(opened)
    assert not shown.there
    desk.edits.show_loaded("rig.json", replace(TRUTH, views=tuple(views)))
    until(qtbot, lambda: shown.there and shown.shown.pair.seen is not None)
    first = shown.shown.pair.seen
    assert [title for _, title in shown.shown.pair.frames] == ["Frame 0", "Frame 1"]
    assert not shown.live.isEnabled()
    assert "Rows off" in [stat.label for stat in figures_of(shown.shown.pair.figures)]
    shown.frame.chosen.emit("1")
    until(qtbot, lambda: shown.shown.pair.frame == "1" and shown.shown.pair.seen is not first)
    shown.near.setValue(0.01)
    until(qtbot, lambda: "share too little" in shown.shown.pair.note)
    assert not shown.picture.has_picture
    (tmp_path / "0-0.png").unlink()
    shown.near.setValue(0.3)
    shown.frame.chosen.emit("0")
    until(qtbot, lambda: "0-0.png" in shown.shown.pair.note)
