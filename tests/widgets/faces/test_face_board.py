"""The face board: tabs, pages made on first use, trouble on top, every page's signals passed on."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from widgets.faces import board as face_board
from widgets.faces.board import PAGES, TITLES, FaceBoard
from widgets.faces.state import FacesView, Page, Trouble


@pytest.fixture
def board(qtbot):
    made = FaceBoard()
    qtbot.addWidget(made)
    qtbot.addWidget(made.head)
    made.resize(900, 640)
    made.show()
    return made


@pytest.mark.parametrize("page", Page)
def test_a_tab_says_its_page_and_moves_nothing_by_itself(board, qtbot, page):
    start = Page.PEOPLE if page is Page.LIVE else Page.LIVE
    board.show_state(FacesView(page=start))
    with qtbot.waitSignal(board.pageChosen) as heard:
        board.tabs.setCurrentIndex(list(TITLES).index(page))
    assert heard.args == [page.value]
    assert board.shown.page is start


def test_showing_a_state_says_nothing_and_makes_only_the_page_in_front(board, qtbot):
    with qtbot.assertNotEmitted(board.pageChosen):
        board.show_state(FacesView(page=Page.AUDIT))
    assert board.tabs.tabText(board.tabs.currentIndex()) == "Audit"
    assert list(board.made) == [Page.AUDIT]
    board.show_state(FacesView(page=Page.LIVE))
    assert list(board.made) == [Page.AUDIT]


@pytest.mark.parametrize("page", [page for page in Page if page is not Page.LIVE])
def test_every_page_is_made_and_speaks_through_the_board(board, page):
    board.show_state(FacesView(page=page))
    made = board.page(page)
    assert made.isVisible()
    assert all(isinstance(getattr(FaceBoard, name), Signal) for name in made.SIGNALS)


def test_what_a_page_says_the_board_says(qtbot, monkeypatch):
    class Small(QWidget):
        renamed = Signal(str, str)
        SIGNALS = ("renamed",)

        def show_state(self, view):
            pass

    monkeypatch.setitem(PAGES, Page.PEOPLE, Small)
    board = face_board.FaceBoard()
    qtbot.addWidget(board)
    qtbot.addWidget(board.head)
    with qtbot.waitSignal(board.renamed) as heard:
        board.page(Page.PEOPLE).renamed.emit("p1", "Ada")
    assert heard.args == ["p1", "Ada"]


def test_trouble_names_the_file_and_what_fetching_costs(board, qtbot):
    trouble = Trouble("SFace is not here.", path="/models/sface.onnx", fetch=("sface", "yunet"))
    view = FacesView(page=Page.PEOPLE, missing={"sface": 38_696_353, "yunet": 232_589}, trouble=trouble)
    board.show_state(view)
    card = board.trouble
    assert card.isVisible()
    assert card.fetch.text() == "Fetch 38.9 MB"
    assert "sface" in card.fetch.toolTip()
    for button, signal in (
        (card.fetch, board.fetchWanted),
        (card.log, board.logWanted),
        (card.close_button, board.troubleDismissed),
    ):
        with qtbot.waitSignal(signal):
            button.click()
    board.show_state(replace(view, trouble=replace(trouble, fetch=())))
    assert not card.fetch.isVisible()
    board.show_state(replace(view, trouble=None))
    assert not card.isVisible()
