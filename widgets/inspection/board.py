"""The board of the Inspector: the model, its graph, and what it sees, in the centre of the window."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent

from engines.core.words import tr
from widgets.inspection.state import Page
from widgets.kit.page_board import PageBoard

TITLES = {
    Page.MODEL: (tr("Model"), tr("What the file is, whether it is safe, and what it holds")),
    Page.GRAPH: (tr("Graph"), tr("Modules and operators with shapes, parameters, multiply-adds and time")),
    Page.FIELD: (tr("Field"), tr("What a unit can see of the picture, and what it does see")),
    Page.ACTIVATIONS: (tr("Activations"), tr("Feature maps of a layer, live, with their statistics")),
    Page.ATTENTION: (tr("Attention"), tr("What the attention layers attend to on the picture")),
    Page.ATTRIBUTION: (tr("Attribution"), tr("Which pixels an output rests on")),
    Page.COMPARE: (tr("Compare"), tr("Two models or two pictures, layer by layer")),
}


class InspectionBoard(PageBoard):
    """A board that holds its own tabs. The controller puts the makers of its pages into `makers`.

    `seen(on)` when it comes into view or goes.
    """

    seen = Signal(bool)

    def __init__(self) -> None:
        super().__init__(tr("Inspector"), TITLES, {}, tr("What the Inspector shows and how to read it"))
        self.hold_head()

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.seen.emit(True)

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.seen.emit(False)
