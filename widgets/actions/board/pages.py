"""The action board: training and evaluation in the centre of the window, where the large results are.

`show_state(ActionsView)` is the one way in; signals are the one way out. The tabs Watch and Teach show the viewer.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QWidget

from widgets.actions.board.evaluate_page import EvaluatePage
from widgets.actions.board.train_page import TrainPage
from widgets.actions.state import ActionsView, Page
from widgets.kit.page_board import PageBoard

TITLES = {
    Page.WATCH: ("Watch", "What is happening now, in the running picture and along the timeline"),
    Page.TEACH: ("Teach", "Mark actions in a film of your own"),
    Page.TRAIN: ("Train", "Loss and precision while a model learns the labelled clips"),
    Page.EVALUATE: ("Evaluate", "Precision, anticipation, confusion and the trade-off of the threshold"),
}
PAGES: dict[Page, Callable[[], QWidget]] = {Page.TRAIN: TrainPage, Page.EVALUATE: EvaluatePage}
"""What makes each page."""


class ActionBoard(PageBoard):
    """What the user wants goes out by these signals; rows are those of `view.evaluate.results`."""

    trainWanted = Signal()
    trainCancelWanted = Signal()
    watchWanted = Signal(str)
    evaluateItWanted = Signal(str)
    evaluateWanted = Signal()
    evaluateCancelWanted = Signal()
    modelSelected = Signal(int)
    thresholdChanged = Signal(float)
    saveReportWanted = Signal()
    modelsWanted = Signal()
    dropped = Signal(list)

    def __init__(self) -> None:
        super().__init__("Actions", TITLES, PAGES, "Watching, teaching and measuring in short")
        self.shown = ActionsView()
        self.setAcceptDrops(True)

    def show_state(self, view: ActionsView) -> None:
        """Show exactly this."""
        self.shown = view
        self.show_view(view)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        event.acceptProposedAction()
        self.dropped.emit([url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()])
