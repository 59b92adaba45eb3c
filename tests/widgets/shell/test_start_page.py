"""The start page: what its cards say and are clicked for, how they stand at every width, what was cut off."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QColor, QImage

from widgets.kit.fields import PlainButton
from widgets.shell.start.cards import DRAWING, PAD
from widgets.shell.start.page import StartPage
from widgets.shell.start.state import CutOff, CutOffJob, ExampleCard, RecentCard, StartState

CARDS = tuple(ExampleCard(id, f"Title of {id}", "Words that go on " * (2 + n)) for n, id in enumerate("abcde"))
RECENT = (RecentCard("/a.kino", "Hall", "Today, 12:00"), RecentCard("/b.kino", "Gone", there=False, note="Moved"))
CUT_OFF = CutOff("Hall", (CutOffJob(7, "Train", "Step 3 of 9", can_resume=True), CutOffJob(8, "Index")))


@pytest.fixture
def page(qtbot) -> StartPage:
    made = StartPage()
    qtbot.addWidget(made)
    made.resize(1100, 760)
    with qtbot.waitExposed(made):
        made.show()
    made.show_state(StartState(RECENT, CARDS, CUT_OFF))
    return made


@pytest.mark.parametrize(("width", "columns"), [(1100, 5), (840, 3), (560, 3), (400, 2), (300, 1)])
def test_cards_stand_in_equal_columns_with_room_for_every_word(page: StartPage, width: int, columns: int) -> None:
    page.examples.resize(width, 10)
    cards = page.examples.cards
    assert page.examples.columns() == columns
    assert len({card.x() for card in cards}) == columns
    assert len({card.height() for card in cards[:columns]}) == 1
    for card, shown in zip(cards, CARDS, strict=True):
        words = QRect(0, 0, card.width() - 2 * PAD, 9999)
        needed = card.fontMetrics().boundingRect(words, int(Qt.TextFlag.TextWordWrap), shown.text).height()
        assert card.height() >= DRAWING + needed + 2 * PAD
    assert page.examples.rect().contains(page.examples.childrenRect())


def test_a_card_is_chosen_by_mouse_and_keyboard(page: StartPage, qtbot) -> None:
    first, second = page.examples.cards[:2]
    with qtbot.waitSignal(page.exampleChosen) as clicked:
        qtbot.mouseClick(first, Qt.MouseButton.LeftButton)
    with qtbot.waitSignal(page.exampleChosen) as typed:
        qtbot.keyClick(second, Qt.Key.Key_Return)
    assert (clicked.args, typed.args) == (["a"], ["b"])
    assert first.accessibleName() == "Title of a"
    assert "Words that" in first.accessibleDescription()


def test_a_card_says_what_it_needs_and_rests_while_that_comes(page: StartPage) -> None:
    before = page.examples.cards[0].height()
    busy = ExampleCard("a", "Title of a", CARDS[0].text, "Fetches 9 MB first", busy=True)
    page.show_state(StartState(RECENT, (busy, *CARDS[1:])))
    card = page.examples.cards[0]
    assert "9 MB" in card.accessibleDescription()
    assert not card.isEnabled()
    assert card.heightForWidth(card.width()) > before - 2 * page.examples.cards[1].fontMetrics().height()


def test_projects_open_by_a_click_unless_they_are_gone(page: StartPage, qtbot) -> None:
    there, gone = page.recent.cards
    with qtbot.waitSignal(page.projectChosen) as heard:
        qtbot.mouseClick(there, Qt.MouseButton.LeftButton)
    assert heard.args == ["/a.kino"]
    assert not gone.isEnabled()
    assert "Moved" in gone.toolTip()


def test_a_picture_comes_later(page: StartPage) -> None:
    red = QImage(64, 36, QImage.Format.Format_RGB32)
    red.fill(QColor("#ff0000"))
    page.show_picture("/a.kino", red)
    shown = page.recent.cards[0].grab().toImage()
    assert shown.pixelColor(shown.width() // 2, 50 * shown.height() // page.recent.cards[0].height()).red() == 255


def test_what_was_cut_off_goes_on_and_is_not_said_twice(page: StartPage, qtbot) -> None:
    buttons = [button for button in page.cut_off.findChildren(PlainButton) if button.isVisibleTo(page)]
    assert page.cut_off.isVisible()
    assert "2 jobs" in page.cut_off.words.text()
    assert "Hall" in page.cut_off.more.text()
    assert [button.accessibleName() for button in buttons] == ["Resume Train"]
    with qtbot.waitSignal(page.cut_off.resumeWanted) as heard:
        buttons[0].click()
    assert heard.args == [7]
    with qtbot.waitSignal(page.cut_off.read):
        page.cut_off.close_.click()
    page.show_state(StartState(RECENT, CARDS))
    assert not page.cut_off.isVisible()
