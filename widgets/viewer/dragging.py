"""Tiles by hand: what is dragged with one, where it is taken hold of, and what shows where it would fall."""

from __future__ import annotations

from PySide6.QtCore import QMimeData, QRect, Qt, Signal
from PySide6.QtGui import QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QLayout, QWidget

from engines.core.words import tr
from widgets.kit.theme import LOOK, number_font
from widgets.sources.choice import source_data

TILE_MIME = "application/x-kinoscope-tile"
"""What a dragged tile carries beside its source: its number."""
HEIGHT = 30


def tile_data(index: int, source: str) -> QMimeData:
    """What is dragged with a tile."""
    data = source_data(source)
    data.setData(TILE_MIME, str(index).encode())
    return data


def dragged_tile(data: QMimeData) -> str:
    """The number of the tile that is dragged, "" where it is none."""
    return bytes(data.data(TILE_MIME).data()).decode()


class Handle(QWidget):
    """The head of a tile; `dragged()` when it is pulled."""

    dragged = Signal()

    def __init__(self, layout: QLayout) -> None:
        super().__init__()
        self._from = None
        self.setLayout(layout)
        self.setFixedHeight(HEIGHT)
        self.setToolTip(tr("Drag onto another tile to swap the two; Shift and an arrow key do the same"))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._from = event.position().toPoint()
        event.ignore()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        far = QApplication.startDragDistance()
        if self._from is not None and (event.position().toPoint() - self._from).manhattanLength() >= far:
            self._from = None
            self.dragged.emit()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._from = None
        event.ignore()


class Aim(QWidget):
    """Covers a tile while something is held over it that it takes, and says what would happen."""

    def __init__(self, tile: QWidget) -> None:
        super().__init__(tile)
        self.words = ""
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def cover(self, box: QRect | None, words: str) -> None:
        """Over this box, with these words; None: no more."""
        self.words = words
        self.setVisible(box is not None)
        if box is not None:
            self.setGeometry(box)
            self.raise_()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), LOOK.now
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.color("accent"), 2))
        painter.setBrush(look.color("accent", 0.18))
        painter.drawRoundedRect(self.rect().adjusted(1, 1, -1, -1), 4, 4)
        painter.setFont(number_font(13))
        wide = painter.fontMetrics().horizontalAdvance(self.words) + 24
        label = QRect(0, 0, wide, 28)
        label.moveCenter(self.rect().center())
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("surface"))
        painter.drawRoundedRect(label, 4, 4)
        painter.setPen(look.color("text"))
        painter.drawText(label, Qt.AlignmentFlag.AlignCenter, self.words)
