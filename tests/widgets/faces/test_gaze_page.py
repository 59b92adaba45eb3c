"""The gaze page and the nine points over the screen: what is shown, what is asked for, where the points are."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from engines.core.clock import ManualClock
from engines.faces.gaze.head_pose import turned
from engines.faces.study_types import GazeFit
from engines.faces.types import Gaze, HeadPose
from widgets.faces.gaze.drawings import _sideways, _turned
from widgets.faces.gaze.page import GazePage
from widgets.faces.gaze.screen import DWELL, LEAST, PLACES, GazeScreen
from widgets.faces.gaze.words import fit_words, gaze_words, pose_words, signed
from widgets.faces.state import FacesView, GazeView, Page
from widgets.kit.theme import LOOK
from widgets.kit.work_state import Busy

POINTS = tuple((x * 1920.0, y * 1080.0) for x, y in PLACES)
FIT = GazeFit(
    "me.json", 1.6, tuple(1 + 0.1 * n for n in range(9)), 1.2, POINTS, tuple((x + 40, y - 30) for x, y in POINTS), 3.0,
    "network", 1.9,
)  # fmt: skip
GAZE = Gaze(-8.0, 4.0, (300.0, 200.0), std=3.0)
FULL = GazeView(HeadPose(20.0, -10.0, 5.0), GAZE, ((0.0, 0.0), (-8.0, 4.0)), FIT)


def _view(gaze: GazeView, **missing: int) -> FacesView:
    return FacesView(
        page=Page.GAZE, gaze=gaze, missing={name.replace("_", "-"): size for name, size in missing.items()}
    )


@pytest.fixture
def page(qtbot: QtBot) -> GazePage:
    made = GazePage()
    qtbot.addWidget(made)
    made.resize(1000, 760)
    made.show()
    return made


def _picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def _count(image: QImage, color: QColor) -> int:
    plain = image.convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(plain.constBits(), np.uint8).reshape(-1, 4)[:, :3].astype(int)
    return int((np.abs(pixels - (color.blue(), color.green(), color.red())).sum(axis=1) < 24).sum())


def test_empty_it_leads_to_the_live_view_and_to_files_that_are_missing(page: GazePage, qtbot: QtBot) -> None:
    page.show_state(_view(GazeView()))
    assert page.empty.isVisible()
    with qtbot.waitSignal(page.liveWanted):
        page.empty.button.click()
    page.show_state(_view(GazeView(), face_landmarks=2_400_000, iris_landmarks=2_600_000))
    assert page.empty.button.text() == "Fetch 5.0 MB"
    with qtbot.waitSignal(page.fetchWanted):
        page.empty.button.click()


def test_angles_are_shown_with_signs_units_and_deviation(page: GazePage) -> None:
    page.show_state(_view(FULL))
    words = [label.text() for row in page.angles._rows for label in row]
    assert {"+20.0", "-10.0", "+5.0", "-8.0", "+4.0", "\u00b1 3.0", "open"} <= set(words)
    assert "20\u00b0 right, 10\u00b0 down, 5\u00b0 clockwise" in page.state.text()
    assert "8\u00b0 left, 4\u00b0 up" in page.state.text()
    page.show_state(_view(replace(FULL, gaze=replace(GAZE, blink=True, screen=(12.0, 30.0), screen_std=1.7))))
    words = [label.text() for row in page.angles._rows for label in row]
    assert {"shut", "12, 30", "\u00b1 1.7\u00b0"} <= set(words)


def test_the_calibration_shows_each_point_and_its_error(page: GazePage, qtbot: QtBot) -> None:
    page.show_state(_view(replace(FULL, fit=None)))
    assert not page.clear.isVisible()
    before = _picture(page.points)
    page.show_state(_view(FULL))
    assert _picture(page.points) != before
    assert "1.6\u00b0" in page.verdict.text()
    assert "1.9\u00b0" in page.verdict.text()
    with qtbot.waitSignal(page.clear.clicked):
        page.clear.click()
    with qtbot.waitSignal(page.calibrate.clicked):
        page.calibrate.click()
    page.show_state(_view(replace(FULL, fit=replace(FIT, method="ridge", note="A point was seen only 2 times"))))
    assert "did not beat" in page.verdict.text()
    assert page.note.isVisible()


def test_busy_and_trouble_are_in_place(page: GazePage, qtbot: QtBot) -> None:
    page.show_state(_view(replace(FULL, busy=Busy("Leaving out point 2 of 9", 1, 10))))
    assert page.progress.isVisible()
    assert not page.calibrate.isEnabled()
    with qtbot.waitSignal(page.progress.cancelled):
        page.progress.cancel.click()
    page.show_state(_view(replace(FULL, problem="At some points no face was seen")))
    assert page.problem.isVisible()
    assert page.why.text() == "At some points no face was seen"
    assert page.calibrate.isEnabled()
    page.show_state(_view(replace(FULL, pose=None, gaze=None)))
    assert not page.calibrate.isEnabled(), "there is no face to calibrate"


def test_an_equal_state_paints_nothing_again(page: GazePage, monkeypatch: pytest.MonkeyPatch) -> None:
    page.show_state(_view(FULL))
    touched: list[str] = []
    for part in (page.dial, page.trail, page.points):
        monkeypatch.setattr(part, "update", lambda: touched.append("painted"))
    monkeypatch.setattr(page.angles, "set_stats", lambda _rows: touched.append("written"))
    page.show_state(_view(replace(FULL)))
    assert touched == []


@pytest.mark.parametrize("pose", [HeadPose(20, 0, 0), HeadPose(0, -15, 0), HeadPose(25, 12, -30)])
def test_the_dial_turns_as_the_engine_measures(pose: HeadPose) -> None:
    for spot in ((0.0, 0.0, -1.0), (0.3, 0.8, -0.2), (1.0, 0.0, 0.0)):
        assert _turned(pose, spot) == pytest.approx(tuple(turned(pose) @ spot))


def test_the_gaze_leaves_the_globe_where_a_nose_of_these_angles_would() -> None:
    assert _sideways(20, -10) == pytest.approx(_turned(HeadPose(20, -10, 0), (0.0, 0.0, -1.0))[:2])


def test_the_dial_draws_head_and_gaze_in_their_colours(page: GazePage) -> None:
    page.show_state(_view(replace(FULL, gaze=None)))
    without = _count(_picture(page.dial), LOOK.now.nth(1))
    page.show_state(_view(replace(FULL, gaze=replace(GAZE, yaw=-40.0))))
    assert _count(_picture(page.dial), LOOK.now.nth(1)) > without + 50


def test_words() -> None:
    assert pose_words(HeadPose(-12.2, 3.4, -1.6)) == "Head 12\u00b0 left, 3\u00b0 up, 2\u00b0 counter-clockwise"
    assert gaze_words(replace(GAZE, blink=True)) == "Eyes shut"
    assert signed(-0.04) == "+0.0"
    assert signed(None) == "\u2013"
    assert fit_words(None) == "Not calibrated"


@pytest.fixture
def screen(qtbot: QtBot, clock: ManualClock) -> GazeScreen:
    made = GazeScreen(clock)
    qtbot.addWidget(made)
    return made


def _run(screen: GazeScreen, clock: ManualClock, seconds: float) -> None:
    clock.advance(seconds)
    screen.advance()


def test_nine_points_come_one_after_the_other(screen: GazeScreen, clock: ManualClock) -> None:
    told: list[tuple[str, int]] = []
    screen.targetShown.connect(lambda n: told.append(("shown", n)))
    screen.looked.connect(lambda n: told.append(("looked", n)))
    screen.cancelled.connect(lambda: told.append(("cancelled", 0)))
    screen.begin()
    for _ in range(len(PLACES)):
        _run(screen, clock, DWELL / 2)
        _run(screen, clock, DWELL / 2 + 0.01)
    assert told == [(what, n) for n in range(9) for what in ("shown", "looked")]
    assert not screen.isVisible()
    _run(screen, clock, DWELL)
    assert len(told) == 18


def test_the_points_span_the_screen_and_are_where_it_says(screen: GazeScreen, clock: ManualClock) -> None:
    screen.begin()
    places = [screen.place(n) for n in range(9)]
    assert len(set(places)) == 9
    assert places[4] == pytest.approx((screen.width() / 2, screen.height() / 2))
    ways = [math.dist(one, other) for one, other in zip(places[:-1], places[1:], strict=True)]
    assert max(ways) < 0.45 * max(screen.width(), screen.height()), "the eye has a short way"
    _run(screen, clock, 0.1)
    image = _picture(screen)
    x, y = (round(value) for value in places[0])
    assert image.pixelColor(x, y) == LOOK.now.color("text")


def test_the_ring_closes(screen: GazeScreen, clock: ManualClock) -> None:
    screen.begin()
    wide = _count(_picture(screen), LOOK.now.color("accent"))
    _run(screen, clock, DWELL * 0.95)
    assert 0 < _count(_picture(screen), LOOK.now.color("accent")) < wide / 2


def test_space_goes_on_but_not_too_soon_and_escape_leaves(screen: GazeScreen, clock: ManualClock, qtbot: QtBot) -> None:
    screen.begin()
    qtbot.keyClick(screen, Qt.Key.Key_Space)
    assert screen.target == 0
    clock.advance(LEAST + 0.01)
    qtbot.keyClick(screen, Qt.Key.Key_Space)
    assert screen.target == 1
    with qtbot.waitSignal(screen.cancelled):
        qtbot.keyClick(screen, Qt.Key.Key_Escape)
    assert not screen.isVisible()
    _run(screen, clock, DWELL)
    assert screen.target == -1


def test_whoever_listens_may_close_it_at_the_last_point(screen: GazeScreen, clock: ManualClock) -> None:
    left: list[int] = []
    screen.looked.connect(lambda n: screen.close() if n == 8 else None)
    screen.cancelled.connect(lambda: left.append(1))
    screen.begin()
    for _ in range(9):
        _run(screen, clock, DWELL)
    assert left == []


def test_where_it_is_narrow_everything_stands_below_each_other(page, qtbot):
    page.show_state(_view(FULL))
    body = page.dial.parentWidget()
    for wide, columns in ((440, 1), (1000, 2)):
        page.resize(wide, 600)
        qtbot.waitUntil(lambda columns=columns: (page.trail.y() > page.dial.geometry().bottom()) == (columns == 1))
        assert body.width() <= body.parentWidget().width()
