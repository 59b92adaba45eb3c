"""A widget that takes dropped files and tells their paths: boards, panels and pages share it."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QMimeData, Signal
from PySide6.QtGui import QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QWidget


class FileDrops(QWidget):
    """A widget that takes files; everything else that is dragged goes on to what holds it."""

    dropped = Signal(list)

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.setAcceptDrops(True)

    def taken(self, data: QMimeData) -> list[str]:
        """What of the dragged data it takes: the paths of files."""
        return [url.toLocalFile() for url in data.urls() if url.isLocalFile()]

    def show_aimed(self, on: bool) -> None:
        """What it takes is being dragged over it, or no longer."""

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
