"""Labels that show plain text: text of files and people is never taken for HTML.

Tooltips and what Qt's own dialogs say are made plain by `resources/theme.qss`.
"""

from __future__ import annotations

import re

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QPainter,
    QPaintEvent,
    QResizeEvent,
    QTextLayout,
)
from PySide6.QtWidgets import QDialog, QLabel, QMessageBox, QSizePolicy, QWidget

from engines.core.words import tr
from widgets.kit.access.elided import elided
from widgets.kit.menus import menu_of, pop_up
from widgets.kit.theme import number_font

TIP_WIDTH = 480.0
"""Qt keeps a tooltip in one line, however long."""
SHORT = 16
"""Longer words are broken where they may be."""
NO_SPACE = "\u200b"
BREAKS = re.compile(r"(?<=[/\\_.\-:=,])(?=[\w\"'\[{(])|(?<=\w{8})(?=\w{8})")


def breakable(text: str) -> str:
    """The same to the eye; what is long may go on in the next line after a slash, a dot, a dash, else anywhere."""
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

    def copy(self) -> None:
        """What is selected, or all of it, without the marks of where lines may go on: a command would not run."""
        QGuiApplication.clipboard().setText((self.selectedText() or self.text()).replace(NO_SPACE, ""))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy) and self.hasSelectedText():
            self.copy()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        if self.textInteractionFlags() & Qt.TextInteractionFlag.TextSelectableByMouse:
            pop_up(menu_of(self, ("copy", tr("Copy"), self.copy)), event.globalPos())
        else:
            super().contextMenuEvent(event)


class Lines(Label):
    """Goes on in the next line; where there are too few the last ends in an ellipsis, and all is in the tooltip."""

    def __init__(self, text: str = "", role: str = "") -> None:
        super().__init__(text, role, wraps=True)

    def paintEvent(self, event: QPaintEvent) -> None:
        whole = self.heightForWidth(self.width()) <= self.height() + 1
        if (tip := "" if whole else self.text()) != self.toolTip():
            self.setToolTip(tip)
        if whole:
            super().paintEvent(event)
            return
        lines, high = lines_of(self.text(), self.font(), self.width()), self.fontMetrics().lineSpacing()
        most = max(self.height() // high, 1)
        shown = [*lines[: most - 1], " ".join(lines[most - 1 :])]
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        how = self.alignment() | Qt.TextFlag.TextSingleLine
        top = (self.height() - high * len(shown)) // 2
        for at, line in enumerate(shown):
            words = elided(self.fontMetrics(), line, self.width(), given=self.given)
            painter.drawText(0, top + at * high, self.width(), high, how, words)


def lines_of(text: str, font: QFont, width: float) -> list[str]:
    """The text as it goes on from line to line."""
    text = breakable(text)
    layout = QTextLayout(text, font)
    layout.beginLayout()
    found = []
    while (line := layout.createLine()).isValid():
        line.setLineWidth(width)
        found.append(text[line.textStart() : line.textStart() + line.textLength()].replace(NO_SPACE, "").strip())
    layout.endLayout()
    return found


class ElidedLabel(Label):
    """One line of text that ends in an ellipsis where there is no room; the whole is then in the tooltip."""

    def __init__(self, text: str = "", role: str = "", mode: Qt.TextElideMode = Qt.TextElideMode.ElideRight) -> None:
        super().__init__(text, role)
        self._mode = mode
        self._tip = ""
        self._whole = ("", "")
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)

    def set_tip(self, tip: str) -> None:
        """A tooltip of its own in place of the whole text."""
        self._tip = tip

    def minimumSizeHint(self) -> QSize:
        return QSize(24, super().minimumSizeHint().height())

    def sizeHint(self) -> QSize:
        return QSize(self.fontMetrics().horizontalAdvance(self.text()) + 4, super().sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(self.palette().windowText().color())
        shown = elided(self.fontMetrics(), self.text(), self.width(), self._mode, given=self.given)
        tip = self._tip or (self._in_lines() if shown != self.text() else "")
        if tip != self.toolTip():
            self.setToolTip(tip)
        painter.drawText(self.rect(), self.alignment() | Qt.TextFlag.TextSingleLine, shown)

    def _in_lines(self) -> str:
        """The whole text for the tooltip, laid out once and not at every painting."""
        if self._whole[0] != self.text():
            self._whole = self.text(), "\n".join(lines_of(self.text(), self.font(), TIP_WIDTH))
        return self._whole[1]


class StateLine(Label):
    """How things stand, in a line that goes on in the next where it has no room.

    At one width it stays as tall as it was, so that nothing below it moves while a job counts. Its height is fixed, not
    one for its width: a page that scrolls would take what it would like to have for what it needs.
    """

    def __init__(self, role: str = "state", points: int = 11) -> None:
        self._tallest = (0, 0)
        super().__init__("", role, wraps=True)
        self.setFont(number_font(points))
        self.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def setText(self, text: str) -> None:
        super().setText(breakable(text))
        self.setAccessibleName(text)
        self._fit()

    def hasHeightForWidth(self) -> bool:
        return False

    def minimumSizeHint(self) -> QSize:
        return QSize(24, self.fontMetrics().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        (before, tall), wide = self._tallest, self.width()
        needed = self.fontMetrics().boundingRect(0, 0, wide, 0, Qt.TextFlag.TextWordWrap, self.text() or " ").height()
        self._tallest = wide, max(needed, tall if before == wide and self.text() else 0)
        self.setFixedHeight(self._tallest[1])


class Dialog(QDialog):
    """Opens on the screen of its parent, as large as it was made there.

    Qt makes every window on the first screen; one that is shown on another of twice the scale would be half as large.
    """

    def setVisible(self, visible: bool) -> None:
        parent = self.parentWidget()
        if visible and parent is not None and not self.isVisible():
            size = self.size()
            self.winId()
            self.windowHandle().setScreen(parent.screen())
            self.resize(size)
        super().setVisible(visible)


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
