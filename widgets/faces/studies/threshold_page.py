"""What a threshold does on this gallery: strangers named against enrolled missed, with how sure that is.

The user sets how often a stranger may be named; threshold, shares and their intervals follow from the report.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from engines.faces.gallery.types import GalleryInfo
from engines.faces.study_types import ThresholdReport
from engines.faces.types import Accept
from widgets.faces.accept import AcceptField
from widgets.faces.state import FacesView, Page
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
from widgets.kit.figures_table import FiguresTable
from widgets.kit.labels import Label
from widgets.kit.panel import ElidedLabel, EmptyState, PrimaryButton, Segmented
from widgets.kit.pill import Pill
from widgets.kit.theme import number_font
from widgets.kit.words import DOT
from widgets.kit.work_parts import BusyLine, Framed

ROOM_FOR_BOTH = 820
EMPTY = {
    "check": ("Check the gallery to see how often strangers would be named.", "Check this gallery"),
    "enrol": ("How often strangers would be named shows once people are enrolled.", "Enrol people"),
    "unlock": ("The gallery is locked.", "Unlock"),
}
"""Sentence and button, by what has to be done first."""


class ThresholdPage(QWidget):
    """Rate, curve, operating points, histogram, self-check."""

    acceptChanged = Signal(object)
    checkWanted = Signal()
    caseOpened = Signal(str)
    thumbsWanted = Signal(list)
    pageWanted = Signal(str)
    unlockWanted = Signal()
    SIGNALS = ("acceptChanged", "checkWanted", "caseOpened", "thumbsWanted", "pageWanted", "unlockWanted")

    def __init__(self) -> None:
        super().__init__()
        self._report: ThresholdReport | None = None
        self._rate: float | None = None
        self._rates: list[float] = []
        self.empty = EmptyState(*EMPTY["check"], "chart")
        self._ask = "check"
        self.accept = AcceptField()
        self.check = PrimaryButton("Check this gallery", "", "Search every face in the rest of the gallery")
        self.title, self.cost = ElidedLabel("", "heading"), ElidedLabel()
        self.basis = ElidedLabel("", "muted")
        self.weak, self.why = Pill(), Label()
        self.charts, self.cases = ThresholdCharts(), CasesList()
        self.table = FiguresTable("Operating points", HEADERS, TIPS)
        self.progress = BusyLine()
        self.progress.cancel.hide()
        self._lay_out()
        self._wire()

    def show_state(self, view: FacesView) -> None:
        shown = view.threshold
        self.progress.show_busy(shown.busy if shown.report is None else None)
        self.check.setEnabled(shown.busy is None)
        self.accept.set_accept(shown.accept)
        self._body.setCurrentIndex(0 if shown.report is None and shown.busy is None else 1)
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
        if ask != self._ask:
            self._ask = ask
            self.empty.set_text(*EMPTY[ask])

    def _do_first(self) -> None:
        if self._ask == "enrol":
            self.pageWanted.emit(Page.ENROL.value)
        else:
            (self.unlockWanted if self._ask == "unlock" else self.checkWanted).emit()

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
            self.title.setText("Checking the gallery")
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
            words = f"Checking again{DOT}{words[0].lower()}{words[1:]}"
        if words != self.basis.text():
            self.basis.setText(words)

    def _show_weak(self, why: str) -> None:
        self.weak.set_state("Weak estimate" if why else "", "warn")
        self.why.setText(why[:1].upper() + why[1:])
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
        top = QHBoxLayout()
        top.setSpacing(16)
        top.addWidget(self.accept, 1)
        top.addWidget(self.check, 0, Qt.AlignmentFlag.AlignTop)
        line = QHBoxLayout()
        line.setSpacing(8)
        self.why.setProperty("role", "muted")
        self.why.setWordWrap(True)
        line.addWidget(self.weak, 0, Qt.AlignmentFlag.AlignTop)
        line.addWidget(self.why, 1)
        self._which = Segmented("Shown", (("charts", "Curve"), ("figures", "Figures")), tip="What is shown here")
        head = QVBoxLayout()
        head.setContentsMargins(12, 10, 12, 6)
        head.setSpacing(4)
        head.addLayout(top)
        for label in (self.title, self.cost, self.basis):
            label.setFont(number_font())
            head.addWidget(label)
        head.addLayout(line)
        head.addWidget(self._which)
        self._side = QWidget()
        side = QVBoxLayout(self._side)
        side.setContentsMargins(8, 8, 8, 8)
        side.setSpacing(8)
        side.addWidget(self.table)
        side.addWidget(self._found)
        side.addWidget(self.cases, 1)
        split = QSplitter()
        split.setChildrenCollapsible(False)
        split.addWidget(self.charts)
        split.addWidget(self._side)
        split.setSizes([500, 500])
        full = QWidget()
        inner = QVBoxLayout(full)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(0)
        inner.addLayout(head)
        inner.addWidget(split, 1)
        self._body = QStackedWidget()
        self._body.addWidget(self.empty)
        self._body.addWidget(full)
        for part in (self, full, self.charts, self._side, self._body):
            part.setProperty("role", "panel")
            part.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self._body, 1)
        outer.addWidget(Framed(self.progress, 12, 6))

    def _wire(self) -> None:
        self.empty.clicked.connect(self._do_first)
        self.check.clicked.connect(self.checkWanted)
        self.accept.acceptMoved.connect(self._show_rate)
        self.accept.acceptChanged.connect(self.acceptChanged)
        self.cases.caseOpened.connect(self.caseOpened)
        self.cases.thumbsWanted.connect(self.thumbsWanted)
        self.table.rowUsed.connect(self._use_row)
        self._which.chosen.connect(lambda _which: self._place())

    def _use_row(self, row: int) -> None:
        """A double click on an operating point makes it the chosen one."""
        if row < len(self._rates) and row != self.table.marked:
            self.acceptChanged.emit(Accept(self._rates[row]))
