"""The calibration board behind its tabs: a part a page, and the one value that the page in front is shown."""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QObject, Signal

from widgets.calibration.pages.shape import ShapePage
from widgets.calibration.pages.state import Page, PagesView
from widgets.calibration.pages.tabs import CalibrationBoard
from widgets.calibration.pages.uncertainty import UncertaintyPage
from widgets.calibration.state import CalibrationView
from workbench.controllers.calibration.part import Desk, PagePart
from workbench.controllers.calibration.residuals import Residuals
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


PARTS: tuple[type[PagePart], ...] = (Residuals, Uncertainty, Shape)
"""What stands behind each page, in the order of the tabs."""


class Pages(QObject):
    """`changed` when a page has something else to show."""

    changed = Signal()

    def __init__(self, board: CalibrationBoard, desk: Desk, errands: Errands, parent: QObject) -> None:
        super().__init__(parent)
        self.board = board
        self.parts: dict[Page, PagePart] = {part.page: part(desk, errands, self) for part in PARTS}
        board.makers = {page: part.make for page, part in self.parts.items()}
        for part in self.parts.values():
            part.changed.connect(self.changed)

    def show(self, page: Page, state: CalibrationView) -> PagesView:
        """Bring the board up to date; what it shows now."""
        fields = {name: value for part in self.parts.values() for name, value in part.fields.items()}
        view = PagesView(page, state, **fields)
        self.board.show_state(view)
        return view

    def export(self, page: Page) -> None:
        if page in self.parts:
            self.parts[page].export()

    def forget(self) -> None:
        """Another project is open."""
        for part in self.parts.values():
            part.forget()
