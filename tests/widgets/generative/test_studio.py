"""The studio: four pages, one view in, signals out."""

from __future__ import annotations

import pytest

from widgets.generative.state import Busy, DiffusionView, FlowView, Page, Trouble
from widgets.generative.studio.pages import Studio


@pytest.fixture
def studio(qtbot):
    made = Studio()
    qtbot.addWidget(made)
    made.resize(900, 640)
    with qtbot.waitExposed(made):
        made.show()
    return made


@pytest.mark.parametrize("page", list(Page))
def test_the_page_of_the_view_is_in_front_and_nothing_is_said(studio, qtbot, page):
    with qtbot.assertNotEmitted(studio.pageChosen):
        studio.show_state(DiffusionView(page=page))
    assert studio.pages[page].isVisible()
    assert [name for name, other in studio.pages.items() if other.isVisible()] == [page]


def test_a_tab_asks_for_its_page(studio, qtbot):
    with qtbot.waitSignal(studio.pageChosen) as heard:
        studio.tabs.setCurrentIndex(2)
    assert heard.args == ["compare"]


@pytest.mark.parametrize(
    ("page", "signal"),
    [
        (Page.SAMPLES, "startWanted"),
        (Page.FLOW, "flowWanted"),
        (Page.COMPARE, "compareWanted"),
        (Page.TRAINING, "trainWanted"),
    ],
)
def test_an_empty_page_has_one_sentence_and_one_button(studio, qtbot, page, signal):
    studio.show_state(DiffusionView(page=page))
    empty = studio.pages[page].empty
    assert empty.isVisible()
    assert empty.words.text().endswith(".")
    with qtbot.waitSignal(getattr(studio, signal)):
        empty.button.click()


def test_a_failure_says_what_why_and_what_to_do(studio, qtbot):
    trouble = Trouble("The file is a pickle.", "Flow failed", "Convert it to safetensors.", "/data/model.pth")
    studio.show_state(DiffusionView(page=Page.FLOW, flow=FlowView(trouble=trouble)))
    card = studio.flow.trouble
    assert card.isVisible()
    assert (card.title.text(), card.hint.text()) == ("Flow failed", "Convert it to safetensors.")
    assert card.where.text() == "/data/model.pth"
    with qtbot.waitSignal(studio.logWanted):
        card.log.click()


def test_work_under_way_says_what_is_left_and_can_be_cancelled(studio, qtbot):
    busy = Busy("Step 7 of 20", 7, 20, 3.2)
    studio.show_state(DiffusionView(page=Page.FLOW, flow=FlowView(busy=busy)))
    line = studio.flow.progress
    assert line.words.text() == "Step 7 of 20, 3 s left"
    with qtbot.waitSignal(studio.flowCancelWanted):
        line.cancel.click()
