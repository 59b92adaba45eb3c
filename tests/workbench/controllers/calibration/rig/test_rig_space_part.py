"""Behind the page Space: pictures are cut out, straightened and brought to the page; a click chooses a cell."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import cv2
import numpy as np
import pytest
from PySide6.QtCore import QObject

from engines.calibration.rig.types import RigView
from engines.core.projection import project
from tests.widgets.calibration.rig.space.spaced_rig import spaced_rig
from widgets.calibration.rig.pages.state import Cell, Page, PagesView
from widgets.calibration.rig.setup import RigSetup
from widgets.calibration.rig.state import RigState
from workbench.controllers.calibration.rig.space import Space, straight_pictures
from workbench.threads.background import Errands

RIG = spaced_rig(3)
FRAMES = [pose.frame for pose in RIG.board_poses]
SETUP = RigSetup(names=tuple(camera.name for camera in RIG.cameras))


def tiled(path: Path) -> str:
    """A picture of four, in each a white dot on what the middle of the first board is seen at."""
    tiles = []
    for camera in RIG.cameras:
        tile = np.full((camera.size.height, camera.size.width, 3), 40, np.uint8)
        middle = project(camera.lens, [RIG.board_poses[0].tvec], camera.rvec, camera.tvec)[0]
        cv2.circle(tile, tuple(middle.round().astype(int).tolist()), 4, (255, 255, 255), -1)
        tiles.append(tile)
    cv2.imwrite(str(path), np.vstack([np.hstack(tiles[:2]), np.hstack(tiles[2:])]))
    return str(path)


@pytest.fixture
def part(qtbot, tmp_path: Path):
    path = tiled(tmp_path / "frame.png")
    views = tuple(RigView(FRAMES[0], number, path, True, True) for number in range(4))
    gone = RigView(FRAMES[1], 0, str(tmp_path / "gone.png"), True, True)
    result, owner, errands = replace(RIG, views=(*views, gone)), QObject(), Errands("rig pictures")
    chosen: list[Cell] = []
    session = SimpleNamespace(result=result, setup=SETUP)
    made = Space(SimpleNamespace(session=session, choose_cell=chosen.append, run=lambda: None), errands, owner)
    page = made.make()
    qtbot.addWidget(page)
    page.show_state(PagesView(Page.SPACE, RigState(result=result), cell=Cell(FRAMES[0], -1)))
    yield made, page, chosen
    errands.request_stop()
    assert errands.join(5)


def test_a_point_is_in_the_straightened_picture_where_its_pinhole_sees_it(tmp_path: Path) -> None:
    path = tiled(tmp_path / "frame.png")
    pictures = straight_pictures(RIG, dict.fromkeys(range(4), path), SETUP)
    for number, picture in pictures.items():
        camera = RIG.cameras[number]
        straight = replace(camera, intrinsics=picture.lens, distortion=(0.0,) * 5)
        expected = project(straight.lens, [RIG.board_poses[0].tvec], camera.rvec, camera.tvec)[0]
        rows, columns = np.nonzero(picture.image[..., 0] > 150)
        np.testing.assert_allclose([columns.mean(), rows.mean()], expected, atol=1.0)


def test_pictures_come_to_the_page_and_what_cannot_be_read_is_told(part, qtbot) -> None:
    _made, page, _chosen = part
    page.pictures.setChecked(True)
    qtbot.waitUntil(lambda: len(page.space.pictures) == 4)
    page.playback.on.click()
    qtbot.waitUntil(lambda: not page.space.pictures)
    assert "gone.png" in page.state.accessibleName()


def test_a_camera_that_is_clicked_is_the_cell_that_is_looked_at(part) -> None:
    _made, page, chosen = part
    page.space.cameraChosen.emit(2)
    assert chosen == [Cell(FRAMES[0], 2)]
