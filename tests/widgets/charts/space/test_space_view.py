"""The widget of space under mouse and keys: turned, moved, zoomed, chosen from, told and saved."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QImage, QMouseEvent, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from widgets.charts.space.eye import Compass
from widgets.charts.space.ground import ground, length_words, round_length
from widgets.charts.space.things import Dot, Ink, Part, Sheet, Strand, Thing, Word
from widgets.charts.space.view import FRONT, HOME, TOP, SpaceView, told

SQUARE = np.array([(-0.2, -0.2, 2), (0.2, -0.2, 2), (0.2, 0.2, 2), (-0.2, 0.2, 2)], float)
PLACES = {"post": np.array([0.6, 0.1, 1.0]), "board": SQUARE.mean(axis=0)}


@pytest.fixture
def view(qtbot) -> SpaceView:
    made = SpaceView("Space")
    qtbot.addWidget(made)
    made.resize(640, 420)
    made.set_space(Compass(), -0.5)
    things = {
        "post": Thing("Post", PLACES["post"], np.array([1e-3, 2e-3, 3e-3]), ("stands",)),
        "board": Thing("Board", PLACES["board"]),
    }
    sheet = Sheet(SQUARE, Ink(), Ink(alpha=0.1), "board", SQUARE[None] * (0.5, 0.5, 1))
    line = Strand(np.array([PLACES["post"], PLACES["post"] + (0, 0.4, 0)]), Ink(dashed=True), "post")
    word = Word(PLACES["post"], "Post", Ink("accent"), "post")
    dot = Dot(PLACES["post"], Ink("series:2"), key="post")
    part = Part((line,), (sheet,), (dot,), words=(word,), things=things, extent=np.vstack([SQUARE, PLACES["post"]]))
    made.show_parts(all=part)
    made.show()
    return made


def at(view: SpaceView, key: str) -> QPoint:
    return QPointF(*view.eye.project(PLACES[key][None], view.extent)[0]).toPoint()


def drag(view: SpaceView, way: QPoint, modifiers: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
    start = QPoint(300, 200)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, modifiers, start)
    for share in (0.5, 1.0):
        place = QPointF(start) + QPointF(way) * share
        event = QMouseEvent(
            QEvent.Type.MouseMove, place, place, Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton, modifiers
        )
        QApplication.sendEvent(view, event)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, modifiers, start + way)


def test_dragging_turns_about_the_target_and_chooses_nothing(view: SpaceView) -> None:
    heard: list[object] = []
    view.chosen.connect(heard.append)
    before = view.eye
    drag(view, QPoint(60, -20))
    np.testing.assert_allclose(view.eye.target, before.target)
    assert view.eye.distance == before.distance
    assert view.side == ""
    assert view.eye.height < before.height
    assert not heard


def test_dragging_with_shift_moves_what_is_seen_by_the_pointer(view: SpaceView) -> None:
    before, target = view.eye, view.eye.target[None]
    drag(view, QPoint(40, 30), Qt.KeyboardModifier.ShiftModifier)
    np.testing.assert_allclose(view.eye.turn, before.turn)
    np.testing.assert_allclose(view.eye.project(target, view.extent) - before.project(target, view.extent), [[40, 30]])


def test_the_wheel_zooms_to_what_is_under_the_pointer(view: SpaceView) -> None:
    place, before = at(view, "post"), view.eye.distance
    angle = QPoint(0, 120)
    where = QPointF(place)
    event = QWheelEvent(
        where,
        where,
        QPoint(),
        angle,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(view, event)
    assert view.eye.distance == pytest.approx(before / 1.25)
    assert (at(view, "post") - place).manhattanLength() <= 2


def test_a_click_chooses_what_is_there_and_a_double_click_brings_it_to_the_middle(view: SpaceView) -> None:
    heard: list[object] = []
    view.chosen.connect(heard.append)
    for key in ("board", "post"):
        QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=at(view, key))
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, pos=QPoint(4, 4))
    assert heard == ["board", "post", None]
    QTest.mouseDClick(view, Qt.MouseButton.LeftButton, pos=at(view, "post"))
    assert (at(view, "post") - view.rect().center()).manhattanLength() <= 2


def test_pointing_at_a_thing_tells_of_it(view: SpaceView) -> None:
    place = QPointF(at(view, "post"))
    QApplication.sendEvent(
        view,
        QMouseEvent(
            QEvent.Type.MouseMove,
            place,
            place,
            Qt.MouseButton.NoButton,
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
        ),
    )
    assert view.pointed == "post"
    assert view.tip_at(place) == ""
    assert told(view.things["post"]) == ["Post", "at 0.600, 0.100, 1.000 m", "\u00b1 1, 2, 3 mm", "stands"]
    QApplication.sendEvent(view, QEvent(QEvent.Type.Leave))
    assert view.pointed is None
    assert "Drag to turn" in view.tip_at(QPointF(4, 4))


def test_keys_look_from_the_sides_and_zoom_and_turn(view: SpaceView) -> None:
    QTest.keyClick(view, Qt.Key.Key_7)
    assert view.side == TOP
    assert view.eye.turn[2] @ view.eye.up == pytest.approx(-1)
    QTest.keyClick(view, Qt.Key.Key_1)
    assert view.side == FRONT
    distance = view.eye.distance
    QTest.keyClick(view, Qt.Key.Key_Plus)
    assert view.eye.distance == pytest.approx(distance / 1.25)
    QTest.keyClick(view, Qt.Key.Key_Minus)
    assert view.eye.distance == pytest.approx(distance)
    QTest.keyClick(view, Qt.Key.Key_Up)
    assert view.eye.height == pytest.approx(0.1)
    QTest.keyClick(view, Qt.Key.Key_0)
    assert not view.eye.perspective
    QTest.keyClick(view, Qt.Key.Key_Home)
    assert view.side == HOME
    assert view.eye.perspective


def test_from_home_all_stays_within_a_drawing_that_is_made_smaller(view: SpaceView) -> None:
    view.resize(300, 500)
    flat = view.eye.project(view.shot().stage.extent, view.extent)
    assert (flat > 0).all()
    assert (flat < np.array(view.extent)).all()
    drag(view, QPoint(30, 0))
    eye = view.eye
    view.resize(640, 420)
    assert view.eye is eye


def test_the_drawing_is_saved_as_a_picture_and_the_places_as_figures(view: SpaceView, tmp_path) -> None:
    for ending in ("png", "svg", "csv"):
        view.save(str(tmp_path / f"space.{ending}"))
    picture = QImage(str(tmp_path / "space.png"))
    assert (picture.width(), picture.height()) == (2 * view.width(), 2 * view.height())
    assert len({picture.pixel(x, y) for x in range(0, 1280, 9) for y in range(0, 840, 9)}) > 5
    assert "<svg" in (tmp_path / "space.svg").read_text()
    rows = (tmp_path / "space.csv").read_text().splitlines()
    assert rows[1] == "Post,0.6,0.1,1,0.001,0.002,0.003"


def test_the_floor_lies_at_its_height_on_round_steps() -> None:
    compass = Compass.of(np.array([0.1, -1.0, 0.2]), np.array([0.0, 0.0, 1.0]))
    net = ground(compass, -0.7, np.random.default_rng(1).normal(0, 1, (30, 3)))
    np.testing.assert_allclose(net.lines @ compass.up, -0.7)
    length = float(np.linalg.norm(net.lines[0, 1] - net.lines[0, 0]))
    across = net.lines @ compass.right / length
    np.testing.assert_allclose(across, across.round(), atol=1e-9)
    assert round_length(length) == pytest.approx(length)


@pytest.mark.parametrize(
    ("length", "rounded", "words"), [(0.13, 0.2, "200 mm"), (1.2, 2.0, "2 m"), (0.0005, 0.0005, "0.5 mm")]
)
def test_lengths_are_round_and_in_words(length: float, rounded: float, words: str) -> None:
    assert round_length(length) == pytest.approx(rounded)
    assert length_words(rounded) == words
