"""The calibration board behind its tabs: a part a page, and the one value that the page in front is shown."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QObject

from widgets.calibration.pages.lens import LensPage
from widgets.calibration.pages.shape import ShapePage
from widgets.calibration.pages.state import Page, PagesView
from widgets.calibration.pages.tabs import CalibrationBoard
from widgets.calibration.pages.uncertainty import UncertaintyPage
from workbench.controllers.calibration.beside import Beside
from workbench.controllers.calibration.models import Models
from workbench.controllers.calibration.part import Desk, PagePart
from workbench.controllers.calibration.residuals import Residuals
from workbench.controllers.common.page_part import PageParts
from workbench.threads.background import Errands


class Uncertainty(PagePart):
    page, kind = Page.UNCERTAINTY, UncertaintyPage

    def begin(self) -> None:
        """Once more, where there is a result that does not say how certain it is."""
        self.desk.run() if self.desk.session.material.views else super().begin()


class Shape(PagePart):
    page, kind = Page.SHAPE, ShapePage

    def make(self) -> ShapePage:
        page = cast(ShapePage, super().make())
        page.freeWanted.connect(lambda: self.desk.set(free_board=True))
        return page


class LensPicture(PagePart):
    page, kind = Page.LENS, LensPage


PARTS: tuple[type[PagePart], ...] = (Residuals, Uncertainty, Shape, Models, Beside, LensPicture)
"""What stands behind each page, in the order of the tabs."""


class Pages(PageParts):
    def __init__(self, board: CalibrationBoard, desk: Desk, errands: Errands, parent: QObject) -> None:
        super().__init__(board, PARTS, PagesView, desk, errands, parent)
