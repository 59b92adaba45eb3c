"""A line plot with bands of uncertainty, filled histograms, shares in percent, and a readout of all lines at one x.

The cross hair reads every line where it stands; arrow keys move it too. Lines come from `widgets.charts.plot`.
"""

from __future__ import annotations

import bisect
import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QBrush, QFontMetricsF, QKeyEvent, QMouseEvent, QPaintDevice, QPainter, QPen, QPolygonF

from widgets.charts.axes import Axis, figure, percent
from widgets.charts.drawn import LINE, draw_note, stroke
from widgets.charts.plot import Plot, Series
from widgets.kit.theme import LOOK, number_font

FILLS = (Qt.BrushStyle.BDiagPattern, Qt.BrushStyle.FDiagPattern, Qt.BrushStyle.Dense6Pattern)


class ShareAxis(Axis):
    """An axis of shares, 0 to 1, whose ticks are written in percent."""

    __slots__ = ()

    def ticks(self, most: int = 5) -> list[tuple[float, str]]:
        values = [value for value, _words in Axis.ticks(self, most)]
        whole = all(abs(100 * value - round(100 * value)) < 1e-6 for value in values if value >= 0.1)
        return [(value, percent(value, (0 if whole else 1) if value >= 0.1 else -1)) for value in values]


@dataclass(frozen=True, slots=True)
class Band:
    """The area between low and high over x, in the colour of the series of that place. hatched: for histograms."""

    x: Sequence[float]
    low: Sequence[float]
    high: Sequence[float]
    place: int = 0
    hatched: bool = False


@dataclass(frozen=True, slots=True)
class Mark:
    """An upright line with words. chosen: the one that counts, drawn strong."""

    x: float
    words: str
    chosen: bool = False


class BandPlot(Plot):
    """`shares`: y is in percent. `crossed(x)` tells where the cross hair stands (nan: gone)."""

    crossed = Signal(float)

    def __init__(
        self,
        name: str,
        x_title: str,
        y_title: str,
        *,
        log_x: bool = False,
        log_y: bool = False,
        shares: bool = False,
        shares_x: bool = False,
    ) -> None:
        super().__init__(name, x_title, y_title, log_x=log_x, log_y=log_y)
        self.bands: tuple[Band, ...] = ()
        self.uprights: tuple[Mark, ...] = ()
        self._shares, self._shares_x = shares, shares_x
        self._x_range: tuple[float, float] | None = None
        self._y_range: tuple[float, float] | None = None
        self._least_left = 0.0
        self.cross: float | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_lines(self, series: Sequence[Series], bands: Sequence[Band] = ()) -> None:
        """Show these, in whole."""
        self.bands = tuple(bands)
        self.set_series(series)

    def set_uprights(self, marks: Sequence[Mark]) -> None:
        if tuple(marks) != self.uprights:
            self.uprights = tuple(marks)
            self.update()

    def set_ranges(self, x: tuple[float, float] | None = None, y: tuple[float, float] | None = None) -> None:
        """Fixed ends of the axes; None follows the lines."""
        self._x_range, self._y_range = x, y
        self._fit()

    def set_cross(self, x: float | None) -> None:
        """Put the cross hair somewhere, as a chart above or below does."""
        if x != self.cross:
            self.cross = x
            self.update()

    @property
    def left_room(self) -> float:
        """Pixels that the words of the y axis take."""
        return super()._box().left()

    def set_left_room(self, pixels: float) -> None:
        """Begin no further left than this, so that charts above one another line up."""
        if pixels != self._least_left:
            self._least_left = pixels
            self.update()

    def reading(self, x: float) -> list[str]:
        """Every line at an x: first the x itself, then "name: y (low\u2013high)"."""
        head = f"{self.x_title} {self._words(x, self._shares_x)}"
        lines = [self._line_reading(one, x) for one in self.series if not one.faint]
        return [head, *[line for line in lines if line]]

    def table(self) -> list[list[str]]:
        rows = super().table()
        for band in self.bands:
            name = next((one.name for one in self.series if one.place == band.place and not one.token), "band")
            for end, values in () if band.hatched else (("low", band.low), ("high", band.high)):
                rows += [[f"{name}, {end}", f"{x:.6g}", f"{y:.6g}"] for x, y in zip(band.x, values, strict=True)]
        return rows

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        box = self._box()
        inside = box.adjusted(-1, -1, 1, 1).contains(event.position())
        self._move_cross(self._x_at(box, event.position().x()) if inside else None)

    def leaveEvent(self, event: QEvent) -> None:
        self._move_cross(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        steps = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
        box = self._box()
        if event.key() in steps and self.series:
            now = self.cross if self.cross is not None else self._x_at(box, box.center().x())
            at = box.left() + box.width() * self._x.share(now) + 2 * steps[Qt.Key(event.key())]
            self._move_cross(self._x_at(box, min(max(at, box.left()), box.right())))
            self.setAccessibleDescription(", ".join(self.reading(self.cross or 0.0)))
        elif event.key() == Qt.Key.Key_Escape and self.cross is not None:
            self._move_cross(None)
        else:
            super().keyPressEvent(event)

    def _draw_on(self, device: QPaintDevice) -> None:
        kept, self.cross = self.cross, None
        super()._draw_on(device)
        self.cross = kept

    def _move_cross(self, x: float | None) -> None:
        if x != self.cross:
            self.set_cross(x)
            self.crossed.emit(math.nan if x is None else x)

    def _fit(self) -> None:
        super()._fit()
        self._x = _axis(self._x_range, [x for one in self.series for x in one.x], self.log_x, self._shares_x)
        self._y = _axis(self._y_range, [y for one in self.series for y in one.y], self.log_y, self._shares)

    def _box(self) -> QRectF:
        box = super()._box()
        box.setLeft(max(box.left(), self._least_left))
        return box

    def _x_at(self, box: QRectF, pixel: float) -> float:
        share = (pixel - box.left()) / box.width()
        if self._x.log:
            return math.exp(math.log(self._x.low) + share * (math.log(self._x.high) - math.log(self._x.low)))
        return self._x.low + share * (self._x.high - self._x.low)

    def _draw_axes(self, painter: QPainter, box: QRectF) -> None:
        super()._draw_axes(painter, box)
        painter.save()
        painter.setClipRect(box)
        for band in self.bands:
            self._draw_band(painter, box, band)
        painter.restore()

    def _draw_band(self, painter: QPainter, box: QRectF, band: Band) -> None:
        tops = [self._held(box, x, y) for x, y in zip(band.x, band.high, strict=True)]
        feet = [self._held(box, x, y) for x, y in zip(band.x, band.low, strict=True)]
        area = QPolygonF([*tops, *reversed(feet)])
        color = LOOK.now.nth(band.place)
        painter.setPen(Qt.PenStyle.NoPen)
        color.setAlphaF(0.16)
        painter.setBrush(color)
        painter.drawPolygon(area)
        if band.hatched:
            color.setAlphaF(0.45)
            painter.setBrush(QBrush(color, FILLS[band.place % len(FILLS)]))
            painter.drawPolygon(area)

    def _held(self, box: QRectF, x: float, y: float) -> QPointF:
        """The place of a figure, at the axis' end where it lies beyond (a share of 0 on a logarithmic axis)."""
        share = self._y.share(y) if y > 0 or not self._y.log else 0.0
        return QPointF(self._at(box, x, self._y.low).x(), box.bottom() - box.height() * min(max(share, 0.0), 1.0))

    def _draw_upright(self, painter: QPainter, box: QRectF, mark: Mark) -> None:
        share = self._x.share(mark.x)
        if not 0 <= share <= 1:
            return
        look, x = LOOK.now, box.left() + box.width() * share
        style = Qt.PenStyle.SolidLine if mark.chosen else Qt.PenStyle.DotLine
        pen = QPen(look.color("text" if mark.chosen else "muted", 0.9), 1.5 if mark.chosen else 1, style)
        stroke(painter, pen, QPointF(x, box.top()), QPointF(x, box.bottom()))
        if mark.words:
            wide = QFontMetricsF(number_font(11)).horizontalAdvance(mark.words) + 12
            left = x + 5 if x + 5 + wide < box.right() else x - 5 - wide
            draw_note(painter, QRectF(left, box.top() + 2, wide, 18), [mark.words])

    def _draw_cursor(self, painter: QPainter, box: QRectF) -> None:
        for mark in self.uprights:
            self._draw_upright(painter, box, mark)
        if self.cross is None or not 0 <= self._x.share(self.cross) <= 1:
            return
        look, x = LOOK.now, box.left() + box.width() * self._x.share(self.cross)
        stroke(painter, QPen(look.color("muted", 0.6), 1), QPointF(x, box.top()), QPointF(x, box.bottom()))
        for one in self.series:
            y = None if one.faint else value_at(one.x, one.y, self.cross)
            if y is not None and self._shown(self.cross, y):
                painter.setPen(QPen(look.color("text"), 1.5))
                painter.setBrush(one.color)
                painter.drawEllipse(self._held(box, self.cross, y), 3.5, 3.5)
        lines = self.reading(self.cross)
        metrics = QFontMetricsF(number_font(11))
        wide, high = max(metrics.horizontalAdvance(line) for line in lines) + 14, LINE * len(lines) + 8
        left = x + 8 if x + 8 + wide < self.width() - 2 else max(x - 8 - wide, 2.0)
        draw_note(painter, QRectF(left, max(box.top() + 24, box.bottom() - high - 6), wide, high), lines)

    def _line_reading(self, one: Series, x: float) -> str:
        y = value_at(one.x, one.y, x)
        if y is None:
            return ""
        words = f"{one.name}: {self._words(y, self._shares)}"
        own = (band for band in self.bands if band.place == one.place and not band.hatched and not one.token)
        band = next(own, None)
        if band is None:
            return words
        low, high = value_at(band.x, band.low, x), value_at(band.x, band.high, x)
        if low is None or high is None:
            return words
        return f"{words} ({self._words(low, self._shares).removesuffix(' %')}\u2013{self._words(high, self._shares)})"

    def _words(self, value: float, share: bool) -> str:
        return percent(value) if share else figure(value)


def value_at(x: Sequence[float], y: Sequence[float], at: float) -> float | None:
    """y at a place between two points of ascending x, by a straight line; None outside."""
    if not len(x) or not x[0] <= at <= x[-1]:
        return None
    after = min(bisect.bisect_left(x, at), len(x) - 1)
    before = max(after - 1, 0)
    if x[after] in (at, x[before]):
        return y[after]
    share = (at - x[before]) / (x[after] - x[before])
    return y[before] + share * (y[after] - y[before])


def stairs(edges: Sequence[float], heights: Sequence[float]) -> tuple[list[float], list[float]]:
    """A histogram's outline: two points a bin."""
    x = [edge for pair in zip(edges[:-1], edges[1:], strict=True) for edge in pair]
    return x, [height for height in heights for _twice in range(2)]


def _axis(ends: tuple[float, float] | None, values: list[float], log: bool, shares: bool) -> Axis:
    kind = ShareAxis if shares else Axis
    return kind(*ends, log) if ends is not None else kind.over(values, log)
