"""Paints the ring around what has the focus, for widgets that paint themselves; others get it from the style sheet."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPen
from PySide6.QtWidgets import QWidget

from widgets.kit.theme import LOOK, RADIUS

WIDTH = 2.0


def focus_ring(painter: QPainter, room: QRectF, radius: float = RADIUS) -> None:
    """A ring in the accent within `room`."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(LOOK.now.color("accent"), WIDTH))
    painter.drawRoundedRect(room.adjusted(WIDTH / 2, WIDTH / 2, -WIDTH / 2, -WIDTH / 2), radius, radius)
    painter.restore()


def ring_focus(widget: QWidget, painter: QPainter) -> None:
    """The ring around a whole widget, while it has the focus."""
    if widget.hasFocus():
        focus_ring(painter, QRectF(widget.rect()))
