"""Pages in the centre of the window under a row of tabs: what the boards of several engines share.

A page is made when it is first shown, and only the page in front is kept up to date. `head` holds the tabs; the window
places it above the viewer and the board, since a tab without a page of its own shows the viewer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any, Protocol, cast

from PySide6.QtCore import QSignalBlocker, QSize, Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QStackedWidget, QTabBar, QToolButton, QVBoxLayout, QWidget

from widgets.kit.panel import QuietButton, describe, roomy
from widgets.kit.trouble_card import TroubleCard
from widgets.kit.wheel import leave_wheel
from widgets.kit.work_parts import Framed
from widgets.kit.work_state import Trouble

LEAST = QSize(240, 160)


class BoardPage(Protocol):
    """What the board needs of a page, beside being a widget: `SIGNALS` are the names of those it passes on."""

    SIGNALS: tuple[str, ...]

    def show_state(self, view: Any) -> None: ...


class BoardView(Protocol):
    """What the board itself needs of the state; the page in front gets the whole of it."""

    @property
    def page(self) -> StrEnum: ...

    @property
    def missing(self) -> Mapping[str, int]: ...

    @property
    def trouble(self) -> Trouble | None: ...


class PageBoard(QWidget):
    """`titles`: title and tip of each tab; `pages`: what makes a page, for every tab that does not show the viewer.

    Whatever a page says by one of its `SIGNALS`, the board says by its own signal of that name.
    """

    pageChosen = Signal(str)
    logWanted = Signal()
    helpWanted = Signal()
    fetchWanted = Signal()
    troubleDismissed = Signal()

    def __init__(
        self,
        name: str,
        titles: Mapping[Any, tuple[str, str]],
        pages: Mapping[Any, Callable[[], QWidget]],
        about: str,
    ) -> None:
        """`about`: what the help is about, as the tip of its button."""
        super().__init__()
        self.setMinimumSize(LEAST)
        self.setAccessibleName(name)
        self._titles, self._makers = titles, pages
        self.tabs = QTabBar()
        leave_wheel(self.tabs)
        self.head = QWidget()
        self.trouble = TroubleCard()
        self.help = QuietButton("", "help", about, name="Help")
        self._stack = QStackedWidget()
        self._pages: dict[StrEnum, QWidget] = {}
        self._areas: dict[StrEnum, QWidget] = {}
        self._lay_out_board()
        self._wire_board()

    def show_view(self, view: BoardView) -> None:
        """Bring the page in front up to date."""
        with QSignalBlocker(self.tabs):
            self.tabs.setCurrentIndex(list(self._titles).index(view.page))
        self.trouble.show_trouble(view.trouble, view.missing)
        if view.page in self._makers:
            page = self.page(view.page)
            cast(BoardPage, page).show_state(view)
            self._stack.setCurrentWidget(self._areas[view.page])

    def page(self, page: StrEnum) -> QWidget:
        """The page, made on first use. Only a tab that shows the viewer has none."""
        if page not in self._pages:
            made = self._makers[page]()
            self._pages[page] = made
            self._areas[page] = roomy(made)
            self._stack.addWidget(self._areas[page])
            for name in cast(BoardPage, made).SIGNALS:
                getattr(made, name).connect(getattr(self, name))
        return self._pages[page]

    def prepare(self) -> bool:
        """Make one more page before it is asked for; False when all are there."""
        missing = next((page for page in self._makers if page not in self._pages), None)
        if missing is not None:
            self.page(missing)
        return missing is not None

    def _lay_out_board(self) -> None:
        describe(self.tabs, f"Pages of the {self.accessibleName().lower()} view", "What the middle of the window shows")
        self.tabs.setProperty("dense", "true")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        for title, tip in self._titles.values():
            self.tabs.setTabToolTip(self.tabs.addTab(title), tip)
        for button in self.tabs.findChildren(QToolButton):
            describe(button, button.accessibleName(), "More pages")
        self.head.setProperty("role", "panel")
        self.head.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        row = QHBoxLayout(self.head)
        row.setContentsMargins(4, 2, 6, 0)
        row.addWidget(self.tabs, 1)
        row.addWidget(self.help)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(Framed(self.trouble, 8, 8))
        column.addWidget(self._stack, 1)

    def _wire_board(self) -> None:
        self.tabs.currentChanged.connect(self._choose_page)
        self.help.clicked.connect(self.helpWanted)
        self.trouble.fetchWanted.connect(self.fetchWanted)
        self.trouble.logWanted.connect(self.logWanted)
        self.trouble.dismissed.connect(self.troubleDismissed)

    def _choose_page(self, index: int) -> None:
        self.pageChosen.emit(str(list(self._titles)[index]))
