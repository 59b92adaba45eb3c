"""The widget of a rig in space: what is shown of it, what a click chooses, from where it is seen."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest

from engines.calibration.rig.places import centre_of
from tests.widgets.calibration.rig.space.spaced_rig import BONES, spaced_points, spaced_rig
from widgets.calibration.rig.space.cameras import outline, spanned
from widgets.calibration.rig.space.view import RigSpace, Shown
from widgets.charts.space.things import Word
from widgets.kit.theme import LIGHT, LOOK

RIG = spaced_rig(8)


@pytest.fixture
def space(qtbot) -> RigSpace:
    made = RigSpace()
    qtbot.addWidget(made)
    made.resize(900, 600)
    made.show_rig(RIG)
    made.show()
    return made


def click(space: RigSpace, place: np.ndarray) -> None:
    at = QPointF(*space.eye.project(place[None], space.extent)[0]).toPoint()
    QTest.mouseClick(space, Qt.MouseButton.LeftButton, pos=at)


def test_clicks_choose_cameras_frames_pairs_and_points(space: RigSpace) -> None:
    heard: list[object] = []
    space.cameraChosen.connect(heard.append)
    space.frameChosen.connect(heard.append)
    space.pairChosen.connect(lambda *pair: heard.append(pair))
    space.pointChosen.connect(heard.append)
    space.set_options(Shown(distances=True, ellipsoids=False))
    space.show_points(spaced_points(), BONES)
    click(space, centre_of(RIG.cameras[2]))
    click(space, np.array(spaced_points()[0].place))
    click(space, 0.9 * centre_of(RIG.cameras[3]) + 0.1 * centre_of(RIG.cameras[2]))
    space.show_points(())
    QTest.keyClick(space, Qt.Key.Key_7)
    click(space, space.things["board", RIG.board_poses[5].frame, 0].place)
    assert heard[:2] == [2, "nose"]
    assert heard[2] == (2, 3)
    assert heard[3] in {pose.frame for pose in RIG.board_poses}


def test_the_chosen_frame_is_strong_and_told(space: RigSpace) -> None:
    frame = RIG.board_poses[5].frame
    space.choose_frame(frame)
    assert space.strong == {("board", frame, 0)}
    assert f"frame {frame} is chosen" in space.accessibleDescription()
    space.choose_camera(1)
    assert ("camera", 1) in space.strong


def test_options_take_parts_out_and_put_them_back(space: RigSpace) -> None:
    space.set_options(Shown(boards=False, ellipsoids=False))
    assert not any(key[0] == "board" for key in space.things)
    assert not space.blobs
    assert not space.notes
    space.set_options(Shown(distances=True, factor=10))
    assert ("pair", 0, 3) in space.things
    assert space.notes == ("Ellipsoids of cameras: one standard deviation, 10 times enlarged",)


def test_seen_as_a_camera_its_picture_is_framed_until_the_eye_moves(space: RigSpace) -> None:
    space.look_as(2)
    camera = RIG.cameras[2]
    border = space.eye.project(spanned(camera, outline(camera.size), 0.3), space.extent)
    assert (border >= 0).all()
    assert ("camera", 2) not in space.things
    assert space.seen_as == 2
    QTest.keyClick(space, Qt.Key.Key_Right)
    assert space.seen_as == -1
    assert ("camera", 2) in space.things


def test_a_second_rig_lies_over_the_first(space: RigSpace) -> None:
    moved = replace(RIG.cameras[1], tvec=(0.3, 0.0, 0.1))
    other = replace(RIG, cameras=(RIG.cameras[0], moved, *RIG.cameras[2:]))
    space.show_rig(RIG, other=other)
    np.testing.assert_allclose(space.things["other", 1].place, centre_of(moved))
    assert "second rig" in space.accessibleDescription()
    apart = 1000 * float(np.linalg.norm(centre_of(moved) - centre_of(RIG.cameras[1])))
    texts = [piece.text for piece in space.shot().stage.pieces if isinstance(piece, Word)]
    assert texts.count("front right") == 1
    assert f"{apart:.1f} mm" in texts
    assert "0.00 mm" in texts
    space.show_rig(RIG)
    assert ("other", 1) not in space.things


def test_another_result_of_the_rig_leaves_the_eye_and_none_empties_it(space: RigSpace) -> None:
    QTest.keyClick(space, Qt.Key.Key_Left)
    eye = space.eye
    space.show_rig(replace(RIG, rms_px=0.2))
    assert space.eye is eye
    space.show_rig(None)
    assert space.is_empty
    assert space.accessibleDescription() == "No rig is shown"
    space.grab()
    space.show_rig(RIG)
    assert not space.is_empty


def test_themes_change_what_is_drawn(space: RigSpace, qapp) -> None:
    dark = space.grab().toImage()
    LOOK.apply(qapp, LIGHT)
    light = space.grab().toImage()
    assert light.pixelColor(4, 300).lightness() > 200 > 60 > dark.pixelColor(4, 300).lightness()
