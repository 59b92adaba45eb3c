"""Signs that stand for things in a legend, drawn as the things themselves are, so that colour is never needed."""

from __future__ import annotations

from typing import Literal

from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

Sign = Literal[
    "dot", "square", "ring", "dashed-ring", "frame", "corners", "cross", "line", "thick-line", "dashes", "arrow",
]  # fmt: skip
SIZE = 4.0
"""Half the height of a sign in pixels."""


def draw_sign(painter: QPainter, sign: Sign, at: QPointF, color: QColor, size: float = SIZE) -> None:
    """A sign about a place."""
    box = QRectF(at.x() - size, at.y() - size, 2 * size, 2 * size)
    full = sign in ("dot", "square")
    pen = QPen(color, 2.6 if sign == "thick-line" else 1.6)
    if sign in ("dashes", "dashed-ring"):
        pen.setDashPattern([2.0, 1.6])
    painter.setPen(Qt.PenStyle.NoPen if full else pen)
    painter.setBrush(color if full else Qt.BrushStyle.NoBrush)
    if sign in ("dot", "ring", "dashed-ring"):
        painter.drawEllipse(box)
    elif sign in ("square", "frame"):
        painter.drawRect(box.adjusted(0.5, 0.5, -0.5, -0.5))
    else:
        painter.drawLines(_corners(box) if sign == "corners" else _cross(box) if sign == "cross" else [_across(box)])
    if sign == "arrow":
        painter.setBrush(color)
        painter.drawEllipse(QPointF(box.right() - 1, at.y()), 1.6, 1.6)


def _across(box: QRectF) -> QLineF:
    return QLineF(box.left() - 1, box.center().y(), box.right() + 1, box.center().y())


def _cross(box: QRectF) -> list[QLineF]:
    return [_across(box.adjusted(1, 0, -1, 0)), QLineF(box.center().x(), box.top(), box.center().x(), box.bottom())]


def _corners(box: QRectF) -> list[QLineF]:
    part, made = box.width() / 3, []
    for x, inward in ((box.left(), part), (box.right(), -part)):
        for y, down in ((box.top(), part), (box.bottom(), -part)):
            made += [QLineF(x, y, x + inward, y), QLineF(x, y, x, y + down)]
    return made
