"""The page Space: its toggles, its places to look from, and the frames it plays."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.core.lenses import Intrinsics
from tests.widgets.calibration.rig.space.spaced_rig import BONES, spaced_points, spaced_rig
from widgets.calibration.rig.pages.playback import Playback
from widgets.calibration.rig.pages.space import FREE, SpacePage, state_words
from widgets.calibration.rig.pages.state import Cell, Page, PagesView
from widgets.calibration.rig.points_state import RigUse
from widgets.calibration.rig.space.cameras import Straightened
from widgets.calibration.rig.state import RigState
from widgets.charts.space.view import HOME, TOP

RIG = spaced_rig(6)
FRAMES = tuple(pose.frame for pose in RIG.board_poses)
VIEW = PagesView(Page.SPACE, RigState(result=RIG), cell=Cell(FRAMES[2], 1))


@pytest.fixture
def page(qtbot) -> SpacePage:
    made = SpacePage()
    qtbot.addWidget(made)
    made.resize(900, 640)
    made.show_state(VIEW)
    made.show()
    return made


def test_without_a_result_one_sentence_and_one_button_are_there(page: SpacePage) -> None:
    page.show_state(PagesView(Page.SPACE))
    assert not page.there
    assert page.empty.button.text() == "Calibrate"
    assert not page.export.isVisibleTo(page)


def test_the_cell_that_is_looked_at_is_strong(page: SpacePage) -> None:
    assert page.space.strong == {("camera", 1), ("board", FRAMES[2], 0)}
    assert page.playback.frame == FRAMES[2]
    assert page.state.text() == state_words(RIG) == "4 cameras, 6 board poses"


def test_toggles_say_what_is_shown(page: SpacePage) -> None:
    page.distances.setChecked(True)
    page.boards.setChecked(False)
    assert page.space.options.distances
    assert not page.space.options.boards
    page.ellipsoids.setChecked(False)
    assert not page.factor.isEnabled()
    assert not page.points.isVisibleTo(page)
    page.show_state(PagesView(Page.SPACE, replace(VIEW.panel, use=RigUse(points=spaced_points(), bones=BONES))))
    assert page.points.isVisibleTo(page)
    assert ("point", "nose") in page.space.things


def test_points_are_shown_with_the_rig_that_they_are_of(page: SpacePage) -> None:
    used = spaced_rig(0, cameras=2)
    state = RigState(result=RIG, use=RigUse(points=spaced_points(), rig=used))
    page.show_state(PagesView(Page.SPACE, state))
    assert page.space.result is used
    page.show_state(PagesView(Page.SPACE, replace(state, use=replace(state.use, kept=True))))
    assert page.space.result is RIG


def test_the_place_it_is_seen_from_follows_the_eye(page: SpacePage) -> None:
    assert page.view.value() == HOME
    page.view.chosen.emit("camera:2")
    assert page.space.seen_as == 2
    assert page.view.value() == "camera:2"
    page.view.chosen.emit(TOP)
    assert page.view.value() == TOP
    page.space.look(page.space.eye.orbited(0.2, -0.3))
    assert page.view.value() == FREE
    page.parallel.click()
    assert not page.space.eye.perspective


def test_clicks_choose_a_cell(page: SpacePage) -> None:
    heard: list[Cell] = []
    page.cellChosen.connect(heard.append)
    page.space.cameraChosen.emit(3)
    page.space.frameChosen.emit(FRAMES[4])
    assert heard == [Cell(FRAMES[2], 3), Cell(FRAMES[4], 1)]


def test_playing_goes_round_and_tells_where_it_stays(qtbot) -> None:
    row = Playback()
    qtbot.addWidget(row)
    row.show()
    shown: list[str] = []
    stayed: list[str] = []
    row.frameShown.connect(shown.append)
    row.frameChosen.connect(stayed.append)
    row.show_frames(("a", "b", "c"), "b")
    row.play.click()
    row.step()
    row.step()
    row.show_frames(("a", "b", "c"), "b")
    assert (shown, stayed, row.frame) == (["c", "a"], [], "a")
    row.play.click()
    assert stayed == ["a"]
    row.on.click()
    assert stayed[-1] == "b"
    assert row.words.text() == "Frame 2 of 3: b"
    row.show_frames((), "")
    assert row.frame == ""
    assert not row.isVisibleTo(row.parentWidget() or row.window())


def test_pictures_are_asked_for_the_frame_that_is_shown_and_a_late_answer_is_left(page: SpacePage) -> None:
    asked: list[str] = []
    page.picturesWanted.connect(asked.append)
    picture = Straightened(np.full((36, 64, 3), 90, np.uint8), Intrinsics(56.0, 56.0, 31.5, 17.5))
    page.pictures.setChecked(True)
    page.show_pictures(FRAMES[2], {1: picture})
    assert list(page.space.pictures) == [1]
    page.show_state(replace(VIEW, cell=Cell(FRAMES[4], 1)))
    page.show_pictures(FRAMES[2], {0: picture})
    assert asked == [FRAMES[2], FRAMES[4]]
    assert list(page.space.pictures) == [1]
    page.show_problem(FRAMES[4], "The file is gone")
    assert page.state.text() == "The file is gone"
    assert not page.space.pictures
    page.pictures.setChecked(False)
    page.show_state(VIEW)
    assert page.state.text() == state_words(RIG)
    assert asked == [FRAMES[2], FRAMES[4]]
