"""Pages in the centre of the window under a row of tabs, for every engine.

A page is made when it is first shown, and only the page in front is kept up to date. `head` holds the tabs; the window
places it above the viewer and the board, since a tab without a page of its own shows the viewer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QSignalBlocker, QSize, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QMenu, QStackedWidget, QTabBar, QToolButton, QWidget

from engines.core.words import as_part, tr
from widgets.kit.access.tabs import order_tabs
from widgets.kit.file_drops import FileDrops
from widgets.kit.layouts import column_of, row_of, styled
from widgets.kit.lazy_pages import LazyPages
from widgets.kit.panel import QuietButton, describe, roomy
from widgets.kit.trouble_card import TroubleCard
from widgets.kit.wheel import leave_wheel
from widgets.kit.work_parts import Framed

LEAST = QSize(240, 160)


class _Tabs(QTabBar):
    """As many as there is room for."""

    def __init__(self) -> None:
        super().__init__()
        self.setUsesScrollButtons(False)

    def minimumSizeHint(self) -> QSize:
        return QSize(LEAST.width() // 2, super().minimumSizeHint().height())

    def fit(self, room: int, beside: int) -> list[int]:
        """Show those that fit, the current one among them. beside: what is needed once some do not; those are given."""
        wide = [self.tabSizeHint(at).width() for at in range(self.count())]
        shown = list(range(self.count()))
        while sum(wide[at] for at in shown) > room - beside * (len(shown) < self.count()) and len(shown) > 1:
            shown.remove(next(at for at in reversed(shown) if at != self.currentIndex()))
        for at in range(self.count()):
            if self.isTabVisible(at) != (at in shown):
                self.setTabVisible(at, at in shown)
        return [at for at in range(self.count()) if at not in shown]


class _Head(QWidget):
    """Tabs, a menu of those that have no room, and the help."""

    def __init__(self, tabs: _Tabs, more: QuietButton, about: QuietButton) -> None:
        super().__init__()
        self._tabs, self._more, self._about = tabs, more, about
        self.setLayout(row_of((tabs, 1), more, about, margins=(4, 2, 6, 0)))
        styled(self)
        more.setMenu(QMenu(more))
        more.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        more.hide()
        tabs.currentChanged.connect(self.fit)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.fit()

    def fit(self) -> None:
        room = self.width() - 10 - self._about.sizeHint().width()
        left_out = self._tabs.fit(room, self._more.sizeHint().width())
        self._more.setVisible(bool(left_out))
        menu = self._more.menu()
        menu.clear()
        for at in left_out:
            action = menu.addAction(self._tabs.tabText(at))
            action.triggered.connect(lambda _on=False, at=at: self._tabs.setCurrentIndex(at))


class PageBoard(LazyPages, FileDrops):
    """Whoever makes the board gives what makes each page, connects the page there, and connects `trouble` and `help`.

    A view has a `page`, the `trouble` to show above it, and the sizes of files that are `missing`; the page in front
    gets the whole of it by `show_state`.
    """

    pageChosen = Signal(str)

    def __init__(
        self,
        name: str,
        titles: Mapping[Any, tuple[str, str]],
        pages: Mapping[Any, Callable[[], QWidget]],
        about: str,
    ) -> None:
        """titles: title and tip of each tab. pages: what makes the page of every tab that does not show the viewer.
        about: what the help is about, as the tip of its button.
        """
        super().__init__()
        self.setMinimumSize(LEAST)
        self.setAccessibleName(name)
        self.shown: Any = None
        self.makers, self.made = pages, {}
        self._titles = titles
        self.tabs = _Tabs()
        self.more = QuietButton("", "more", tr("Pages that have no room here"), name=tr("More pages"))
        leave_wheel(self.tabs)
        self.trouble = TroubleCard()
        self.help = QuietButton("", "help", about, name=tr("Help"))
        self._stack = QStackedWidget()
        self._areas: dict[StrEnum, QWidget] = {}
        self._fill_tabs()
        self.head = _Head(self.tabs, self.more, self.help)
        self.setLayout(column_of(Framed(self.trouble, 8, 8), (self._stack, 1)))
        self.tabs.currentChanged.connect(self._choose_page)

    def show_state(self, view: Any) -> None:
        """Bring the page in front up to date."""
        self.shown = view
        with QSignalBlocker(self.tabs):
            self.tabs.setCurrentIndex(list(self._titles).index(view.page))
        self.head.fit()
        self.trouble.show_trouble(view.trouble, view.missing)
        if view.page in self.makers:
            self.page(view.page).show_state(view)
            self._stack.setCurrentWidget(self._areas[view.page])

    def hold_head(self) -> None:
        """Have the tabs on the board itself, where no tab shows the viewer; the panel beside it dismisses trouble."""
        self.tabs.setProperty("dense", None)
        self.trouble.close_button.hide()
        column = self.layout()
        assert isinstance(column, QBoxLayout)
        column.insertWidget(0, self.head)
        order_tabs(self)

    def place(self, id: StrEnum, page: QWidget) -> None:
        self._areas[id] = roomy(page)
        self._stack.addWidget(self._areas[id])
        order_tabs(page)

    def _fill_tabs(self) -> None:
        describe(
            self.tabs,
            tr("Pages of the {name} view", name=as_part(self.accessibleName())),
            tr("What the middle of the window shows"),
        )
        self.tabs.setProperty("dense", "true")
        self.tabs.setExpanding(False)
        self.tabs.setDrawBase(False)
        for title, tip in self._titles.values():
            self.tabs.setTabToolTip(self.tabs.addTab(title), tip)
        for button in self.tabs.findChildren(QToolButton):
            describe(button, button.accessibleName(), tr("More pages"))

    def _choose_page(self, index: int) -> None:
        self.pageChosen.emit(str(list(self._titles)[index]))
