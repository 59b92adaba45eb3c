"""The studio: what diffusion models make, in the centre of the window. Samples and their steps, flows, grids, training.

`show_state(DiffusionView)` is the one way in; signals are the one way out. Only the page in front is kept up to date.
`stepWanted(-1)` asks for the finished samples again; `sampleChosen(-1)` marks none; `exportWanted` is of the shown run.
"""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QVBoxLayout, QWidget

from widgets.generative.state import DiffusionView, Page
from widgets.generative.studio.compare import ComparePage
from widgets.generative.studio.flow import FlowPage
from widgets.generative.studio.samples import SamplesPage
from widgets.generative.studio.training import TrainingPage
from widgets.kit.panel import QuietButton, describe, roomy
from widgets.kit.wheel import leave_wheel

TITLES = {
    Page.SAMPLES: ("Samples", "Pictures of a run, its steps, and earlier runs"),
    Page.FLOW: ("Flow", "Particles of a 2-D model on their way from noise to data"),
    Page.COMPARE: ("Compare", "One setting against another, with errors where the truth is known"),
    Page.TRAINING: ("Training", "Loss and live samples of a network in training"),
}


class Studio(QWidget):
    """What the user wants goes out by these signals; ids are those of `Run`, paths those of dropped files."""

    pageChosen = Signal(str)
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
    dropped = Signal(list)
    flowChanged = Signal(object)
    flowWanted = Signal()
    flowCancelWanted = Signal()
    cellUsed = Signal(int, int)
    compareWanted = Signal()
    curvesWanted = Signal()
    compareCancelWanted = Signal()
    trainWanted = Signal()
    trainCancelWanted = Signal()
    trainedUsed = Signal(str)
    spectrumWanted = Signal()
    logWanted = Signal()
    helpWanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setAcceptDrops(True)
        self.setMinimumSize(240, 160)
        self.setAccessibleName("Diffusion studio")
        self.shown = DiffusionView()
        self.tabs = QTabBar()
        leave_wheel(self.tabs)
        self.samples, self.flow = SamplesPage(), FlowPage()
        self.compare, self.training = ComparePage(), TrainingPage()
        self.pages = {
            Page.SAMPLES: self.samples,
            Page.FLOW: self.flow,
            Page.COMPARE: self.compare,
            Page.TRAINING: self.training,
        }
        self._stack = QStackedWidget()
        self._help = QuietButton("", "help", "What the studio shows and how to read it", name="Help")
        self._lay_out()
        self._wire()
        self.show_state(self.shown)

    def show_state(self, view: DiffusionView) -> None:
        """Show exactly this."""
        self.shown = view
        with QSignalBlocker(self.tabs):
            self.tabs.setCurrentIndex(list(self.pages).index(view.page))
        page = self.pages[view.page]
        page.show_state(view)
        self._stack.setCurrentIndex(list(self.pages).index(view.page))

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        paths = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
        event.acceptProposedAction()
        self.dropped.emit(paths)

    def _lay_out(self) -> None:
        describe(self.tabs, "Pages of the studio", "What the studio shows")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        for page, (title, tip) in TITLES.items():
            self.tabs.setTabToolTip(self.tabs.addTab(title), tip)
            self._stack.addWidget(roomy(self.pages[page]))
        head = QWidget()
        head.setProperty("role", "panel")
        row = QHBoxLayout(head)
        row.setContentsMargins(4, 2, 6, 0)
        row.addWidget(self.tabs)
        row.addStretch(1)
        row.addWidget(self._help)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(head)
        column.addWidget(self._stack, 1)

    def _wire(self) -> None:
        self.tabs.currentChanged.connect(self._choose_page)
        self._help.clicked.connect(self.helpWanted)
        for page in self.pages.values():
            for name in page.SIGNALS:
                getattr(page, name).connect(getattr(self, name))

    def _choose_page(self, index: int) -> None:
        self.pageChosen.emit(str(list(self.pages)[index]))
