"""The bell of noise levels in training: ln sigma is drawn from a normal, whose peak can be dragged.

The peak of the density of N(mean, std^2) lies at (mean, 0.4 / std), so one point in the plane is both numbers: sideways
is the mean, higher is narrower. EDM and SD3 are two such points.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF

from engines.core.words import tr
from widgets.charts.axes import Axis
from widgets.charts.drawn import RIGHT, around, label, stroke
from widgets.generative.panel.schedule_curve import DragCurve
from widgets.kit.theme import LOOK, number_font

KNOWN = (("EDM", -1.2, 1.2), ("SD3", 0.0, 1.0))
PEAK = 1 / math.sqrt(2 * math.pi)
LOW, HIGH = -7.0, 6.0
NARROWEST, WIDEST = 0.75, 3.0
TOP_DENSITY = 0.56
SNAP = 9.0
SIDE, ABOVE, BELOW = 34, 24, 36
EDGE = 12
LEVEL, DENSITY = tr("noise level \u03c3"), tr("density of ln \u03c3")
LEVELS = (0.01, 0.1, 1.0, 10.0, 100.0)


def density(x: float, mean: float, std: float) -> float:
    return PEAK / std * math.exp(-0.5 * ((x - mean) / std) ** 2)


class NoiseBell(DragCurve):
    """`changed(mean, std)` after a drag, a click on a known point, or a key."""

    changed = Signal(float, float)

    def __init__(self) -> None:
        super().__init__(
            tr("Noise levels in training"),
            tr(
                "Drag the peak: sideways is the mean of ln sigma, higher is narrower. "
                "A click on EDM or SD3 takes theirs; the arrow keys move it"
            ),
        )
        self.mean, self.std = -1.2, 1.2

    def show_normal(self, mean: float, std: float) -> None:
        self.mean, self.std = mean, std
        self.setAccessibleDescription(tr("mean {mean:.2f}, standard deviation {std:.2f}", mean=mean, std=std))
        self.update()

    def place(self, x: float, y: float) -> QPointF:
        """The place of (ln sigma, density) in the widget."""
        area = self._area()
        across = area.left() + (x - LOW) / (HIGH - LOW) * area.width()
        return QPointF(across, area.bottom() - y / TOP_DENSITY * area.height())

    def peak(self, mean: float, std: float) -> QPointF:
        return self.place(mean, PEAK / std)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(SIDE, ABOVE, -EDGE, -BELOW)

    def _known_at(self, at: QPointF) -> tuple[float, float] | None:
        for _, mean, std in KNOWN:
            if math.dist(at.toTuple(), self.peak(mean, std).toTuple()) <= SNAP:
                return mean, std
        return None

    def _drag(self, at: QPointF) -> None:
        """The peak to the pointer; it catches at a known point."""
        if known := self._known_at(at):
            self._set(*known)
            return
        area = self._area()
        mean = LOW + (at.x() - area.left()) / area.width() * (HIGH - LOW)
        height = max((area.bottom() - at.y()) / area.height() * TOP_DENSITY, 1e-6)
        self._set(round(mean, 2), round(PEAK / height, 2))

    def _set(self, mean: float, std: float) -> None:
        mean, std = min(max(mean, LOW + 1), HIGH - 1), min(max(std, NARROWEST), WIDEST)
        if (mean, std) != (self.mean, self.std):
            self.show_normal(mean, std)
            self.changed.emit(mean, std)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = True
            self._drag(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._dragged and event.buttons() & Qt.MouseButton.LeftButton:
            self._drag(event.position())
        self.setCursor(Qt.CursorShape.SizeAllCursor if self._dragged else Qt.CursorShape.PointingHandCursor)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._dragged = False

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key
        side = {key.Key_Left: -0.1, key.Key_Right: 0.1}.get(Qt.Key(event.key()), 0.0)
        wider = {key.Key_Up: -0.1, key.Key_Down: 0.1}.get(Qt.Key(event.key()), 0.0)
        if side or wider:
            self._set(round(self.mean + side, 2), round(self.std + wider, 2))
        else:
            super().keyPressEvent(event)

    def table(self) -> list[list[str]]:
        across = np.linspace(LOW, HIGH, 160).tolist()
        return [["ln sigma", "density"], *([f"{x:.6g}", f"{density(x, self.mean, self.std):.6g}"] for x in across)]

    def axes(self) -> Sequence[tuple[str, QRectF]]:
        return around(self._area(), LEVEL, DENSITY)

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(number_font(11))
        self._paint_axis(painter)
        self._paint_bell(painter)
        for name, mean, std in KNOWN:
            self._paint_known(painter, name, mean, std)
        look = LOOK.now
        painter.setPen(QPen(look.color("text" if self.hasFocus() else "accent"), 1.5))
        painter.setBrush(look.color("accent"))
        painter.drawEllipse(self.peak(self.mean, self.std), 5, 5)

    def _paint_axis(self, painter: QPainter) -> None:
        look, area = LOOK.now, self._area()
        for level in LEVELS:
            x = self.place(math.log(level), 0).x()
            painter.setPen(QPen(look.color("muted", 0.15), 1))
            painter.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
            painter.setPen(look.color("muted"))
            box = QRectF(x - 24, area.bottom() + 4, 48, 16)
            painter.drawText(box, Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop, f"{level:g}")
        muted = look.color("muted")
        for value, words in Axis(0.0, TOP_DENSITY).ticks(3):
            y = self.place(0, value).y()
            stroke(painter, QPen(look.color("muted", 0.15), 1), QPointF(area.left(), y), QPointF(area.right(), y))
            label(painter, QRectF(0, y - 8, SIDE - 6, 16), words, muted, RIGHT)
        label(painter, QRectF(area.left(), area.bottom() + 18, area.width(), 16), LEVEL, muted, RIGHT)
        label(painter, QRectF(8, 2, self.width() - 16, 16), DENSITY, muted)
        painter.setPen(QPen(look.color("line"), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())

    def _paint_bell(self, painter: QPainter) -> None:
        look = LOOK.now
        across = np.linspace(LOW, HIGH, 160)
        curve = [self.place(float(x), density(float(x), self.mean, self.std)) for x in across]
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("accent", 0.18))
        painter.drawPolygon(QPolygonF([self.place(LOW, 0), *curve, self.place(HIGH, 0)]))
        painter.setPen(QPen(look.color("accent"), 1.5))
        painter.drawPolyline(QPolygonF(curve))

    def _paint_known(self, painter: QPainter, name: str, mean: float, std: float) -> None:
        """A hollow point with its name on the side that is free."""
        look, at = LOOK.now, self.peak(mean, std)
        painter.setBrush(look.color("surface"))
        painter.setPen(QPen(look.color("muted"), 1.5))
        painter.drawEllipse(at, 4, 4)
        painter.setPen(look.color("text" if (mean, std) == (self.mean, self.std) else "muted"))
        left = mean < -0.6
        align = Qt.AlignmentFlag.AlignRight if left else Qt.AlignmentFlag.AlignLeft
        box = QRectF(at.x() - 58 if left else at.x() + 10, at.y() - 16, 48, 16)
        painter.drawText(box, align | Qt.AlignmentFlag.AlignVCenter, name)
