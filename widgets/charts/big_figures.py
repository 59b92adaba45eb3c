"""A line of the few figures that count, set large; the last ones are left out where it is narrow."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QSize
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from engines.core.words import tr
from widgets.charts.drawn import told_at
from widgets.kit.results import Stat
from widgets.kit.theme import LOOK, number_font
from widgets.kit.when_new import when_new

FIRST, REST, WORDS, LABEL = 30, 20, 13, 11
BASE, HIGH, APART = 48.0, 56, 28.0


UNKNOWN = tr("not measured")


class BigFigures(QWidget):
    """The first is the largest and has the accent's colour; one that is `UNKNOWN` is said in small words."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self.stats: tuple[Stat, ...] = ()
        self.setAccessibleName(name)
        self.setMinimumWidth(120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        LOOK.changed.connect(self.update)

    @when_new
    def set_stats(self, stats: Sequence[Stat]) -> None:
        """Show these; equal ones touch nothing."""
        self.stats = tuple(stats)
        self.setAccessibleDescription(", ".join(f"{one.label} {one.value} {one.unit}".strip() for one in stats))
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(320, HIGH)

    def shown(self) -> list[tuple[float, float, Stat]]:
        """Left edge, width and figure of those that there is room for."""
        left, places = 0.0, []
        for index, stat in enumerate(self.stats):
            wide = _width(stat, _size(index, stat))
            if index and left + wide > self.width():
                break
            places.append((left, wide, stat))
            left += wide + APART
        return places

    def tip_at(self, place: QPointF) -> str:
        """What is said of the figure there."""
        return next((stat.tip for left, wide, stat in self.shown() if left <= place.x() <= left + wide), "")

    def event(self, event: QEvent) -> bool:
        return told_at(self, event, self.tip_at) or super().event(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), LOOK.now
        painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
        for index, (left, _wide, stat) in enumerate(self.shown()):
            font = number_font(_size(index, stat))
            painter.setFont(number_font(LABEL))
            painter.setPen(look.color("muted"))
            painter.drawText(QPointF(left, 13), stat.label)
            end = left + QFontMetricsF(font).horizontalAdvance(stat.value)
            painter.drawText(QPointF(end + 4, BASE), stat.unit)
            painter.setFont(font)
            painter.setPen(look.color("muted" if stat.value == UNKNOWN else "accent" if index == 0 else "text"))
            painter.drawText(QPointF(left, BASE), stat.value)


def _size(index: int, stat: Stat) -> int:
    return WORDS if stat.value == UNKNOWN else FIRST if index == 0 else REST


def _width(stat: Stat, size: int) -> float:
    small, large = QFontMetricsF(number_font(LABEL)), QFontMetricsF(number_font(size))
    unit = small.horizontalAdvance(stat.unit) + 4 if stat.unit else 0.0
    return max(small.horizontalAdvance(stat.label), large.horizontalAdvance(stat.value) + unit)
