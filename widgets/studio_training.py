"""A network in training: its loss over the steps and over the noise levels, and what it makes so far."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.diffusion_state import DiffusionView
from widgets.panel import EmptyState
from widgets.studio_parts import BusyLine, TroubleCard


class TrainingPage(QWidget):
    """Loss, live samples, figures."""

    trainWanted = Signal()
    trainCancelWanted = Signal()
    trainedUsed = Signal(str)
    logWanted = Signal()
    SIGNALS = ("trainWanted", "trainCancelWanted", "trainedUsed", "logWanted")

    def __init__(self) -> None:
        super().__init__()
        self.empty = EmptyState("Train a small network and watch its samples form.", "Train", "chart")
        self.trouble = TroubleCard()
        self.progress = BusyLine("Stop")
        column = QVBoxLayout(self)
        for part in (self.trouble, self.empty, self.progress):
            column.addWidget(part)
        self.empty.clicked.connect(self.trainWanted)
        self.trouble.logWanted.connect(self.logWanted)
        self.progress.cancelled.connect(self.trainCancelWanted)

    def show_state(self, view: DiffusionView) -> None:
        self.empty.setVisible(view.training.progress is None)
        self.trouble.show_trouble(view.training.trouble)
        self.progress.show_busy(view.training.busy)
