"""Teaching in the actions panel: classes, the open segment, the list of segments, clips."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QLineEdit

from engines.actions.types import Labels, Segment
from tests.widgets.actions import panel_views as views
from widgets.actions.panel.segments import clock_of
from widgets.actions.panel.teach import TeachPage
from widgets.actions.state import ActionsView, TeachView
from widgets.kit.panel import FOLDS
from widgets.timeline.state import TimelineView


@pytest.fixture
def page(qtbot):
    FOLDS.state.clear()
    made = TeachPage()
    qtbot.addWidget(made)
    made.resize(380, 1200)
    made.show()
    return made


def heard(signal) -> list:
    said: list = []
    signal.connect(lambda *values: said.append(values))
    return said


def middle(view, row: int) -> QPoint:
    return view.box(row).center().toPoint()


def click(qtbot, view, at: QPoint) -> None:
    qtbot.mouseClick(view.viewport(), Qt.MouseButton.LeftButton, pos=at)


def test_a_class_is_added_by_return_and_by_the_button(page, qtbot):
    page.show_state(views.teach())
    said, name = heard(page.classes.classAdded), page.classes.name
    qtbot.keyClicks(name, "  sit   down ")
    qtbot.keyClick(name, Qt.Key.Key_Return)
    qtbot.keyClicks(name, "jump")
    qtbot.mouseClick(page.classes.put, Qt.MouseButton.LeftButton)
    assert said == [("sit down",), ("jump",)]
    assert name.text() == ""


def test_what_cannot_be_a_class_is_said_in_words(page, qtbot):
    page.show_state(views.teach())
    said, name = heard(page.classes.classAdded), page.classes.name
    for typed in ("", "   ", "wave", " wave ", "background"):
        name.clear()
        qtbot.keyClicks(name, typed)
        qtbot.keyClick(name, Qt.Key.Key_Return)
        assert said == []
        assert page.classes.problem.isVisible()
        assert page.classes.problem.text() == name.toolTip()
        qtbot.keyClicks(name, "s")
        assert not page.classes.problem.isVisible()


def test_a_class_is_renamed_in_place(page, qtbot):
    page.show_state(views.teach())
    said, view = heard(page.classes.classRenamed), page.classes.list
    view.select(3)
    qtbot.keyClick(view, Qt.Key.Key_F2)
    field = view.findChild(QLineEdit)
    assert field.text() == "wave"
    field.selectAll()
    qtbot.keyClicks(field, "greet")
    qtbot.keyClick(field, Qt.Key.Key_Return)
    qtbot.waitUntil(lambda: said == [("wave", "greet")])
    assert view.name(3) == "wave", "the name comes back with the next state"


def test_a_double_click_edits_a_name_marks_on_the_cap_and_does_nothing_more_on_the_cross(page, qtbot):
    page.show_state(views.teach())
    view, left = page.classes.list, Qt.MouseButton.LeftButton
    marked, removed = heard(page.classes.list.markWanted), heard(page.classes.classRemoved)
    for part in (view.cap(0), view.cross(1)):
        click(qtbot, view, part.center().toPoint())
        qtbot.mouseDClick(view.viewport(), left, pos=part.center().toPoint())
    assert (len(marked), len(removed)) == (2, 1)
    qtbot.mouseDClick(view.viewport(), left, pos=view.name_box(view.box(2)).center().toPoint())
    assert view.findChild(QLineEdit).text() == "squat"


def test_a_name_that_is_taken_is_not_given_again(page):
    page.show_state(views.teach())
    said = heard(page.classes.classRenamed)
    page.classes.list.renamed.emit(3, "squat")
    assert said == []
    assert "squat" in page.classes.problem.text()


def test_marking_by_the_key_cap_by_return_and_by_the_menu(page, qtbot):
    page.show_state(views.teach())
    said, view = heard(page.classes.list.markWanted), page.classes.list
    click(qtbot, view, view.cap(2).center().toPoint())
    view.select(1)
    qtbot.keyClick(view, Qt.Key.Key_Return)
    view.menu(0).actions()[0].trigger()
    assert said == [("squat",), ("lunge left arm up",), ("lunge right",)]


def test_digits_in_the_lists_are_left_to_the_keys_of_the_classes(page, qtbot):
    """A list would otherwise look for a row that begins with the digit."""
    turns = (*views.SEGMENTS, Segment(200, 210, "3 point turn"))
    page.show_state(views.teach(replace(views.LABELS, segments=turns), selected=5))
    said = heard(page.segments.segmentChosen)
    qtbot.keyClick(page.segments.list, Qt.Key.Key_3)
    assert (said, page.segments.list.row) == ([], 5)


def test_a_class_is_removed_by_key_by_cross_and_by_menu(page, qtbot):
    page.show_state(views.teach())
    said, view = heard(page.classes.classRemoved), page.classes.list
    view.select(0)
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    click(qtbot, view, view.cross(1).center().toPoint())
    menu = view.menu(3)
    assert menu.actions()[-1].text() == "Remove with 1 segment"
    menu.actions()[-1].trigger()
    assert said == [("lunge right",), ("lunge left arm up",), ("wave",)]


def test_a_class_says_its_segments_and_seconds(page):
    """Segments of the view count both of their ends: 6 + 8 + 6 + 8 frames at 10 a second."""
    page.show_state(views.teach())
    assert page.classes.list.words(0) == "lunge right, 4 segments, 2.8 s, key 1"
    assert page.classes.hint.text().startswith("Press 1 to 4 while it plays")


def test_the_open_segment_is_shown_live_and_ended_or_dropped(page, qtbot):
    page.show_state(views.teach())
    assert not page.open.isVisible()
    page.show_state(views.teach(marking="squat", marking_from=190, position=21.3))
    assert (page.open.title.text(), page.open.length.text()) == ("squat", "2.3 s")
    assert page.open.since.text() == "since 0:19.0, frame 190"
    assert page.classes.list.words(2).endswith("its segment is open")
    said, dropped = heard(page.open.markWanted), heard(page.open.drop.clicked)
    qtbot.mouseClick(page.open.end, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.open.drop, Qt.MouseButton.LeftButton)
    assert (said, len(dropped)) == ([("squat",)], 1)


def test_times_of_segments_are_those_of_the_film_s_frames(page):
    """Frames that are shown ever longer: start and length follow their own times, not a rate."""
    view = views.teach()
    times = np.cumsum(np.arange(views.LABELS.frames)) / 100
    page.show_state(replace(view, timeline=replace(view.timeline, frame_times=times)))
    start, seconds = page.segments.list.span(2)
    assert start == pytest.approx(times[30])
    assert seconds == pytest.approx(times[42] - times[30])
    assert page.segments.list.words(2).startswith("squat from 0:04.6 to 0:09.0, 4.4 s")


def test_moments_without_times_follow_the_rate_and_past_the_end_the_mean_step():
    assert clock_of(Labels(rate=10.0), TimelineView()).edge(25) == 2.5
    assert clock_of(Labels(), TimelineView(rate=20.0)).edge(25) == 1.25
    even = clock_of(Labels(rate=30.0), TimelineView(frame_times=np.arange(20) / 8))
    assert even.edge(20) == pytest.approx(20 / 8)
    assert even.edge(7) == 7 / 8


def test_a_segment_is_chosen_by_mouse_again_by_arrows_and_removed_by_key_and_cross(page, qtbot):
    page.show_state(views.teach())
    view = page.segments.list
    chosen, removed = heard(page.segments.segmentChosen), heard(page.segments.list.removed)
    click(qtbot, view, middle(view, 2))
    click(qtbot, view, middle(view, 2))
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Delete)
    click(qtbot, view, view.cross(1).center().toPoint())
    view.menu(0).actions()[-1].trigger()
    assert chosen == [(2,), (2,), (3,)]
    assert removed == [(3,), (1,), (0,)]


def test_what_is_selected_on_the_timeline_is_selected_here_in_silence(page):
    said = heard(page.segments.segmentChosen)
    for selected in (4, 7, -1):
        page.show_state(views.teach(selected=selected))
        assert page.segments.list.row == selected
    assert said == []


def test_ten_thousand_segments_are_one_list(page):
    """Rows are painted, not built: there are no more widgets than for twelve."""
    page.show_state(views.teach())
    before = len(page.findChildren(object))
    many = tuple(Segment(10 * place, 10 * place + 5, views.CLASSES[place % 4]) for place in range(10_000))
    page.show_state(views.teach(replace(views.LABELS, segments=many, frames=100_000)))
    assert len(page.findChildren(object)) == before
    assert page.segments.list.model().rowCount() == 10_000


def test_an_equal_state_touches_nothing(page):
    view = views.teach(selected=3)
    page.show_state(view)
    resets = [heard(each.model().modelReset) for each in (page.classes.list, page.segments.list, page.clips.list)]
    changes = [heard(each.model().dataChanged) for each in (page.classes.list, page.segments.list, page.clips.list)]
    same = views.teach(replace(views.LABELS, segments=(*views.SEGMENTS,)), selected=3, position=12.0)
    page.show_state(same)
    assert resets == changes == [[], [], []]
    assert page.segments.list.row == 3


def test_labels_are_read_and_saved(page, qtbot):
    page.show_state(views.teach())
    brought, saved = heard(page.segments.bring.clicked), heard(page.segments.save.clicked)
    qtbot.mouseClick(page.segments.bring, Qt.MouseButton.LeftButton)
    qtbot.mouseClick(page.segments.save, Qt.MouseButton.LeftButton)
    assert (len(brought), len(saved)) == (1, 1)
    page.show_state(replace(views.teach(), teach=TeachView("/f", True)))
    assert not page.segments.save.isEnabled()
    assert page.segments.file.isVisible()


def test_advice_is_a_line_each_and_never_too_many(page):
    view = views.teach()
    page.show_state(view)
    assert [line.words.text() for line in page.advice.lines if line.isVisible()] == list(view.teach.advice)
    many = tuple(f"class {place} has one segment" for place in range(9))
    page.show_state(replace(view, teach=replace(view.teach, advice=many)))
    shown = [line.words.text() for line in page.advice.lines if line.isVisible()]
    assert shown == [*many[:3], "And 6 more"]


def test_a_live_feed_is_recorded_first(page, qtbot):
    live = ActionsView(watch=replace(views.teach().watch, source="cam"), teach=TeachView())
    page.show_state(live)
    assert page.record.isVisible()
    assert not page.classes.isVisible()
    said = heard(page.record.button.clicked)
    qtbot.mouseClick(page.record.button, Qt.MouseButton.LeftButton)
    page.show_state(replace(live, teach=TeachView(recording=True, recorded=12.2)))
    assert (page.record.words.text(), page.record.button.text()) == ("Recording, 12 s", "Stop recording")
    qtbot.mouseClick(page.record.button, Qt.MouseButton.LeftButton)
    assert len(said) == 2


def test_clips_are_ticked_by_mouse_and_by_key_but_not_what_cannot_be_trained_on(page, qtbot):
    page.show_state(views.teach())
    said, view = heard(page.clips.list.clipTaken), page.clips.list
    click(qtbot, view, middle(view, 0))
    qtbot.keyClick(view, Qt.Key.Key_Down)
    qtbot.keyClick(view, Qt.Key.Key_Space)
    view.menu(0).actions()[0].trigger()
    click(qtbot, view, middle(view, 2))
    assert view.menu(2) is None
    taken, left = ("/data/kitchen.mp4", True), ("/data/exercise.avi", False)
    assert said == [left, taken, left]
    assert page.clips.summary.text() == "1 of 3 is trained on, 12 segments"


def test_another_film_clears_the_lists(page):
    page.show_state(views.teach())
    page.show_state(views.teach(Labels((), (), 10.0, 50)))
    assert page.segments.list.rows == page.classes.list.rows == ()
    assert not page.segments.list.isVisible()
