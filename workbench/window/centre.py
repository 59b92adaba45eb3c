"""The centre of the window, which never closes: one of a few large widgets, chosen by name, under a strip of tabs."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QStackedWidget, QVBoxLayout, QWidget

EDGE = 8
"""Pixels of base that show around what is in the centre."""


class Centre(QWidget):
    """`chosen(name)` when another widget comes to the front."""

    chosen = Signal(str)

    def __init__(self, name: str, widget: QWidget) -> None:
        """The widget that is in front at first."""
        super().__init__()
        self._names: list[str] = []
        self._strips: dict[str, QWidget] = {}
        self._stack = QStackedWidget()
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addWidget(self._stack, 1)
        self.add(name, widget)

    def add(self, name: str, widget: QWidget, strip: QWidget | None = None) -> None:
        """One more widget, and the row of tabs that can stand above all of them for it: Tab goes to that first."""
        if strip is not None:
            self._strips[name] = strip
            self._column.insertWidget(0, strip)
            strip.hide()
        widget.setContentsMargins(EDGE, EDGE, EDGE, EDGE)
        self._stack.addWidget(widget)
        self._names.append(name)

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
