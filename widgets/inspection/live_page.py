"""The base of pages that look at a feed: what is lacking before there is something to see, and one button for it."""

from __future__ import annotations

from typing import Literal

import cv2
import numpy as np
from PySide6.QtCore import Signal

from engines.core.frames import Image
from engines.core.words import tr
from engines.inspection.looks import LookResult
from widgets.inspection.state import InspectionView
from widgets.kit.panel import EmptyState, QuietButton
from widgets.kit.work_page import WorkPage

Wanted = Literal["model", "source", "sample", "look", ""]
LOOK_WORDS = tr("Look at {title} with this model.")
SOURCE_WORDS = tr("Choose what the model looks at: a camera, a film or a picture.")
SHAPE_WORDS = tr("Tell the shape of its inputs in the panel: the file does not say how large they are.")


class LivePage(WorkPage):
    """`wanted(what)`: "model", "source", "sample" or "look", whatever the page needs next. `edited(fields)`: of its
    settings, what a click on the page changes.
    """

    wanted = Signal(str)
    edited = Signal(dict)

    def __init__(self, purpose: str) -> None:
        """purpose: what a model is opened for, as "to see its feature maps"."""
        super().__init__()
        self._model_words = tr("Open a model file {purpose}.", purpose=purpose)
        self._next: Wanted = "model"

    def empty_state(self) -> EmptyState:
        """Made for `body_of`; its button asks for what is lacking."""
        empty = EmptyState(self._model_words, tr("Open model"), "open")
        self.sample = QuietButton(
            tr("Open a sample"), "sample", tr("A picture that is here already, to try the model on")
        )
        self.sample.clicked.connect(lambda: self.wanted.emit("sample"))
        self.sample.hide()
        empty.add_below(self.sample)
        empty.clicked.connect(lambda: self.wanted.emit(self._next))
        return empty

    def show_live(self, view: InspectionView) -> LookResult | None:
        """What is seen, None where the page says what is lacking. Also shows progress."""
        look = view.look.look
        words, button, self._next = self.lacking(view)
        self.empty.set_text(words, button)
        self.sample.setVisible(self._next == "source")
        self.show_there(look is not None and view.model.sheet is not None)
        self.progress.show_busy(view.busy)
        return look if self.there else None

    def lacking(self, view: InspectionView) -> tuple[str, str, Wanted]:
        """A sentence, the word on the button ("" for none), and what that asks for."""
        sheet, look = view.model.sheet, view.look
        if sheet is None:
            return self._model_words, "" if view.model.busy else tr("Open model"), "model"
        if sheet.needs_shape:
            return SHAPE_WORDS, "", ""
        if sheet.runs:
            return sheet.runs, tr("Open another model"), "model"
        if not look.source:
            return SOURCE_WORDS, tr("Add a film or picture"), "source"
        if view.trouble is not None:
            return tr("Choose another layer or another model, or try again."), tr("Look again"), "look"
        if look.on:
            return look.note or tr("Waiting for the first picture"), "", ""
        return LOOK_WORDS.format(title=look.title), tr("Look"), "look"


def rgb(picture: Image) -> Image:
    """A picture of a look in the order that charts draw."""
    return np.asarray(cv2.cvtColor(picture, cv2.COLOR_BGR2RGB), np.uint8)
