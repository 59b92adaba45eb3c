"""The curve of a run's noise levels over its steps, in ln sigma, with points to drag.

Any schedule shows points; the first drag turns it into a drawn one. Noise falls from step to step, so a point never
passes its neighbours. Between points ln sigma is the engine's monotone cubic.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from itertools import pairwise
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from engines.core.words import tr
from engines.generative.diffusion.axis.levels import FAR, monotone_cubic
from widgets.charts.drawn import RIGHT as AT_RIGHT
from widgets.charts.drawn import DrawnChart, around, label
from widgets.kit.fields import describe
from widgets.kit.theme import LOOK, number_font

Points: TypeAlias = tuple[tuple[float, float], ...]
"""(share of the steps, ln sigma), from share 0 to share 1, falling."""
HANDLES = 6
GAP = 0.02
NUDGE = 0.1
REACH = 12.0
LEFT, RIGHT, TOP, BOTTOM = 38, 12, 24, 36
APART = 44
"""Pixels of a step's number."""
STEP, LEVEL = tr("step"), tr("noise level \u03c3")


def interpolate(points: Points, shares: Sequence[float] | NDArray[np.float64]) -> NDArray[np.float64]:
    """ln sigma at shares of the steps, through every point and monotone between them."""
    x, y = np.array(points, float).T
    return monotone_cubic(x, y, np.asarray(shares, float))


def finite(levels: Sequence[float]) -> tuple[float, ...]:
    """Without infinity at the start and zero at the end, which have no logarithm."""
    return tuple(level for level in levels if 0 < level < math.inf)


def points_of(levels: Sequence[float], count: int = HANDLES) -> Points:
    """A few points on the curve of these levels, at equal distances, to begin dragging from."""
    logs = np.log(finite([min(level, FAR) if math.isinf(level) else level for level in levels]))
    if len(logs) < 2:
        return ()
    shares = np.linspace(0, 1, min(count, len(logs)))
    values = np.interp(shares, np.linspace(0, 1, len(logs)), logs)
    return tuple(zip(shares.tolist(), values.tolist(), strict=True))


def moved(points: Points, index: int, share: float, value: float, low: float, high: float) -> Points:
    """Point `index` brought as near to (share, value) as its neighbours and the range let it; the ends stay at 0, 1."""
    above = points[index - 1][1] - GAP if index else high
    below = points[index + 1][1] + GAP if index < len(points) - 1 else low
    inside = 0 < index < len(points) - 1
    if inside:
        share = min(max(share, points[index - 1][0] + GAP), points[index + 1][0] - GAP)
    fresh = (share if inside else points[index][0], min(max(value, below), above))
    return (*points[:index], fresh, *points[index + 1 :])


class DragCurve(DrawnChart):
    """A curve with points to drag by mouse or keys."""

    def __init__(self, name: str, tip: str) -> None:
        super().__init__(name)
        self._dragged = False
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        describe(self, name, tip)

    def sizeHint(self) -> QSize:
        return QSize(300, 156)

    def tip_at(self, place: QPointF) -> str:
        return self.toolTip()


class ScheduleCurve(DragCurve):
    """`changed` tells the points after a drag or a key; a double click asks for the schedule's own levels again."""

    changed = Signal(object)
    resetWanted = Signal()

    def __init__(self) -> None:
        super().__init__(
            tr("Noise schedule"),
            tr(
                "Drag a point to draw a schedule, or choose one with the left and right keys and move it up and down; "
                "a double click or Esc goes back"
            ),
        )
        self.levels: tuple[float, ...] = ()
        self.points: Points = ()
        self.drawn = False
        self.active = -1
        self._hover: QPointF | None = None
        self._range = (math.log(0.001), math.log(100.0))

    def show_levels(self, levels: Sequence[float], points: Points = ()) -> None:
        """The levels of a run (the last may be 0, the first infinite); points: those of a drawn schedule."""
        if self._dragged:
            return
        self.levels, self.drawn = tuple(levels), len(points) > 1
        self.points = points if self.drawn else points_of(self.levels)
        self._range = self._span()
        self.active = min(self.active, len(self.points) - 1)
        self._tell_place()
        self.update()

    def place(self, share: float, value: float) -> QPointF:
        """The place of (share of the steps, ln sigma) in the widget."""
        area, (low, high) = self._area(), self._range
        return QPointF(area.left() + share * area.width(), area.bottom() - (value - low) / (high - low) * area.height())

    def _span(self) -> tuple[float, float]:
        """Whole decades around what is shown, .001 to 100 at least."""
        logs = [value for _, value in self.points] + [math.log(level) for level in finite(self.levels)]
        decade = math.log(10)
        low = min([-3.0, *(math.floor(value / decade + 1e-6) for value in logs)])
        high = max([2.0, *(math.ceil(value / decade - 1e-6) for value in logs)])
        return low * decade, high * decade

    def _value(self, at: QPointF) -> tuple[float, float]:
        area, (low, high) = self._area(), self._range
        return (at.x() - area.left()) / area.width(), low + (area.bottom() - at.y()) / area.height() * (high - low)

    def _area(self) -> QRectF:
        return QRectF(self.rect()).adjusted(LEFT, TOP, -RIGHT, -BOTTOM)

    def _nearest(self, at: QPointF) -> int:
        """The point under the pointer, -1 for none."""
        far = [math.dist(at.toTuple(), self.place(*point).toTuple()) for point in self.points]
        index = int(np.argmin(far)) if far else -1
        return index if index >= 0 and far[index] <= REACH else -1

    def _move(self, index: int, share: float, value: float) -> None:
        self.points = moved(self.points, index, share, value, *self._range)
        self.drawn = True
        self._tell_place()
        self.update()
        self.changed.emit(self.points)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.active = self._nearest(event.position())
            self._dragged = self.active >= 0
            self._tell_place()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover = event.position()
        if self._dragged and event.buttons() & Qt.MouseButton.LeftButton:
            self._move(self.active, *self._value(event.position()))
        over = self._dragged or self._nearest(event.position()) >= 0
        self.setCursor(Qt.CursorShape.SizeAllCursor if over else Qt.CursorShape.ArrowCursor)
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._dragged = False
            self._range = self._span()
            self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._dragged = False
        self.resetWanted.emit()

    def leaveEvent(self, event: QEvent) -> None:
        self._hover = None
        self.update()

    def focusInEvent(self, event: QFocusEvent) -> None:
        if self.active < 0 and self.points and event.reason() != Qt.FocusReason.MouseFocusReason:
            self.active = 0
        self._tell_place()
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.active = -1
        super().focusOutEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key
        along = {key.Key_Left: -1, key.Key_Right: 1}.get(Qt.Key(event.key()), 0)
        up = {key.Key_Up: 1, key.Key_Down: -1, key.Key_PageUp: 5, key.Key_PageDown: -5}.get(Qt.Key(event.key()), 0)
        if event.key() == key.Key_Escape and self.drawn:
            self.resetWanted.emit()
        elif not self.points or not (along or up):
            super().keyPressEvent(event)
        elif along and not event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.active = min(max(self.active + along, 0), len(self.points) - 1)
            self._tell_place()
            self.update()
        else:
            share, value = self.points[max(self.active, 0)]
            self._move(max(self.active, 0), share + GAP * along, value + NUDGE * up)

    def _tell_place(self) -> None:
        """Describe the chosen point to a screen reader."""
        if 0 <= self.active < len(self.points):
            share, value = self.points[self.active]
            words = tr(
                "point {active} of {count}, sigma {sigma:.3g} at {share:.0%}",
                active=self.active + 1,
                count=len(self.points),
                sigma=math.exp(value),
                share=share,
            )
            self.setAccessibleDescription(words)

    def readout(self) -> str:
        """'step 7 of 20, sigma 3.42': of the point that is moved, or of the step under the pointer."""
        if self._dragged or (self._hover is None and 0 <= self.active < len(self.points)):
            return f"\u03c3 {math.exp(self.points[self.active][1]):.3g}"
        shown = self._shown()
        if self._hover is None or len(shown) < 2:
            return ""
        share = min(max(self._value(self._hover)[0], 0.0), 1.0)
        step = round(share * (len(shown) - 1))
        return tr("step {step} of {count}, \u03c3 {level}", step=step + 1, count=len(shown), level=_level(shown[step]))

    def _shown(self) -> tuple[float, ...]:
        """One level a step, without the zero at the end."""
        steps = self.levels[:-1] if self.levels and self.levels[-1] == 0 else self.levels
        if not self.drawn or len(steps) < 2:
            return steps
        return tuple(np.exp(interpolate(self.points, np.linspace(0, 1, len(steps)))).tolist())

    def table(self) -> list[list[str]]:
        return [["step", "sigma"], *([str(step + 1), f"{level:.6g}"] for step, level in enumerate(self._shown()))]

    def axes(self) -> Sequence[tuple[str, QRectF]]:
        return around(self._area(), STEP, LEVEL) if len(self._shown()) > 1 else ()

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(number_font(11))
        self._paint_grid(painter)
        self._paint_curve(painter)
        self._paint_points(painter)
        head, muted = QRectF(0, 2, self.width() - 4, 16), LOOK.now.color("muted")
        label(painter, head.adjusted(8, 0, 0, 0), LEVEL, muted)
        label(painter, head, self.readout(), LOOK.now.color("text"), AT_RIGHT)

    def _paint_grid(self, painter: QPainter) -> None:
        look, area, (low, high) = LOOK.now, self._area(), self._range
        decades = range(round(low / math.log(10)), round(high / math.log(10)) + 1)
        every = max(1, math.ceil(len(decades) * 15 / area.height()))
        for decade in decades:
            y = self.place(0, decade * math.log(10)).y()
            painter.setPen(QPen(look.color("muted", 0.15), 1))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            if decade % every == 0:
                painter.setPen(look.color("muted"))
                box = QRectF(0, y - 8, LEFT - 6, 16)
                painter.drawText(box, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, f"{10.0**decade:g}")
        self._paint_steps(painter, area, len(self._shown()))

    def _paint_steps(self, painter: QPainter, area: QRectF, steps: int) -> None:
        """Numbers of a few steps, the first and the last among them."""
        muted = LOOK.now.color("muted")
        foot = QRectF(area.left(), area.bottom() + 18, area.width() + RIGHT - 4, 16)
        label(painter, foot, STEP if steps else tr("no levels yet"), muted, AT_RIGHT)
        many = min(steps, 5, int(area.width() / APART))
        for step in sorted({round(n * (steps - 1) / (many - 1)) for n in range(many)}) if many > 1 else ():
            middle = area.left() + area.width() * step / (steps - 1)
            left = min(middle - APART / 2, self.width() - APART / 2 - RIGHT)
            room = QRectF(left, area.bottom() + 3, APART, 15)
            label(painter, room, str(step + 1), muted, Qt.AlignmentFlag.AlignHCenter)

    def _paint_curve(self, painter: QPainter) -> None:
        look, shown = LOOK.now, self._shown()
        if len(shown) < 2:
            return
        shares = np.linspace(0, 1, len(shown))
        dots = [self._dot(float(share), level) for share, level in zip(shares, shown, strict=True)]
        painter.setPen(QPen(look.color("accent"), 1.5))
        if self.drawn:
            fine = np.linspace(0, 1, 120)
            curve = zip(fine, interpolate(self.points, fine), strict=True)
            painter.drawPolyline(QPolygonF([self.place(float(x), float(y)) for x, y in curve]))
        else:
            painter.drawPolyline(QPolygonF(dots))
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.color("accent"))
        crowded = any(b.x() - a.x() < 4 for a, b in pairwise(dots))
        for dot in () if crowded else dots:
            painter.drawEllipse(dot, 2, 2)

    def _dot(self, share: float, level: float) -> QPointF:
        """Infinity is drawn at the top edge."""
        return self.place(share, self._range[1] if math.isinf(level) else math.log(level))

    def _paint_points(self, painter: QPainter) -> None:
        look = LOOK.now
        for index, point in enumerate(self.points):
            chosen = index == self.active
            painter.setBrush(look.color("accent" if chosen else "surface"))
            painter.setPen(QPen(look.color("text" if chosen else "accent" if self.drawn else "muted"), 1.5))
            painter.drawEllipse(self.place(*point), *((6.5, 6.5) if chosen else (5.0, 5.0)))


def _level(sigma: float) -> str:
    return "\u221e" if math.isinf(sigma) else f"{sigma:.3g}"
