"""Each gesture and key on the timeline, and exactly the signal it says."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from engines.actions.types import Labels, Segment
from tests import routine
from tests.widgets.timeline.timeline_views import film_view, scores_of
from widgets.timeline.drawing import level_y, toggle_box
from widgets.timeline.hits import hit
from widgets.timeline.menu import context_menu
from widgets.timeline.panel import TimelinePanel
from widgets.timeline.state import TimelineView

SIGNALS = (
    *("positionWanted", "playWanted", "segmentAdded", "segmentMoved", "segmentChosen", "segmentRemoved", "relabelled"),
    *("splitWanted", "trackChosen", "markWanted", "markDropped", "thresholdChanged", "exportEventsWanted"),
)
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NONE, SHIFT, ALT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier, Qt.KeyboardModifier.AltModifier


@dataclass
class Desk:
    """A panel with a recorder of all it says, and a hand for its mouse."""

    panel: TimelinePanel
    line: TimelineView
    said: list[tuple[object, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        for name in SIGNALS:
            getattr(self.panel.canvas, name).connect(lambda *args, name=name: self.said.append((name, *args)))

    def show(self, **changes: object) -> None:
        self.line = replace(self.line, **changes)  # type: ignore[arg-type]
        self.panel.show_state(self.line)
        QApplication.processEvents()

    def at(self, seconds: float, lane: str = "labels", name: str = "actions", share: float = 0.5) -> QPoint:
        """A place in a lane, `share` of its height down; lane "ruler" for the ruler."""
        scene = self.panel.canvas.scene()
        if lane == "ruler":
            return QPoint(round(scene.x(seconds)), 10)
        box = next(scene.layout.box(one) for one in scene.layout.lanes if (one.kind, one.name) == (lane, name))
        return QPoint(round(scene.x(seconds)), round(box.top() + share * box.height()))

    def click(self, place: QPoint) -> None:
        QTest.mouseClick(self.panel.canvas.viewport(), LEFT, NONE, place)

    def hold(
        self, start: QPoint, *ways: QPoint, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE
    ) -> None:
        area = self.panel.canvas.viewport()
        QTest.mousePress(area, button, keys, start)
        for way in ways:
            QTest.mouseMove(area, way)

    def drag(
        self, start: QPoint, *ways: QPoint, button: Qt.MouseButton = LEFT, keys: Qt.KeyboardModifier = NONE
    ) -> None:
        self.hold(start, *ways, button=button, keys=keys)
        QTest.mouseRelease(self.panel.canvas.viewport(), button, keys, ways[-1])

    def key(self, key: Qt.Key, keys: Qt.KeyboardModifier = NONE) -> None:
        QTest.keyClick(self.panel.canvas, key, keys)


@pytest.fixture
def desk(qtbot) -> Iterator[Desk]:
    labels = routine.labels()
    panel = TimelinePanel()
    qtbot.addWidget(panel)
    panel.resize(1200, 420)
    panel.show()
    line = film_view(
        labels, tracks=(scores_of(labels),), editing=True, tracks_known=("actions", "hands"), position=20.0
    )
    made = Desk(panel, line)
    made.show()
    yield made
    for menu in panel.findChildren(QMenu):
        menu.close()


def test_a_click_on_the_ruler_seeks_to_the_frame_that_is_shown_then(desk: Desk) -> None:
    desk.click(desk.at(12.34, "ruler"))
    assert desk.said == [("positionWanted", pytest.approx(12.3))]


def test_a_click_between_segments_or_on_curves_seeks(desk: Desk) -> None:
    desk.click(desk.at(37.52))
    desk.click(desk.at(30.16, "scores", "TRN both", 0.2))
    assert desk.said == [("positionWanted", pytest.approx(37.5)), ("positionWanted", pytest.approx(30.1))]


def test_a_click_on_an_event_goes_to_its_start(desk: Desk) -> None:
    event = desk.line.tracks[0].events[3]
    desk.click(desk.at(event.start + 0.8, "events", "TRN both"))
    assert desk.said == [("positionWanted", event.start)]


def test_dragging_the_now_line_scrubs_frame_by_frame(desk: Desk) -> None:
    start = desk.at(20.0, "scores", "TRN both", 0.2)
    desk.drag(start, start + QPoint(14, 0), start + QPoint(15, 0), desk.at(21.05, "scores", "TRN both", 0.2))
    names, times = {said[0] for said in desk.said}, [said[1] for said in desk.said]
    assert names == {"positionWanted"}
    assert times[-1] == pytest.approx(21.0)
    assert len(times) == len(set(times)), "a frame is asked for once"


def test_dragging_curves_pans_and_stops_following(desk: Desk) -> None:
    canvas = desk.panel.canvas
    canvas.look(canvas.scope.zoomed(0.25, 20.0))
    canvas.follow(True)
    assert desk.panel.now.isChecked()
    start = canvas.scope.axis.start
    place = desk.at(canvas.time_at(300), "scores", "TRN both", 0.2)
    desk.drag(place, place + QPoint(-60, 0), place + QPoint(-100, 0))
    assert canvas.scope.axis.start == pytest.approx(start + 100 * canvas.scope.axis.scale)
    assert not canvas.scope.following
    assert not desk.panel.now.isChecked()
    assert desk.said == []
    desk.panel.now.click()
    assert canvas.scope.following


def test_the_middle_button_and_shift_pan_over_segments_too(desk: Desk) -> None:
    canvas = desk.panel.canvas
    for button, keys in ((MIDDLE, NONE), (LEFT, SHIFT)):
        canvas.look(canvas.scope.over(10.0, 20.0))
        start = canvas.scope.axis.start
        place = desk.at(14.5)
        desk.drag(place, place + QPoint(-30, 0), place + QPoint(-50, 0), button=button, keys=keys)
        assert canvas.scope.axis.start > start
    assert desk.said == []


def test_a_double_click_shows_all(desk: Desk) -> None:
    canvas = desk.panel.canvas
    canvas.look(canvas.scope.over(10.0, 12.0))
    QTest.mouseDClick(desk.panel.canvas.viewport(), LEFT, NONE, desk.at(11.0, "scores", "TRN both", 0.2))
    assert desk.panel.canvas.scope.axis.span == pytest.approx(39.3)


def _wheel(desk: Desk, place: QPoint, turn: int, keys: Qt.KeyboardModifier = NONE) -> None:
    area = desk.panel.canvas.viewport()
    at, phase = QPointF(place), Qt.ScrollPhase.NoScrollPhase
    event = QWheelEvent(at, at, QPoint(), QPoint(0, turn), Qt.MouseButton.NoButton, keys, phase, False)
    QApplication.sendEvent(area, event)


def test_the_wheel_zooms_about_the_cursor_and_with_shift_pans(desk: Desk) -> None:
    canvas, place = desk.panel.canvas, desk.at(12.0, "scores", "TRN both")
    before = canvas.time_at(place.x())
    _wheel(desk, place, 240)
    assert canvas.scope.axis.span == pytest.approx(39.3 * 0.64)
    assert canvas.time_at(place.x()) == pytest.approx(before)
    _wheel(desk, place, -120, SHIFT)
    assert canvas.time_at(place.x()) > before
    assert canvas.scope.axis.span == pytest.approx(39.3 * 0.64)
    assert desk.said == []


def test_the_threshold_is_dragged(desk: Desk) -> None:
    scene = desk.panel.canvas.scene()
    box = scene.layout.box(next(lane for lane in scene.layout.lanes if lane.kind == "scores"))
    x = round(scene.x(33.0))
    start, end = QPoint(x, round(level_y(box, 0.5))), QPoint(x, round(level_y(box, 0.8)))
    desk.drag(start, start + QPoint(0, -5), end)
    assert {said[0] for said in desk.said} == {"thresholdChanged"}
    assert desk.said[-1][1] == pytest.approx(0.8, abs=0.011)


def test_the_switch_in_the_gutter_turns_curves_into_heat(desk: Desk) -> None:
    layout = desk.panel.canvas.scene().layout
    desk.click(toggle_box(layout, layout.lanes[0]).center().toPoint())
    assert desk.panel.canvas.is_heat("TRN both")
    assert desk.said == []


def test_a_drag_on_a_track_draws_a_segment_of_the_class_used_last(desk: Desk) -> None:
    desk.panel.canvas.set_brush("arms_out")
    desk.hold(desk.at(37.55, name="hands"), desk.at(37.7, name="hands"), desk.at(38.25, name="hands"))
    assert desk.panel.canvas.gestures.ghost == Segment(375, 382, "arms_out", "hands")
    assert desk.said == [], "nothing is said before the button is let go"
    QTest.mouseRelease(desk.panel.canvas.viewport(), LEFT, NONE, desk.at(38.25, name="hands"))
    assert desk.said == [("segmentAdded", Segment(375, 382, "arms_out", "hands"))]


def test_a_drag_to_the_left_draws_too_and_stays_within_the_film(desk: Desk) -> None:
    desk.panel.canvas.set_brush("arms_out")
    desk.drag(desk.at(1.04, name="hands"), desk.at(0.5, name="hands"), desk.at(-2.0, name="hands"))
    assert desk.said == [("segmentAdded", Segment(0, 10, "arms_out", "hands"))]


def test_without_a_class_a_menu_asks_for_it_and_the_next_one_is_the_same(desk: Desk) -> None:
    desk.drag(desk.at(37.55), desk.at(37.7), desk.at(38.25))
    assert desk.said == []
    menu = next(menu for menu in desk.panel.canvas.findChildren(QMenu) if menu.isVisible())
    menu.actions()[2].trigger()
    menu.close()
    third = desk.line.classes[2]
    assert desk.said == [("segmentAdded", Segment(375, 382, third, "actions"))]
    assert desk.panel.brush.value() == third
    desk.drag(desk.at(37.05), desk.at(37.25), desk.at(37.35))
    assert desk.said[1:] == [("segmentAdded", Segment(370, 373, third, "actions"))]


def test_a_click_on_a_segment_chooses_it(desk: Desk) -> None:
    desk.click(desk.at(5.0))
    assert desk.said == [("segmentChosen", 3)]


def test_a_segment_is_moved_by_whole_frames(desk: Desk) -> None:
    place = desk.at(5.0)
    desk.drag(place, place + QPoint(10, 0), desk.at(5.83))
    assert desk.said == [("segmentMoved", 3, 47, 69)]


def test_a_segment_is_not_moved_out_of_the_film(desk: Desk) -> None:
    desk.drag(desk.at(5.0), desk.at(4.0), desk.at(-3.0))
    assert desk.said == [("segmentMoved", 3, 0, 22)]


@pytest.mark.parametrize(
    ("grip", "to", "said"),
    [(3.9, 4.52, (3, 45, 61)), (6.2, 5.31, (3, 39, 52)), (3.9, 9.0, (3, 61, 61)), (6.2, 1.0, (3, 39, 39))],
)
def test_the_ends_of_a_segment_are_dragged(desk: Desk, grip: float, to: float, said: tuple[int, int, int]) -> None:
    place = desk.at(grip)
    desk.drag(place, place + QPoint(5 if to > grip else -5, 0), desk.at(to))
    assert desk.said == [("segmentMoved", *said)]


def test_a_drag_back_to_where_it_was_says_nothing(desk: Desk) -> None:
    place = desk.at(5.0)
    desk.drag(place, place + QPoint(40, 0), place)
    assert desk.said == []


def test_escape_drops_a_drag(desk: Desk) -> None:
    place = desk.at(5.0)
    desk.hold(place, place + QPoint(40, 0))
    assert desk.panel.canvas.gestures.ghost is not None
    desk.key(Qt.Key.Key_Escape)
    assert desk.panel.canvas.gestures.ghost is None
    QTest.mouseRelease(desk.panel.canvas.viewport(), LEFT, NONE, place)
    assert desk.said == []


def test_frames_of_changing_length_are_snapped_to(desk: Desk) -> None:
    times = np.concatenate((np.arange(0, 10, 0.1), np.arange(10, 39.2, 0.4)))
    labels = Labels((Segment(110, 114, desk.line.classes[0]),), desk.line.classes, 0.0, len(times))
    desk.show(frame_times=times, labels=labels, rate=0.0)
    desk.click(desk.at(16.15, "ruler"))
    assert desk.said.pop() == ("positionWanted", pytest.approx(16.0))
    desk.drag(desk.at(14.9), desk.at(15.5), desk.at(14.9 + 1.3))
    assert desk.said == [("segmentMoved", 0, 113, 117)], "1.3 s are three frames of .4 s"


def test_without_editing_segments_are_only_chosen(desk: Desk) -> None:
    desk.show(editing=False)
    place = desk.at(5.0)
    desk.drag(place, place + QPoint(40, 0))
    desk.click(desk.at(5.0))
    for key in (Qt.Key.Key_Delete, Qt.Key.Key_S, Qt.Key.Key_BracketLeft):
        desk.key(key)
    assert desk.said == [("segmentChosen", 3)]


@pytest.mark.parametrize(
    ("key", "keys", "said"),
    [
        (Qt.Key.Key_Delete, NONE, ("segmentRemoved", 15)),
        (Qt.Key.Key_S, NONE, ("splitWanted", 15, 240)),
        (Qt.Key.Key_BracketLeft, NONE, ("segmentMoved", 15, 240, 251)),
        (Qt.Key.Key_BracketRight, NONE, ("segmentMoved", 15, 229, 240)),
        (Qt.Key.Key_Right, NONE, ("positionWanted", 24.1)),
        (Qt.Key.Key_Left, NONE, ("positionWanted", 23.9)),
        (Qt.Key.Key_Right, SHIFT, ("positionWanted", 25.0)),
        (Qt.Key.Key_Home, NONE, ("positionWanted", 0.0)),
        (Qt.Key.Key_End, NONE, ("positionWanted", 39.2)),
        (Qt.Key.Key_Tab, NONE, ("segmentChosen", 16)),
        (Qt.Key.Key_Backtab, SHIFT, ("segmentChosen", 14)),
        (Qt.Key.Key_Up, ALT, ("thresholdChanged", 0.51)),
    ],
)
def test_each_key_says_its_signal(desk: Desk, key: Qt.Key, keys: Qt.KeyboardModifier, said: tuple[object, ...]) -> None:
    desk.show(selected=15, position=24.0)
    desk.panel.canvas.setFocus()
    desk.key(key, keys)
    assert [tuple(desk.said[0][:1]), *desk.said[0][1:]] == [said[:1], *(pytest.approx(part) for part in said[1:])]
    assert len(desk.said) == 1


def test_tab_leaves_the_timeline_after_the_last_segment(desk: Desk) -> None:
    desk.show(selected=22)
    desk.panel.canvas.focusNextPrevChild(True)
    assert desk.said == []
    desk.show(selected=21)
    desk.panel.canvas.focusNextPrevChild(True)
    assert desk.said == [("segmentChosen", 22)]


def test_keys_for_the_view(desk: Desk) -> None:
    canvas = desk.panel.canvas
    desk.key(Qt.Key.Key_Plus)
    assert canvas.scope.axis.span == pytest.approx(39.3 * 0.8)
    desk.key(Qt.Key.Key_N)
    assert canvas.scope.following
    desk.key(Qt.Key.Key_F)
    assert canvas.scope.axis.span == pytest.approx(39.3)
    desk.key(Qt.Key.Key_H)
    assert canvas.is_heat("TRN both")
    assert desk.said == []


def _menu(desk: Desk, place: QPoint) -> dict[str, QMenu | object]:
    canvas = desk.panel.canvas
    menu = context_menu(canvas, hit(canvas.scene(), QPointF(place)))
    return {action.text(): action.menu() or action for action in menu.actions() if action.text()}


def test_the_menu_of_a_segment(desk: Desk) -> None:
    entries = _menu(desk, desk.at(5.0))
    entries["Play from here"].trigger()  # type: ignore[union-attr]
    entries["Split here"].trigger()  # type: ignore[union-attr]
    entries["Relabel"].actions()[5].trigger()  # type: ignore[union-attr]
    entries["Remove"].trigger()  # type: ignore[union-attr]
    last = desk.line.classes[5]
    assert desk.said[:2] == [("positionWanted", 3.9), ("playWanted", 3.9)]
    assert desk.said[2][:2] == ("splitWanted", 3)
    assert desk.said[2][2] in (49, 50)
    assert desk.said[3:] == [("relabelled", 3, last), ("segmentRemoved", 3)]
    entries["Zoom to it"].trigger()  # type: ignore[union-attr]
    axis = desk.panel.canvas.scope.axis
    assert axis.start < 3.9 < 6.2 < axis.end < 7


def test_the_menu_marks_and_exports(desk: Desk) -> None:
    entries = _menu(desk, desk.at(30.16, "scores", "TRN both", 0.2))
    entries["Mark from the now-line"].actions()[0].trigger()  # type: ignore[union-attr]
    entries["Export events"].trigger()  # type: ignore[union-attr]
    assert desk.said == [("markWanted", desk.line.classes[0]), ("exportEventsWanted",)]
    desk.show(marking=desk.line.classes[0], marking_from=190)
    _menu(desk, desk.at(30.16, "scores", "TRN both", 0.2))["Discard the open segment"].trigger()  # type: ignore[union-attr]
    assert desk.said[2:] == [("markDropped",)]


def test_tracks_are_chosen_in_the_gutter_and_in_the_head(desk: Desk) -> None:
    desk.click(QPoint(20, desk.at(1.0, name="hands").y()))
    assert desk.said == [("trackChosen", "hands")]
    desk.panel.track.chosen.emit("actions")
    assert desk.said[1:] == [("trackChosen", "actions")]


def test_a_feed_follows_now_and_is_not_snapped(desk: Desk) -> None:
    desk.show(path="/dev/video0", duration=None, frame_times=np.zeros(0), labels=None, editing=False, position=21.3)
    canvas = desk.panel.canvas
    assert canvas.scope.following
    for position in (22.0, 30.5):
        desk.show(position=position)
        assert canvas.scope.axis.x(position) == pytest.approx(0.7 * canvas.scope.axis.width)
    desk.click(desk.at(15.237, "ruler"))
    assert desk.said == [("positionWanted", pytest.approx(15.237, abs=0.05))]
