"""The page of differences: the error of every layer as a curve and a table, the first that differs marked."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView

from engines.core.files import write_text
from engines.core.outputs import TABLE, check_file
from engines.core.words import tr
from engines.inspection.studies import CompareResult
from widgets.charts.band import BandPlot, Mark
from widgets.charts.plot import Series
from widgets.inspection.compare import words
from widgets.inspection.state import InspectionView
from widgets.kit.fields import wrapped
from widgets.kit.figures_table import FiguresTable
from widgets.kit.form import say
from widgets.kit.layouts import column_of, held
from widgets.kit.panel import EmptyState, PlainButton
from widgets.kit.save_file import ask_file, save_or_say
from widgets.kit.work_page import WorkPage

FORMATS = "CSV (*.csv);;SVG (*.svg);;PNG (*.png)"
ROW, LEAST_ROWS, TABLE_SHARE = 26, 4, 0.4
ERROR = tr("Relative error, 0 drawn at the foot")
LEAST = 1e-12
"""Errors below are drawn there: a logarithm has no zero."""
NOTHING = tr("Compare two models on one picture, or one model on two pictures, layer by layer.")


class ComparePage(WorkPage):
    """`empty.clicked` asks for a model while none is open, and for the comparison after that."""

    def __init__(self) -> None:
        super().__init__()
        self.result: CompareResult | None = None
        self.export = PlainButton(tr("Export"), "export", tr("The table as CSV, or the curve as SVG or PNG"))
        self.curve = BandPlot(tr("Error of every layer"), tr("Layer, in order of execution"), ERROR, log_y=True)
        self.curve.setMinimumHeight(150)
        self.table = FiguresTable(tr("Layers"), words.HEADERS, words.TIPS, most=1)
        self.table.setProperty("given", True)
        self.notes = wrapped("hint")
        self.export.clicked.connect(self.save)
        self._lay_out()

    def show_state(self, view: InspectionView) -> None:
        result = view.compare.result
        self.progress.show_busy(view.busy)
        self.show_there(result is not None)
        self.export.setVisible(result is not None)
        opens = view.model.sheet is None
        lacks = not opens and bool(view.problem)
        said = tr("Open a model file to compare its layers.") if opens else f"{view.problem}." if lacks else NOTHING
        word = tr("Open model") if opens else tr("Choose a second model") if lacks else tr("Compare")
        self.empty.set_text(said, "" if view.busy is not None else word)
        if result is not None and result is not self.result:
            self._show(result)
        self.result = result

    def save(self) -> None:
        if path := ask_file(self, tr("Export comparison"), "export", FORMATS, "comparison.csv"):
            save_or_say(self, path, self._save)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The table has the larger part of the room."""
        self.table.set_most(max(LEAST_ROWS, round(TABLE_SHARE * self.height() / ROW)))
        super().resizeEvent(event)

    def _save(self, path: str) -> None:
        if Path(path).suffix.lower() == ".csv":
            write_text(check_file(path, TABLE), self.table.csv())
        else:
            self.curve.save(path)

    def _show(self, result: CompareResult) -> None:
        layers = result.layers
        first = next((at for at, one in enumerate(layers) if one.name == result.first_differing), -1)
        self.title.setText(words.headline(result))
        self.state.setText(words.state_words(result))
        told = [(at + 1, max(one.error, LEAST)) for at, one in enumerate(layers) if one.error is not None]
        line = Series(tr("Relative error"), [at for at, _error in told], [error for _at, error in told], len(told) < 40)
        self.curve.show_lines([line])
        ends = [error for _at, error in told] or [LEAST]
        self.curve.set_ranges(y=(min(ends) / 3, 3 * max(*ends, result.spec.tolerance)))
        self.curve.set_level(result.spec.tolerance, tr("tolerance"))
        self.curve.set_uprights((Mark(first + 1, tr("first that differs"), chosen=True),) if first >= 0 else ())
        self.table.show_rows([words.row_of(one) for one in layers], first)
        if first >= 0:
            there = self.table.model().index(max(first, 0), 0)
            self.table.scrollTo(there, QAbstractItemView.ScrollHint.PositionAtCenter)
        say(self.notes, ". ".join(result.warnings))

    def _lay_out(self) -> None:
        results = column_of((self.curve, 1), self.notes, self.table, spacing=8, margins=(12, 0, 12, 8))
        empty = EmptyState(NOTHING, tr("Open model"), "chart")
        self.lay_out(self.head_of(tr("Compare"), self.export), self.body_of(empty, held(results)))
