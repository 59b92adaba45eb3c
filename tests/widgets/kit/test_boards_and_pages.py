"""Boards make their pages when they are asked for, pages and cards show what they are given, files are taken."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from types import SimpleNamespace

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QLabel

from widgets.kit.feature_panel import FeaturePanel
from widgets.kit.page_board import PageBoard
from widgets.kit.panel import EmptyState, PrimaryButton
from widgets.kit.trouble_card import TroubleCard
from widgets.kit.work_page import WorkPage
from widgets.kit.work_state import Busy, Trouble


class Page(StrEnum):
    LIVE = "live"
    PEOPLE = "people"
    STUDY = "study"


@dataclass
class View:
    page: Page = Page.PEOPLE
    trouble: Trouble | None = None
    missing: dict[str, int] = field(default_factory=dict)


class Small(WorkPage):
    """A page that keeps what it was shown."""

    def __init__(self) -> None:
        super().__init__()
        self.lay_out(self.head_of("Study"), self.body_of(EmptyState("Nothing yet", "Begin"), QLabel("Results")))

    def show_state(self, view: View) -> None:
        self.seen = view


@pytest.fixture
def board(qtbot):
    titles = {page: (page.value, page.value) for page in Page}
    made = PageBoard("Faces", titles, {Page.PEOPLE: Small, Page.STUDY: Small}, "Help about faces")
    for part in (made, made.head):
        qtbot.addWidget(part)
    made.resize(600, 400)
    with qtbot.waitExposed(made):
        made.show()
    return made


def drop(widget, data: QMimeData) -> bool:
    """Drag this onto a widget and let it go; whether it was taken."""
    action, button, keys = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    enter = QDragEnterEvent(QPoint(5, 5), action, data, button, keys)
    enter.ignore()
    QApplication.sendEvent(widget, enter)
    if enter.isAccepted():
        QApplication.sendEvent(widget, QDropEvent(QPointF(5, 5), action, data, button, keys))
    return enter.isAccepted()


def test_only_the_page_in_front_is_made_and_shown_the_view(board):
    view = View(Page.STUDY)
    board.show_state(view)
    assert list(board.made) == [Page.STUDY]
    assert board.page(Page.STUDY).seen is view
    board.show_state(View(Page.LIVE))
    assert list(board.made) == [Page.STUDY]
    assert board.prepare()
    assert not board.prepare()
    assert set(board.made) == {Page.PEOPLE, Page.STUDY}


def test_a_tab_is_asked_for_and_moves_nothing_by_itself(board, qtbot):
    board.show_state(View(Page.PEOPLE))
    with qtbot.waitSignal(board.pageChosen) as heard:
        board.tabs.setCurrentIndex(2)
    assert heard.args == ["study"]
    assert board.shown.page is Page.PEOPLE


def test_files_are_taken_and_words_are_left_to_what_lies_around(board, qtbot):
    files, words = QMimeData(), QMimeData()
    files.setUrls([QUrl.fromLocalFile("/a/one.png"), QUrl("https://example.org/two.png")])
    words.setText("rtsp://camera")
    with qtbot.waitSignal(board.dropped) as heard:
        assert drop(board, files)
    assert heard.args == [["/a/one.png"]]
    with qtbot.assertNotEmitted(board.dropped):
        assert not drop(board, words)


def test_a_page_shows_its_results_once_they_are_there_and_its_progress_while_it_works(board):
    board.show_state(View(Page.STUDY))
    page = board.page(Page.STUDY)
    assert page.empty.isVisible()
    page.show_there(True)
    page.progress.show_busy(Busy("Face 3 of 10", 3, 10, 12.0))
    assert (page.there, page.empty.isVisible(), page.progress.isVisible()) == (True, False, True)
    assert page.progress.words.text() == "Face 3 of 10, 12 s left"
    page.progress.show_busy(None)
    assert not page.progress.isVisible()


@pytest.mark.parametrize("narrow", [True, False])
def test_what_would_work_instead_is_offered_and_given_back(qtbot, narrow):
    card = TroubleCard(narrow=narrow)
    qtbot.addWidget(card)
    card.show_trouble(Trouble("9 GB are needed", retry=4, retry_words="Retry, 4 at a time"))
    assert card.retry.text() == "Retry, 4 at a time"
    with qtbot.waitSignal(card.retryWanted) as heard:
        card.retry.click()
    assert heard.args == [4]
    card.show_trouble(Trouble("It is not here", fetch=("yunet",)), {"yunet": 232_589})
    assert card.retry.isHidden()
    assert card.fetch.text() == "Fetch 0.2 MB"
    card.show_trouble(None)
    assert not card.isVisible()


class Settings(FeaturePanel):
    """A panel with one field."""

    def __init__(self) -> None:
        super().__init__("Settings", PrimaryButton("Start"), "What it does")
        self.shown = View()
        self.lay_out()

    def show_state(self, view: View) -> None:
        self.shown = view


def test_the_action_says_why_it_cannot_be_done_and_a_change_is_told_once(qtbot):
    panel = Settings()
    qtbot.addWidget(panel)
    panel.show_start("Start", "Begin to look", "There is no source")
    assert (panel.start.isEnabled(), panel.start.toolTip()) == (False, "There is no source")
    told: list[Page] = []
    signal = SimpleNamespace(emit=told.append)
    for _ in range(2):
        panel.edit("page", Page.STUDY, signal)
    assert (told, panel.shown.page) == ([Page.STUDY], Page.STUDY)
