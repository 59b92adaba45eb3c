"""The tabs of the calibration board: the first shows the viewer, the others one question each about the result."""

from __future__ import annotations

from engines.core.words import tr
from widgets.calibration.pages.state import Page
from widgets.kit.page_board import PageBoard

TITLES = {
    Page.VIEWER: (tr("Viewer"), tr("The cameras, and the board as it is found live")),
    Page.RESIDUALS: (tr("Residuals"), tr("How far the model puts each corner from where it was found")),
    Page.UNCERTAINTY: (tr("Uncertainty"), tr("How well the place of a point in the picture is known")),
    Page.SHAPE: (tr("Board's shape"), tr("How far the board is bent and stretched, and what freeing it did")),
    Page.MODELS: (tr("Models"), tr("Every lens model on the same views, and which one to take")),
    Page.COMPARE: (tr("Compare"), tr("Two calibrations of a camera over the picture and parameter by parameter")),
    Page.LENS: (tr("Lens"), tr("How the lens bends straight lines, and how much it sees")),
}


class CalibrationBoard(PageBoard):
    """The controller puts the makers of its pages into `makers`."""

    def __init__(self) -> None:
        super().__init__(tr("Calibration"), TITLES, {}, tr("What the calibration pages show and how to read them"))
