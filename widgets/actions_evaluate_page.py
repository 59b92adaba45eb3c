"""How good are models on a labelled video: precision, anticipation, confusion, and what the threshold trades off."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from widgets.actions_state import ActionsView, EvaluateView
from widgets.panel import EmptyState
from widgets.studio_parts import BusyLine, Framed

ASKED = "Measure models on a labelled video, side by side."


class EvaluatePage(QWidget):
    """A row a model; the chosen one in full."""

    evaluateWanted = Signal()
    evaluateCancelWanted = Signal()
    modelSelected = Signal(int)
    thresholdChanged = Signal(float)
    saveReportWanted = Signal()
    SIGNALS = ("evaluateWanted", "evaluateCancelWanted", "modelSelected", "thresholdChanged", "saveReportWanted")

    def __init__(self) -> None:
        super().__init__()
        self.shown = EvaluateView()
        self.empty = EmptyState(ASKED, "Evaluate", "chart", "Measure what the panel names")
        self.progress = BusyLine()
        self._body = QStackedWidget()
        self._body.addWidget(self.empty)
        for part in (self, self._body):
            part.setProperty("role", "panel")
            part.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._body, 1)
        column.addWidget(Framed(self.progress, 12, 6))
        self.empty.clicked.connect(self.evaluateWanted)
        self.progress.cancelled.connect(self.evaluateCancelWanted)

    def show_state(self, view: ActionsView) -> None:
        shown = self.shown = view.evaluate
        self.progress.show_busy(shown.busy)
