"""Labels that show plain text: text of files and people is never taken for HTML.

Tooltips and what Qt's own dialogs say are made plain by `resources/theme.qss`.
"""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget


class Label(QLabel):
    """Plain text from its first moment: Qt may lay words out, and open the pictures they name, before any style."""

    def __init__(self, text: str = "", role: str = "", *, wraps: bool = False) -> None:
        super().__init__()
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)
        self.setProperty("role", role)
        self.setWordWrap(wraps)


def message_box(parent: QWidget | None, icon: QMessageBox.Icon, title: str, text: str = "") -> QMessageBox:
    """A box that is not open yet, with plain text and no button."""
    box = QMessageBox(parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setIcon(icon)
    box.setWindowTitle(title)
    box.setText(text)
    return box
