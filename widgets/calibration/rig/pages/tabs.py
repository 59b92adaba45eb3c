"""The tabs of the rig's board: the first shows the viewer, the others one step each from recordings to use."""

from __future__ import annotations

from engines.core.words import tr
from widgets.calibration.rig.pages.state import Page
from widgets.kit.page_board import PageBoard

TITLES = {
    Page.VIEWER: (tr("Viewer"), tr("The cameras, and the board as it is found live")),
    Page.PREPARE: (tr("Prepare"), tr("Cut tiled recordings into clips or pictures of each camera")),
    Page.PAIR: (tr("Pair"), tr("Two cameras rectified: rows that match, disparity, depth")),
    Page.RIG: (tr("Rig"), tr("Every frame and camera: errors, outliers, pairs, how they hang together")),
    Page.SPACE: (tr("Space"), tr("The cameras and boards in space, with their uncertainty")),
    Page.COMPARE: (tr("Compare"), tr("Two calibrations of the rig side by side")),
}


class RigBoard(PageBoard):
    """The controller puts the makers of its pages into `makers`."""

    def __init__(self) -> None:
        super().__init__(tr("Rig"), TITLES, {}, tr("What the pages of the rig show and how to read them"))
