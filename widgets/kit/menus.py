"""Menus from a table of entries, tips beside the entry they are of, and the keys that stand for commands."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from PySide6.QtCore import QEvent, QObject, QPoint, Qt, Signal
from PySide6.QtGui import QHelpEvent
from PySide6.QtWidgets import QMenu, QToolTip, QWidget

from engines.core.words import tr
from widgets.kit.icons import icon

Entry: TypeAlias = tuple[str, str, Callable[[], object]] | None
BESIDE = 6
"""Pixels between a menu and its tip."""


class SideMenu(QMenu):
    """A menu whose tips stand at its side, so that they never cover the next entry."""

    def event(self, event: QEvent) -> bool:
        if event.type() != QEvent.Type.ToolTip or not isinstance(event, QHelpEvent):
            return super().event(event)
        entry = self.actionAt(event.pos())
        if entry is None or entry.isSeparator() or entry.toolTip() == entry.text():
            QToolTip.hideText()
        else:
            top = self.actionGeometry(entry).top()
            QToolTip.showText(self.tip_place(top), entry.toolTip(), self, self.actionGeometry(entry))
        return True

    def tip_place(self, top: int) -> QPoint:
        """Where the tip of the entry at this height begins; Qt puts it a little below and to the right of that."""
        return self.mapToGlobal(QPoint(self.width() + BESIDE, top - self.fontMetrics().height()))


class Keys(QObject):
    """The keys of commands, as this system writes them. `changed`: somebody chose others."""

    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._keys: dict[str, str] = {}

    def tell(self, keys: Mapping[str, str]) -> None:
        """These keys are in force, by the ids of commands; "" for none."""
        self._keys = dict(keys)
        self.changed.emit()

    def tip(self, tip: str, command: str) -> str:
        """What a control does that stands for a command, with its key."""
        key = self._keys.get(command, "")
        return tr("{tip} ({key})", tip=tip, key=key) if key else tip


KEYS = Keys()


def marked(titles: Iterable[str]) -> dict[str, str]:
    """Titles of a bar's menus with the letter marked that opens each with Alt: the first one that is still free."""
    taken: set[str] = set()
    made = {}
    for title in dict.fromkeys(titles):
        at = next((i for i, letter in enumerate(title) if letter.isalnum() and letter.casefold() not in taken), -1)
        taken.add(title[at].casefold() if at >= 0 else "")
        made[title] = f"{title[:at]}&{title[at:]}" if at >= 0 else title
    return made


def menu_of(parent: QWidget, *entries: Entry) -> QMenu:
    """Entries are (icon role or "", words, what it does); None is a line between two groups."""
    menu = QMenu(parent)
    for entry in entries:
        if entry is None:
            menu.addSeparator()
        else:
            role, words, act = entry
            made = menu.addAction(icon(role), words) if role else menu.addAction(words)
            made.triggered.connect(lambda _on=False, act=act: act())
    return menu


def pop_up(menu: QMenu, at: QPoint) -> None:
    """Open a menu that is gone once it is closed."""
    menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
    menu.popup(at)
