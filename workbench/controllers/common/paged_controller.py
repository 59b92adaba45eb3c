"""What controllers of a panel with a board of pages have in common: a form that is kept, pages, trouble, showing soon.

Panel and board are shown one value, made anew in `show_now`; however often it is asked for, it is made once a turn.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from typing import Any, Protocol

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication

from widgets.kit.work_state import Trouble
from workbench.commands import Actions
from workbench.project.file import Project
from workbench.services import Services

SOON_MS = 33
KEEP_MS = 400
PAGE_MS = 150
"""Between two pages that are made ahead."""


class Board(Protocol):
    """What is needed of a board of pages."""

    def prepare(self) -> bool:
        """Make one more page ahead; False when all are there."""
        ...


class PagedDesk(QObject):
    """`centreWanted(name)` when "viewer" or the board is to be seen; `presetWanted` when the whole preset is;
    `sourceWanted(path)`: play this file."""

    centreWanted = Signal(str)
    presetWanted = Signal()
    sourceWanted = Signal(str)
    logWanted = Signal()
    helpWanted = Signal(str)

    def __init__(
        self, name: str, board: Board, in_viewer: Sequence[StrEnum], form: Any, services: Services, actions: Actions,
        parent: QObject,
    ) -> None:  # fmt: skip
        """name: of the board in the centre. in_viewer: pages that are the viewer itself; the first is where one is when
        the viewer comes to the front. form: frozen, with a field `page`.
        """
        super().__init__(parent)
        self.services, self.actions = services, actions
        self.form = form
        self.trouble: Trouble | None = None
        self._name, self._pages, self._in_viewer = name, board, tuple(in_viewer)
        self._project: Project | None = None
        self._soon = QTimer(self, singleShot=True, interval=SOON_MS)
        self._keep_soon = QTimer(self, singleShot=True, interval=KEEP_MS)
        self._pages_soon = QTimer(self, interval=PAGE_MS)
        self._soon.timeout.connect(self.show_now)
        self._keep_soon.timeout.connect(self._keep)
        self._pages_soon.timeout.connect(self._make_page)

    def show_now(self) -> None:
        """Show panel and board what there is."""
        raise NotImplementedError

    def keep_form(self) -> None:
        """Save the form."""
        raise NotImplementedError

    def rest(self) -> None:
        """Keep the form and let the timers be."""
        for timer in (self._soon, self._keep_soon, self._pages_soon):
            timer.stop()
        self._keep()

    def is_other_project(self) -> bool:
        """Whether the project is another one than the last time this was asked."""
        other = self.services.project is not self._project
        self._project = self.services.project
        return other

    # --- what the user does

    def set_form(self, **values: object) -> None:
        """Change fields of the form and show it; kept a little later."""
        self.form = replace(self.form, **values)
        self._keep_soon.start()
        self.show_soon()

    def choose_page(self, name: str) -> None:
        """Show a page, once what holds it is in front: what nobody sees may be left as it was."""
        page = type(self.form.page)(name)
        self.set_form(page=page)
        self.centreWanted.emit("viewer" if page in self._in_viewer else self._name)
        self.show_now()

    def show_page(self) -> None:
        """Bring the page of the form to the front; the other pages are made one by one while nothing is asked for."""
        self.choose_page(self.form.page)
        self._pages_soon.start()

    def go_to(self, name: str) -> None:
        """Show a page from wherever the user is."""
        self.presetWanted.emit()
        self.choose_page(name)

    def show_live(self) -> None:
        """The viewer came to the front."""
        if self.form.page not in self._in_viewer:
            self.choose_page(self._in_viewer[0])

    def show_trouble(self, trouble: object) -> None:
        """Shown until it is dismissed or something works."""
        self.trouble = trouble if isinstance(trouble, Trouble) else None
        self.show_soon()

    def dismiss(self) -> None:
        self.trouble = None
        self.show_soon()

    def copy(self, line: str) -> None:
        QGuiApplication.clipboard().setText(line)
        self.services.notify("Copied the command", "good")

    def show_soon(self) -> None:
        if not self._soon.isActive():
            self._soon.start()

    def _make_page(self) -> None:
        if not self._pages.prepare():
            self._pages_soon.stop()

    def _keep(self) -> None:
        if self.services.project is self._project:
            self.keep_form()
