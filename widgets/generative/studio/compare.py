"""The comparison page: a grid of one setting against another, and error against cost where the truth is known."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSplitter

from engines.core.words import tr
from engines.generative.diffusion.studies import comparison_axes as varying
from engines.generative.diffusion.study_types import CompareResult, CompareSpec
from widgets.generative.state import CompareView, DiffusionView
from widgets.generative.studio.compare_grid import MARGIN, CompareGrid, GridCell
from widgets.generative.studio.curves import CurvesPanel
from widgets.kit.keeping.fields import keep
from widgets.kit.labels import StateLine
from widgets.kit.layouts import column_of, held, row_of, styled
from widgets.kit.panel import EmptyState, PlainButton, QuietButton, Segmented, roomy, set_property
from widgets.kit.words import DOT
from widgets.kit.work_page import WorkPage
from widgets.kit.work_parts import Framed

ROOM_FOR_BOTH, LEAST_GRID = 820, 140
CLICK = tr("Click a cell for its settings")


class ComparePage(WorkPage):
    """Grid of cells, and curves; `ask` wants the curves. `state` says what is alike in all cells."""

    def __init__(self) -> None:
        super().__init__()
        self._there = False, False
        self.grid, self.curves = CompareGrid(), CurvesPanel()
        self.state, self.details = StateLine("muted", 13), StateLine("", 13)
        self.use = PlainButton(tr("Use settings"), "settings", tr("Put the settings of the marked cell into the panel"))
        self.ask = QuietButton(tr("Error curves"), "chart", tr("Error against evaluations, where the truth is known"))
        self.which = Segmented(
            tr("Shown"), (("grid", tr("Grid")), ("curves", tr("Error curves"))), tip=tr("What is shown here")
        )
        self._lay_out()
        self.grid.chosen.connect(lambda _row, _column: self._show_chosen())
        self.use.clicked.connect(self._use_selected)
        self.which.chosen.connect(lambda _which: self._place())
        keep("studio.compare", which=self.which)

    def show_state(self, view: DiffusionView) -> None:
        compared = view.compared
        self.progress.show_busy(compared.busy)
        spec = _spec(compared)
        grid = spec is not None and bool(compared.cells or compared.result or compared.busy)
        curves = compared.curves is not None or compared.curves_busy is not None
        self.show_there(grid or curves)
        self._there = grid, curves
        self._place()
        self.curves.show_curves(compared.curves, compared.curves_busy)
        self.ask.setVisible(not curves)
        if spec is not None and grid:
            title = next((info.title for info in view.models if info.name == spec.base.model), spec.base.model)
            self._show_grid(replace(spec, base=replace(spec.base, model=title)), compared)

    def _show_grid(self, spec: CompareSpec, compared: CompareView) -> None:
        columns = tuple(varying.label(spec.x, value) for value in spec.x_values)
        rows = tuple(varying.label(spec.y, value) for value in spec.y_values) or ("",)
        self.grid.show_cells(columns, rows, _cells(compared))
        self.state.setText(varying.fixed(spec.base, (spec.x, spec.y)))
        self._show_details()

    def _show_chosen(self) -> None:
        self._show_details()
        if self.grid.selected is not None:
            room = self.grid.room_of(self.grid.selected)
            at = room.center().toPoint()
            self._scrolled.ensureVisible(
                at.x(), at.y(), round(room.width() / 2) + MARGIN, round(room.height() / 2) + MARGIN
            )

    def _show_details(self) -> None:
        place = self.grid.selected
        self.use.setEnabled(place is not None)
        done = DOT.join((self.grid.name(place), self.grid.cell(place).words or tr("to come"))) if place else ""
        errors = self.grid.has_errors
        self.details.setText(done or (tr("Figures are errors; bold is the lowest of a row") if errors else CLICK))
        set_property(self.details, "role", "" if place else "muted")

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Grid and curves side by side, or where that is too narrow the one that is chosen."""
        grid, curves = self._there
        narrow = grid and curves and self.width() < ROOM_FOR_BOTH
        self.which.setVisible(narrow)
        self._upper.setVisible(grid and (not narrow or self.which.value() == "grid"))
        self.curves.setVisible(curves and (not narrow or self.which.value() == "curves"))

    def _lay_out(self) -> None:
        self._scrolled = roomy(self.grid)
        self._scrolled.setMinimumHeight(LEAST_GRID)
        head = held(row_of((self.state, 1), margins=(12, 6, 12, 6)))
        bar = held(row_of((self.details, 1), self.ask, self.use, spacing=8, margins=(12, 4, 8, 4)))
        self._upper = held(column_of(head, (self._scrolled, 1), bar), "panel")
        split = QSplitter(childrenCollapsible=False)
        for place, part in enumerate((self._upper, self.curves)):
            split.addWidget(part)
            split.setStretchFactor(place, 1)
        split.setSizes([520, 480])
        styled(self.curves)
        words = tr("Set one choice against another: samplers, steps, guidance.")
        empty = EmptyState(words, tr("Compare"), "grid-3", tr("Draw the grid that the panel describes"))
        self.lay_out(self.body_of(empty, held(column_of(Framed(self.which, 8, 4), (split, 1)))))

    def _use_selected(self) -> None:
        if self.grid.selected is not None:
            self.grid.used.emit(*self.grid.selected)


def _spec(compared: CompareView) -> CompareSpec | None:
    """The specification of the grid; a result alone knows its axes too."""
    result = compared.result
    if compared.spec is not None or result is None or not result.cells:
        return compared.spec
    return CompareSpec(result.cells[0].spec, result.x, result.x_values, result.y, result.y_values)


def _cells(compared: CompareView) -> dict[tuple[int, int], GridCell]:
    """Cells by (row, column): of the result, and before it those that are done."""
    live = {place: GridCell(file, compared.errors.get(place)) for place, file in compared.cells.items()}
    return live | _finished(compared.result)


def _finished(result: CompareResult | None) -> dict[tuple[int, int], GridCell]:
    cells = result.cells if result is not None else ()
    return {(cell.row, cell.column): GridCell(cell.file, cell.error, cell.nfe, cell.seconds) for cell in cells}
