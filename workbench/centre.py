"""The centre of the window, which never closes: one of a few large widgets, chosen by name."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QWidget

EDGE = 8
"""Pixels of base that show around what is in the centre."""


class Centre(QStackedWidget):
    """`chosen(name)` when another widget comes to the front."""

    chosen = Signal(str)

    def __init__(self, widgets: Mapping[str, QWidget]) -> None:
        """The first one is in front."""
        super().__init__()
        self._names = tuple(widgets)
        for widget in widgets.values():
            widget.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
            self.addWidget(widget)

    @property
    def front(self) -> str:
        """Name of what is shown."""
        return self._names[self.currentIndex()]

    def show_widget(self, name: str) -> None:
        """Bring one to the front. Raises `ValueError` for a name that is not there."""
        index = self._names.index(name)
        if index != self.currentIndex():
            self.setCurrentIndex(index)
            self.chosen.emit(name)
