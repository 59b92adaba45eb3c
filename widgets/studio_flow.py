"""Particles of a 2-D model flowing from noise to data, one small picture a sampler, all in one common time."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.diffusion_state import DiffusionView
from widgets.panel import EmptyState
from widgets.studio_parts import BusyLine, TroubleCard


class FlowPage(QWidget):
    """Small multiples of samplers on a 2-D model."""

    flowChanged = Signal(object)
    flowWanted = Signal()
    flowCancelWanted = Signal()
    logWanted = Signal()
    SIGNALS = ("flowChanged", "flowWanted", "flowCancelWanted", "logWanted")

    def __init__(self) -> None:
        super().__init__()
        self.empty = EmptyState("See particles flow from noise to data by four samplers at once.", "Show flow", "play")
        self.trouble = TroubleCard()
        self.progress = BusyLine()
        column = QVBoxLayout(self)
        for part in (self.trouble, self.empty, self.progress):
            column.addWidget(part)
        self.empty.clicked.connect(self.flowWanted)
        self.trouble.logWanted.connect(self.logWanted)
        self.progress.cancelled.connect(self.flowCancelWanted)

    def show_state(self, view: DiffusionView) -> None:
        self.empty.setVisible(view.flow.result is None)
        self.trouble.show_trouble(view.flow.trouble)
        self.progress.show_busy(view.flow.busy)
