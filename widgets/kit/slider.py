"""A slider that goes where it is clicked and leaves the up and down keys to its surroundings."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QSlider, QStyle

from widgets.kit.fields import describe
from widgets.kit.wheel import leave_wheel

HANDLE = 12


class ClickSlider(QSlider):
    """From 0 to `last`, which may be changed with `setRange`."""

    def __init__(self, name: str, tip: str, last: int = 0) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self.setRange(0, last)
        self.setMinimumWidth(60)
        leave_wheel(self)
        describe(self, name, tip)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.setSliderDown(True)
            self._go(event)
            event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._go(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            event.ignore()
        else:
            super().keyPressEvent(event)

    def _go(self, event: QMouseEvent) -> None:
        room = max(self.width() - HANDLE, 1)
        at = round(event.position().x()) - HANDLE // 2
        self.setValue(QStyle.sliderValueFromPosition(self.minimum(), self.maximum(), at, room))
