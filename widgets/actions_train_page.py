"""What a training does: loss and precision while it runs, and what came of it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

from widgets.actions_state import ActionsView, TrainView
from widgets.panel import EmptyState
from widgets.studio_parts import BusyLine, Framed

ASKED = "Train a model on the labelled clips and see it learn."


class TrainPage(QWidget):
    """Curves, bars, result."""

    trainWanted = Signal()
    trainCancelWanted = Signal()
    watchWanted = Signal(str)
    evaluateItWanted = Signal(str)
    SIGNALS = ("trainWanted", "trainCancelWanted", "watchWanted", "evaluateItWanted")

    def __init__(self) -> None:
        super().__init__()
        self.shown = TrainView()
        self.empty = EmptyState(ASKED, "Train", "chart", "Begin the training that the panel describes")
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
        self.empty.clicked.connect(self.trainWanted)
        self.progress.cancelled.connect(self.trainCancelWanted)

    def show_state(self, view: ActionsView) -> None:
        shown = self.shown = view.train
        self.progress.show_busy(shown.busy)
