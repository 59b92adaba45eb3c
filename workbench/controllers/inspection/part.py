"""The base of the Inspector's parts: a page of the board each, with its one action, its work and its command line."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import Any, ClassVar, Protocol, cast

from PySide6.QtCore import QObject

from engines.core.networks.preprocessing import Preprocessing
from engines.core.words import tr
from engines.inspection.types import ModelSheet, OpenSpec, Shape
from widgets.inspection.live_page import LivePage
from widgets.inspection.state import LIVE, LookView, Page
from widgets.kit.work_page import WorkPage
from workbench.controllers.common.part import Part
from workbench.controllers.inspection.form import Form
from workbench.services import Services

NOTHING: Mapping[str, object] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Subject:
    """What is looked into. model: how it was opened; sheet: None while nothing is open. preprocessing: as the user set
    it, None for as the model says. source: path of the feed, "" for none."""

    model: OpenSpec = OpenSpec()
    sheet: ModelSheet | None = None
    preprocessing: Preprocessing | None = None
    source: str = ""

    @property
    def problem(self) -> str:
        """Why it cannot be run, "" when it can."""
        if self.sheet is None:
            return tr("Open a model first")
        if self.sheet.needs_shape:
            return tr("The shapes of its inputs have to be told first")
        return self.sheet.runs

    @property
    def look_problem(self) -> str:
        """Why it cannot look at the source, "" when it can."""
        return self.problem or ("" if self.source else tr("Choose a source: a camera, a film or a picture"))


class Desk(Protocol):
    """What parts may ask of the controller and tell it."""

    services: Services
    form: Form

    @property
    def subject(self) -> Subject: ...

    @property
    def looked(self) -> LookView:
        """What is looked at now."""
        ...

    def set_form(self, **values: object) -> None:
        """Change fields of the form: shown at once, kept soon, followed by the live look."""
        ...

    def edit(self, page: Page, fields: Mapping[str, object]) -> None:
        """Change fields of the settings that the form has for a page."""
        ...

    def go_to(self, name: str) -> None:
        """Bring a page to the front, from wherever the user is."""
        ...

    def ask_model(self) -> None:
        """Ask for a file and open it."""
        ...

    def open_model(self, path: str) -> None:
        """Open this and show what it is."""
        ...

    def tell_shapes(self, shapes: tuple[Shape, ...]) -> None:
        """Open the same with inputs of these shapes."""
        ...

    def run_program(self) -> None:
        """Open a file that is a program, in a process of its own."""
        ...

    def ask_file(self, title: str) -> str:
        """Ask for a model file, "" for none."""
        ...

    def time(self) -> None:
        """Measure each node of what is open."""
        ...

    def want(self, what: str) -> None:
        """What a `LivePage` lacks: "model", "source", "sample" or "look"."""
        ...

    def look_at(self, path: str) -> None:
        """Play a picture, a film or a folder of pictures, and look at it."""
        ...

    def still(self, then: Callable[[str], object]) -> None:
        """Write the picture that is looked at into a PNG and hand its path on; a trouble where there is none."""
        ...


class PagePart(Part):
    """What stands behind one page. A subclass says which, and what it does; most have one job by `slot`."""

    page: ClassVar[Page]
    kind: ClassVar[type[WorkPage]]

    def __init__(self, desk: Desk, parent: QObject) -> None:
        super().__init__(parent)
        self.desk = desk
        self.made: WorkPage | None = None

    def make(self) -> WorkPage:
        """Its page, made when it is first shown and connected here; subclasses connect the rest."""
        self.made = made = self.kind()
        if isinstance(made, LivePage):
            made.wanted.connect(self.desk.want)
            made.edited.connect(partial(self.desk.edit, self.page))
        else:
            made.empty.clicked.connect(self.begin)
        made.progress.cancelled.connect(self.cancel)
        return made

    def begin(self) -> None:
        """The button of the empty page: a model first, then what the page does."""
        if self.desk.subject.sheet is None or self.page in (Page.MODEL, Page.GRAPH):
            self.desk.ask_model()
        else:
            self.start()

    @property
    def fields(self) -> Mapping[str, Any]:
        """Fields of the `InspectionView` that it fills."""
        return NOTHING

    @property
    def problem(self) -> str:
        """Why its action cannot be done now, "" when it can."""
        subject = self.desk.subject
        return subject.look_problem if self.page in LIVE else subject.problem

    def start(self) -> None:
        """The one action of the page."""

    @property
    def can_export(self) -> bool:
        """There is something on the page to write into a file."""
        return False

    def export(self) -> None:
        """Ask for a file and write what the page shows, by its `save()`."""
        if self.made is not None and self.can_export:
            cast(Any, self.made).save()

    @property
    def command(self) -> str:
        """The line of `main.py` that does the same, "" for none."""
        return ""

    def follow(self) -> None:
        """The page, or what is open, may be another than before; asked before each showing."""

    def close(self) -> None:
        """The window goes."""

    def forget(self) -> None:
        """Another model is open, or none: what was found of the one before is no longer shown."""
        self.cancel()
