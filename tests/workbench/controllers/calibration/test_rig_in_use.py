"""A rig in use from the user's side: kept for sources, points of a feature in space, a point that is measured."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt

from engines.calibration.rig.optics import eyes_of
from engines.calibration.rig.pairs.rectification import rectify
from engines.cameras.scene.motion import Motion
from engines.cameras.scene.rig import rig as scene_rig
from engines.cameras.types import SceneSource, TiledSource
from engines.core.frames import Size
from tests.engines.calibration.rig.drawn_rigs import Floats, true_rig
from tests.workbench.opened import Opened, until
from workbench.controllers.calibration.rig.controller import RigController
from workbench.feeds.rectified import rectified

Open = Callable[..., Opened]
SCENE = SceneSource(cameras=4, size=Size(480, 270), noise=1.0)
RIG = true_rig(source=SCENE)
NAMES = tuple(camera.name for camera in RIG.cameras)
PATHS = tuple(f"tiled1/{name}" for name in NAMES)


@pytest.fixture
def opened(open_window: Open, qtbot) -> Opened:
    made = open_window()
    made.window.sources.add(TiledSource(SCENE, 2, 2, NAMES, "Rig"))
    until(qtbot, lambda: all(made.picture(tile) is not None for tile in range(4)))
    return made


@pytest.fixture
def desk(opened: Opened) -> RigController:
    opened.window.preset("rig")
    controller = opened.window.features["rig"]
    controller.edits.show_loaded("rig.json", RIG)
    return controller


def test_tiles_are_offered_by_their_order_whatever_is_straightened_of_them(desk: RigController, opened: Opened, qtbot):
    renamed = tuple(replace(camera, name=f"camera {at}") for at, camera in enumerate(RIG.cameras))
    desk.edits.show_loaded("rig.json", replace(RIG, cameras=renamed))
    for path, child in rectified(PATHS[:2], RIG, rectify(RIG, 0, 1, 0.0)).items():
        opened.window.services.feeds.add_child(*path.split("/"), child)
    desk.show_now()
    assert desk.use.state.chosen == PATHS
    assert [source.path for source in desk.use.state.sources] == list(PATHS)


def shown(desk: RigController):
    return desk.panel.use


def corners_at(frame: int) -> Floats:
    """Of the board, where it truly is."""
    pose = Motion(SCENE.board, scene_rig(SCENE), SCENE.seed).pose(frame / SCENE.fps)
    return SCENE.board.corners @ cv2.Rodrigues(np.array(pose.rvec))[0].T + pose.tvec


def test_the_rig_is_kept_for_its_tiles_and_a_point_that_is_clicked_in_two_is_measured(
    desk: RigController, opened: Opened, qtbot
) -> None:
    section = shown(desk)
    until(qtbot, lambda: section.keep.isVisibleTo(desk.panel))
    assert [field.value() for field in section.fields] == list(PATHS)
    section.fields[0].chosen.emit(PATHS[1])
    until(qtbot, lambda: not section.keep.isEnabled())
    assert section.keep.toolTip() == "Two cameras have the same source"
    section.fields[0].chosen.emit(PATHS[0])
    until(qtbot, section.keep.isEnabled)
    section.keep.click()
    until(qtbot, lambda: section.words.text().startswith("Used: front left"))
    assert not section.keep.isVisibleTo(desk.panel)
    rigs, undo = opened.window.services.rigs, opened.window.services.undo
    assert rigs.of(PATHS[2]).paths == PATHS
    assert undo.undoText() == "Keep the rig for 4 cameras"
    undo.undo()
    assert rigs.of(PATHS[2]) is None
    undo.redo()
    assert rigs.of(PATHS[2]).paths == PATHS
    grid = opened.window.grid
    opened.window.services.feeds.feed("tiled1").pause()
    until(qtbot, lambda: section.measure.isVisibleTo(desk.panel))
    section.measure.click()
    place = corners_at(0)[22]
    for number in (0, 3):
        view = grid.tile(number).view
        at = view.viewport.to_widget(*eyes_of(RIG)[number].see(place)[0].tolist())
        qtbot.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(round(at.x()), round(at.y())))
    until(qtbot, lambda: section.copy.isVisibleTo(desk.panel))
    point = desk.use.state.measured.point
    assert (np.abs(np.array(point.place) - place) < 4 * np.array(point.std) + 0.01).all()
    assert "Seen in 2 pictures" in section.place.text()
    section.again.click()
    until(qtbot, lambda: section.place.text().startswith("Click a point"))


def test_the_corners_of_the_board_are_in_space_where_they_truly_are(
    desk: RigController, opened: Opened, qtbot, tmp_path: Path
) -> None:
    opened.window.services.rigs.assign(PATHS, RIG)
    use, section = desk.use, shown(desk)
    section.engineChosen.emit("calibration")
    until(qtbot, lambda: "1 in 4 cameras: " in section.joined.text())
    feed = opened.window.services.feeds.feed("tiled1")
    feed.pause()
    use.record_to(str(tmp_path / "points.csv"))
    for _ in range(2):
        before = use.state.points
        feed.step(1)
        until(qtbot, lambda before=before: use.state.points != before and "1 in 4" in section.joined.text())
    assert section.record.isChecked()
    section.recordWanted.emit(False)
    until(qtbot, lambda: opened.says("Recorded"))
    _, *rows = csv.reader((tmp_path / "points.csv").read_text().splitlines())
    last = [_off(row) for row in rows if row[0] == rows[-1][0]]
    assert len(last) == 54
    assert np.mean([one <= 3 for one in last]) >= 0.98
    section.engineChosen.emit("")
    until(qtbot, lambda: not opened.window.viewer.engines_on(PATHS[0]))


def _off(row: list[str]) -> float:
    place = corners_at(int(row[0]))[int(row[1].rpartition(" ")[2])]
    return float(np.abs((np.array(row[2:5], float) - place) / np.array(row[5:8], float)).max())
