"""The threshold page: strangers named against enrolled missed in this gallery, with the intervals of both.

The user sets how often a stranger may be named; threshold, shares and their intervals follow from the report.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent

from engines.core.words import as_part, as_sentence, tr
from engines.faces.gallery.types import GalleryInfo
from engines.faces.study_types import ThresholdReport
from engines.faces.types import Accept
from widgets.faces.accept import AcceptField
from widgets.faces.state import FacesView
from widgets.faces.studies.threshold_cases import CasesList
from widgets.faces.studies.threshold_charts import ThresholdCharts
from widgets.faces.studies.threshold_words import (
    HEADERS,
    TIPS,
    basis_words,
    chosen_words,
    cost_words,
    found_words,
    point_row,
    shown_points,
)
from widgets.kit.fields import wrapped
from widgets.kit.figures_table import FiguresTable
from widgets.kit.keeping.fields import keep
from widgets.kit.labels import StateLine
from widgets.kit.layouts import column_of, held, row_of, split_of, styled
from widgets.kit.panel import ElidedLabel, EmptyState, PrimaryButton, Segmented
from widgets.kit.pill import Pill
from widgets.kit.work_page import WorkPage

ROOM_FOR_BOTH, TOP = 820, Qt.AlignmentFlag.AlignTop
EMPTY = {
    "check": (tr("Check the gallery to see how often strangers would be named."), tr("Check this gallery")),
    "enrol": (tr("How often strangers would be named shows once people are enrolled."), tr("Enrol people")),
    "unlock": (tr("The gallery is locked."), tr("Unlock")),
}
"""Sentence and button, by what has to be done first."""


class ThresholdPage(WorkPage):
    """Rate, curve, operating points, histogram, self-check. `firstWanted(what)`: a key of `EMPTY`."""

    acceptChanged = Signal(object)
    firstWanted = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self._report: ThresholdReport | None = None
        self._rate: float | None = None
        self._rates: list[float] = []
        self._first = "check"
        self.accept = AcceptField()
        self.check = PrimaryButton(tr("Check this gallery"), "", tr("Search every face in the rest of the gallery"))
        self.title, self.cost, self.basis = StateLine("heading", 13), StateLine("", 13), StateLine("muted", 13)
        self.weak, self.why = Pill(), wrapped("muted")
        self.charts, self.cases = ThresholdCharts(), CasesList()
        self.table = FiguresTable(tr("Operating points"), HEADERS, TIPS)
        self.progress.cancel.hide()
        self._lay_out()
        self.empty.clicked.connect(lambda: self.firstWanted.emit(self._first))
        self.accept.acceptMoved.connect(self._show_rate)
        self.accept.acceptChanged.connect(self.acceptChanged)
        self.table.rowUsed.connect(self._use_row)
        self._which.chosen.connect(lambda _which: self._place())
        keep("threshold", which=self._which)

    def show_state(self, view: FacesView) -> None:
        shown = view.threshold
        self.progress.show_busy(shown.busy if shown.report is None else None)
        self.check.setEnabled(shown.busy is None)
        self.accept.set_accept(shown.accept)
        self.show_there(shown.report is not None or shown.busy is not None)
        self._show_empty(view.people.info)
        if shown.report != self._report or self._rate is None:
            self._report, self._rate = shown.report, None
            self._show_report(shown.report)
        self._show_rate(self.accept.accept)
        self._show_basis(shown.report, again=shown.busy is not None)
        cases, threshold = (shown.report.cases, shown.report.chosen.threshold) if shown.report else ((), 0.0)
        self.cases.show_cases(cases, threshold, view.thumbs, view.people.people)

    def _show_empty(self, info: GalleryInfo | None) -> None:
        """What is to be done before anything can be checked."""
        ask = "enrol" if info is None else "unlock" if info.locked else "check" if info.people else "enrol"
        if ask != self._first:
            self._first = ask
            self.empty.set_text(*EMPTY[ask])

    def _show_report(self, report: ThresholdReport | None) -> None:
        self.charts.show_report(report)
        self._show_weak(report.weak if report else "")
        self._found.setText(found_words(report) if report else "")

    def _show_rate(self, accept: Accept) -> None:
        """What this rate does; a rate that was not computed yet is read off the curve meanwhile."""
        if self._rate == accept.rate:
            return
        self._rate = accept.rate
        if self._report is None:
            self.title.setText(tr("Checking the gallery"))
            self.cost.setText("")
            self.table.show_rows(())
            return
        points, marked = shown_points(self._report, accept.rate)
        self._rates = [point.rate for point in points]
        self.title.setText(chosen_words(points[marked]))
        self.cost.setText(cost_words(points[marked]))
        self.table.show_rows([point_row(point) for point in points], marked)
        self.charts.mark(points, points[marked])

    def _show_basis(self, report: ThresholdReport | None, *, again: bool) -> None:
        words = basis_words(report) if report else ""
        if again and report:
            words = tr("Checking again \u00b7 {words}", words=as_part(words))
        if words != self.basis.accessibleName():
            self.basis.setText(words)

    def _show_weak(self, why: str) -> None:
        self.weak.set_state(tr("Weak estimate") if why else "", "warn")
        self.why.setText(as_sentence(why))
        self.weak.setVisible(bool(why))
        self.why.setVisible(bool(why))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place()

    def _place(self) -> None:
        """Charts and figures side by side, or where that is too narrow the one that is chosen."""
        narrow = self.width() < ROOM_FOR_BOTH
        self._which.setVisible(narrow)
        self.charts.setVisible(not narrow or self._which.value() == "charts")
        self._side.setVisible(not narrow or self._which.value() == "figures")

    def _lay_out(self) -> None:
        self._found = ElidedLabel("", "heading")
        top = row_of((self.accept, 1), (self.check, 0, TOP), spacing=16)
        line = row_of((self.weak, 0, TOP), (self.why, 1), spacing=8)
        self._which = Segmented(
            tr("Shown"), (("charts", tr("Curve")), ("figures", tr("Figures"))), tip=tr("What is shown here")
        )
        head = column_of(top, self.title, self.cost, self.basis, line, self._which, spacing=4, margins=(12, 10, 12, 6))
        figures = column_of(self.table, self._found, (self.cases, 1), spacing=8, margins=(8, 8, 8, 8))
        self._side = held(figures, "panel")
        split = split_of(self.charts, self._side, sizes=(500, 500))
        styled(self.charts)
        self.lay_out(self.body_of(EmptyState(*EMPTY["check"], "chart"), held(column_of(head, (split, 1)), "panel")))

    def _use_row(self, row: int) -> None:
        """A double click on an operating point makes it the chosen one."""
        if row < len(self._rates) and row != self.table.marked:
            self.acceptChanged.emit(Accept(self._rates[row]))
