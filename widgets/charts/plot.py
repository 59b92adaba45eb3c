"""A line plot that paints itself: linear or logarithmic axes, a legend, a readout under the cursor.

A right click saves figures (CSV) or drawing (SVG, PNG). Axes and lines are computed by `widgets.charts.axes`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy

from engines.core.words import tr
from widgets.charts.axes import Axis, figure
from widgets.charts.class_colors import DASHES
from widgets.charts.drawn import RIGHT, DrawnChart, around, draw_note, flowed, label, stroke
from widgets.charts.marks import mark
from widgets.kit.theme import LOOK, number_font

LINE_HEIGHT, WORD_HEIGHT, MARK = 16.0, 9.0, 3.5
MIDDLE = Qt.AlignmentFlag.AlignVCenter


@dataclass(frozen=True, slots=True)
class Series:
    """One line: equally long x and y. markers: a mark at every point. place: its colour and mark. style:
    line style, -1 as place.

    faint: drawn thin and pale, as raw figures behind a smoothed line; it has no place in the legend. strong: drawn
    thick, the one that is looked at. token: a colour of the theme in place of the series colours, for a reference.
    """

    name: str
    x: Sequence[float]
    y: Sequence[float]
    markers: bool = False
    place: int = 0
    faint: bool = False
    style: int = -1
    strong: bool = False
    token: str = ""

    @property
    def color(self) -> QColor:
        return LOOK.now.color(self.token) if self.token else LOOK.now.nth(self.place)

    @property
    def pen_style(self) -> Qt.PenStyle:
        return DASHES[(self.place if self.style < 0 else self.style) % len(DASHES)]


class Plot(DrawnChart):
    """Lines over one pair of axes; `set_series` shows them, `set_level` draws a line across."""

    def __init__(self, name: str, x_title: str, y_title: str, *, log_x: bool = False, log_y: bool = False) -> None:
        super().__init__(name)
        self.x_title, self.y_title = x_title, y_title
        self.log_x, self.log_y = log_x, log_y
        self.series: tuple[Series, ...] = ()
        self._level: tuple[float, str] | None = None
        self._x, self._y = Axis.over((), log_x), Axis.over((), log_y)
        self._nothing = ""
        self.setMinimumSize(160, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def level(self) -> float | None:
        """Where the line across is."""
        return self._level[0] if self._level else None

    def set_series(self, series: Sequence[Series]) -> None:
        """Show these, in whole."""
        self.series = tuple(series)
        self._fit()

    def set_level(self, value: float | None, words: str = "") -> None:
        """A line across at `value`, with words on it."""
        fresh = None if value is None else (value, words)
        if fresh != self._level:
            self._level = fresh
            self.update()

    def set_nothing(self, words: str) -> None:
        """What is said while there are no lines."""
        self._nothing = words
        self.update()

    def table(self) -> list[list[str]]:
        """The figures, a heading first."""
        rows = [[one.name, f"{x:.6g}", f"{y:.6g}"] for one in self.series for x, y in zip(one.x, one.y, strict=True)]
        return [["line", self.x_title, self.y_title], *rows]

    def axes(self) -> Sequence[tuple[str, QRectF]]:
        return around(self._box(), self.x_title, self.y_title) if self._has_figures else ()

    @property
    def _has_figures(self) -> bool:
        return any(len(one.x) for one in self.series)

    def readout(self, place: QPointF) -> str:
        """The figures nearest to a place of the widget, one line each."""
        found = self._nearest(place)
        if found is None:
            return ""
        one, index = found
        return tr("{one}: {y} at {x}", one=one.name, y=figure(one.y[index]), x=figure(one.x[index]))

    def sizeHint(self) -> QSize:
        return QSize(320, 200)

    def _fit(self) -> None:
        self._x = Axis.over([x for one in self.series for x in one.x], self.log_x)
        self._y = Axis.over([y for one in self.series for y in one.y], self.log_y)
        words = ", ".join(one.name for one in self.series if not one.faint)
        self.setAccessibleDescription(
            tr("{y_title} over {x_title}: {words}", y_title=self.y_title, x_title=self.x_title, words=words)
            if words
            else self._nothing
        )
        self.update()

    def _box(self) -> QRectF:
        """Where the lines are."""
        metrics = QFontMetricsF(number_font(11))
        top = LINE_HEIGHT * (1 + self._legend_rows(self.width() - 24)) + 10
        high = max(self.height() - top - 38, 10)
        left = max((metrics.horizontalAdvance(words) for _value, words in self._y_ticks(high)), default=20.0) + 14
        return QRectF(left, top, max(self.width() - left - 14, 10), high)

    def _y_ticks(self, high: float) -> list[tuple[float, str]]:
        return self._y.fitting(high, lambda _words: WORD_HEIGHT, 5)

    def _at(self, box: QRectF, x: float, y: float) -> QPointF:
        return QPointF(
            box.left() + box.width() * self._x.share(x),
            box.bottom() - box.height() * self._y.share(y),
        )

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(number_font(11))
        if not self._has_figures:
            room = QRectF(self.rect()).adjusted(12, 12, -12, -12)
            painter.setPen(LOOK.now.color("muted"))
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._nothing)
            return
        box = self._box()
        self._draw_axes(painter, box)
        self._draw_legend(painter)
        painter.save()
        painter.setClipRect(box.adjusted(-5, -5, 5, 5))
        for one in self.series:
            self._draw_line(painter, box, one)
        painter.restore()
        self._draw_level(painter, box)
        self._draw_cursor(painter, box)

    def _draw_axes(self, painter: QPainter, box: QRectF) -> None:
        look = LOOK.now
        faint, words = QPen(look.color("muted", 0.15), 1), look.color("muted")
        for value, text in self._y_ticks(box.height()):
            y = round(self._at(box, self._x.low, value).y()) + 0.5
            stroke(painter, faint, QPointF(box.left(), y), QPointF(box.right(), y))
            label(painter, QRectF(0, y - 8, box.left() - 6, 16), text, words, RIGHT)
        size = QFontMetricsF(painter.font()).horizontalAdvance
        for value, text in self._x.fitting(box.width(), size, int(box.width() / 46)):
            x = round(self._at(box, value, self._y.low).x()) + 0.5
            stroke(painter, faint, QPointF(x, box.top()), QPointF(x, box.bottom()))
            wide = size(text)
            room = QRectF(min(max(x - wide / 2, 0), self.width() - wide), box.bottom() + 3, wide + 2, 15)
            label(painter, room, text, words)
        stroke(painter, QPen(look.color("line"), 1), box.bottomLeft(), box.bottomRight())
        label(painter, QRectF(8, box.bottom() + 19, box.right() - 8, 16), self.x_title, words, RIGHT)
        label(painter, QRectF(8, 2, self.width() - 16, LINE_HEIGHT), self.y_title, words)

    def _draw_line(self, painter: QPainter, box: QRectF, one: Series) -> None:
        color = one.color
        if one.faint:
            color.setAlphaF(0.3)
        pen = QPen(color, 1.0 if one.faint else 2.5 if one.strong else 1.75)
        pen.setStyle(Qt.PenStyle.SolidLine if one.faint else one.pen_style)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        points = [self._at(box, x, y) for x, y in zip(one.x, one.y, strict=True) if self._shown(x, y)]
        painter.setPen(pen)
        painter.drawPolyline(QPolygonF(points))
        if one.markers or len(points) == 1:
            painter.setPen(QPen(LOOK.now.color("surface"), 1))
            painter.setBrush(color)
            shape = mark(one.place, MARK)
            for point in points:
                painter.drawPath(shape.translated(point))

    def _shown(self, x: float, y: float) -> bool:
        return math.isfinite(x) and math.isfinite(y) and (x > 0 or not self.log_x) and (y > 0 or not self.log_y)

    def _legend(self) -> list[Series]:
        named = [one for one in self.series if not one.faint]
        return named if len(named) > 1 else []

    def _legend_places(self, wide: float) -> list[tuple[float, int]]:
        """Left edge and row of each name of the legend."""
        metrics = QFontMetricsF(number_font(11))
        return flowed([metrics.horizontalAdvance(one.name) + 40 for one in self._legend()], wide + 12)

    def _legend_rows(self, wide: float) -> int:
        places = self._legend_places(wide)
        return places[-1][1] + 1 if places else 0

    def _draw_legend(self, painter: QPainter) -> None:
        metrics = QFontMetricsF(number_font(11))
        for one, (left, row) in zip(self._legend(), self._legend_places(self.width() - 24), strict=True):
            x, y = 8 + left, 2 + LINE_HEIGHT * (row + 1) + LINE_HEIGHT / 2
            pen = QPen(one.color, 2.5 if one.strong else 1.75, one.pen_style)
            stroke(painter, pen, QPointF(x, y), QPointF(x + 20, y))
            if one.markers:
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(one.color)
                painter.drawPath(mark(one.place, MARK).translated(x + 10, y))
            room = QRectF(x + 25, y - 8, metrics.horizontalAdvance(one.name) + 4, LINE_HEIGHT)
            label(painter, room, one.name, LOOK.now.color("muted"))

    def _draw_level(self, painter: QPainter, box: QRectF) -> None:
        if self._level is None:
            return
        value, words = self._level
        y = box.bottom() - box.height() * min(max(self._y.share(value), 0.0), 1.0)
        color = LOOK.now.color("warn")
        dashed = QPen(color, 1.5, Qt.PenStyle.DashLine)
        stroke(painter, dashed, QPointF(box.left(), y), QPointF(box.right(), y))
        top = y - 17 if y - 18 > box.top() else y + 2
        label(painter, QRectF(box.left() + 4, top, box.width() - 8, 15), words, color)

    def _draw_cursor(self, painter: QPainter, box: QRectF) -> None:
        if self._cursor is None or (found := self._nearest(self._cursor)) is None:
            return
        look, (one, index) = LOOK.now, found
        point = self._at(box, one.x[index], one.y[index])
        across = QPointF(point.x(), box.top()), QPointF(point.x(), box.bottom())
        stroke(painter, QPen(look.color("muted", 0.5), 1), *across)
        painter.setPen(QPen(look.color("text"), 1.5))
        painter.setBrush(one.color)
        painter.drawEllipse(point, 4.0, 4.0)
        words = self.readout(self._cursor)
        wide = QFontMetricsF(number_font(11)).horizontalAdvance(words) + 14
        left = min(max(point.x() - wide / 2, 4.0), self.width() - wide - 4)
        top = point.y() - 28 if point.y() - 28 > 0 else point.y() + 10
        draw_note(painter, QRectF(left, top, wide, 20), [words])

    def _nearest(self, place: QPointF) -> tuple[Series, int] | None:
        """The point nearest to a place, within 60 pixels."""
        box, best, found = self._box(), 60.0, None
        for one in (one for one in self.series if not one.faint):
            for index, (x, y) in enumerate(zip(one.x, one.y, strict=True)):
                away = self._at(box, x, y) - place if self._shown(x, y) else QPointF(best, best)
                if (distance := math.hypot(away.x(), away.y())) < best:
                    best, found = distance, (one, index)
        return found
