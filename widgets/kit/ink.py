"""Line and filling of a painter, set in one call, and words that can be read on a colour."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPen


def ink(painter: QPainter, line: QPen | QColor | None, fill: QBrush | QColor | None) -> None:
    """Draw with this line and this filling from now on; None for none."""
    painter.setPen(Qt.PenStyle.NoPen if line is None else line)
    painter.setBrush(Qt.BrushStyle.NoBrush if fill is None else fill)


def contrast(first: QColor, second: QColor) -> float:
    """Contrast ratio of two colours (WCAG 2), 1 to 21."""
    low, high = sorted((_light(first), _light(second)))
    return (high + 0.05) / (low + 0.05)


def readable_on(ground: QColor) -> QColor:
    """Black or white, of which one always has a contrast of 4.5 or more."""
    return max(QColor("#000000"), QColor("#ffffff"), key=lambda words: contrast(words, ground))


def _light(color: QColor) -> float:
    parts = (color.redF(), color.greenF(), color.blueF())
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
