"""Rows of settings: what can be set at the left, the control at the right; a search keeps and marks those it finds."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from widgets.kit.fields import describe
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of, held, row_of, turn
from widgets.kit.panel import ElidedLabel, QuietButton
from widgets.kit.theme import LOOK
from widgets.kit.words import size_words

WIDE = 230
APART = 24
WORDS = 150
"""Pixels that words have beside a control at the least; with less it stands below them."""


def split_words(query: str) -> list[str]:
    """The words that are all to be found, without regard to their case."""
    return query.casefold().split()


class FoundLabel(Label):
    """One line of plain text; what a search found in it stands on a tinted ground."""

    def __init__(self, text: str, role: str = "") -> None:
        super().__init__(text, role)
        self._found: list[str] = []

    def mark(self, found: list[str]) -> None:
        self._found = found
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(LOOK.now.color("accent", 0.3))
        text, metrics = self.text(), self.fontMetrics()
        for word in self._found:
            at = text.casefold().find(word)
            if at >= 0:
                left = metrics.horizontalAdvance(text[:at])
                wide = metrics.horizontalAdvance(text[at : at + len(word)])
                top = (self.height() - metrics.height()) / 2
                painter.drawRoundedRect(QRectF(left - 1, top, wide + 2, metrics.height()), 3, 3)
        painter.end()
        super().paintEvent(event)


class SettingRow(QWidget):
    """words: more that a search finds it by. note: a sentence below the title, which may change."""

    def __init__(self, title: str, note: str, control: QWidget | None, words: str = "", wide: int = WIDE) -> None:
        super().__init__()
        self.title, self.note = FoundLabel(title), Label("", "muted", wraps=True)
        self.words, self.control = words, control
        self.set_note(note)
        said = column_of(self.title, self.note, spacing=3)
        if control is not None:
            describe(control, control.accessibleName() or title, control.toolTip() or note or title)
            control.setFixedWidth(wide) if wide else None
        self._row = row_of((said, 1), *([(control, 0)] if control is not None else []), spacing=APART)
        self._column = column_of(self._row, margins=(0, 6, 0, 6))
        self.setLayout(self._column)
        self._place()

    def minimumSizeHint(self) -> QSize:
        least = self._beside if self.control is not None else WORDS
        return QSize(max(least, WORDS), super().minimumSizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()
        super().resizeEvent(event)

    @property
    def _beside(self) -> int:
        """Pixels of the control."""
        return max(self.control.minimumWidth(), self.control.minimumSizeHint().width()) if self.control else 0

    @property
    def _words(self) -> int:
        """Pixels of what stands before it."""
        return max(WORDS, self.title.sizeHint().width())

    def _place(self) -> None:
        if self.control is not None:
            narrow, side = self.width() < self._beside + APART + self._words, Qt.AlignmentFlag
            turn(self._row, not narrow)
            self._row.setSpacing(6 if narrow else APART)
            self._row.setAlignment(self.control, side.AlignTop | (side.AlignLeft if narrow else side.AlignRight))

    def set_note(self, note: str) -> None:
        self.note.setText(note)
        self.note.setVisible(bool(note))

    def take(self, query: str, section: str) -> bool:
        """Mark what the query finds; whether all its words are in the row or in the title of its section."""
        words = split_words(query)
        self.title.mark(words)
        text = " ".join((self.title.text(), self.note.text(), self.words, section)).casefold()
        return all(word in text for word in words)


class PlaceRow(SettingRow):
    """A folder: where it is, how large, a button that shows it, and one that chooses another where that is possible."""

    def __init__(self, title: str, note: str, words: str, changeable: bool) -> None:
        tip = tr("Open this folder in the file manager")
        self.reveal = QuietButton(tr("Reveal"), "reveal", tip, name=tr("Reveal: {folder}", folder=title))
        choose_tip = tr("Choose another folder, from the next start on; nothing is moved")
        self.change = QuietButton(tr("Change…"), "edit", choose_tip, name=tr("Change: {folder}", folder=title))
        self.change.setVisible(changeable)
        super().__init__(title, note, held(row_of(self.change, self.reveal, spacing=4)), words, wide=0)
        self.path = ElidedLabel("", "", Qt.TextElideMode.ElideMiddle)
        self.path.given = True
        self.bytes = Label("", "muted")
        self._column.addLayout(row_of((self.path, 1), self.bytes, spacing=12))

    def show_place(self, path: str, size: int | None) -> None:
        """size: in bytes, None while it is not known."""
        self.path.setText(path)
        self.path.set_tip(path)
        self.bytes.setText("" if size is None else size_words(size))
