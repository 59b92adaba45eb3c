"""What a screen reader is told beside names, and the focus on what has content."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QListWidget, QWidget

from widgets.charts.plot import Plot, Series
from widgets.faces.rows import PaintedList
from widgets.generative.studio.compare_grid import CompareGrid
from widgets.generative.studio.grid import SampleGrid
from widgets.kit.access import roles
from widgets.kit.fields import ChoiceField, NumberField
from widgets.kit.panel import labelled
from widgets.kit.row_list import RowPainter
from widgets.viewer.transport import TransportBar

ABOUT = QAccessible.Text.Description


def described(widget: QWidget) -> str:
    roles.install()
    said = QAccessible.queryAccessibleInterface(widget)
    assert said is not None
    return said.text(ABOUT)


def test_a_chart_says_its_axes_its_lines_and_how_far_they_go(qtbot):
    plot = Plot("Loss", "Step", "Loss")
    qtbot.addWidget(plot)
    plot.set_series([Series("train", [1, 2, 3], [0.5, 0.25, 0.125])])
    assert "Loss over Step: train" in described(plot)
    assert "3 rows; Step 1 to 3; Loss 0.125 to 0.5" in described(plot)
    assert "Arrow keys" in described(plot)


def test_a_number_says_its_unit_and_a_slider_where_it_stands(qtbot):
    field, bar = NumberField("Square", 25, 1, 100, unit="mm", tip="Measured on the print"), TransportBar()
    for part in (field, bar):
        qtbot.addWidget(part)
    assert described(field) == "mm. Measured on the print"
    bar.set_position(5.0, 65.0)
    assert described(bar.slider) == "0:05.0 / 1:05.0"


def test_a_choice_is_told_by_the_label_above_it(qtbot):
    field = ChoiceField("Board", [("a", "Chessboard")])
    around = labelled("Board", field)
    qtbot.addWidget(around)
    said = QAccessible.queryAccessibleInterface(field)
    assert said is not None
    assert [other.text(QAccessible.Text.Name) for other, _how in said.relations()] == ["Board"]


class Painted(RowPainter):
    def paint_row(self, painter, box, index):
        pass


class Framed(PaintedList):
    def __init__(self):
        super().__init__("Names", framed=True)
        self.show_rows(("Ada", "Grace"))
        self.setCurrentIndex(self.model().index(0, 0))

    def paint_row(self, painter, room, state, row):
        pass

    def spoken(self, row):
        return self.rows[row]


def chosen_row(painter: type[RowPainter] | None = None) -> QListWidget:
    made = QListWidget()
    made.addItems(["Ada", "Grace"])
    made.setCurrentRow(0)
    if painter is not None:
        made.setItemDelegate(painter(made))
    return made


def filled_samples() -> SampleGrid:
    made = SampleGrid()
    made.show_cells(4, (8, 8), selected=1)
    return made


def filled_comparison() -> CompareGrid:
    made = CompareGrid()
    made.show_cells(("Heun", "Euler"), ("Steps 5", "Steps 10"), {})
    made.select((0, 1))
    return made


@pytest.mark.parametrize("make", [chosen_row, lambda: chosen_row(Painted), Framed, filled_samples, filled_comparison])
def test_where_something_is_chosen_already_the_focus_is_seen_too(make, qtbot):
    part = make()
    qtbot.addWidget(part)
    part.resize(320, 200)
    part.show()
    part.activateWindow()
    qtbot.waitUntil(part.isActiveWindow)
    part.clearFocus()
    without = part.grab().toImage()
    part.setFocus()
    assert part.grab().toImage() != without
