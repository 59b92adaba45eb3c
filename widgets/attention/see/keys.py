"""The keys that count most in a row of attention, as bars."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter

from engines.core.words import tr
from widgets.charts.drawn import LEFT, RIGHT, DrawnChart, label
from widgets.kit.theme import LOOK, number_font


class KeyBars(DrawnChart):
    """The keys that count most in a row, each with a bar and its share."""

    LINE = 17

    def __init__(self) -> None:
        super().__init__(tr("Strongest keys"))
        self.keys: Sequence[tuple[str, float]] = ()
        self.setFixedHeight(5 * self.LINE)
        self.setMinimumWidth(150)

    def show_keys(self, keys: Sequence[tuple[str, float]]) -> None:
        """Where each lies, in words, and its share; the strongest first."""
        self.keys = keys
        self.setAccessibleDescription(", ".join(f"{where} {100 * share:.1f} %" for where, share in keys))
        self.update()

    def table(self) -> list[list[str]]:
        return [["key", "share"], *[[where, f"{share:.6g}"] for where, share in self.keys]]

    def _draw(self, painter: QPainter) -> None:
        painter.setFont(number_font(11))
        most = max((share for _where, share in self.keys), default=1.0)
        for number, (where, share) in enumerate(self.keys):
            line = QRectF(0, number * self.LINE, self.width(), self.LINE)
            bar = line.adjusted(0, 2, 0, -2)
            bar.setWidth(line.width() * share / most)
            painter.fillRect(bar, LOOK.now.color("accent", 0.22))
            label(painter, line.adjusted(6, 0, 0, 0), where, LOOK.now.color("text"), LEFT)
            label(painter, line.adjusted(0, 0, -6, 0), f"{100 * share:.1f} %", LOOK.now.color("text"), RIGHT)
