"""The base of the calibration board's parts: what stands behind one page, and what they may ask of the controller."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, ClassVar, Protocol, cast

from PySide6.QtCore import QObject

from engines.calibration.types import Remedy
from widgets.calibration.pages.state import Page, PagesView
from widgets.kit.work_page import WorkPage
from widgets.kit.work_state import Trouble
from workbench.controllers.calibration.captures import Captures
from workbench.controllers.calibration.files import Files
from workbench.controllers.calibration.session import Session
from workbench.controllers.common.part import Part
from workbench.services import Services
from workbench.threads.background import Errands

NOTHING: Mapping[str, object] = MappingProxyType({})


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


class PagePart(Part):
    """A subclass says which page and what it does; most have nothing but their page."""

    page: ClassVar[Page]
    kind: ClassVar[type[WorkPage]]

    def __init__(self, desk: Desk, errands: Errands, parent: QObject) -> None:
        super().__init__(parent)
        self.desk, self.errands = desk, errands
        self.made: WorkPage | None = None
        self.trouble: Trouble | None = None

    def make(self) -> WorkPage:
        """Its page, made when it is first shown and connected here; subclasses connect the rest."""
        self.made = made = self.kind()
        made.empty.clicked.connect(self.begin)
        made.progress.cancelled.connect(self.cancel)
        return made

    def begin(self) -> None:
        """The button of the empty page."""
        self.desk.add_pictures()

    @property
    def fields(self) -> Mapping[str, Any]:
        """Fields of the `PagesView` that it fills."""
        return NOTHING

    def export(self) -> None:
        """Ask for a file and write what the page shows, by its `save()`."""
        if self.made is not None and self.made.there:
            cast(Any, self.made).save()

    @property
    def command(self) -> str:
        """The line of `main.py` that does the same, "" for none."""
        return ""

    def follow(self) -> None:
        """What is shown may be another than before; asked before each showing while the page is in front."""

    def forget(self) -> None:
        """Another project is open."""
        self.cancel()
        self.trouble = None
