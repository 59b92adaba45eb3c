"""The panel's two quiet drawings: the board that is meant, and where in the picture it has been seen.

Both are drawn from values with the theme's tokens, at any size and pixel ratio.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.prints import Shapes, painted
from engines.core.words import tr
from widgets.calibration.kinds import counting_words
from widgets.calibration.state import GRID
from widgets.kit.theme import LOOK, mixed

SHADES = (0.0, 0.28, 0.5, 0.75)
"""Opacity of a coverage cell that 0, 1, 2, and 3 or more views touch."""
MOST_CODES = 120
"""More tags than this are too small to show their codes."""
PIXELS, PAPER = 24, 4
"""Of the drawing: to a square, and of paper around marks that do not fill theirs."""


class BoardDrawing(QWidget):
    """A small true drawing of the board, the points that are looked for dotted, the first one ringed."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board: Board | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(tr("Drawing of the board"))
        LOOK.changed.connect(self.update)

    def show_board(self, board: Board | None) -> None:
        self._board = board
        words = counting_words(board) if board else tr("No such board")
        self.setAccessibleDescription(words)
        self.setToolTip(tr("{words}. Dots are the points that are looked for; the ring is the first one.", words=words))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(200, 104)

    def paintEvent(self, event: QPaintEvent) -> None:
        board = self._board
        if board is None:
            return
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        width, height = board.print_size
        scale = min((self.width() - 16) / width, (self.height() - 8) / height)
        box = QRectF(0, 0, scale * width, scale * height)
        box.moveCenter(QRectF(self.rect()).center())
        margin = 0 if board.kind in ("chessboard", "charuco") else PAPER
        painter.setPen(QPen(LOOK.now.color("line"), 1))
        painter.setBrush(QColor(_inks()[1]))
        painter.drawRect(box.adjusted(-margin, -margin, margin, margin))
        if board.kind in ("circles", "acircles"):
            _circles(painter, board, box.topLeft(), scale)
        else:
            image = _tinted(_print(board))
            pixel = board.square / PIXELS * scale
            painter.drawImage(QRectF(box.topLeft(), QSizeF(image.width() * pixel, image.height() * pixel)), image)
        _dots(painter, board, box.topLeft(), scale)


class CoverageMap(QWidget):
    """The picture as 8 x 6 cells, shaded by how many views touch each. Aspect of the picture."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._cells: tuple[int, ...] = ()
        self._size = Size(4, 3)
        self._outline: tuple[tuple[float, float], ...] = ()
        policy = QSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.setSizePolicy(policy)
        self.setAccessibleName(tr("Coverage of the picture"))
        LOOK.changed.connect(self.update)

    def show_cells(
        self, cells: tuple[int, ...], size: Size | None = None, outline: tuple[tuple[float, float], ...] = ()
    ) -> None:
        """`outline`: where the board is now, in pixels of a picture of `size`."""
        self._cells, self._outline = cells, outline
        self._size = size or self._size
        touched = sum(value > 0 for value in cells)
        self.setToolTip(
            tr("Views touch {touched} of {grid} parts of the picture", touched=touched, grid=GRID[0] * GRID[1])
        )
        self.setAccessibleDescription(self.toolTip())
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(136, 102)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self._picture()
        painter.fillRect(box, LOOK.now.color("base"))
        columns, rows = GRID
        wide, high = box.width() / columns, box.height() / rows
        for index, value in enumerate(self._cells):
            place = QRectF(box.x() + index % columns * wide, box.y() + index // columns * high, wide, high)
            painter.fillRect(place.adjusted(0.5, 0.5, -0.5, -0.5), LOOK.now.color("accent", SHADES[min(3, value)]))
        painter.setPen(QPen(LOOK.now.color("line"), 1))
        for x in (box.x() + column * wide for column in range(columns + 1)):
            painter.drawLine(QPointF(x, box.top()), QPointF(x, box.bottom()))
        for y in (box.y() + row * high for row in range(rows + 1)):
            painter.drawLine(QPointF(box.left(), y), QPointF(box.right(), y))
        if self._outline:
            scale = box.width() / self._size.width
            painter.setPen(QPen(LOOK.now.color("text"), 1.5))
            painter.drawPolygon([QPointF(box.x() + x * scale, box.y() + y * scale) for x, y in self._outline])

    def _picture(self) -> QRectF:
        """The largest rectangle of the picture's aspect that fits."""
        room = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        scale = min(room.width() / self._size.width, room.height() / self._size.height)
        box = QRectF(0, 0, self._size.width * scale, self._size.height * scale)
        box.moveCenter(room.center())
        return box


@lru_cache(maxsize=8)
def _print(board: Board) -> NDArray[np.uint8]:
    if board.kind == "aprilgrid" and board.columns * board.rows > MOST_CODES:
        return painted(Shapes(board.shapes.dark), board.print_size, PIXELS / board.square)
    return board.picture(PIXELS)


def _circles(painter: QPainter, board: Board, origin: QPointF, scale: float) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(_inks()[0]))
    radius = board.marker * scale / 2
    for x, y in places(board) * scale:
        painter.drawEllipse(origin + QPointF(x, y), radius, radius)


def _inks() -> tuple[str, str]:
    """What is printed and the paper, as two quiet tokens instead of black and white."""
    look = LOOK.now
    return (look.base, mixed(look.surface, look.muted, 0.7)) if look.name == "dark" else (look.muted, look.raised)


def _tinted(gray: NDArray[np.uint8]) -> QImage:
    low, high = _inks()
    table = [QColor(mixed(low, high, level / 255)).rgb() for level in range(256)]
    image = QImage(gray.data, gray.shape[1], gray.shape[0], gray.strides[0], QImage.Format.Format_Indexed8)
    image.setColorTable(table)
    return image.convertToFormat(QImage.Format.Format_RGB32)


def places(board: Board) -> NDArray[np.float64]:
    """The corners from the top left of what is printed, N x 2 in metres."""
    return np.asarray(board.corners[:, :2] - board.print_origin)


def _dots(painter: QPainter, board: Board, origin: QPointF, scale: float) -> None:
    nearest = (board.square - board.marker if board.kind == "aprilgrid" else board.square) * scale
    if nearest < 3:
        return
    radius = max(1.2, min(3.0 if board.dictionary or board.kind == "chessboard" else 1.6, nearest * 0.15))
    at = [origin + QPointF(*(place * scale)) for place in places(board)]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(LOOK.now.color("accent"))
    for place in at:
        painter.drawEllipse(place, radius, radius)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(LOOK.now.color("accent"), 1.5))
    painter.drawEllipse(at[0], radius + 2.5, radius + 2.5)
