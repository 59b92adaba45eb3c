"""The action board: training and evaluation in the centre of the window, where the large results are.

`show_state(ActionsView)` is the one way in; signals are the one way out. The tabs Watch and Teach show the viewer.
"""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QWidget

from widgets.actions.board.evaluate_page import EvaluatePage
from widgets.actions.board.train_page import TrainPage
from widgets.actions.state import ActionsView, Page
from widgets.kit.page_board import SignalBoard

TITLES = {
    Page.WATCH: ("Watch", "What is happening now, in the running picture and along the timeline"),
    Page.TEACH: ("Teach", "Mark actions in a film of your own"),
    Page.TRAIN: ("Train", "Loss and precision while a model learns the labelled clips"),
    Page.EVALUATE: ("Evaluate", "Precision, anticipation, confusion and the trade-off of the threshold"),
}
PAGES: dict[Page, Callable[[], QWidget]] = {Page.TRAIN: TrainPage, Page.EVALUATE: EvaluatePage}
"""What makes each page."""


class ActionBoard(SignalBoard):
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

    def __init__(self) -> None:
        super().__init__("Actions", TITLES, PAGES, "Watching, teaching and measuring in short")
        self.shown = ActionsView()
