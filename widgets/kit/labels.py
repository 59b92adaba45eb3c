"""Labels that show plain text: text of files and people is never taken for HTML.

Tooltips and what Qt's own dialogs say are made plain by `resources/theme.qss`.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QLabel, QMessageBox, QSizePolicy, QWidget

from widgets.kit.theme import number_font

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


class StateLine(Label):
    """How things stand, in a line that goes on in the next where it has no room.

    At one width it stays as tall as it was, so that nothing below it moves while a job counts.
    """

    def __init__(self, role: str = "state", points: int = 11) -> None:
        super().__init__("", role, wraps=True)
        self._tallest = (0, 0)
        self.setFont(number_font(points))
        how = QSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        how.setHeightForWidth(True)
        self.setSizePolicy(how)

    def setText(self, text: str) -> None:
        if not text:
            self._tallest = (0, 0)
        super().setText(breakable(text))
        self.setAccessibleName(text)

    def minimumSizeHint(self) -> QSize:
        return QSize(24, self.fontMetrics().height())

    def heightForWidth(self, width: int) -> int:
        needed = super().heightForWidth(width)
        if width == self.width():
            before, tall = self._tallest
            self._tallest = width, needed = width, max(needed, tall if before == width else 0)
        return needed


def message_box(parent: QWidget | None, icon: QMessageBox.Icon, title: str, text: str = "") -> QMessageBox:
    """A box that is not open yet, with plain text and no button."""
    box = QMessageBox(parent)
    box.setTextFormat(Qt.TextFormat.PlainText)
    box.setIcon(icon)
    box.setWindowTitle(title)
    box.setText(text)
    return box
