"""A grid of one setting against another that fills as it is computed, and error against cost where truth is known."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.diffusion_state import DiffusionView
from widgets.panel import EmptyState
from widgets.studio_parts import BusyLine, TroubleCard


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
        self.empty = EmptyState("Set one choice against another: samplers, steps, guidance.", "Compare", "grid-3")
        self.trouble = TroubleCard()
        self.progress = BusyLine()
        column = QVBoxLayout(self)
        for part in (self.trouble, self.empty, self.progress):
            column.addWidget(part)
        self.empty.clicked.connect(self.compareWanted)
        self.trouble.logWanted.connect(self.logWanted)
        self.progress.cancelled.connect(self.compareCancelWanted)

    def show_state(self, view: DiffusionView) -> None:
        self.empty.setVisible(view.compared.result is None and not view.compared.cells)
        self.trouble.show_trouble(view.compared.trouble)
        self.progress.show_busy(view.compared.busy)
