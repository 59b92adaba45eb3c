"""Menus from a table of entries."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QMenu, QWidget

from widgets.kit.icons import icon

Entry: TypeAlias = tuple[str, str, Callable[[], object]] | None


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
