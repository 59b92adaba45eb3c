"""The palette's order and keys; notices that stack, time out and take no focus."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QRect, Qt
from PySide6.QtWidgets import QLineEdit, QMainWindow

from widgets.kit.layouts import KEPT_CLEAR
from widgets.shell.notices import SECONDS, Notices, above
from widgets.shell.palette import CommandPalette, CommandRow, ranked, score

ROWS = (
    CommandRow("open", "Open Project", "File", "Ctrl+O"),
    CommandRow("sample", "Open Sample", "File"),
    CommandRow("calibrate", "Calibrate", "Calibration"),
    CommandRow("copy", "Copy as Command", "Calibration"),
    CommandRow("redo", "Redo", "Edit", enabled=False),
)


@pytest.mark.parametrize(
    ("query", "first"), [("os", "sample"), ("op", "open"), ("cal", "calibrate"), ("cac", "copy"), ("red", "redo")]
)
def test_letters_find_the_command_that_was_meant(query, first):
    assert ranked(query, ROWS)[0].id == first


def test_the_category_is_searched_too_but_counts_less():
    assert {row.id for row in ranked("file", ROWS)} == {"open", "sample"}
    assert [row.id for row in ranked("calibra", ROWS)][0] == "calibrate"


def test_a_word_of_the_tip_finds_a_command_after_all_that_are_called_so():
    rows = (CommandRow("watch", "Watch it work", "Attention", tip="Step through FlashAttention"), *ROWS)
    assert [row.id for row in ranked("flash", rows)] == ["watch"]
    called = CommandRow("flash", "Flash", tip="Another")
    assert [row.id for row in ranked("flash", (*rows, called))] == ["flash", "watch"]
    assert "watch" not in [row.id for row in ranked("fla", rows)]


def test_recent_ones_stand_first_and_those_of_no_use_last():
    order = [row.id for row in ranked("", ROWS, recent=["copy", "sample"])]
    assert order[:2] == ["copy", "sample"]
    assert order[-1] == "redo"


@given(query=st.text("abcdeopqrs ", max_size=6))
def test_every_command_shown_has_the_letters_of_each_word_in_order(query):
    for row in ranked(query, ROWS):
        for word in query.split():
            letters = iter(f"{row.category} {row.title}".casefold().replace(" ", ""))
            assert all(letter in letters for letter in word)


def test_no_letters_fit_everything_and_nonsense_nothing():
    assert score("", ROWS[0]) == 0.0
    assert ranked("xyzzy", ROWS) == []


@pytest.fixture
def window(qtbot):
    made = QMainWindow()
    made.setCentralWidget(QLineEdit())
    made.resize(900, 600)
    qtbot.addWidget(made)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_the_palette_is_driven_by_keys(window, qtbot):
    palette = CommandPalette(window)
    palette.open_with(ROWS)
    qtbot.keyClicks(palette.field, "open")
    assert [row.id for row in palette.shown] == ["open", "sample"]
    qtbot.keyClick(palette.field, Qt.Key.Key_Down)
    with qtbot.waitSignal(palette.chosen) as heard:
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert heard.args == ["sample"]
    assert not palette.isVisible()
    palette.open_with(ROWS)
    assert palette.shown[0].id == "sample", "what was used last stands first"
    qtbot.keyClick(palette.field, Qt.Key.Key_Escape)
    assert not palette.isVisible()


def test_a_command_of_no_use_now_does_not_run(window, qtbot):
    palette = CommandPalette(window)
    palette.open_with(ROWS)
    qtbot.keyClicks(palette.field, "redo")
    with qtbot.assertNotEmitted(palette.chosen):
        qtbot.keyClick(palette.field, Qt.Key.Key_Return)
    assert palette.isVisible()
    palette.hide()


def test_notices_stack_three_high_and_keep_errors(window):
    notices = Notices(window)
    notices.show_notice("broken", "bad")
    for number in range(4):
        notices.show_notice(f"saved {number}", "good")
    assert [notice.text for notice in notices.shown] == ["broken", "saved 2", "saved 3"]
    boxes = [card.geometry() for card in notices.cards]
    assert all(window.rect().contains(box) for box in boxes)
    assert not any(a.intersects(b) for a in boxes for b in boxes if a is not b)
    notices.clear()


def test_a_notice_goes_by_itself_but_an_error_waits(window):
    notices = Notices(window)
    notices.show_notice("saved", "good")
    notices.show_notice("broken", "bad")
    saved, broken = notices.cards
    assert saved.timer.interval() == SECONDS["good"] * 1000
    assert not broken.timer.isActive()
    saved.timer.timeout.emit()
    assert [notice.text for notice in notices.shown] == ["broken"]
    notices.clear()


def test_a_repeated_notice_is_shown_once(window):
    notices = Notices(window)
    for _ in range(3):
        notices.show_notice("the stream does not answer", "bad")
    assert len(notices.shown) == 1
    notices.clear()


def test_a_notice_takes_no_focus_and_its_action_runs_once(window, qtbot):
    window.centralWidget().setFocus()
    done = []
    notices = Notices(window)
    notices.show_notice("Closed Camera", "info", "Undo", lambda: done.append(1))
    assert window.focusWidget() is window.centralWidget()
    qtbot.mouseClick(notices.cards[0].action, Qt.MouseButton.LeftButton)
    assert done == [1]
    assert notices.shown == []
    assert window.focusWidget() is window.centralWidget()


def test_a_notice_goes_when_what_it_is_about_is_settled(window):
    notices = Notices(window)
    notices.show_notice("the camera does not answer", "bad", key="source a")
    notices.show_notice("the disk is full", "bad")
    notices.show_notice("the camera is gone", "bad", key="source a")
    assert [notice.text for notice in notices.shown] == ["the disk is full", "the camera is gone"]
    notices.settle("source a")
    assert [notice.text for notice in notices.shown] == ["the disk is full"]
    notices.clear()


def test_keys_lead_to_a_notice_and_back(window, qtbot):
    field = QLineEdit(window)
    field.show()
    window.activateWindow()
    field.setFocus()
    qtbot.waitUntil(field.hasFocus)
    notices = Notices(window)
    notices.show_notice("Closed Camera", "info", "Undo")
    assert field.hasFocus()
    notices.focus()
    assert notices.cards[0].action.hasFocus()
    qtbot.keyClick(notices.cards[0].action, Qt.Key.Key_Escape)
    assert notices.shown == []
    assert field.hasFocus()
    notices.focus()
    assert field.hasFocus()


def test_a_notice_stays_off_what_must_be_seen(window):
    window.resize(800, 600)
    bar = QLineEdit(window)
    bar.setProperty(KEPT_CLEAR, True)
    bar.setGeometry(300, 560, 500, 32)
    bar.show()
    notices = Notices(window)
    notices.show_notice("saved", "good")
    notices.show_notice("saved again", "good")
    boxes = [card.geometry() for card in notices.cards]
    assert not any(box.intersects(bar.geometry()) for box in boxes)
    assert not boxes[0].intersects(boxes[1])
    notices.clear()


def test_a_box_moves_up_over_all_that_is_in_its_way_or_stays():
    box, low, high = QRect(0, 500, 100, 50), QRect(0, 520, 100, 20), QRect(0, 460, 100, 20)
    assert above(box, [low], 0).bottom() < low.top()
    assert above(box, [low, high], 0).bottom() < high.top()
    assert above(box, [QRect(0, 0, 100, 600)], 0) == box
    assert above(box, [QRect(200, 500, 50, 50)], 0) == box
