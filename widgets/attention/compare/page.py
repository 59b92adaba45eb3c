"""The comparison page: curves over the length, a table of the same figures, and what was left out with the reason."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent

from engines.attention.types import CompareResult
from engines.core.words import tr
from widgets.attention.compare import words
from widgets.attention.compare.chart import LengthPlot
from widgets.attention.compare.words import MEASURES
from widgets.attention.state import AttentionView
from widgets.kit.fields import wrapped
from widgets.kit.figures_table import ROW_HEIGHT, FiguresTable, Shown
from widgets.kit.form import say
from widgets.kit.labels import StateLine
from widgets.kit.layouts import column_of, held, row_of, turn
from widgets.kit.panel import EmptyState, QuietButton, Segmented
from widgets.kit.theme import high
from widgets.kit.work_page import WorkPage

ROOM_FOR_BOTH = 1240
"""Pixels beyond which the table stands beside the chart, with a second chart under it."""
LEAST_ROWS, MOST_ROWS = 3, 12
NOT_THE_TABLE = 345
"""Pixels of the page that are for the chart and the words, where the table stands below."""


class ComparePage(WorkPage):
    """`empty`, `progress` and `export` are for whoever makes the page to connect."""

    def __init__(self) -> None:
        super().__init__()
        self._result: CompareResult | None = None
        choices = [(one.id, one.title) for one in MEASURES]
        self.which = Segmented(tr("Shown"), choices, tip=tr("What the curves and the table show"))
        self.export = QuietButton(tr("Export"), "export", tr("Figures as CSV, or the curves as SVG or PNG"))
        self.chart, self.beside = LengthPlot(tr("Kinds over the length")), LengthPlot(tr("Beside it, over the length"))
        self.table = FiguresTable(tr("Figures by kind and length"), (tr("Kind"),), most=LEAST_ROWS)
        self.auto, self.remarks, self.machine = StateLine("hint"), wrapped("hint"), StateLine("hint")
        self._lay_out()
        self.which.chosen.connect(lambda _id: self._draw())
        self._draw()

    def show_state(self, view: AttentionView) -> None:
        shown = view.compare
        self.progress.show_busy(shown.busy)
        self.show_there(shown.result is not None or shown.busy is not None)
        if shown.result is not self._result:
            self._result = shown.result
            self._draw()
        self._show_head(view)

    def _show_head(self, view: AttentionView) -> None:
        result, busy = view.compare.result, view.compare.busy is not None
        self.export.setEnabled(result is not None)
        earlier = busy and view.compare.earlier and result is not None
        told = tr("Comparing; until then the comparison before") if earlier else words.winners(result) if result else ""
        self.title.setText(told or (tr("Comparing") if busy else tr("Kinds of attention")))
        self.state.setText(words.asked_words(result.spec if result else view.compare.spec))

    def _draw(self) -> None:
        """The chosen measure of the result, or nothing."""
        result = self._result or CompareResult()
        measure = next(one for one in MEASURES if one.id == self.which.value())
        other = MEASURES[0] if measure is MEASURES[1] else MEASURES[1]
        for chart, shown in ((self.chart, measure), (self.beside, other)):
            chart.set_nothing(words.nothing(self._result, shown))
            chart.show_result(result, shown)
        headers = (tr("Kind"), *(f"{length:,}" for length in words.lengths(result)))
        rows, tips = tuple(words.table_rows(result, measure)), words.table_tips(result)
        self.table.show_cells(Shown(headers, rows, strong=words.taken(result), told=tips))
        for part in (self.table, self.auto):
            part.setVisible(bool(self.chart.series))
        self.auto.setText(words.auto_words(result))
        self.auto.setToolTip("\n".join(result.notes))
        say(self.remarks, words.remarks(result))
        self.machine.setText(words.machine_words(result))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        wide = self.width() > ROOM_FOR_BOTH
        turn(self._both, wide)
        self._both.setStretch(1, 3 if wide else 0)
        self.beside.setVisible(wide)
        spare = (self.height() - NOT_THE_TABLE) // high(ROW_HEIGHT)
        self.table.set_most(MOST_ROWS if wide else max(LEAST_ROWS, min(spare, MOST_ROWS)))

    def _lay_out(self) -> None:
        said = (self.table, self.auto, self.remarks)
        below = column_of(*said, (self.beside, 1), spacing=6, margins=(8, 4, 12, 8))
        self._both = row_of((self.chart, 5), (held(below), 3), spacing=4)
        empty = EmptyState(
            tr("See which attention is the fastest on this machine, at which length."), tr("Compare"), "attention",
            tr("Measure the kinds that the panel names"),
        )  # fmt: skip
        head = self.head_of(tr("Kinds of attention"), self.export)
        which = held(row_of(self.which, (self.machine, 1), spacing=16, margins=(12, 4, 12, 4)), "panel")
        self.lay_out(head, self.body_of(empty, held(column_of(which, (held(self._both), 1)))))
