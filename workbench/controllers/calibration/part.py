"""The base of the calibration board's parts: what stands behind one page, and what they may ask of the controller."""

from __future__ import annotations

from typing import Protocol

from engines.calibration.types import Remedy
from widgets.calibration.pages.state import PagesView
from workbench.controllers.calibration.captures import Captures
from workbench.controllers.calibration.files import Files
from workbench.controllers.calibration.session import Session
from workbench.controllers.common import page_part
from workbench.services import Services


class Desk(Protocol):
    """What parts may ask of the controller and tell it."""

    services: Services
    session: Session
    captures: Captures
    files: Files
    view: PagesView

    def choose_view(self, path: str) -> None: ...

    def follow(self, remedy: Remedy) -> None:
        """Do what a reason advises, and fit again; Undo undoes it."""
        ...

    def take_back(self, corner: str) -> None:
        """A single corner, `view#id`, takes part again."""
        ...

    def set(self, **values: object) -> None:
        """Change settings of the session; a result that is shown follows them."""
        ...

    def add_pictures(self) -> None: ...

    def copy(self, line: str) -> None:
        """Put a command line on the clipboard, and say so."""
        ...

    def run(self) -> None:
        """Calibrate from what is shown."""
        ...


class PagePart(page_part.PagePart):
    desk: Desk

    def begin(self) -> None:
        """The button of the empty page."""
        self.desk.add_pictures()
