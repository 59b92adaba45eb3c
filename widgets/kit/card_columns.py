"""Titled cards in two columns where there is room, else in one: a page of results that scrolls."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from widgets.kit.fields import wrapped
from widgets.kit.panel import ElidedLabel

APART = 20


class ResultCard(QWidget):
    """A heading, a chart, and below it in muted words how it is read."""

    def __init__(self, title: str, body: QWidget, caption: str = "") -> None:
        super().__init__()
        self.title = ElidedLabel(title, "heading")
        self.caption = wrapped("muted")
        self.caption.setText(caption)
        self.caption.setVisible(bool(caption))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.title)
        column.addWidget(body)
        column.addWidget(self.caption)

    def set_caption(self, text: str) -> None:
        if text != self.caption.text():
            self.caption.setText(text)
            self.caption.setVisible(bool(text))


class CardColumns(QWidget):
    """`cards`: (card, column 0 or 1), in the order in which one column shows them. `room`: pixels that two need."""

    def __init__(self, cards: Sequence[tuple[QWidget, int]], room: int) -> None:
        super().__init__()
        self._cards, self._room = tuple(cards), room
        self.columns = 0
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(APART)
        self._columns = (QVBoxLayout(), QVBoxLayout())
        for column in self._columns:
            column.setSpacing(APART)
            column.addStretch(1)
            row.addLayout(column, 1)
        self._place(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._place(2 if event.size().width() >= self._room else 1)

    def _place(self, columns: int) -> None:
        if columns == self.columns:
            return
        self.columns = columns
        for card, _side in self._cards:
            for column in self._columns:
                column.removeWidget(card)
        for card, side in self._cards:
            column = self._columns[side if columns == 2 else 0]
            column.insertWidget(column.count() - 1, card)
        row = self.layout()
        if isinstance(row, QHBoxLayout):
            row.setStretch(1, columns - 1)
            row.setSpacing(APART if columns == 2 else 0)
