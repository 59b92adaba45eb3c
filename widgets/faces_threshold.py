"""What a threshold does on this gallery: strangers named against enrolled missed, with how sure that is.

The user sets how often a stranger may be named; threshold, shares and their intervals follow from the report.
"""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QStackedWidget, QVBoxLayout, QWidget

from engines.faces.study_types import OperatingPoint, ThresholdReport
from engines.faces.types import Accept
from widgets.faces_accept import AcceptField
from widgets.faces_state import FacesView
from widgets.faces_threshold_cases import CasesList
from widgets.faces_threshold_charts import ThresholdCharts
from widgets.faces_words import DASH, interval, one_in, similarity
from widgets.figures_table import FiguresTable
from widgets.panel import ElidedLabel, EmptyState, PrimaryButton, Segmented
from widgets.pill import Pill
from widgets.studio_axes import percent
from widgets.studio_parts import DOT, BusyLine, Framed, count
from widgets.theme import number_font

ROOM_FOR_BOTH = 820
HEADERS = ("Strangers", "Threshold", "95 % interval", "Missed", "Misnamed")
TIPS = (
    "How often somebody who is not in the gallery may get a name",
    "Cosine similarity from which on a face gets a name",
    "Share of strangers named: 95 % interval of the estimate",
    "Share of the enrolled that would get no name",
    "Share of the enrolled that would get another's name",
)


class ThresholdPage(QWidget):
    """Rate, curve, operating points, histogram, self-check."""

    acceptChanged = Signal(object)
    checkWanted = Signal()
    caseOpened = Signal(str)
    thumbsWanted = Signal(list)
    SIGNALS = ("acceptChanged", "checkWanted", "caseOpened", "thumbsWanted")

    def __init__(self) -> None:
        super().__init__()
        self._report: ThresholdReport | None = None
        words = "Check the gallery to see how often strangers would be named."
        self.empty = EmptyState(words, "Check this gallery", "chart", "Search every face in the rest of the gallery")
        self.accept = AcceptField()
        self.check = PrimaryButton("Check this gallery", "", "Search every face in the rest of the gallery")
        self.title, self.cost = ElidedLabel("", "heading"), ElidedLabel()
        self.basis = ElidedLabel("", "muted")
        self.weak, self.why = Pill(), ElidedLabel("", "muted")
        self.charts, self.cases = ThresholdCharts(), CasesList()
        self.table = FiguresTable("Operating points", HEADERS, TIPS)
        self.progress = BusyLine()
        self._lay_out()
        self._wire()

    def show_state(self, view: FacesView) -> None:
        shown = view.threshold
        self.progress.show_busy(shown.busy)
        self.check.setEnabled(shown.busy is None)
        self.accept.set_accept(shown.accept)
        self._body.setCurrentIndex(0 if shown.report is None and shown.busy is None else 1)
        if shown.report != self._report or shown.report is None:
            self._report = shown.report
            self._show_report(shown.report)
        self.cases.show_cases(shown.report.cases if shown.report else (), view.thumbs)

    def _show_report(self, report: ThresholdReport | None) -> None:
        self.charts.show_report(report)
        self.title.setText(chosen_words(report.chosen) if report else "Checking the gallery")
        self.cost.setText(cost_words(report.chosen) if report else "")
        self.basis.setText(basis_words(report) if report else "")
        self._show_weak(report.weak if report else "")
        points = report.points if report else ()
        marked = next((n for n, point in enumerate(points) if report and point.rate == report.chosen.rate), -1)
        if report and marked < 0:
            points = tuple(sorted((*points, report.chosen), key=lambda point: -point.rate))
            marked = points.index(report.chosen)
        self.table.show_rows([point_row(point) for point in points], marked)
        self._found.setText(found_words(report) if report else "")

    def _show_weak(self, why: str) -> None:
        self.weak.set_state("Weak estimate" if why else "", "warn")
        self.why.setText(why)
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
        line.addWidget(self.weak)
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
        self.empty.clicked.connect(self.checkWanted)
        self.check.clicked.connect(self.checkWanted)
        self.accept.acceptChanged.connect(self.acceptChanged)
        self.cases.caseOpened.connect(self.caseOpened)
        self.cases.thumbsWanted.connect(self.thumbsWanted)
        self.table.rowUsed.connect(self._use_row)
        self._which.chosen.connect(lambda _which: self._place())

    def _use_row(self, row: int) -> None:
        """A double click on an operating point makes it the chosen one."""
        if self._report is not None and row < len(self._report.points) and row != self.table.marked:
            self.acceptChanged.emit(Accept(self._report.points[row].rate))


def chosen_words(point: OperatingPoint) -> str:
    """'Threshold 0.516 names 1 stranger in 100 (95 % interval 0.6 to 1.7 %)'."""
    many = one_in(point.rate).removeprefix("1 in ")
    between = interval(point.strangers_interval)
    return f"Threshold {similarity(point.threshold)} names 1 stranger in {many} (95 % interval {between})"


def cost_words(point: OperatingPoint) -> str:
    """'3.9 % of the enrolled missed · 0.1 % given another's name', or why that is not known."""
    if point.missed is None:
        return "How many of the enrolled it misses cannot be told: nobody has two faces"
    missed = f"{percent(point.missed)} of the enrolled missed"
    if point.missed_interval is not None:
        missed += f" ({interval(point.missed_interval)})"
    wrong = f"{percent(point.named_wrong)} given another's name" if point.named_wrong is not None else ""
    return DOT.join(part for part in (missed, wrong) if part)


def basis_words(report: ThresholdReport) -> str:
    return f"Rests on {report.basis or 'this gallery'}{DOT}{count(report.faces, 'face')}"


def found_words(report: ThresholdReport) -> str:
    """What the self-check found."""
    if not report.cases:
        return "Self-check: no face resembles another person more than its own"
    return f"Self-check: {count(len(report.cases), 'face')} would be misnamed"


def point_row(point: OperatingPoint) -> tuple[str, ...]:
    missed = DASH if point.missed is None else percent(point.missed)
    wrong = DASH if point.named_wrong is None else percent(point.named_wrong)
    return one_in(point.rate), similarity(point.threshold), interval(point.strangers_interval), missed, wrong
