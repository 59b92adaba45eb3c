"""The page of attention."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from widgets.inspection.state import InspectionView
from widgets.kit.panel import EmptyState
from widgets.kit.work_page import WorkPage


class AttentionPage(WorkPage):
    """`empty.clicked` asks for a model."""

    edited = Signal(dict)

    def __init__(self) -> None:
        super().__init__()
        empty = EmptyState("Open a model file to see its attention", "Open model", "open")
        self.lay_out(self.head_of("Attention"), self.body_of(empty, QWidget()))

    def show_state(self, view: InspectionView) -> None:
        self.show_there(view.model.sheet is not None)
        self.progress.show_busy(view.busy)
