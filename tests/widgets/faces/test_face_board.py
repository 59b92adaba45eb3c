"""The face board: tabs, pages made on first use, trouble on top."""

from __future__ import annotations

from dataclasses import replace

import pytest

from tests.widgets.faces.people_views import PAGES
from widgets.faces.board import TITLES, FaceBoard
from widgets.faces.state import FacesView, Page, Trouble


@pytest.fixture
def board(qtbot):
    made = FaceBoard()
    made.pages |= PAGES
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
    assert board.tabs.currentIndex() != list(TITLES).index(start)


def test_showing_a_state_says_nothing_and_makes_only_the_page_in_front(board, qtbot):
    with qtbot.assertNotEmitted(board.pageChosen):
        board.show_state(FacesView(page=Page.AUDIT))
    assert board.tabs.tabText(board.tabs.currentIndex()) == "Audit"
    assert list(board.made) == [Page.AUDIT]
    board.show_state(FacesView(page=Page.LIVE))
    assert list(board.made) == [Page.AUDIT]


@pytest.mark.parametrize("page", [page for page in Page if page is not Page.LIVE])
def test_every_tab_but_the_viewers_has_a_page(board, page):
    board.show_state(FacesView(page=page))
    assert board.page(page).isVisible()


def test_pages_that_are_not_in_front_are_made_one_by_one(board):
    board.show_state(FacesView(page=Page.AUDIT))
    made = 1
    while board.prepare():
        made += 1
    assert made == len(PAGES)


def test_trouble_names_the_file_and_what_fetching_costs(board, qtbot):
    trouble = Trouble("SFace is not here.", path="/models/sface.onnx", fetch=("sface", "yunet"))
    view = FacesView(page=Page.PEOPLE, missing={"sface": 38_696_353, "yunet": 232_589}, trouble=trouble)
    board.show_state(view)
    card = board.trouble
    assert card.isVisible()
    assert card.fetch.text() == "Fetch 38.9 MB"
    assert "sface" in card.fetch.toolTip()
    for button, signal in (
        (card.fetch, card.fetchWanted),
        (card.log, card.logWanted),
        (card.close_button, card.dismissed),
    ):
        with qtbot.waitSignal(signal):
            button.click()
    board.show_state(replace(view, trouble=replace(trouble, fetch=())))
    assert not card.fetch.isVisible()
    board.show_state(replace(view, trouble=None))
    assert not card.isVisible()
