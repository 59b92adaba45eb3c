"""What a grid compares: directions, their values typed or ticked, and the run they vary."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PySide6.QtCore import QEvent, Qt

from engines.generative.diffusion.studies import comparison_axes as varying
from engines.generative.diffusion.study_types import Axis, CompareSpec
from tests.widgets.generative.diffusion_views import COMPARE, EXACT, READY, SPEC, of
from widgets.generative.panel.compare import axes_of, choices_of, first_values, typed
from widgets.generative.panel.dock import DiffusionPanel
from widgets.generative.state import Mode
from widgets.kit.fields import ChoiceField
from widgets.kit.panel import FOLDS
from widgets.kit.theme import DARK, LOOK

VIEW = replace(READY, mode=Mode.COMPARE)


@pytest.fixture(scope="module")
def shared(qapp) -> Iterator[DiffusionPanel]:
    LOOK.apply(qapp, DARK)
    FOLDS.state.clear()
    made = DiffusionPanel()
    yield made
    made.deleteLater()
    qapp.sendPostedEvents(made, QEvent.Type.DeferredDelete)


@pytest.fixture
def panel(shared: DiffusionPanel) -> DiffusionPanel:
    shared.show_state(VIEW)
    return shared


@pytest.fixture
def told(panel: DiffusionPanel) -> list[CompareSpec]:
    found: list[CompareSpec] = []
    panel.compareChanged.connect(found.append)
    return found


def pick(field: ChoiceField, id: str) -> None:
    field.setCurrentIndex(field.findData(id))
    field.activated.emit(field.currentIndex())


@pytest.mark.parametrize("axis", get_args(Axis))
def test_every_direction_begins_with_values_that_make_sense(panel, told, axis: Axis) -> None:
    pick(panel.grid.across, axis)
    spec = told[-1] if told else VIEW.compare
    assert spec.x == axis
    assert spec.x != spec.y
    cells = varying.cells(replace(spec, base=SPEC), VIEW.model.classes if VIEW.model else ())
    assert len(cells) == 3
    assert len({repr(cell) for cell in cells[0]}) == len(spec.x_values)


def test_the_same_along_both_changes_places(panel, told) -> None:
    pick(panel.grid.across, "steps")
    assert told == [replace(COMPARE, x="steps", x_values=COMPARE.y_values, y="sampler", y_values=COMPARE.x_values)]
    pick(panel.grid.down, "steps")
    assert told[-1] == COMPARE


def test_one_row_varies_nothing_twice(panel, told) -> None:
    pick(panel.grid.down, "none")
    assert told[-1] == replace(COMPARE, y_values=())
    assert not panel.grid.y_values.isVisibleTo(panel)
    pick(panel.grid.across, "steps")
    assert told[-1].x == "steps"
    assert told[-1].y != "steps"
    assert len(varying.cells(replace(told[-1], base=SPEC))) == 1
    pick(panel.grid.down, "seed")
    assert told[-1].y_values == first_values("seed", VIEW)


def test_ticking_keeps_the_order_and_one_at_least(panel, told) -> None:
    items = panel.grid.x_values.list
    rows = {items.item(row).data(Qt.ItemDataRole.UserRole): row for row in range(items.count())}
    items.item(rows["ancestral"]).setCheckState(Qt.CheckState.Checked)
    assert told[-1].x_values == ("euler", "heun", "dpm++2m", "ancestral")
    for value in ("euler", "ancestral", "heun"):
        items.item(rows[value]).setCheckState(Qt.CheckState.Unchecked)
    assert told[-1].x_values == ("dpm++2m",)
    before = len(told)
    items.item(rows["dpm++2m"]).setCheckState(Qt.CheckState.Unchecked)
    assert len(told) == before
    assert items.item(rows["dpm++2m"]).checkState() == Qt.CheckState.Checked


def test_numbers_are_typed(panel, told, qtbot) -> None:
    field = panel.grid.y_values.text
    field.clear()
    qtbot.keyClicks(field, "4, 8 16")
    assert told[-1].y_values == ("4", "8", "16")
    qtbot.keyClicks(field, ", x")
    assert "no whole number" in field.toolTip()
    assert told[-1].y_values == ("4", "8", "16")
    assert field.text() == "4, 8 16, x"


@given(st.lists(st.integers(1, 1000), min_size=1, max_size=12))
def test_a_list_of_numbers_is_read_once_each(numbers: list[int]) -> None:
    values, problem = typed("steps", ", ".join(str(number) for number in numbers))
    assert problem == ""
    assert values == tuple(dict.fromkeys(str(number) for number in numbers))


@pytest.mark.parametrize(
    ("axis", "text"),
    [("steps", "0"), ("steps", "1001"), ("steps", "2.5"), ("guidance", "nan"), ("seed", "-1"), ("seed", " ")],
)
def test_what_is_no_value_is_said(axis: Axis, text: str) -> None:
    assert typed(axis, text)[1]


def test_error_curves_are_offered_where_truth_is_known(panel) -> None:
    assert not panel.base.curves.isVisibleTo(panel)
    panel.show_state(replace(of(EXACT[5]), mode=Mode.COMPARE))
    assert panel.base.curves.isVisibleTo(panel)


def test_directions_and_models_suit_the_model() -> None:
    digits = of(EXACT[5])
    assert "class" not in axes_of(digits)
    assert "class" in axes_of(READY)
    assert {id for id, _ in choices_of("model", digits)} == {EXACT[5].name, EXACT[6].name}
