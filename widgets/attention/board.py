"""The board of the attention lab: comparing, watching and seeing, in the centre of the window."""

from __future__ import annotations

from engines.core.words import tr
from widgets.attention.state import Page
from widgets.kit.page_board import PageBoard

TITLES = {
    Page.COMPARE: (tr("Compare"), tr("Time, throughput, memory and error of every kind of attention over the length")),
    Page.WATCH: (tr("Watch it work"), tr("The tiled algorithm, tile by tile, on a small matrix")),
    Page.SEE: (tr("See"), tr("What the layers of a network attend to while it samples")),
}


class AttentionBoard(PageBoard):
    """A board that holds its own tabs. The controller puts the makers of its pages into `makers`."""

    def __init__(self) -> None:
        super().__init__(tr("Attention lab"), TITLES, {}, tr("What the attention lab shows and how to read it"))
        self.hold_head()
