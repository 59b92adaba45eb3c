"""Labels that show plain text: text of files and people is never taken for HTML.

Tooltips and what Qt's own dialogs say are made plain by `resources/theme.qss`.
"""

from __future__ import annotations

import re

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QWidget

SHORT = 24
"""Longer words are broken where they may be."""
NO_SPACE = "\u200b"
BREAKS = re.compile(r"(?<=[/\\_.\-:=,])(?=\w)")


def breakable(text: str) -> str:
    """The same to the eye; paths and addresses may go on in the next line after a slash, a dot, a dash."""
    words = text.split(" ")
    return " ".join(BREAKS.sub(NO_SPACE, word) if len(word) > SHORT else word for word in words)


class Label(QLabel):
    """Plain text from its first moment: Qt may lay words out, and open the pictures they name, before any style."""

    given = False
    """It says what is not the program's own words: a name or a file of the user, a command, what a record holds."""

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


def really(parent: QWidget | None, title: str, question: str, verb: str, more: str = "") -> bool:
    """Asked before what cannot be undone: Return and Escape leave everything as it is."""
    box = message_box(parent, QMessageBox.Icon.Question, title, question)
    box.setInformativeText(more)
    yes = box.addButton(verb, QMessageBox.ButtonRole.DestructiveRole)
    no = box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(no)
    box.setEscapeButton(no)
    box.exec()
    return box.clickedButton() is yes
