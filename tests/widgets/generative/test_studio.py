"""The studio: four pages, of which the one in front is kept up to date; what went wrong stands above it."""

from __future__ import annotations

import pytest

from widgets.generative.state import Busy, DiffusionView, FlowView, Page, Trouble


@pytest.mark.parametrize("page", list(Page))
def test_the_page_of_the_view_is_in_front_and_nothing_is_said(studio, qtbot, page):
    with qtbot.assertNotEmitted(studio.pageChosen):
        studio.show_state(DiffusionView(page=page))
    assert [name for name in Page if studio.page(name).isVisible()] == [page]


def test_a_tab_asks_for_its_page(studio, qtbot):
    with qtbot.waitSignal(studio.pageChosen) as heard:
        studio.tabs.setCurrentIndex(2)
    assert heard.args == ["compare"]


@pytest.mark.parametrize("page", list(Page))
def test_an_empty_page_has_one_sentence_and_one_button(studio, qtbot, page):
    studio.show_state(DiffusionView(page=page))
    empty = studio.page(page).empty
    assert empty.isVisible()
    assert empty.words.text().endswith(".")
    with qtbot.waitSignal(empty.clicked):
        empty.button.click()


def test_a_failure_says_what_why_and_what_to_do(studio, qtbot):
    trouble = Trouble("The file is a pickle.", "Flow failed", "Convert it to safetensors.", "/data/model.pth")
    studio.show_state(DiffusionView(page=Page.FLOW, trouble=trouble))
    card = studio.trouble
    assert card.isVisible()
    assert (card.title.text(), card.hint.text()) == ("Flow failed", "Convert it to safetensors.")
    assert card.where.text() == "/data/model.pth"
    with qtbot.waitSignal(card.logWanted):
        card.log.click()


def test_work_under_way_says_what_is_left_and_can_be_cancelled(studio, qtbot):
    busy = Busy("Step 7 of 20", 7, 20, 3.2)
    studio.show_state(DiffusionView(page=Page.FLOW, flow=FlowView(busy=busy)))
    line = studio.page(Page.FLOW).progress
    assert line.words.text() == "Step 7 of 20, 3 s left"
    with qtbot.waitSignal(line.cancelled):
        line.cancel.click()
