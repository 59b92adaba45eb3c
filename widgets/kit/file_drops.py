"""A widget that takes dropped files and tells their paths: boards, panels and pages share it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QMimeData, QRectF, Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from widgets.kit.access.ring import focus_ring
from widgets.kit.theme import LOOK


class AimRing(QWidget):
    """Lies over a widget and takes nothing; says that what is dragged would fall there."""

    def __init__(self, over: QWidget) -> None:
        super().__init__(over)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), LOOK.now.color("accent", 0.08))
        focus_ring(painter, QRectF(self.rect()))


class FileDrops(QWidget):
    """A widget that takes files; everything else that is dragged goes on to what holds it."""

    dropped = Signal(list)

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._aim: AimRing | None = None
        self.setAcceptDrops(True)

    def taken(self, data: QMimeData) -> list[str]:
        """What of the dragged data it takes: the paths of files."""
        return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]

    def show_aimed(self, on: bool) -> None:
        """What it takes is being dragged over it, or no longer: a ring around all of it."""
        if on and self._aim is None:
            self._aim = AimRing(self)
        if self._aim is not None:
            self._aim.setGeometry(self.rect())
            self._aim.setVisible(on)
            self._aim.raise_()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if self.taken(event.mimeData()):
            event.acceptProposedAction()
            self.show_aimed(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.show_aimed(False)

    def dropEvent(self, event: QDropEvent) -> None:
        self.show_aimed(False)
        if taken := self.taken(event.mimeData()):
            event.acceptProposedAction()
            self.dropped.emit(taken)
