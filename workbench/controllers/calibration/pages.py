"""The calibration board behind its tabs: a part a page, and the one value that the page in front is shown."""

from __future__ import annotations

from functools import partial
from typing import cast

from PySide6.QtCore import QObject, Signal

from widgets.calibration.pages.lens import LensPage
from widgets.calibration.pages.shape import ShapePage
from widgets.calibration.pages.state import Page, PagesView
from widgets.calibration.pages.tabs import CalibrationBoard
from widgets.calibration.pages.uncertainty import UncertaintyPage
from widgets.calibration.state import CalibrationView
from widgets.kit.work_state import Trouble
from workbench.controllers.calibration.beside import Beside
from workbench.controllers.calibration.models import Models
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


class LensPicture(PagePart):
    page, kind = Page.LENS, LensPage


PARTS: tuple[type[PagePart], ...] = (Residuals, Uncertainty, Shape, Models, Beside, LensPicture)
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
            part.failed.connect(partial(self._failed, part))

    def _failed(self, part: PagePart, trouble: Trouble) -> None:
        part.trouble = trouble
        self.changed.emit()

    def show(self, page: Page, state: CalibrationView) -> PagesView:
        """Bring the board up to date; what it shows now."""
        front = self.parts.get(page)
        if front is not None:
            front.follow()
        fields = {name: value for part in self.parts.values() for name, value in part.fields.items()}
        view = PagesView(page, state, None if front is None else front.trouble, **fields)
        self.board.show_state(view)
        return view

    def export(self, page: Page) -> None:
        if page in self.parts:
            self.parts[page].export()

    def dismiss(self) -> None:
        """What went wrong on the pages has been seen."""
        for part in self.parts.values():
            part.trouble = None

    def forget(self) -> None:
        """Another project is open."""
        for part in self.parts.values():
            part.forget()
