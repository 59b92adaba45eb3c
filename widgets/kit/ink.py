"""Line and filling of a painter, set in one call."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen


def ink(painter: QPainter, line: QPen | QColor | None, fill: QBrush | QColor | None) -> None:
    """Draw with this line and this filling from now on; None for none."""
    painter.setPen(Qt.PenStyle.NoPen if line is None else line)
    painter.setBrush(Qt.BrushStyle.NoBrush if fill is None else fill)
