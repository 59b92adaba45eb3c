"""What the timeline shows: the class's colour at the computed place, and nothing painted for an equal state."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QHelpEvent, QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QToolButton

from engines.actions.types import Event, Labels, Segment
from tests import routine
from tests.widgets.timeline.timeline_views import film_view, scores_of
from widgets.charts.class_colors import class_color
from widgets.kit.theme import DARK, LIGHT, LOOK
from widgets.timeline.bars import event_span
from widgets.timeline.drawing import ahead_box, level_y
from widgets.timeline.lanes import Lane
from widgets.timeline.overlay import readout_at
from widgets.timeline.panel import TimelinePanel
from widgets.timeline.state import TimelineView
from widgets.timeline.words import NO_LABELS, NO_MODEL

Show = Callable[..., TimelinePanel]


@pytest.fixture
def show(qtbot) -> Show:
    def made(line: TimelineView, width: int = 1200, height: int = 260) -> TimelinePanel:
        panel = TimelinePanel()
        qtbot.addWidget(panel)
        panel.show_state(line)
        panel.resize(width, height)
        panel.show()
        QApplication.processEvents()
        return panel

    return made


@pytest.fixture
def labels() -> Labels:
    return routine.labels()


def _lane(panel: TimelinePanel, kind: str, name: str) -> Lane:
    return next(lane for lane in panel.canvas.scene().layout.lanes if (lane.kind, lane.name) == (kind, name))


def _grab(panel: TimelinePanel) -> QImage:
    return panel.canvas.viewport().grab().toImage()


def _distance(one: QColor, other: QColor) -> int:
    return abs(one.red() - other.red()) + abs(one.green() - other.green()) + abs(one.blue() - other.blue())


def _near(picture: QImage, x: float, y: float, color: QColor, within: int = 3) -> int:
    """How far the nearest pixel's colour is from `color`."""
    around = [
        QPoint(round(x) + dx, round(y) + dy) for dx in range(-within, within + 1) for dy in range(-within, within + 1)
    ]
    return min(_distance(picture.pixelColor(at), color) for at in around if picture.rect().contains(at))


@pytest.mark.parametrize("look", [DARK, LIGHT], ids=lambda look: look.name)
def test_each_curve_is_where_its_probability_is(show: Show, labels: Labels, qapp: QApplication, look) -> None:
    LOOK.apply(qapp, look)
    track = scores_of(labels)
    panel = show(film_view(labels, labels=None, tracks=(track,), position=39.0))
    scene, picture = panel.canvas.scene(), _grab(panel)
    box = scene.layout.box(_lane(panel, "scores", track.name))
    for place in range(6):
        column = place + 1
        best = int(np.argmax(track.probabilities[:200, column]))
        y = level_y(box, float(track.probabilities[best, column]))
        assert _near(picture, scene.x(float(track.times[best])), y, class_color(place)) < 60
    LOOK.apply(qapp, DARK)


def test_a_hidden_class_is_not_drawn(show: Show, labels: Labels) -> None:
    track = scores_of(labels)
    best = int(np.argmax(track.probabilities[:, 4]))
    for hidden in (False, True):
        names = frozenset({labels.classes[3]}) if hidden else frozenset()
        panel = show(film_view(labels, labels=None, tracks=(track,), position=0.0, hidden=names))
        scene = panel.canvas.scene()
        y = level_y(scene.layout.box(_lane(panel, "scores", track.name)), float(track.probabilities[best, 4]))
        away = _near(_grab(panel), scene.x(float(track.times[best])), y, class_color(3))
        assert (away > 150) is hidden


def test_segments_lie_over_their_frames(show: Show, labels: Labels) -> None:
    panel = show(film_view(labels, editing=True))
    scene, picture = panel.canvas.scene(), _grab(panel)
    middle = scene.layout.box(_lane(panel, "labels", "actions")).center().y()
    for before, segment in zip((None, *labels.segments), labels.segments, strict=False):
        color = class_color(labels.classes.index(segment.action))
        left, right = scene.x(segment.start / 10), scene.x((segment.end + 1) / 10)
        for x in (left + 1, right - 1):
            assert _near(picture, x, middle, color, 1) < 130
        if before is None or before.end < segment.start - 4:
            assert _near(picture, left - 4, middle, color, 1) > 200, "before it there is none"


def test_what_is_anticipated_has_another_ground(show: Show, labels: Labels) -> None:
    track = scores_of(labels, until=212)
    panel = show(film_view(labels, labels=None, tracks=(track,), position=5.0))
    scene, picture = panel.canvas.scene(), _grab(panel)
    box = scene.layout.box(_lane(panel, "scores", track.name))
    ahead = scene.x(float(track.times[-1])), scene.x(float(track.ahead_times[-1]))

    def blueness(left: float, right: float) -> float:
        colors = [picture.pixelColor(x, round(box.top()) + 8) for x in range(round(left) + 2, round(right) - 2)]
        return float(np.median([color.blue() - color.red() for color in colors]))

    assert blueness(*ahead) > blueness(ahead[1] + 120, ahead[1] + 220) + 5


def test_a_film_that_is_watched_again_anticipates_from_the_moment_that_is_watched(show: Show, labels: Labels) -> None:
    known = scores_of(labels)
    track = replace(known, now=5.0, ahead_times=np.array([5.5, 6.0]), ahead=known.probabilities[[55, 60]])
    panel = show(film_view(labels, labels=None, tracks=(track,)))
    lane = _lane(panel, "scores", track.name)
    box = ahead_box(panel.canvas.scene(), lane)
    assert box is not None
    assert (box.left(), box.right()) == pytest.approx([panel.canvas.scene().x(at) for at in (5.0, 6.0)])
    assert readout_at(panel.canvas.scene(), lane, 5.05).note == "anticipated"
    lasting = event_span(panel.canvas.scene(), lane, Event("squat", 4.0, None, 0.9, 0.9))
    assert lasting.right() == pytest.approx(panel.canvas.scene().x(5.0))
    assert readout_at(panel.canvas.scene(), lane, 30.0).note == ""


def test_an_equal_state_paints_nothing(show: Show, labels: Labels) -> None:
    line = film_view(labels, tracks=(scores_of(labels),))
    panel = show(line)
    paints, stills = panel.canvas.paints, panel.canvas.stills
    for _time in range(3):
        again = replace(line, tracks=(replace(line.tracks[0]),), frame_times=line.frame_times.copy())
        panel.show_state(again)
        QApplication.processEvents()
    assert (panel.canvas.paints, panel.canvas.stills) == (paints, stills)


def test_another_moment_paints_only_what_moves(show: Show, labels: Labels) -> None:
    line = film_view(labels, tracks=(scores_of(labels),))
    panel = show(line)
    paints, stills, tiles = panel.canvas.paints, panel.canvas.stills, panel.canvas.tiles[0, "TRN both"].painted
    panel.show_state(replace(line, position=21.0))
    QApplication.processEvents()
    assert panel.canvas.paints > paints
    assert panel.canvas.stills == stills
    panel.show_state(replace(line, threshold=0.7))
    QApplication.processEvents()
    assert panel.canvas.stills == stills + 1
    assert panel.canvas.tiles[0, "TRN both"].painted == tiles, "curves are as they were"


def test_now_stands_at_its_time(show: Show, labels: Labels) -> None:
    panel = show(film_view(labels, labels=None, position=12.0))
    scene, picture = panel.canvas.scene(), _grab(panel)
    assert _near(picture, scene.x(12.0), 150, LOOK.now.color("accent"), 1) < 30
    assert _near(picture, scene.x(13.0), 150, LOOK.now.color("accent"), 1) > 100


def test_the_open_segment_grows_with_the_picture(show: Show, labels: Labels) -> None:
    empty = Labels((), labels.classes, labels.rate, labels.frames)
    line = film_view(labels, labels=empty, editing=True, marking="arms_out", marking_from=100, position=12.0)
    panel = show(line)
    color = class_color(labels.classes.index("arms_out"))
    scene = panel.canvas.scene()
    lane = scene.layout.box(_lane(panel, "labels", "actions"))
    places = [(scene.x(seconds), lane.top() + 3.6) for seconds in (11.0, 14.0)]

    def shown() -> list[bool]:
        picture = _grab(panel)
        return [_near(picture, x, y, color, 4) < 60 for x, y in places]

    assert shown() == [True, False]
    panel.show_state(replace(line, position=16.0))
    assert shown() == [True, True]
    panel.show_state(replace(line, position=2.0))
    assert shown() == [False, False]
    assert _near(_grab(panel), scene.x(6.0), lane.top() + 3.6, color, 4) > 60, "never backwards"


def test_the_readout_says_the_figures_of_the_moment(show: Show, labels: Labels) -> None:
    track = scores_of(labels, until=212)
    panel = show(film_view(labels, labels=None, tracks=(track,)))
    scene, lane = panel.canvas.scene(), _lane(panel, "scores", track.name)
    past = readout_at(scene, lane, 14.03)
    best = int(np.argmax(track.probabilities[140]))
    assert past.heading == "0:14.03   frame 140"
    assert past.lines[0] == (track.classes[best], pytest.approx(float(track.probabilities[140, best])))
    assert past.note == ""
    ahead = readout_at(scene, lane, float(track.ahead_times[1]) - 0.1)
    assert ahead.note == "anticipated"
    assert ahead.lines[0][1] == pytest.approx(float(track.ahead[1].max()))
    assert readout_at(scene, lane, 35.0).lines == ()


def test_many_classes_come_as_heat_and_the_switch_turns_them(show: Show, labels: Labels) -> None:
    classes = tuple(f"class_{number}" for number in range(12))
    track = replace(
        scores_of(labels), classes=("background", *classes), probabilities=np.full((393, 13), 0.07, np.float32)
    )
    track = replace(track, ahead=np.zeros((0, 13), np.float32), ahead_times=np.zeros(0), events=())
    panel = show(film_view(labels, labels=None, tracks=(track,), classes=classes))
    assert _lane(panel, "scores", track.name).heat
    assert panel.canvas.verticalScrollBar().maximum() > 0, "twelve rows do not fit"
    panel.heat.click()
    assert not _lane(panel, "scores", track.name).heat
    assert panel.canvas.verticalScrollBar().maximum() == 0


def test_empty_states(show: Show, labels: Labels) -> None:
    panel = show(TimelineView())
    assert panel.is_empty
    assert not panel.fit.isVisible()
    panel.show_state(film_view(labels, labels=None))
    assert not panel.is_empty
    assert panel.canvas.sentence == NO_MODEL
    teach = film_view(labels, labels=Labels((), labels.classes), editing=True)
    panel.show_state(teach)
    assert panel.canvas.sentence == NO_LABELS
    panel.show_state(film_view(labels, editing=True))
    assert panel.canvas.sentence == ""


def test_a_low_dock_scrolls(show: Show, labels: Labels) -> None:
    line = film_view(labels, tracks=(scores_of(labels),), editing=True, tracks_known=("actions", "hands"))
    panel = show(line, 700, 130)
    bar = panel.canvas.verticalScrollBar()
    assert bar.maximum() > 0
    assert not panel.legend.isVisible()
    bar.setValue(bar.maximum())
    layout = panel.canvas.scene().layout
    assert layout.box(_lane(panel, "labels", "hands")).bottom() <= layout.height


def test_what_was_seen_of_a_film_and_whether_a_feed_was_followed_come_back(show: Show, labels: Labels) -> None:
    film = film_view(labels)
    feed = replace(film, path="/dev/video0", duration=None, frame_times=np.zeros(0), labels=None, position=21.0)
    panel = show(film)
    panel.canvas.look(panel.canvas.scope.zoomed(0.25, 5.0))
    axis = panel.canvas.scope.axis
    panel.show_state(feed)
    panel.now.click()
    panel.show_state(replace(feed, path=film.path))  # a film that has not opened yet
    again = show(film)
    assert again.canvas.scope.axis.start == pytest.approx(axis.start, abs=0.01)
    assert again.canvas.scope.axis.span == pytest.approx(axis.span, abs=0.01)
    again.show_state(feed)
    assert not again.now.isChecked()
    again.show_state(replace(feed, path="/dev/video1"))
    assert again.now.isChecked()


def test_the_legend_hides_classes_and_says_what_it_has_no_room_for(show: Show, labels: Labels) -> None:
    panel = show(film_view(labels, labels=None), width=560)
    heard: list[str] = []
    panel.legend.toggled.connect(heard.append)
    panel.legend.chips[1].click()
    assert heard == [labels.classes[1]]
    hidden = sum(not chip.isVisible() for chip in panel.legend.chips)
    assert panel.legend.more.text() == f"+{hidden}"
    assert hidden > 0
    panel.show_state(film_view(labels, labels=None, hidden=frozenset({labels.classes[1]})))
    assert "hidden" in panel.legend.chips[1].accessibleName()


def test_everything_has_a_name_and_a_tip(show: Show, labels: Labels) -> None:
    panel = show(film_view(labels, tracks=(scores_of(labels),), editing=True, selected=2))
    for button in panel.findChildren(QToolButton):
        assert button.accessibleName(), button.text()
        assert button.toolTip()
    assert panel.canvas.accessibleName() == "Timeline"
    assert "23 segments" in panel.canvas.accessibleDescription()
    assert "chosen: lunge right arm up, frames 28 to 34" in panel.canvas.accessibleDescription()


def test_a_tip_says_what_a_segment_is(show: Show, labels: Labels, monkeypatch: pytest.MonkeyPatch) -> None:
    panel = show(film_view(labels, editing=True))
    scene, said = panel.canvas.scene(), []
    monkeypatch.setattr("widgets.timeline.canvas.QToolTip.showText", lambda _at, words, _widget: said.append(words))
    box = scene.layout.box(_lane(panel, "labels", "actions"))
    at = QPointF(scene.x(5.0), box.center().y()).toPoint()
    QApplication.sendEvent(panel.canvas.viewport(), QHelpEvent(QEvent.Type.ToolTip, at, at))
    assert said == ["arms crossed chest, frames 39\u201361, 2.30 s"]


def _odd_views(labels: Labels) -> dict[str, TimelineView]:
    track = scores_of(labels)
    one = replace(track, times=track.times[:1], probabilities=track.probabilities[:1])
    none = replace(track, times=np.zeros(0), probabilities=np.zeros((0, 7), np.float32))
    nan = replace(track, probabilities=np.full_like(track.probabilities, np.nan))
    beyond = Labels((Segment(380, 900, "arms_out"), Segment(385, 387, "arms_out"), Segment(-5, 3, "x")), labels.classes)
    return {
        "one decision": film_view(labels, tracks=(one,)),
        "no decision yet": film_view(labels, tracks=(none,), duration=None),
        "NaN": film_view(labels, tracks=(nan, nan)),
        "no length": film_view(labels, duration=0.0, frame_times=np.zeros(0), rate=0.0, tracks=(track,)),
        "labels beyond the end": film_view(
            labels, labels=beyond, editing=True, selected=40, marking="y", marking_from=9999
        ),
        "no classes": film_view(labels, classes=(), tracks=(track,), hidden=frozenset(track.classes)),
        "before the start": film_view(labels, position=-3.0, tracks=(track,)),
    }


@pytest.mark.parametrize("heat", [False, True])
@pytest.mark.parametrize("name", list(_odd_views(Labels((), tuple("abcdef"), 10.0, 393))))
def test_odd_states_are_shown(show: Show, labels: Labels, name: str, heat: bool) -> None:
    panel = show(_odd_views(labels)[name])
    if heat:
        panel.canvas.toggle_heat()
    for x in (150, 600, 1150):
        QTest.mouseMove(panel.canvas.viewport(), QPoint(x, 60))
        assert not _grab(panel).isNull()
    panel.canvas.look(panel.canvas.scope.zoomed(0.01, 1.0))
    panel.canvas.fit()
    assert panel.canvas.scope.axis.span >= 0.19


def test_names_of_any_length_and_foreign_classes_are_shown(show: Show, labels: Labels) -> None:
    name = "a_very_long_name_of_an_action_that_nobody_would_type_" * 4
    other = Labels((Segment(10, 200, name), Segment(210, 220, "unknown")), (name,), 10.0, 393)
    panel = show(film_view(labels, labels=other, classes=(name,), editing=True, title=name), 640)
    assert not _grab(panel).isNull()
    QTest.keyClick(panel.canvas, Qt.Key.Key_H)
    assert panel.canvas.view.labels is other
