"""Watching in the actions panel: what is shown of the live engine, what goes out, and what is left alone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLabel

from engines.actions.types import Decision, Event, Watched, WatchSettings
from engines.core.frames import Size, Stamp
from tests.widgets.actions import panel_views as views
from widgets.actions.panel.dock import ActionsPanel
from widgets.actions.panel.now import now_of, stats_of
from widgets.actions.panel.watch import NONE, WatchPage, edited
from widgets.actions.panel.words import watch_line
from widgets.actions.state import ActionsView, Page, WatchView
from widgets.kit.panel import FOLDS
from widgets.timeline.state import ScoreTrack, TimelineView

CLASSES = ("background", "squat", "lunge_left", "arms_out")
MODELS = (("/m/exercise.safetensors", "exercise"), ("/m/long.safetensors", views.LONG))
EVENTS = (Event("squat", 2.0, 3.5, 0.9, 0.97), Event("arms_out", 7.5, None, 0.8, 0.9))
CARD = replace(views.card(), classes=CLASSES, map=0.982)


@pytest.fixture
def page(qtbot):
    FOLDS.state.clear()
    made = WatchPage()
    qtbot.addWidget(made)
    made.resize(380, 1200)
    made.show()
    return made


def watched(row=(0.02, 0.93, 0.03, 0.02), events=EVENTS, **more):
    decisions = (Decision(3, 8.0, row, ((0, 0.2, 0.8, 0),)),) if row else ()
    stages = {"appearance": 8.1, "head": 0.1}
    return Watched(
        Stamp("film", 80, 0.0, 8.0), Size(384, 288), CLASSES, (1.2,), decisions, events, (), stages,
        **{"feature_rate": 28.4, "head_rate": 9.8, "latency": 0.0423, "left_out": 3} | more,
    )  # fmt: skip


def view(seen=None, running=True, settings=WatchSettings("/m/exercise.safetensors"), timeline=None, **watch):
    told = {"models": MODELS, "card": CARD, "rate": 28.4, "dropped": 4} | watch
    own = ScoreTrack("exercise", CLASSES, events=seen.events) if seen is not None else None
    line = timeline or TimelineView("film", "exercise.avi", 39.3, classes=CLASSES[1:], own=own)
    shown = WatchView(views.SOURCES, "film", running, watched=seen, **told)
    return ActionsView(Page.WATCH, settings, watch=shown, timeline=line)


def heard(signal) -> list:
    said: list = []
    signal.connect(lambda *values: said.append(values))
    return said


def text_of(widget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisible())


def test_the_present_action_its_probability_and_what_comes_next(page):
    page.show_state(view(watched()))
    now = page.now.face.now
    assert page.now.isVisible()
    assert (now.seen.words, now.seen.percent, now.next) == ("squat", "93 %", "Next 1.2 s: lunge left in 1.2 s (80 %)")
    assert page.now.face.accessibleName() == "Now: squat 93 %"
    assert [(bar.words, bar.place, bar.probability) for bar in now.bars] == [
        ("background", -1, 0.02), ("squat", 0, 0.93), ("lunge left", 1, 0.03), ("arms out", 2, 0.02)
    ]  # fmt: skip


def test_many_classes_show_the_most_probable_in_their_order():
    classes = ("background", *(f"a{number}" for number in range(20)))
    row = tuple(number / 210 for number in range(21))
    seen = replace(watched(), classes=classes, decisions=(Decision(0, 0.0, row),), horizons=())
    bars = now_of(seen, 0.5, classes[1:]).bars
    assert [bar.words for bar in bars] == [f"a{number}" for number in range(12, 20)]
    assert [bar.first for bar in bars] == [False] * 7 + [True]


def test_colours_are_those_of_the_timeline():
    bars = now_of(watched(), 0.5, ("arms_out", "other", "squat")).bars
    assert {bar.words: bar.place for bar in bars} == {"background": -1, "squat": 2, "lunge left": -1, "arms out": 0}


def test_what_it_costs_in_figures():
    figures = {stat.label: (stat.value, stat.unit, stat.tip) for stat in stats_of(view(watched()).watch, 30.0)}
    assert figures["Capture to decision"][:2] == ("42", "ms")
    assert figures["Frames described"][:2] == ("28.4", "/s")
    assert "At most 30" in figures["Frames described"][2]
    assert "appearance 8.1 ms" in figures["Frames described"][2]
    assert figures["Decisions"][:2] == ("9.8", "/s")
    assert figures["Frames left out"] == ("7", "", "3 above the cap, 4 while it was busy")


def test_without_a_model_there_are_no_decisions_to_time():
    shown = view(watched(row=(), events=()), settings=WatchSettings(pose=True), card=None)
    assert [stat.label for stat in stats_of(shown.watch, 30.0)] == ["Frames described", "Frames left out"]


def test_events_are_listed_newest_first_and_a_click_goes_there(page, qtbot):
    page.show_state(view(watched()))
    said, rows = heard(page.events.eventChosen), page.events.list
    assert [event.action for event in rows.rows] == ["arms_out", "squat"]
    assert "since 0:07.5" in rows.words(0)
    assert "1.5 s" in rows.words(1)
    qtbot.mouseClick(rows.viewport(), Qt.MouseButton.LeftButton, pos=rows.box(1).center().toPoint())
    qtbot.keyClick(rows, Qt.Key.Key_Up)
    qtbot.keyClick(rows, Qt.Key.Key_Return)
    assert said == [(2.0,), (7.5,), (7.5,)]


def test_what_is_chosen_stays_so_while_newer_events_come(page):
    page.show_state(view(watched()))
    said = heard(page.events.eventChosen)
    page.events.list.select(1)
    newer = (*EVENTS[:1], replace(EVENTS[1], end=8.0), Event("lunge_left", 9.0, None, 0.7, 0.7))
    page.show_state(view(watched(events=newer)))
    assert page.events.list.rows[page.events.list.row].action == "squat"
    assert said == []


def test_all_that_was_kept_is_listed_also_when_stopped(page):
    track = ScoreTrack("exercise", CLASSES, events=(*EVENTS, Event("squat", 20.0, 21.0, 0.6, 0.6)))
    line = TimelineView("film", "exercise.avi", 39.3, classes=CLASSES[1:], own=track)
    page.show_state(view(None, False, timeline=line))
    assert len(page.events.list.rows) == 3
    assert page.events.save.isEnabled()
    assert not page.now.isVisible()
    assert not page.cost.isVisible()


def test_what_was_watched_after_a_jump_says_so(page):
    track = ScoreTrack("exercise", CLASSES, events=EVENTS, jumped=True)
    line = TimelineView("film", "exercise.avi", 39.3, classes=CLASSES[1:], own=track)
    page.show_state(view(None, False, timeline=line))
    assert "after a jump" in text_of(page.events)
    page.show_state(view(None, False, timeline=replace(line, own=replace(track, jumped=False))))
    assert "after a jump" not in text_of(page.events)


def test_what_stands_still_has_neither_latency_nor_rate():
    shown = view(watched(), moving=False)
    assert [stat.label for stat in stats_of(shown.watch, 30.0)] == ["Frames left out"]
    assert "stands still" in watch_line(shown)


def test_events_are_exported_and_the_whole_film_is_detected_where_it_is_a_film(page, qtbot):
    saved, whole = heard(page.events.save.clicked), heard(page.events.whole.clicked)
    page.show_state(view(watched()))
    qtbot.mouseClick(page.events.save, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.events.whole, Qt.MouseButton.LeftButton)
    assert (len(saved), len(whole)) == (1, 1)
    page.show_state(view(watched(events=()), timeline=TimelineView("cam", "Cam 1", None)))
    assert not page.events.whole.isVisible()
    assert not page.events.save.isEnabled()


def test_a_model_is_chosen_or_opened(page, qtbot):
    page.show_state(view(running=False))
    chosen, opened = heard(page.model.field.chosen), heard(page.model.open.clicked)
    field = page.model.field
    assert [field.itemText(row) for row in range(field.count())] == [NONE, "exercise", views.LONG]
    assert field.value() == "/m/exercise.safetensors"
    field.setCurrentIndex(2)
    field.activated.emit(2)
    qtbot.mouseClick(page.model.open, Qt.MouseButton.LeftButton)
    assert (chosen, len(opened)) == ([("/m/long.safetensors",)], 1)
    assert "3 actions, TRN on appearance and motion, 10 decisions/s, mAP 98.2 %" in text_of(page.model)


def test_a_model_that_was_never_used_before_is_there_too(page):
    page.show_state(view(running=False, settings=WatchSettings("/new/wave.safetensors")))
    assert (page.model.field.value(), page.model.field.currentText()) == ("/new/wave.safetensors", "wave")


def test_with_no_model_at_all_one_sentence_and_one_button(page, qtbot):
    page.show_state(view(running=False, settings=WatchSettings(), models=(), card=None))
    opened = heard(page.nothing.clicked)
    assert page.nothing.isVisible()
    assert not page.model.isVisible()
    assert not page.events.isVisible()
    qtbot.mouseClick(page.nothing.button, Qt.MouseButton.LeftButton)
    assert opened == [()]


def test_opening_and_what_holds_it_back_are_said(page):
    page.show_state(view(None))
    assert "Opening" in text_of(page)
    page.show_state(view(watched(note="Nobody in view")))
    assert "Opening" not in text_of(page)
    assert "Nobody in view" in text_of(page)
    page.show_state(view(watched(), problem="The source is paused"))
    assert "The source is paused" in text_of(page)
    page.show_state(view(watched()))
    assert not page.held.isVisible()


@pytest.mark.parametrize(
    ("field", "value"), [("threshold", 0.7), ("least", 1.5), ("feature_rate", 12.0), ("threads", 2), ("release", 0.1)]
)
def test_a_setting_goes_out_alone_and_whole(page, field, value):
    page.show_state(view(running=False))
    said = heard(page.settingsChanged)
    page.more.controls[field].setValue(value)
    assert said == [(replace(WatchSettings("/m/exercise.safetensors"), **{field: value}),)]
    assert type(getattr(said[0][0], field)) is type(value)


def test_the_rest_of_the_settings(page, qtbot):
    page.show_state(view(running=False))
    said = heard(page.settingsChanged)
    page.more.set_folded(False)
    weights, pose = page.more.controls["weights"], page.more.controls["pose"]
    weights.setCurrentIndex(2)
    weights.activated.emit(2)
    qtbot.mouseClick(pose, Qt.MouseButton.LeftButton, pos=QPoint(8, pose.height() // 2))
    assert [(one.weights, one.pose) for (one,) in said] == [("int8", False), ("float32", True)]


def test_an_event_never_ends_at_a_higher_probability_than_it_begins_at():
    settings = WatchSettings(threshold=0.5, release=0.3)
    assert edited(settings, {"threshold": 0.2}).release == 0.2
    assert edited(settings, {"release": 0.9}).release == 0.5


def test_showing_tells_nothing_and_the_same_again_touches_nothing(page):
    signals = (page.settingsChanged, page.model.field.chosen, page.events.eventChosen)
    said = [heard(signal) for signal in signals]
    page.show_state(
        view(watched(), settings=WatchSettings("/m/long.safetensors", 12.0, 0.9, 0.1, 2.0, "int8", 3, True))
    )
    page.show_state(view(watched()))
    now, rows = page.now.face.now, page.events.list.rows
    page.show_state(view(watched()))
    assert page.now.face.now is now
    assert page.events.list.rows is rows
    assert said == [[], [], []]


def test_every_control_has_a_name_and_a_tip(page):
    page.show_state(view(watched()))
    for control in (
        page.model.field,
        page.model.open,
        page.events.save,
        page.events.whole,
        *page.more.controls.values(),
    ):
        assert control.accessibleName()
        assert control.toolTip()


@pytest.mark.parametrize("width", [320, 400])
def test_nothing_is_wider_than_the_panel(qtbot, width):
    panel = ActionsPanel()
    qtbot.addWidget(panel)
    panel.resize(width, 900)
    panel.show_state(view(watched(), settings=WatchSettings("/m/long.safetensors")))
    panel.show()
    page = panel.page(Page.WATCH)
    assert page.minimumSizeHint().width() <= width - 24
