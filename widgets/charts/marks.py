"""Shapes that mark the points of a line, another for each of eight, so that colour is not all that tells them apart."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainterPath, QTransform


def mark(place: int, size: float) -> QPainterPath:
    """A mark of its own for each place, so that colour is not all that tells them apart."""
    path = QPainterPath()
    if place % 8 == 0:
        path.addEllipse(QPointF(), size, size)
    elif place % 8 == 1:
        path.addRect(QRectF(-0.9 * size, -0.9 * size, 1.8 * size, 1.8 * size))
    elif place % 8 in (2, 3, 4):
        corners = {2: ((0, -1.2), (1.1, 0.9), (-1.1, 0.9)), 3: ((0, -1.25), (1.25, 0), (0, 1.25), (-1.25, 0))}
        path = _polygon(corners.get(place % 8, ((0, 1.2), (1.1, -0.9), (-1.1, -0.9))), size)
    elif place % 8 in (5, 6):
        path.addRect(QRectF(-1.25 * size, -0.5 * size, 2.5 * size, size))
        path.addRect(QRectF(-0.5 * size, -1.25 * size, size, 2.5 * size))
        path.setFillRule(Qt.FillRule.WindingFill)
        if place % 8 == 6:
            path = _turned(path)
    else:
        path = _polygon(((-1.25, -0.7), (0, -1.3), (1.25, -0.7), (0.9, 1.1), (-0.9, 1.1)), size)
    return path


def _polygon(corners: Sequence[tuple[float, float]], size: float) -> QPainterPath:
    path = QPainterPath(QPointF(*(size * value for value in corners[0])))
    for x, y in corners[1:]:
        path.lineTo(size * x, size * y)
    path.closeSubpath()
    return path


def _turned(path: QPainterPath) -> QPainterPath:
    return QTransform().rotate(45).map(path)
