"""A grid of one setting against another that fills as it is computed, and error against cost where truth is known."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from engines.generative.diffusion.studies import comparison_axes as varying
from engines.generative.diffusion.studies.types import CompareResult, CompareSpec
from widgets.generative.state import CompareView, DiffusionView
from widgets.generative.studio.compare_grid import CompareGrid, GridCell
from widgets.generative.studio.curves import CurvesPanel
from widgets.kit.panel import ElidedLabel, EmptyState, PlainButton, QuietButton, Segmented, set_property
from widgets.kit.theme import number_font
from widgets.kit.trouble_card import TroubleCard
from widgets.kit.words import DOT
from widgets.kit.work_parts import BusyLine, Framed

ROOM_FOR_BOTH = 820
CLICK = "Click a cell for its settings"


class ComparePage(QWidget):
    """Grid of cells, and curves."""

    cellUsed = Signal(int, int)
    compareWanted = Signal()
    curvesWanted = Signal()
    compareCancelWanted = Signal()
    logWanted = Signal()
    SIGNALS = ("cellUsed", "compareWanted", "curvesWanted", "compareCancelWanted", "logWanted")

    def __init__(self) -> None:
        super().__init__()
        self.shown = CompareView()
        self._there = False, False
        words = "Set one choice against another: samplers, steps, guidance."
        self.empty = EmptyState(words, "Compare", "grid-3", "Draw the grid that the panel describes")
        self.trouble, self.progress = TroubleCard(), BusyLine()
        self.grid, self.curves = CompareGrid(), CurvesPanel()
        self.title, self.details = ElidedLabel("", "muted"), ElidedLabel()
        self._lay_out()
        self._wire()

    def show_state(self, view: DiffusionView) -> None:
        compared = self.shown = view.compared
        self.trouble.show_trouble(compared.trouble)
        self.progress.show_busy(compared.busy)
        spec = _spec(compared)
        grid = spec is not None and bool(compared.cells or compared.result or compared.busy)
        curves = compared.curves is not None or compared.curves_busy is not None
        self._body.setCurrentIndex(1 if grid or curves else 0)
        self._there = grid, curves
        self._place()
        self.curves.show_curves(compared.curves, compared.curves_busy)
        self._ask.setVisible(not curves)
        if spec is not None and grid:
            self._show_grid(spec, compared)

    def _show_grid(self, spec: CompareSpec, compared: CompareView) -> None:
        columns = tuple(varying.label(spec.x, value) for value in spec.x_values)
        rows = tuple(varying.label(spec.y, value) for value in spec.y_values) or ("",)
        self.grid.show_cells(columns, rows, _cells(compared))
        self.title.setText(varying.fixed(spec.base, (spec.x, spec.y)))
        self._show_details()

    def _show_details(self) -> None:
        place = self.grid.selected
        self._use.setEnabled(place is not None)
        done = DOT.join((self.grid.name(place), self.grid.cell(place).words or "to come")) if place else ""
        errors = self.grid.has_errors
        self.details.setText(done or ("Figures are errors; bold is the lowest of a row" if errors else CLICK))
        set_property(self.details, "role", "" if place else "muted")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Grid and curves side by side, or where that is too narrow the one that is chosen."""
        grid, curves = self._there
        narrow = grid and curves and self.width() < ROOM_FOR_BOTH
        self._which.setVisible(narrow)
        self._upper.setVisible(grid and (not narrow or self._which.value() == "grid"))
        self.curves.setVisible(curves and (not narrow or self._which.value() == "curves"))

    def _lay_out(self) -> None:
        self.trouble.close_button.hide()
        self._use = PlainButton("Use settings", "settings", "Put the settings of the marked cell into the panel")
        self._ask = QuietButton("Error curves", "chart", "Error against evaluations, where the truth is known")
        for label in (self.title, self.details):
            label.setFont(number_font(13))
        bar = QWidget()
        row = QHBoxLayout(bar)
        row.setContentsMargins(12, 4, 8, 4)
        row.setSpacing(8)
        row.addWidget(self.details, 1)
        row.addWidget(self._ask)
        row.addWidget(self._use)
        head = QWidget()
        line = QHBoxLayout(head)
        line.setContentsMargins(12, 6, 12, 6)
        line.addWidget(self.title)
        self._upper = QWidget()
        upper = QVBoxLayout(self._upper)
        upper.setContentsMargins(0, 0, 0, 0)
        upper.setSpacing(0)
        for part in (head, self.grid, bar):
            upper.addWidget(part, 1 if part is self.grid else 0)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(self._upper)
        split.addWidget(self.curves)
        split.setStretchFactor(0, 1)
        split.setStretchFactor(1, 1)
        split.setSizes([520, 480])
        self._which = Segmented("Shown", (("grid", "Grid"), ("curves", "Error curves")), tip="What is shown here")
        full = QWidget()
        inner = QVBoxLayout(full)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addWidget(Framed(self._which, 8, 4))
        inner.addWidget(split, 1)
        self._body = QStackedWidget()
        self._body.addWidget(self.empty)
        self._body.addWidget(full)
        for part in (self._upper, self._body, self.curves):
            part.setProperty("role", "panel")
            part.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Framed(self.trouble, 8, 8))
        column.addWidget(self._body, 1)
        column.addWidget(Framed(self.progress, 12, 6))

    def _wire(self) -> None:
        self.empty.clicked.connect(self.compareWanted)
        self.trouble.logWanted.connect(self.logWanted)
        self.progress.cancelled.connect(self.compareCancelWanted)
        self.curves.progress.cancelled.connect(self.compareCancelWanted)
        self.curves.again.clicked.connect(self.curvesWanted)
        self._ask.clicked.connect(self.curvesWanted)
        self.grid.chosen.connect(lambda _row, _column: self._show_details())
        self.grid.used.connect(self.cellUsed)
        self._which.chosen.connect(lambda _which: self._place())
        self._use.clicked.connect(self._use_selected)

    def _use_selected(self) -> None:
        if self.grid.selected is not None:
            self.cellUsed.emit(*self.grid.selected)


def _spec(compared: CompareView) -> CompareSpec | None:
    """What the grid is about; a result alone knows its axes too."""
    result = compared.result
    if compared.spec is not None or result is None or not result.cells:
        return compared.spec
    return CompareSpec(result.cells[0].spec, result.x, result.x_values, result.y, result.y_values)


def _cells(compared: CompareView) -> dict[tuple[int, int], GridCell]:
    """What is known by (row, column): of the result, and before it of the cells that are done."""
    live = {place: GridCell(file, compared.errors.get(place)) for place, file in compared.cells.items()}
    return live | _finished(compared.result)


def _finished(result: CompareResult | None) -> dict[tuple[int, int], GridCell]:
    cells = result.cells if result is not None else ()
    return {(cell.row, cell.column): GridCell(cell.file, cell.error, cell.nfe, cell.seconds) for cell in cells}
