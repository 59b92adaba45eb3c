"""The samples of a run as they form: pictures in the middle, their steps below, earlier runs in a strip."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from widgets.diffusion_state import DiffusionView
from widgets.panel import EmptyState
from widgets.studio_parts import BusyLine, TroubleCard


class SamplesPage(QWidget):
    """Samples, scrubber, history."""

    runChosen = Signal(str)
    sampleChosen = Signal(int)
    stepWanted = Signal(int)
    againWanted = Signal(str)
    useWanted = Signal(str)
    deleteWanted = Signal(str)
    revealWanted = Signal(str)
    exportWanted = Signal(str)
    cancelWanted = Signal(str)
    startWanted = Signal()
    retryWanted = Signal()
    spectrumWanted = Signal()
    logWanted = Signal()
    SIGNALS = (
        "runChosen", "sampleChosen", "stepWanted", "againWanted", "useWanted", "deleteWanted", "revealWanted",
        "exportWanted", "cancelWanted", "startWanted", "retryWanted", "spectrumWanted", "logWanted",
    )  # fmt: skip

    def __init__(self) -> None:
        super().__init__()
        self.shown = DiffusionView()
        self.empty = EmptyState("Samples appear here and sharpen step by step.", "Sample", "diffusion")
        self.trouble = TroubleCard()
        self.progress = BusyLine()
        column = QVBoxLayout(self)
        for part in (self.trouble, self.empty, self.progress):
            column.addWidget(part)
        self.empty.clicked.connect(self.startWanted)
        self.trouble.retryWanted.connect(self.retryWanted)
        self.trouble.logWanted.connect(self.logWanted)
        self.progress.cancelled.connect(self._cancel)

    def show_state(self, view: DiffusionView) -> None:
        self.shown = view
        run = view.run
        self.empty.setVisible(run is None)
        self.trouble.show_trouble(view.trouble)
        self.progress.show_busy(run.busy if run is not None else None)

    def _cancel(self) -> None:
        self.cancelWanted.emit(self.shown.shown)
