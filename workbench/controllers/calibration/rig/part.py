"""The bases of the parts of the rig's feature: what stands behind a page or a section, and what they may ask for."""

from __future__ import annotations

from typing import Any, Protocol

from PySide6.QtCore import QObject

from engines.calibration.types import Remedy
from widgets.calibration.rig.pages.state import Cell, PagesView
from workbench.controllers.calibration.rig.edits import Edits
from workbench.controllers.calibration.rig.files import Files
from workbench.controllers.calibration.rig.session import Session
from workbench.controllers.common import page_part
from workbench.controllers.common.part import Part
from workbench.controllers.shell.viewer import ViewerController
from workbench.services import Services
from workbench.threads.background import Errands


class Desk(Protocol):
    """What parts may ask of the controller and tell it."""

    services: Services
    session: Session
    edits: Edits
    files: Files
    view: PagesView

    @property
    def camera_paths(self) -> tuple[str, ...]:
        """Feeds or tiles of the project that are the rig's cameras, in their order; () where none is chosen."""
        ...

    def choose_cell(self, cell: Cell) -> None:
        """Look at a frame of a camera."""
        ...

    def follow(self, remedy: Remedy) -> None:
        """Do what a reason advises, and solve again; Undo undoes it."""
        ...

    def set(self, **values: object) -> None:
        """Change fields of the `RigSetup`, as one step of undo."""
        ...

    def add_pictures(self) -> None:
        """Ask for files of the rig."""
        ...

    def copy(self, line: str) -> None:
        """Put a command line on the clipboard, and say so."""
        ...

    def run(self) -> None:
        """Calibrate from what is set, or ask for pictures where there are none."""
        ...


class PagePart(page_part.PagePart):
    desk: Desk

    def begin(self) -> None:
        """The button of the empty page."""
        self.desk.run()


class SectionPart(Part):
    """Behind a section of the panel. A subclass says in `state` what the section shows, and connects it in `wire`."""

    def __init__(self, desk: Desk, viewer: ViewerController, errands: Errands, parent: QObject) -> None:
        super().__init__(parent)
        self.desk, self.viewer, self.errands = desk, viewer, errands

    @property
    def state(self) -> Any:
        """What its section is shown."""
        raise NotImplementedError

    def wire(self, section: Any) -> None:
        """Connect the section's signals; called once."""

    def follow_sources(self) -> None:
        """Sources came or went."""

    def follow(self) -> None:
        """What is set, or the result, may be another than before."""

    def forget(self) -> None:
        """Another project is open."""
        self.cancel()

    def close(self) -> None:
        """The window closes: stop looking and let go of the sources."""
