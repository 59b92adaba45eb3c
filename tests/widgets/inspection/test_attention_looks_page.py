"""The page of attention on a picture: patches and heads by click, kinds of map, words, the class token."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt

from engines.inspection.looks import LookSpec
from tests.widgets.inspection.inspection_looks import attention, view_of
from widgets.inspection.attention.page import AttentionPage
from widgets.inspection.state import Page


@pytest.fixture
def page(qtbot) -> AttentionPage:
    made = AttentionPage()
    qtbot.addWidget(made)
    made.resize(900, 560)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_the_row_of_a_patch_lies_over_the_picture(page: AttentionPage) -> None:
    page.show_state(view_of(Page.ATTENTION, attention(), LookSpec(view="attention", map="row", unit=(1, 0))))
    assert np.allclose(page.map.values, attention().heads.mean(0))
    assert page.map.patch == 3
    assert page.kind.value() == "row"
    assert page.state.text().startswith(
        "layer 1 of 2 \u00b7 mean of 2 heads \u00b7 2 x 3 patches and 1 token before them"
    )
    assert "0.97 nats" in page.spread.text()


def test_a_click_on_a_patch_asks_for_its_row(page: AttentionPage, qtbot) -> None:
    for kind, wanted in (("mass", "row"), ("entropy", "row"), ("rollout", "rollout")):
        page.show_state(view_of(Page.ATTENTION, attention(kind=kind), LookSpec(view="attention", map=kind)))
        with qtbot.waitSignal(page.edited) as told:
            qtbot.mouseClick(page.map, Qt.MouseButton.LeftButton, pos=page.map.box_of(4).center().toPoint())
        assert told.args == [{"unit": (1, 1), "map": wanted}]


def test_a_head_is_chosen_and_left_again(page: AttentionPage, qtbot) -> None:
    page.show_state(view_of(Page.ATTENTION, attention(), LookSpec(view="attention", map="row")))
    with qtbot.waitSignal(page.edited) as told:
        qtbot.mouseClick(page.heads, Qt.MouseButton.LeftButton, pos=page.heads.box_of(1).center().toPoint())
    assert told.args == [{"head": 1}]
    page.show_state(view_of(Page.ATTENTION, attention(), LookSpec(view="attention", map="row", head=1)))
    assert page.heads.head == 1
    assert "0.00 nats" in page.spread.text()
    with qtbot.waitSignal(page.edited) as told:
        qtbot.mouseClick(page.heads, Qt.MouseButton.LeftButton, pos=page.heads.box_of(1).center().toPoint())
    assert told.args == [{"head": -1}]


def test_the_class_token_has_a_row_of_its_own(page: AttentionPage, qtbot) -> None:
    page.show_state(view_of(Page.ATTENTION, attention(token=(-1, -1)), LookSpec(view="attention", map="row")))
    assert page.map.patch == -1
    assert page.token.isChecked()
    assert "class token" in page.map.accessibleDescription()
    with qtbot.waitSignal(page.edited) as told:
        page.token.click()
    assert told.args == [{"unit": (-1, -1), "map": "row"}]
    page.show_state(view_of(Page.ATTENTION, attention(extra=0), LookSpec(view="attention", map="row")))
    assert not page.token.isVisible()


def test_entropies_end_at_what_is_possible(page: AttentionPage) -> None:
    look = attention(kind="entropy", map=np.full((2, 3), 0.5, np.float32))
    page.show_state(view_of(Page.ATTENTION, look, LookSpec(view="attention", map="entropy")))
    assert page.map.high == pytest.approx(np.log(7))
    assert page.map.ends == ("0", "1.95 nats")
    assert page.heads.tip_at(page.heads.box_of(0).center()) == "Head 1: 1.9"
