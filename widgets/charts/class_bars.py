"""Horizontal bars with a share for each class and the value beside it, of one model or of several.

With one model a bar has its class's colour; with several it has its model's colour and hatch, the same as the model's
lines elsewhere, and the class keeps a spot of its colour beside its name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from engines.core.words import tr
from widgets.charts.axes import percent
from widgets.charts.class_colors import HATCHES, class_brush, class_words
from widgets.charts.drawn import RIGHT, DrawnChart, bold, flowed, label, stroke
from widgets.kit.access.elided import elided
from widgets.kit.theme import LOOK, number_font
from widgets.kit.when_new import when_new

ALONE, MOST_ALONE, BESIDE, GAP = 24.0, 40.0, 17.0, 9.0
"""Pixels of a class with one model, at least and at most; of each bar with several, and between classes."""
FOOT, HEAD, SPOT = 18.0, 20.0, 10.0
MOST_NAME = 0.36
"""Share of the width that the names may take."""
TICKS = (0.0, 0.25, 0.5, 0.75, 1.0)


@dataclass(frozen=True, slots=True)
class ClassRow:
    """A class and one value a model, None where it was not measured."""

    name: str
    values: tuple[float | None, ...]


class ClassBars(DrawnChart):
    """`show_rows` shows classes in this order. missing: what is said in place of a bar."""

    given = True
    """Names of classes are the user's, or those of a data set."""

    def __init__(self, name: str, value: str, missing: str = tr("not measured")) -> None:
        super().__init__(name)
        self.value, self._missing = value, missing
        self.rows: tuple[ClassRow, ...] = ()
        self.models: tuple[str, ...] = ()
        self.strong = 0
        self.setMinimumWidth(200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.MinimumExpanding)

    @when_new
    def show_rows(self, rows: Sequence[ClassRow], models: Sequence[str] = ("",), strong: int = 0) -> None:
        """Show these; equal ones touch nothing."""
        self.rows, self.models, self.strong = tuple(rows), tuple(models), strong
        said = ", ".join(f"{row.name} {self._words(row.values[strong])}" for row in rows if row.values)
        self.setAccessibleDescription(f"{self.value}: {said}" if said else "")
        self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(360, round(self._top() + len(self.rows) * self._least_row() + FOOT))

    def minimumSizeHint(self) -> QSize:
        return QSize(200, self.sizeHint().height())

    def table(self) -> list[list[str]]:
        names = [name or self.value for name in self.models]
        rows = [[row.name, *("" if v is None else f"{v:.6g}" for v in row.values)] for row in self.rows]
        return [["class", *names], *rows]

    def axes(self) -> Sequence[tuple[str, QRectF]]:
        """Of the shares; their title stands above the chart."""
        box = self._box()
        return (("", QRectF(box.left() - 30, box.bottom(), box.width() + 60, FOOT)),) if self.rows else ()

    def tip_at(self, place: QPointF) -> str:
        """Class, model and value at a place of the widget, or nothing."""
        index = int((place.y() - self._top()) // self._row_height()) if place.y() >= self._top() else -1
        if not 0 <= index < len(self.rows):
            return ""
        row = self.rows[index]
        return "\n".join([row.name, *(self._line(n, value) for n, value in enumerate(row.values))])

    def _line(self, model: int, value: float | None) -> str:
        name = self.models[model] if len(self.models) > 1 else self.value
        return f"{name}: {self._words(value)}"

    def _words(self, value: float | None) -> str:
        return self._missing if value is None else percent(value, 1)

    def _least_row(self) -> float:
        return ALONE if len(self.models) < 2 else BESIDE * len(self.models) + GAP

    def _row_height(self) -> float:
        """Bars of one model grow with the room there is."""
        least = self._least_row()
        if len(self.models) > 1 or not self.rows:
            return least
        return min(max((self.height() - self._top() - FOOT) / len(self.rows), least), MOST_ALONE)

    def _top(self) -> float:
        return HEAD * self._legend_rows() if len(self.models) > 1 else 2.0

    def _legend_widths(self) -> list[float]:
        """Pixels of each model's name."""
        metrics, most = QFontMetricsF(number_font(11)), max(self.width() - 30.0, 40.0)
        return [min(metrics.horizontalAdvance(name) + 4, most) for name in self.models]

    def _legend_places(self) -> list[tuple[float, int]]:
        """Left edge and row of each model's name."""
        return flowed([wide + 34 for wide in self._legend_widths()], self.width() + 12)

    def _legend_rows(self) -> int:
        return self._legend_places()[-1][1] + 1

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(number_font(11))
        box = self._box()
        self._draw_grid(painter, box)
        if len(self.models) > 1:
            self._draw_legend(painter)
        for index, row in enumerate(self.rows):
            self._draw_row(painter, box, index, row)

    def _box(self) -> QRectF:
        """Where the bars are; names to the left, values to the right."""
        metrics = QFontMetricsF(number_font())
        widest = max((metrics.horizontalAdvance(row.name) for row in self.rows), default=0.0)
        left = min(widest, self.width() * MOST_NAME) + SPOT + 20
        right = QFontMetricsF(bold(11)).horizontalAdvance("100.0 %") + 10
        high = len(self.rows) * self._row_height()
        return QRectF(left, self._top(), max(self.width() - left - right, 20.0), high)

    def _draw_grid(self, painter: QPainter, box: QRectF) -> None:
        muted = LOOK.now.color("muted")
        for value in TICKS:
            x = round(box.left() + value * box.width()) + 0.5
            faint = QPen(LOOK.now.color("muted", 0.15), 1)
            stroke(painter, faint, QPointF(x, box.top()), QPointF(x, box.bottom()))
            painter.setPen(muted)
            if box.width() > 220 or value in (0.0, 0.5, 1.0):
                room = QRectF(x - 30, box.bottom() + 2, 60, 15)
                painter.drawText(room, Qt.AlignmentFlag.AlignHCenter, percent(value, 0))

    def _draw_legend(self, painter: QPainter) -> None:
        metrics = QFontMetricsF(number_font(11))
        for model, ((left, row), wide) in enumerate(zip(self._legend_places(), self._legend_widths(), strict=True)):
            top, color = row * HEAD + 2, LOOK.now.color("text" if model == self.strong else "muted")
            self._fill(painter, QRectF(left, top + 3, 12, 10), self._brush(0, model), 2)
            name = elided(metrics, self.models[model], wide, Qt.TextElideMode.ElideMiddle, given=True)
            label(painter, QRectF(left + 18, top, wide, 16), name, color)

    def _draw_row(self, painter: QPainter, box: QRectF, index: int, row: ClassRow) -> None:
        look, high = LOOK.now, self._row_height()
        top = box.top() + index * high
        self._fill(painter, QRectF(4, top + high / 2 - SPOT / 2, SPOT, SPOT), class_brush(index), SPOT / 2)
        painter.setFont(number_font())
        room = QRectF(SPOT + 12, top, box.left() - SPOT - 20, high)
        name = elided(QFontMetricsF(number_font()), row.name, room.width(), Qt.TextElideMode.ElideMiddle, given=True)
        label(painter, room, name, look.color("text"))
        many = len(self.models)
        for model, value in enumerate(row.values):
            thick = high * 0.58 if many < 2 else BESIDE - 5
            middle = top + high / 2 if many < 2 else top + GAP / 2 + BESIDE * (model + 0.5)
            self._draw_bar(painter, QRectF(box.left(), middle - thick / 2, box.width(), thick), index, model, value)

    def _draw_bar(self, painter: QPainter, room: QRectF, index: int, model: int, value: float | None) -> None:
        look, strong = LOOK.now, model == self.strong
        painter.setFont(bold(11) if strong and len(self.models) > 1 else number_font(11))
        if value is None:
            words = QRectF(room.left() + 5, room.center().y() - 8, room.width() + 40, 16)
            label(painter, words, self._missing, look.color("muted"))
            return
        bar = QRectF(room.left(), room.top(), max(room.width() * min(max(value, 0.0), 1.0), 1.5), room.height())
        self._fill(painter, bar, self._brush(index, model), 2.5)
        words = QRectF(room.right() + 6, room.center().y() - 8, self.width() - room.right() - 8, 16)
        label(painter, words, percent(value, 1), look.color("text" if strong else "muted"), RIGHT)

    def _brush(self, index: int, model: int) -> QBrush:
        if len(self.models) < 2:
            return class_brush(index)
        return QBrush(LOOK.now.nth(model), HATCHES[model % len(HATCHES)])

    def _fill(self, painter: QPainter, bar: QRectF, brush: QBrush, radius: float) -> None:
        """A hatched area lies on a pale one of its colour, so that it has an edge."""
        painter.setPen(Qt.PenStyle.NoPen)
        if brush.style() != Qt.BrushStyle.SolidPattern:
            pale = brush.color()
            pale.setAlphaF(0.3)
            painter.setBrush(pale)
            painter.drawRoundedRect(bar, radius, radius)
        painter.setBrush(brush)
        painter.drawRoundedRect(bar, radius, radius)


def class_rows(classes: Sequence[str], tables: Sequence[Mapping[str, float | None]]) -> tuple[ClassRow, ...]:
    """A row a class; a class that one of the models does not know has no value there."""
    return tuple(ClassRow(class_words(name), tuple(table.get(name) for table in tables)) for name in classes)
