"""The drawn noise schedule and the bell of training noise: dragged, typed, and always meaningful."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engines.generative.diffusion.axis import levels
from engines.generative.diffusion.types import SampleSpec, Schedule
from tests.widgets.generative.diffusion_views import FLOW, READY, SPEC, of
from widgets.generative.panel.bell import KNOWN, NoiseBell
from widgets.generative.panel.dock import DiffusionPanel
from widgets.generative.panel.schedule_curve import GAP, Points, ScheduleCurve, moved, points_of

LEFT = Qt.MouseButton.LeftButton
KARRAS = tuple(levels.values(Schedule(), 20, 0.002, 80.0).tolist())


@pytest.fixture
def curve(qtbot) -> ScheduleCurve:
    made = ScheduleCurve()
    qtbot.addWidget(made)
    made.resize(320, 132)
    made.show_levels(KARRAS)
    made.show()
    return made


def falling(points: Points) -> bool:
    shares, values = np.array(points).T
    return bool((np.diff(shares) > 0).all() and (np.diff(values) < 0).all())


def drag(curve: ScheduleCurve, index: int, by: tuple[int, int]) -> None:
    at = curve.place(*curve.points[index]).toPoint()
    QTest.mousePress(curve, LEFT, pos=at)
    hold_to(curve, at + QPoint(*by))
    QTest.mouseRelease(curve, LEFT, pos=at + QPoint(*by))


def hold_to(widget: ScheduleCurve | NoiseBell, at: QPoint) -> None:
    """A move with the button held, which QTest.mouseMove does not tell."""
    none = Qt.KeyboardModifier.NoModifier
    where = QPointF(at)
    event = QMouseEvent(QEvent.Type.MouseMove, where, widget.mapToGlobal(where), LEFT, LEFT, none)
    QApplication.sendEvent(widget, event)


falls = st.lists(st.floats(0.05, 2), min_size=2, max_size=8).map(
    lambda drops: tuple(
        (index / (len(drops) - 1), 4.0 - sum(drops[: index + 1])) for index in range(len(drops))
    )
)  # fmt: skip


@given(points=falls, data=st.data())
def test_a_moved_point_never_passes_its_neighbours(points: Points, data: st.DataObject) -> None:
    index = data.draw(st.integers(0, len(points) - 1))
    share, value = data.draw(st.floats(-1, 2)), data.draw(st.floats(-20, 20))
    after = moved(points, index, share, value, -14.0, 5.0)
    assert falling(after)
    assert after[0][0] == 0
    assert after[-1][0] == 1
    assert [point for n, point in enumerate(after) if n != index] == [
        point for n, point in enumerate(points) if n != index
    ]
    assert (np.diff(levels.drawn(20, after)) < 0).all()


@given(steps=st.integers(2, 60), name=st.sampled_from(["karras", "exponential", "cosine", "flow"]))
def test_the_points_to_begin_with_lie_on_the_schedule(steps: int, name: str) -> None:
    found = tuple(levels.values(Schedule(name), steps, 0.002, 0.0 if name == "flow" else 80.0).tolist())
    points = points_of(found)
    assert falling(points)
    assert math.exp(points[0][1]) == pytest.approx(min(found[0], levels.FAR))
    assert math.exp(points[-1][1]) == pytest.approx(found[-2])


def test_a_drag_draws_a_schedule(curve: ScheduleCurve) -> None:
    told: list[Points] = []
    curve.changed.connect(told.append)
    before = curve.points
    drag(curve, 2, (6, -12))
    assert told
    assert curve.drawn
    assert told[-1] == curve.points
    assert told[-1][2][0] > before[2][0]
    assert told[-1][2][1] > before[2][1]
    assert falling(told[-1])
    drag(curve, 2, (0, -300))
    assert curve.points[2][1] == pytest.approx(curve.points[1][1] - GAP)


def test_news_do_not_pull_a_point_out_of_the_hand(curve: ScheduleCurve) -> None:
    at = curve.place(*curve.points[3]).toPoint()
    QTest.mousePress(curve, LEFT, pos=at)
    hold_to(curve, at + QPoint(0, 15))
    held = curve.points
    curve.show_levels(KARRAS)
    assert curve.points == held
    QTest.mouseRelease(curve, LEFT, pos=at + QPoint(0, 15))
    curve.show_levels(KARRAS)
    assert curve.points != held


def test_the_keyboard_does_the_same(curve: ScheduleCurve, qtbot) -> None:
    told: list[Points] = []
    curve.changed.connect(told.append)
    curve.setFocus(Qt.FocusReason.TabFocusReason)
    curve.active = 0
    qtbot.keyClick(curve, Qt.Key.Key_Right)
    qtbot.keyClick(curve, Qt.Key.Key_Right)
    before = curve.points[2]
    assert told == []
    qtbot.keyClick(curve, Qt.Key.Key_Up)
    assert told[-1][2][1] > before[1]
    qtbot.keyClick(curve, Qt.Key.Key_Left, Qt.KeyboardModifier.ShiftModifier)
    assert told[-1][2][0] < before[0]
    assert "point 3 of 6" in curve.accessibleDescription()
    with qtbot.waitSignal(curve.resetWanted):
        qtbot.keyClick(curve, Qt.Key.Key_Escape)


def point_at(curve: ScheduleCurve, share: float) -> None:
    """As if the pointer came to a share of the steps."""
    at, none = curve.place(share, 0), Qt.MouseButton.NoButton
    curve.mouseMoveEvent(QMouseEvent(QEvent.Type.MouseMove, at, at, none, none, Qt.KeyboardModifier.NoModifier))


def test_steps_are_read_under_the_pointer(curve: ScheduleCurve) -> None:
    point_at(curve, 0)
    assert curve.readout() == "step 1 of 20, \u03c3 80"
    point_at(curve, 1)
    assert curve.readout() == "step 20 of 20, \u03c3 0.002"
    curve.show_levels((math.inf, 1.0, 0.5, 0.0))
    point_at(curve, 0)
    assert curve.readout() == "step 1 of 3, \u03c3 \u221e"


def test_dragging_makes_a_schedule_a_drawn_one_and_a_double_click_brings_it_back(qtbot) -> None:
    panel = DiffusionPanel()
    qtbot.addWidget(panel)
    panel.resize(360, 900)
    panel.show_state(replace(READY, spec=replace(SPEC, schedule=Schedule("exponential", shift=3.0))))
    panel.show()
    told: list[SampleSpec] = []
    panel.specChanged.connect(told.append)
    curve = panel.schedule.curve
    drag(curve, 3, (0, -5))
    assert told[-1].schedule == Schedule("custom", shift=1.0, points=curve.points)
    assert panel.schedule.name.currentText() == "Drawn"
    assert len(levels.values(told[-1].schedule, told[-1].steps, 0.002, 80.0)) == told[-1].steps + 1
    QTest.mouseDClick(curve, LEFT, pos=QPoint(100, 100))
    assert told[-1].schedule == Schedule("exponential")
    assert replace(told[-1], schedule=SPEC.schedule) == SPEC


def test_a_flow_begins_at_infinity(qtbot) -> None:
    panel = DiffusionPanel()
    qtbot.addWidget(panel)
    panel.show_state(of(FLOW, schedule=Schedule("flow")))
    assert math.isinf(panel.schedule.curve.levels[0])
    assert panel.schedule.high.text() == "\u221e (model)"
    assert falling(panel.schedule.curve.points)


@pytest.fixture
def bell(qtbot) -> NoiseBell:
    made = NoiseBell()
    qtbot.addWidget(made)
    made.resize(320, 132)
    made.show()
    return made


def test_the_peak_is_both_numbers(bell: NoiseBell) -> None:
    told: list[tuple[float, float]] = []
    bell.changed.connect(lambda mean, std: told.append((mean, std)))
    bell.show_normal(1.0, 2.0)
    assert told == []
    at = bell.peak(-3.0, 1.5).toPoint()
    QTest.mouseClick(bell, LEFT, pos=at)
    assert told[-1] == pytest.approx((-3.0, 1.5), abs=0.1)
    QTest.mousePress(bell, LEFT, pos=at)
    hold_to(bell, QPoint(-500, -500))
    assert all(math.isfinite(value) for value in told[-1])
    hold_to(bell, QPoint(900, 900))
    QTest.mouseRelease(bell, LEFT, pos=at)
    assert told[-1][1] == 3.0


@pytest.mark.parametrize(("name", "mean", "std"), KNOWN)
def test_known_points_are_taken_exactly(bell: NoiseBell, name: str, mean: float, std: float) -> None:
    bell.show_normal(2.0, 2.0)
    QTest.mouseClick(bell, LEFT, pos=bell.peak(mean, std).toPoint() + QPoint(4, 3))
    assert (bell.mean, bell.std) == (mean, std)
    assert f"{mean:.2f}" in bell.accessibleDescription()


def test_the_arrow_keys_move_the_peak(bell: NoiseBell, qtbot) -> None:
    bell.show_normal(0.0, 1.0)
    qtbot.keyClick(bell, Qt.Key.Key_Left)
    qtbot.keyClick(bell, Qt.Key.Key_Up)
    assert (bell.mean, bell.std) == pytest.approx((-0.1, 0.9))


def test_drawing_moves_nothing_under_the_hand(qtbot) -> None:
    panel = DiffusionPanel()
    qtbot.addWidget(panel)
    panel.resize(400, 700)
    panel.show()
    heights = []
    for schedule in (Schedule("karras"), Schedule("custom", points=((0.0, 4.0), (1.0, -6.0)))):
        panel.show_state(replace(READY, spec=replace(SPEC, schedule=schedule)))
        heights.append(panel.schedule.sizeHint().height())
    assert heights[0] == heights[1]
    assert not panel.schedule.shift.isEnabled(), "a drawn one has no other levels"
