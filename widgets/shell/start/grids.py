"""Lays cards out in as many equal columns as there is room for, every card of a row as high as the highest."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

SPACE = 12


class CardGrid(QWidget):
    """least, most: pixels of a column. even: no row has a single card left over where fewer columns prevent that."""

    def __init__(self, least: int, most: int, even: bool = False) -> None:
        super().__init__()
        self._least, self._most, self._even = least, most, even
        self.cards: tuple[QWidget, ...] = ()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def set_cards(self, cards: Sequence[QWidget]) -> None:
        """Other cards; those that are gone are deleted."""
        for card in set(self.cards) - set(cards):
            card.deleteLater()
        self.cards = tuple(cards)
        for card in cards:
            card.setParent(self)
            card.show()
        self.place()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.place()

    def columns(self) -> int:
        """How many there is room for."""
        most = max(1, min(len(self.cards), (self.width() + SPACE) // (self._least + SPACE)))
        if self._even and most < len(self.cards) and len(self.cards) % most == 1 and most > 2:
            return most - 1
        return most

    def place(self) -> None:
        """Put every card where it belongs."""
        if not self.cards:
            return self.setFixedHeight(0)
        columns, top = self.columns(), 0
        wide = min((self.width() + SPACE) / columns - SPACE, self._most)
        for first in range(0, len(self.cards), columns):
            row = self.cards[first : first + columns]
            high = max(_height(card, int(wide)) for card in row)
            for number, card in enumerate(row):
                left, right = round(number * (wide + SPACE)), round(number * (wide + SPACE) + wide)
                card.setGeometry(left, top, right - left, high)
            top += high + SPACE
        self.setFixedHeight(top - SPACE)
        return None


def _height(card: QWidget, wide: int) -> int:
    return card.heightForWidth(wide) if card.hasHeightForWidth() else card.sizeHint().height()
