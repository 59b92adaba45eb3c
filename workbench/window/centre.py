"""The centre of the window, which never closes: one of a few large widgets, chosen by name, under a strip of tabs."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

EDGE = 8
"""Pixels of base that show around what is in the centre."""


class Centre(QWidget):
    """`chosen(name)` when another widget comes to the front."""

    chosen = Signal(str)

    def __init__(self, widgets: Mapping[str, QWidget], strips: Mapping[str, QWidget] | None = None) -> None:
        """The first one is in front. strips: what can stand above them, by name; none at first."""
        super().__init__()
        self._names = tuple(widgets)
        self._strips = dict(strips or {})
        self._stack = QStackedWidget()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for strip in self._strips.values():
            column.addWidget(strip)
            strip.hide()
        column.addWidget(self._stack, 1)
        for widget in widgets.values():
            widget.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
            self._stack.addWidget(widget)

    @property
    def front(self) -> str:
        """Name of what is shown."""
        return self._names[self._stack.currentIndex()]

    @property
    def strip(self) -> str:
        """Name of the strip that is shown, "" for none."""
        return next((name for name, strip in self._strips.items() if not strip.isHidden()), "")

    def show_widget(self, name: str) -> None:
        """Bring one to the front. Raises `ValueError` for a name that is not there."""
        index = self._names.index(name)
        if index != self._stack.currentIndex():
            self._stack.setCurrentIndex(index)
            self.chosen.emit(name)

    def show_strip(self, name: str) -> None:
        """Show this strip and no other; "" hides them all."""
        for other, strip in self._strips.items():
            strip.setVisible(other == name)
