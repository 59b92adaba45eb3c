"""The Model page: format, verdict, figures, what is asked for, stored tensors and the values of one."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engines.core.networks.in_use import ModelInUse
from engines.inspection.studies import WeightsResult, WeightsRow
from engines.inspection.types import Counts, Format, Given, ModelSheet, OpenSpec, Safety, Tensor
from widgets.inspection.model.page import ModelPage
from widgets.inspection.state import InspectionView, ModelView, WeightsView

TENSORS = (
    Tensor("conv.weight", (8, 3, 3, 3), "float32", stored=True),
    Tensor("conv.bias", (8,), "float16", stored=True),
    Tensor("shape", (4,), "int64", stored=True, constant=True),
)
SHEET = ModelSheet(
    "/m/net.onnx", "net.onnx", Format.ONNX, 5000, Safety(why="Numbers alone"), counts=Counts(224, 224),
    tensors=TENSORS, given=(Given("image", (1, 3, -1, 8), picture=True),), facts=(("opset", "17"),),
    warnings=("The batch is dynamic",),
)  # fmt: skip


@pytest.fixture
def page(qtbot) -> ModelPage:
    made = ModelPage()
    qtbot.addWidget(made)
    made.resize(1000, 700)
    made.show()
    return made


def shown(sheet: ModelSheet | None = SHEET, **more: object) -> InspectionView:
    return InspectionView(model=ModelView(OpenSpec("/m/net.onnx"), sheet), **more)


def figures(page: ModelPage) -> set[str]:
    """What is said in groups of figures: label, value and unit."""
    grids = (page.figures.grid, page.inputs.grid, page.facts.grid, page.stored.figures)
    return {child.accessibleName() for grid in grids for child in grid.children() if hasattr(child, "accessibleName")}


def test_a_file_is_told_in_words_with_shares_of_its_types(page: ModelPage) -> None:
    page.show_state(shown())
    assert page.state.text() == "ONNX model \u00b7 4.88 KiB"
    assert page.pill.text == "Safe to read"
    assert "The batch is dynamic" in page.warnings.text()
    assert {"Parameters 224", "image 1\u00d73\u00d7?\u00d78 float32", "Opset 17", "In float32 94.7 %"} <= figures(page)
    assert not page.program.isVisible()
    assert not page.calls.isVisible()


def test_parameters_that_are_shared_are_told_once_too(page: ModelPage) -> None:
    page.show_state(shown(replace(SHEET, counts=Counts(3000, 2000))))
    assert {"Parameters 3 k", "Shared ones once 2 k"} <= figures(page)


def test_a_refused_file_shows_what_it_would_have_called(page: ModelPage) -> None:
    safety = Safety("refused", ("os.system('x')",), "It would run a command")
    page.show_state(shown(ModelSheet("x.pth", "x.pth", Format.STATE_DICT, 30, safety, runs="Refused")))
    assert page.there
    assert page.pill.text == "Refused"
    assert page.calls.told.text() == "os.system('x')"
    assert "Nothing of it was run" in page.safety.text()
    assert not page.stored.isVisible()


def test_a_program_is_loaded_only_when_asked(page: ModelPage, qtbot) -> None:
    view = shown(replace(SHEET, safety=Safety("code", (), "A program")))
    page.show_state(view)
    with qtbot.waitSignal(page.codeWanted):
        page.program.click()
    page.show_state(replace(view, model=replace(view.model, spec=OpenSpec("x", code=True))))
    assert not page.program.isVisible()


def test_stored_tensors_are_searched_and_the_values_of_one_drawn(page: ModelPage, qtbot) -> None:
    page.show_state(shown())
    page.stored.search.setText("float 3\u00d73")
    assert [row.name for row in page.stored.table.held.rows] == ["conv.weight"]
    page.stored.search.setText("")
    with qtbot.waitSignal(page.weightsWanted) as told:
        page.stored.table.selectRow(1)
    assert told.args == ["conv.bias"]
    row = WeightsRow(
        "conv.bias", 8, 0.5, 0.1, -1.0, 2.0, 0.25, 1, np.array([3, 4]), np.array([-1.0, 0.5, 2.0], np.float32)
    )
    page.show_state(shown(weights=WeightsView("conv.bias", WeightsResult((row,)))))
    assert page.stored.chart.isVisible()
    assert page.stored.chart.series[0].y == [3, 3, 4, 4]
    assert {"Zeros 25 %", "Not finite 1"} <= figures(page)
    page.show_state(shown(weights=WeightsView("shape")))
    assert "int64" in page.stored.hint.text()


def test_nothing_open_offers_files_of_before_and_models_in_use(page: ModelPage, qtbot) -> None:
    model = ModelView(recent=("/a/one.onnx", "/a/two.pt"), in_use=(ModelInUse("Faces", "/s/yunet.onnx"),))
    page.show_state(InspectionView(model=model))
    assert [button.text() for button in page.begin.buttons] == ["one.onnx", "two.pt", "Faces"]
    with qtbot.waitSignal(page.openWanted) as told:
        page.begin.buttons[2].click()
    assert told.args == ["/s/yunet.onnx"]
    page.show_state(InspectionView())
    assert not page.begin.isVisible()


def test_shapes_that_a_file_does_not_say_are_asked_for(page: ModelPage, qtbot) -> None:
    page.show_state(shown(replace(SHEET, needs_shape=("image",))))
    assert page.shapes.isVisible()
    with qtbot.waitSignal(page.shapesChosen) as told:
        page.shapes.told.emit(((1, 3, 8, 8),))
    assert told.args == [((1, 3, 8, 8),)]
