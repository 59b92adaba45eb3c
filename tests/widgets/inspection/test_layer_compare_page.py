"""The page of differences: the first layer that differs is marked, said and drawn; what is lacking; files."""

from __future__ import annotations

import csv
from dataclasses import replace
from pathlib import Path

import pytest

from engines.inspection.studies import CompareResult, CompareSpec, LayerDifference
from engines.inspection.types import OpenSpec
from tests.widgets.inspection.inspection_looks import view_of
from widgets.inspection.compare.page import ComparePage
from widgets.inspection.state import CompareView, InspectionView, Page

SPEC = CompareSpec(OpenSpec("/m/a.onnx"), OpenSpec("/m/b.onnx"), tolerance=1e-3)
LAYERS = (
    LayerDifference("conv", "conv", "Conv", 0.0, 0.0, 1.0),
    LayerDifference("relu", "act", "Relu", 0.02, 0.5, 0.99),
    LayerDifference("fc", "", "Gemm", None, None, None, "In the first alone"),
)
RESULT = CompareResult(SPEC, LAYERS, "relu", ("Fitted",))


@pytest.fixture
def page(qtbot) -> ComparePage:
    made = ComparePage()
    qtbot.addWidget(made)
    made.resize(900, 560)
    with qtbot.waitExposed(made):
        made.show()
    return made


def test_the_first_layer_that_differs_is_marked(page: ComparePage, tmp_path: Path) -> None:
    page.show_state(view_of(Page.COMPARE, compare=CompareView(SPEC, "noise", RESULT)))
    assert page.title.text() == "relu is the first layer that differs"
    assert page.state.text() == "1 of 2 layers differ by more than 0.001, 1 layer without a partner; a.onnx and b.onnx"
    assert page.table.marked == 1
    assert page.table.rows[1] == ("relu | act", "Relu", "0.02", "0.990000", "0.5", " ")
    assert page.table.rows[2][2:] == ("\u2013", "\u2013", "\u2013", "In the first alone")
    assert [mark.x for mark in page.curve.uprights] == [2]
    assert page.curve.level == 1e-3
    assert page.notes.text() == "Fitted"
    page.curve.save(str(tmp_path / "curve.csv"))
    assert [row["Layer, in order of execution"] for row in csv.DictReader((tmp_path / "curve.csv").open())] == [
        "1",
        "2",
    ]


def test_none_that_differs_is_good_news(page: ComparePage) -> None:
    same = CompareResult(SPEC, LAYERS[:1])
    page.show_state(view_of(Page.COMPARE, compare=CompareView(SPEC, "noise", same)))
    assert page.title.text() == "No layer differs"
    assert (page.table.marked, page.curve.uprights) == (-1, ())


def test_what_is_lacking_is_one_sentence_and_one_button(page: ComparePage) -> None:
    page.show_state(InspectionView(Page.COMPARE))
    assert page.empty.button.text() == "Open model"
    lacks = "Choose a second model, or two pictures"
    page.show_state(view_of(Page.COMPARE, problem=lacks))
    assert (page.empty.words.text(), page.empty.button.text()) == (f"{lacks}.", "Choose a second model")
    page.show_state(replace(view_of(Page.COMPARE), problem=""))
    assert page.empty.button.text() == "Compare"
