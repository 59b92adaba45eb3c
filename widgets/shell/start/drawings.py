"""The drawings on the cards of the start page: what each engine does, in a few strokes in the theme's colours."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF

from widgets.kit.theme import LOOK

SIDE = QRectF(0, 0, 160, 72)
"""What the strokes are laid out in; it is scaled to the room there is."""
BOARD = QPolygonF([QPointF(46, 16), QPointF(112, 8), QPointF(118, 62), QPointF(40, 56)])
LAYERS = ((0, 3), (1, 5), (2, 4), (3, 2))
ACTIONS = ((0, 0.02, 0.22), (0, 0.29, 0.5), (1, 0.55, 0.98))


def draw(painter: QPainter, box: QRectF, name: str) -> None:
    """Draw what stands for `name` in the middle of `box`; nothing for a name without a drawing."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    scale = min(box.width() / SIDE.width(), box.height() / SIDE.height())
    painter.translate(box.center())
    painter.scale(scale, scale)
    painter.translate(-SIDE.center())
    DRAWINGS.get(name, _nothing)(painter)
    painter.restore()


def _nothing(_painter: QPainter) -> None:
    """No drawing."""


def _board(painter: QPainter) -> None:
    """A chessboard at an angle with its corners found."""
    corners = [[_at(column / 6, row / 4) for column in range(7)] for row in range(5)]
    _fill(painter, "text", 0.14)
    painter.drawPolygon(BOARD)
    _fill(painter, "text", 0.62)
    for row in range(4):
        for column in range(row % 2, 6, 2):
            square = (corners[row][column], corners[row][column + 1], corners[row + 1][column + 1])
            painter.drawPolygon(QPolygonF([*square, corners[row + 1][column]]))
    _fill(painter, "accent")
    for line in corners[1:4]:
        for spot in line[1:6]:
            painter.drawEllipse(spot, 2.4, 2.4)


def _at(across: float, down: float) -> QPointF:
    left = BOARD.at(0) + (BOARD.at(3) - BOARD.at(0)) * down
    right = BOARD.at(1) + (BOARD.at(2) - BOARD.at(1)) * down
    return left + (right - left) * across


def _face(painter: QPainter) -> None:
    """A face in its box, with a name."""
    _fill(painter, "text", 0.3)
    painter.drawEllipse(QPointF(72, 29), 14, 17)
    painter.drawChord(QRectF(44, 50, 56, 44), 0, 180 * 16)
    _stroke(painter, "accent", 2)
    painter.drawRoundedRect(QRectF(51, 6, 42, 46), 4, 4)
    _fill(painter, "accent")
    painter.drawRoundedRect(QRectF(99, 10, 34, 13), 6.5, 6.5)
    _fill(painter, "on_accent", 0.9)
    painter.drawRoundedRect(QRectF(106, 15, 20, 3), 1.5, 1.5)
    for x, y in ((67, 26), (78, 26), (72.5, 33), (68, 38), (77, 38)):
        painter.drawEllipse(QPointF(x, y), 1.5, 1.5)


def _timeline(painter: QPainter) -> None:
    """Actions on a timeline under the line of a score, and the playhead."""
    curve = [58, 54, 34, 20, 18, 30, 48, 52, 38, 22, 16, 17, 20, 19, 24, 40]
    _stroke(painter, "series", 2, 0)
    painter.drawPolyline(QPolygonF([QPointF(14 + 8.8 * n, 2 + 0.55 * y) for n, y in enumerate(curve)]))
    for series, begin, end in ACTIONS:
        color = LOOK.now.nth(series)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(color)
        painter.drawRoundedRect(QRectF(14 + 132 * begin, 44, 132 * (end - begin), 11), 3, 3)
    _fill(painter, "text", 0.16)
    painter.drawRoundedRect(QRectF(14, 60, 132, 4), 2, 2)
    _stroke(painter, "text", 1.6)
    painter.drawLine(QPointF(104, 2), QPointF(104, 68))


def _noise(painter: QPainter) -> None:
    """Noise that becomes a digit in four steps."""
    seven = {(1, 1), (2, 1), (3, 1), (4, 1), (4, 2), (3, 3), (3, 4), (2, 5), (2, 6)}
    painter.setPen(Qt.PenStyle.NoPen)
    for step in range(4):
        left, share = 8 + 37.5 * step, step / 3
        for x in range(6):
            for y in range(8):
                noise = ((x * 37 + y * 101 + x * y * 17 + step * 29) % 97) / 96
                value = share * ((x, y) in seven) + (1 - share) * noise * 0.75
                painter.setBrush(_color("accent" if step == 3 else "text", 0.08 + 0.85 * value * (0.55 + 0.45 * share)))
                painter.drawRect(QRectF(left + 5.2 * x, 15 + 5.2 * y, 4.7, 4.7))


def _layers(painter: QPainter) -> None:
    """The layers of a network, and one unit that is looked at."""
    columns = [[QPointF(20 + 40 * n, 36 + 15 * (k - (count - 1) / 2)) for k in range(count)] for n, count in LAYERS]
    unit = columns[2][1]
    painter.setPen(QPen(_color("text", 0.2), 1))
    for here, there in zip(columns, columns[1:], strict=False):
        for one in here:
            for other in there:
                painter.drawLine(one, other)
    _stroke(painter, "accent", 1.8)
    for one in columns[1]:
        painter.drawLine(one, unit)
    for column in columns:
        for spot in column:
            _fill(painter, "accent" if spot is unit else "muted")
            painter.drawEllipse(spot, 4.6, 4.6)


def _fill(painter: QPainter, token: str, alpha: float = 1.0) -> None:
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(_color(token, alpha))


def _stroke(painter: QPainter, token: str, width: float, series: int = -1) -> None:
    color = LOOK.now.nth(series) if series >= 0 else _color(token, 1.0)
    painter.setPen(QPen(color, width, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap, Qt.PenJoinStyle.RoundJoin))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def _color(token: str, alpha: float) -> QColor:
    return LOOK.now.color(token, alpha)


DRAWINGS: dict[str, Callable[[QPainter], None]] = {
    "calibration": _board,
    "faces": _face,
    "actions": _timeline,
    "diffusion": _noise,
    "inspection": _layers,
}
