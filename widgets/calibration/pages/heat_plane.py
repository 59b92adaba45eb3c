"""A map of magnitudes over the picture or the board: colours, lines of equal value, dots, arrows, and the scale."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QImage, QPainter, QPen

from engines.core.words import tr
from widgets.calibration.pages.plane import Plane, shown_in
from widgets.charts.axes import figure
from widgets.charts.contours import contour, refined
from widgets.charts.heat import draw_scale, heat_image, signed_image
from widgets.kit.theme import LOOK, number_font

Floats = NDArray[np.float64]
FINE = 6
"""Steps of the drawn map to one of its grid."""
INK, PAPER = QColor(10, 12, 16, 220), QColor(255, 255, 255, 235)
SCALE_WIDTH = 440.0
SMALLEST = 0.5
"""Percentile at which the scale of magnitudes begins."""


@dataclass(frozen=True)
class Heat:
    """values: (rows, columns) from corner to corner of `extent`, nan where nothing is known. signed: two colours about
    zero. levels: values that lines are drawn for, dashed below zero. dots: points in the plane's
    units. arrows: from and to, drawn `enlarged` times longer. title: what the colours mean, said at the scale."""

    values: Floats
    extent: QRectF
    unit: str
    title: str = ""
    signed: bool = False
    levels: Sequence[float] = ()
    dots: Sequence[tuple[float, float]] = ()
    arrows: Sequence[tuple[float, float, float, float]] = ()
    enlarged: float = 1.0
    frame: QRectF = field(default_factory=QRectF)
    """What is shown of the plane, where that is more than the extent."""

    @property
    def high(self) -> float:
        """Where the scale ends."""
        known = np.abs(self.values[np.isfinite(self.values)])
        return (float(known.max()) if known.size else 0.0) or 1.0

    @property
    def low(self) -> float:
        """Where the scale begins: of magnitudes at the smallest, but not where that is one of a thousand."""
        if self.signed:
            return -self.high
        known = self.values[np.isfinite(self.values) & (self.values > 0)]
        return float(np.percentile(known, SMALLEST)) if known.size else self.high / 10

    def colours(self, values: Floats) -> QImage:
        """Magnitudes by their logarithm, signed values as they are."""
        if self.signed:
            return signed_image(values, self.high)
        with np.errstate(divide="ignore"):
            return heat_image(np.log(np.maximum(values, 0)), math.log(self.low), math.log(self.high * 1.0001))

    def value(self, x: float, y: float) -> float:
        """Linear between the grid's values; nan outside."""
        rows, columns = self.values.shape
        column = (x - self.extent.left()) / self.extent.width() * (columns - 1)
        row = (y - self.extent.top()) / self.extent.height() * (rows - 1)
        if not (0 <= column <= columns - 1 and 0 <= row <= rows - 1):
            return math.nan
        c, r = min(int(column), columns - 2), min(int(row), rows - 2)
        u, v = column - c, row - r
        cell = self.values[r : r + 2, c : c + 2]
        return float(np.array([1 - v, v]) @ cell @ np.array([1 - u, u]))


class HeatPlane(Plane):
    """`show_heat` shows a map; None shows `nothing`."""

    def __init__(self, name: str, unit: str) -> None:
        super().__init__(name, unit)
        self.heat: Heat | None = None
        self._image: QImage | None = None
        self._fine: Floats = np.zeros((0, 0))
        self._lines: list[tuple[float, list[QLineF]]] = []
        LOOK.changed.connect(self._colour)

    def show_heat(self, heat: Heat | None) -> None:
        self.heat, self.is_empty = heat, heat is None
        if heat is not None:
            self.extent = heat.frame if heat.frame.isValid() else heat.extent
            self._fine = refined(heat.values, FINE)
            self._lines = [(level, self._line(heat, level)) for level in heat.levels]
        self._colour()
        self.update()

    def contour_lines(self, level: float) -> list[QLineF]:
        """The pieces of a line in the plane's units."""
        return next((lines for value, lines in self._lines if value == level), [])

    def table(self) -> list[list[str]]:
        """Every value of the grid with its place, a heading first."""
        heat = self.heat
        if heat is None:
            return [["x", "y", "value"]]
        rows, columns = heat.values.shape
        xs = np.linspace(heat.extent.left(), heat.extent.right(), columns)
        ys = np.linspace(heat.extent.top(), heat.extent.bottom(), rows)
        values = ((x, y, heat.values[r, c]) for r, y in enumerate(ys) for c, x in enumerate(xs))
        return [[f"x ({self.unit})", f"y ({self.unit})", heat.unit], *([f"{v:.6g}" for v in row] for row in values)]

    def readout(self, x: float, y: float) -> list[str]:
        value = self.heat.value(x, y) if self.heat is not None else math.nan
        if self.heat is None or not math.isfinite(value):
            return []
        sign = "+" if self.heat.signed and value > 0 else ""
        one, unit = shown_in(self.unit)
        decimals = max(0, -math.floor(math.log10(one)))
        place = {"x": f"{x * one:.{decimals}f}", "y": f"{y * one:.{decimals}f}", "unit": unit}
        return [f"{sign}{_told(value, self.heat.unit)}", tr("at {x}, {y} {unit}", **place)]

    def paint_plane(self, painter: QPainter) -> None:
        heat = self.heat
        if heat is None or self._image is None:
            return
        rows, columns = self._fine.shape
        box = QRectF(self.at(*heat.extent.topLeft().toTuple()), self.at(*heat.extent.bottomRight().toTuple()))
        half = QPointF(box.width() / (columns - 1) / 2, box.height() / (rows - 1) / 2)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(QRectF(box.topLeft() - half, box.bottomRight() + half), self._image)
        self._paint_dots(painter, heat)
        self._paint_arrows(painter, heat)
        levels = [(level, [self._moved(line) for line in lines]) for level, lines in self._lines]
        for level, lines in levels:
            _stroke(painter, lines, 1.1, dashed=level < 0)
        taken: list[QRectF] = []
        for level, lines in levels:
            self._paint_level(painter, "+" * (heat.signed and level > 0) + _told(level, heat.unit), lines, taken)

    def paint_foot(self, painter: QPainter, room: QRectF) -> None:
        heat = self.heat
        if heat is not None:
            wide = min(SCALE_WIDTH, room.width())
            bar = QRectF(room.center().x() - wide / 2, room.top() + 2, wide, room.height())
            plus = "+" if heat.signed else ""
            ends = _told(heat.low, heat.unit, rough), plus + _told(heat.high, heat.unit, rough)
            title = heat.title if heat.signed else tr("{heat}, logarithmic", heat=heat.title)
            draw_scale(painter, bar, *ends, signed=heat.signed, title=title)

    def _colour(self) -> None:
        heat = self.heat
        if heat is None:
            self._image = None
        else:
            self._image = heat.colours(self._fine)

    def _line(self, heat: Heat, level: float) -> list[QLineF]:
        rows, columns = heat.values.shape
        across, down = heat.extent.width() / (columns - 1), heat.extent.height() / (rows - 1)
        scale, start = np.array([across, down]), np.array([heat.extent.left(), heat.extent.top()])
        return [QLineF(*map(float, ends.ravel())) for ends in contour(heat.values, level) * scale + start]

    def _moved(self, line: QLineF) -> QLineF:
        """Where a line of the heat is in the widget."""
        return QLineF(self.at(line.x1(), line.y1()), self.at(line.x2(), line.y2()))

    def _paint_dots(self, painter: QPainter, heat: Heat) -> None:
        radius = 2.2 if heat.signed else 1.3
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(LOOK.now.color("text") if heat.signed else QColor(255, 255, 255, 120))
        for x, y in heat.dots:
            painter.drawEllipse(self.at(x, y), radius, radius)

    def _paint_arrows(self, painter: QPainter, heat: Heat) -> None:
        for x, y, u, v in heat.arrows:
            start, end = self.at(x, y), self.at(x + (u - x) * heat.enlarged, y + (v - y) * heat.enlarged)
            painter.setPen(QPen(LOOK.now.color("text"), 1.5))
            painter.drawLines([QLineF(start, end), *_head(start, end)])

    def _paint_level(self, painter: QPainter, words: str, lines: Sequence[QLineF], taken: list[QRectF]) -> None:
        """At the right of the middle, or where else there is room."""
        size = QRectF(0, 0, QFontMetricsF(number_font(11)).horizontalAdvance(words) + 10, 16)
        room, middle = self.box.adjusted(2, 2, -2, -2), self.box.center()
        for line in sorted(lines, key=lambda one: abs(one.center().y() - middle.y()) - 0.2 * one.center().x()):
            size.moveCenter(line.center())
            if room.contains(size) and not any(size.intersects(other) for other in taken):
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(INK)
                painter.drawRoundedRect(size, 8, 8)
                painter.setPen(PAPER)
                painter.setFont(number_font(11))
                painter.drawText(size, Qt.AlignmentFlag.AlignCenter, words)
                taken.append(QRectF(size))
                return


def _stroke(painter: QPainter, lines: Sequence[QLineF], width: float, *, dashed: bool) -> None:
    """White with a dark halo, to be read on any colour; pieces are short, and dashed each is half as long."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, wide in ((INK, width + 1.2), (PAPER, width)):
        pen = QPen(color, wide)
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        painter.setPen(pen)
        painter.drawLines([QLineF(line.pointAt(0.25), line.pointAt(0.75)) if dashed else line for line in lines])


def _head(start: QPointF, end: QPointF) -> list[QLineF]:
    shaft = QLineF(end, start)
    if shaft.length() < 5:
        return []
    made = []
    for turn in (-26, 26):
        side = QLineF(shaft)
        side.setAngle(shaft.angle() + turn)
        side.setLength(min(5.0, shaft.length() / 2))
        made.append(side)
    return made


def _told(value: float, unit: str, written: Callable[[float], str] = figure) -> str:
    one, shown = shown_in(unit)
    return f"{written(value * one)} {shown}"


def rough(value: float) -> str:
    """A figure of which two digits mean something."""
    return figure(float(f"{value:.2g}"))


def round_levels(values: Floats, most: int = 9) -> list[float]:
    """1, 2 and 5 times powers of ten among magnitudes, or the powers alone where those are many."""
    known = values[np.isfinite(values) & (values > 0)]
    if not known.size:
        return []
    low, high = float(np.percentile(known, SMALLEST)), float(known.max())
    powers = range(math.floor(math.log10(low)), math.ceil(math.log10(high)) + 1)
    for factors in ((1, 2, 5), (1, 3), (1,)):
        steps = [round(step * 10.0**power, 12) for power in powers for step in factors]
        if len(kept := [step for step in steps if low < step < high]) <= most:
            return kept
    return kept[-most:]
