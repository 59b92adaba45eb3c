"""Base classes of the controllers of features: a project to keep to, trouble, showing soon; a form and pages.

What a feature shows is one value, made anew in `show_now`; however often it is asked for, it is made once a turn.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, Protocol, TypeVar

from PySide6.QtCore import QObject, QTimer
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from engines.core.networks.in_use import ModelInUse
from engines.core.words import tr
from widgets.kit.panel import Panel
from widgets.kit.work_state import Trouble
from workbench.commands import Actions
from workbench.controllers.shell.step import FormStep, changed
from workbench.controllers.shell.viewer import ViewerController
from workbench.features import Feature
from workbench.project.file import Project
from workbench.services import Services

P = TypeVar("P", bound=Panel)
W = TypeVar("W", bound=QWidget)
SOON_MS = 33
KEEP_MS = 400
PAGE = "page"
"""Kind of the item that holds the page in front of a feature."""
PAGE_MS = 150
"""Between two pages that are made ahead."""


class FeatureController(QObject):
    """name: of the feature; its preset, its dock, its board and its help page are called so."""

    def __init__(self, name: str, services: Services, actions: Actions, parent: QObject) -> None:
        super().__init__(parent)
        self.name, self.services, self.actions = name, services, actions
        self.trouble: Trouble | None = None
        self._project: Project | None = None
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._keep_soon = QTimer(self, singleShot=True, interval=KEEP_MS)
        self._soon.timeout.connect(self.show_now)
        self._keep_soon.timeout.connect(self._keep)
        actions.serve(name, self)

    def show_now(self) -> None:
        """Show what there is."""
        raise NotImplementedError

    def keep(self) -> None:
        """Save in the project or the settings what the user set."""
        raise NotImplementedError

    def restore(self) -> None:
        """Show what the open project holds; nothing happens while it is the same project."""
        raise NotImplementedError

    def close(self) -> None:
        """Keep what was set and stop."""
        raise NotImplementedError

    def rest(self) -> None:
        """Keep what was set and let the timers be."""
        self._soon.stop()
        self._keep_soon.stop()
        self._keep()

    def is_other_project(self) -> bool:
        """Whether the project is another one than the last time this was asked."""
        other = self.services.project is not self._project
        self._project = self.services.project
        return other

    def show_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def show_trouble(self, trouble: object) -> None:
        """Shown until it is dismissed or something works."""
        self.trouble = trouble if isinstance(trouble, Trouble) else None
        self.show_soon()

    def dismiss(self) -> None:
        self.trouble = None
        self.show_soon()

    def show_help(self) -> None:
        self.services.host.show_help(self.name)

    def copy(self, line: str) -> None:
        QGuiApplication.clipboard().setText(line)
        self.services.notify(tr("Copied the command"), "good")

    def keep_soon(self) -> None:
        """A little later, however often this is asked for meanwhile: who goes on changing is saved too."""
        if not self._keep_soon.isActive():
            self._keep_soon.start()

    def keep_now(self) -> None:
        """What waits to be kept."""
        if self._keep_soon.isActive():
            self._keep_soon.stop()
            self._keep()

    def _keep(self) -> None:
        if self.services.project is self._project:
            self.keep()


class Room(Protocol):
    """What a feature is made with: the window's parts, and where its own panels and board go."""

    viewer: ViewerController
    services: Services
    commands: Actions
    records: tuple[Feature, ...]
    """All features there are, for what they declare to one another."""

    def in_use(self) -> tuple[ModelInUse, ...]:
        """The models that features run now."""
        ...

    def dock(self, id: str, panel: P) -> P:
        """Put a panel into its dock."""
        ...

    def board(self, name: str, board: W, strip: QWidget | None = None) -> W:
        """Put a board into the centre; strip: tabs that stand above it and the viewer."""
        ...


class Board(Protocol):
    """What is needed of a board of pages."""

    def prepare(self) -> bool:
        """Make one more page ahead; False when all are there."""
        ...


class PagedController(FeatureController):
    """A feature with a form that is kept and a board of pages in the centre."""

    def __init__(
        self, name: str, board: Board, in_viewer: Sequence[StrEnum], form: Any, services: Services, actions: Actions,
        parent: QObject,
    ) -> None:  # fmt: skip
        """in_viewer: pages that are the viewer itself; the first is where one is when the viewer comes to the front.
        form: frozen, with a field `page`.
        """
        super().__init__(name, services, actions, parent)
        self.form = form
        self._pages, self._in_viewer = board, tuple(in_viewer)
        self._pages_soon = QTimer(self, interval=PAGE_MS)
        self._pages_soon.timeout.connect(self._make_page)

    def rest(self) -> None:
        self._pages_soon.stop()
        super().rest()

    def is_other_project(self) -> bool:
        """Another project has a page of its own that was in front last."""
        other = super().is_other_project()
        kept = self._project.get(PAGE, self.name) if other and self._project is not None else None
        if isinstance(kept, str) and kept in type(self.form.page).__members__.values():
            self.form = replace(self.form, page=type(self.form.page)(kept))
        return other

    def set_form(self, **values: object) -> None:
        """Change fields of the form and show it; kept a little later, the page at once, as early as where it stands."""
        self.form = replace(self.form, **values)
        if "page" in values:
            self._keep_page()
        self.keep_soon()
        self.show_soon()

    def _keep(self) -> None:
        super()._keep()
        self._keep_page()

    def _keep_page(self) -> None:
        if self.services.project is self._project:
            self.services.project.put(PAGE, self.name, str(self.form.page))

    def step(self, text: str, field: str, before: Any, after: Any, apply: Callable[[Any], object]) -> None:
        """Do `apply(after)` as a change of the user's, which Undo takes back where it was made. field: changes of one
        that follow at once are one change."""
        if before == after:
            apply(after)
        else:
            key = f"{self.name} {field} {' '.join(changed(before, after))}"
            self.services.undo.push(FormStep(text, before, after, apply, self.place(), key))

    def change(self, text: str, **values: object) -> None:
        """Fields of the form, as a change of the user's."""
        before = {name: getattr(self.form, name) for name in values}
        self.step(text, " ".join(values), before, values, lambda them: self.set_form(**them))

    def place(self) -> Callable[[], object]:
        """Brings the page of now, and the panel beside it, back into view."""
        page = self.form.page

        def show() -> None:
            self.services.host.bring(self.name)
            if self.form.page != page:
                self.choose_page(page)
            self.services.host.show_dock(self.name)

        return show

    def choose_page(self, name: str) -> None:
        """Show a page, once what holds it is in front: what nobody sees may be left as it was."""
        page = type(self.form.page)(name)
        self.set_form(page=page)
        self.services.host.show_centre("viewer" if page in self._in_viewer else self.name)
        self.show_now()

    def show_page(self) -> None:
        """Bring the page of the form to the front; the other pages are made one by one while nothing is asked for."""
        self.choose_page(self.form.page)
        self._pages_soon.start()

    def go_to(self, name: str) -> None:
        """Show a page from wherever the user is."""
        self.services.host.bring(self.name)
        self.choose_page(name)

    def show_live(self) -> None:
        """The viewer came to the front."""
        if self.form.page not in self._in_viewer:
            self.choose_page(self._in_viewer[0])

    def _make_page(self) -> None:
        if not self._pages.prepare():
            self._pages_soon.stop()
