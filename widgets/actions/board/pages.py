"""The tabs of the action board: Watch and Teach show the viewer, Train and Evaluate a page with the large results."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from widgets.actions.board.evaluate_page import EvaluatePage
from widgets.actions.board.train_page import TrainPage
from widgets.actions.state import Page
from widgets.kit.page_board import PageBoard

TITLES = {
    Page.WATCH: (tr("Watch"), tr("What is happening now, in the running picture and along the timeline")),
    Page.TEACH: (tr("Teach"), tr("Mark actions in a film of your own")),
    Page.TRAIN: (tr("Train"), tr("Loss and precision while a model learns the labelled clips")),
    Page.EVALUATE: (tr("Evaluate"), tr("Precision, anticipation, confusion and the trade-off of the threshold")),
}
PAGES: dict[Page, Callable[[], QWidget]] = {Page.TRAIN: TrainPage, Page.EVALUATE: EvaluatePage}
"""Makers of the pages, until the controller gives those that connect them."""


class ActionBoard(PageBoard):
    def __init__(self) -> None:
        super().__init__(tr("Actions"), TITLES, PAGES, tr("Watching, teaching and measuring in short"))
