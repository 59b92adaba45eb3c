"""Titled result cards in two columns, or in one where the page is narrow."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from widgets.kit.fields import wrapped
from widgets.kit.layouts import column_of, row_of
from widgets.kit.panel import ElidedLabel

APART = 20


class ResultCard(QWidget):
    """A heading, a chart, and below it in muted words how it is read."""

    def __init__(self, title: str, body: QWidget, caption: str = "") -> None:
        super().__init__()
        self.title = ElidedLabel(title, "heading")
        self.caption = wrapped("muted")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setLayout(column_of(self.title, body, self.caption, spacing=6))
        self.set_caption(caption)

    def set_caption(self, text: str) -> None:
        self.caption.setText(text)
        self.caption.setVisible(bool(text))


class CardColumns(QWidget):
    """`cards`: (card, column 0 or 1), in the order in which one column shows them. `room`: pixels that two need."""

    def __init__(self, cards: Sequence[tuple[QWidget, int]], room: int) -> None:
        super().__init__()
        self._cards, self._room = tuple(cards), room
        self.columns = 0
        self._columns = column_of(None, spacing=APART), column_of(None, spacing=APART)
        self._row = row_of(*((column, 1) for column in self._columns), spacing=APART)
        self.setLayout(self._row)
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
        self._row.setStretch(1, columns - 1)
        self._row.setSpacing(APART if columns == 2 else 0)
