"""The held-out error of each lens model as a bar, the fit's own as a tick: a bar far beyond its tick fits noise."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from engines.core.words import tr
from widgets.calibration.state import pixels
from widgets.charts.axes import Axis
from widgets.charts.drawn import RIGHT, DrawnChart, bold, label
from widgets.kit.access.elided import elided
from widgets.kit.theme import LOOK, number_font

ROW, BAR, HEAD, FOOT = 34.0, 14.0, 22.0, 24.0
VALUE_ROOM = 72.0
TITLE = tr("Left out (bar) and RMS of the fit (tick), px")


@dataclass(frozen=True, slots=True)
class ModelBar:
    """Errors in pixels, nan where there is none; problem: why, in a few words."""

    name: str
    left_out: float
    rms: float
    problem: str = ""
    best: bool = False


class ModelBars(DrawnChart):
    def __init__(self) -> None:
        super().__init__(tr("Error of each lens model"))
        self.bars: tuple[ModelBar, ...] = ()
        self.setMinimumSize(240, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)

    def show_bars(self, bars: tuple[ModelBar, ...]) -> None:
        self.bars = bars
        self.setFixedHeight(self.sizeHint().height())
        told = (f"{one.name} {pixels(one.left_out)} px" for one in bars)
        self.setAccessibleDescription(tr("Left out: {told}", told=", ".join(told)))
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(420, round(HEAD + ROW * max(len(self.bars), 1) + FOOT))

    def table(self) -> list[list[str]]:
        """The figures, a heading first."""
        return [
            ["model", "left out (px)", "RMS (px)"],
            *([b.name, f"{b.left_out:.6g}", f"{b.rms:.6g}"] for b in self.bars),
        ]

    def axes(self) -> Sequence[tuple[str, QRectF]]:
        room = self.room()
        return ((TITLE, QRectF(room.left() - 30, room.bottom(), room.width() + 60, FOOT)),) if self.bars else ()

    def room(self) -> QRectF:
        """Where the bars are."""
        names = max((QFontMetricsF(bold(13)).horizontalAdvance(bar.name) for bar in self.bars), default=80.0)
        return QRectF(names + 14, HEAD, max(self.width() - names - 14 - VALUE_ROOM, 10), ROW * len(self.bars))

    def x_of(self, value: float) -> float:
        """Where an error ends."""
        room = self.room()
        return room.left() + room.width() * value / self._top()

    def _top(self) -> float:
        known = [value for bar in self.bars for value in (bar.left_out, bar.rms) if math.isfinite(value)]
        return max(known, default=1.0) * 1.05

    def _draw(self, painter: QPainter) -> None:
        look, room = LOOK.now, self.room()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(number_font(11))
        muted = look.color("muted")
        label(painter, QRectF(0, 0, self.width(), 16), TITLE, muted)
        for value, text in Axis(0.0, self._top()).ticks(5):
            x = round(self.x_of(value)) + 0.5
            painter.setPen(QPen(look.color("muted", 0.15), 1))
            painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
            label(painter, QRectF(x - 30, room.bottom() + 4, 60, 14), text, muted, Qt.AlignmentFlag.AlignHCenter)
        for number, bar in enumerate(self.bars):
            self._draw_bar(painter, bar, QRectF(0, room.top() + number * ROW, self.width(), ROW))

    def _draw_bar(self, painter: QPainter, bar: ModelBar, line: QRectF) -> None:
        look, room, middle = LOOK.now, self.room(), line.center().y()
        painter.setFont(bold(13) if bar.best else number_font(13))
        label(painter, QRectF(0, line.top(), room.left() - 12, ROW), bar.name, look.color("text"), RIGHT)
        painter.setFont(number_font(11))
        if bar.problem:
            rest = QRectF(room.left() + 4, line.top(), line.right() - room.left() - 4, ROW)
            words = elided(painter.fontMetrics(), bar.problem, int(rest.width()))
            label(painter, rest, words, look.color("bad"))
            return
        end = self.x_of(bar.left_out if math.isfinite(bar.left_out) else bar.rms)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("accent" if bar.best else "muted", 1.0 if bar.best else 0.55))
        painter.drawRoundedRect(QRectF(room.left(), middle - BAR / 2, end - room.left(), BAR), 2, 2)
        painter.setPen(QPen(look.color("text"), 2))
        tick = self.x_of(bar.rms)
        painter.drawLine(QPointF(tick, middle - BAR / 2 - 3), QPointF(tick, middle + BAR / 2 + 3))
        label(painter, QRectF(end + 8, line.top(), VALUE_ROOM, ROW), pixels(bar.left_out), look.color("text"))
