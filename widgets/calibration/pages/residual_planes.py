"""The residuals of all views at once: over the picture and about zero. A click chooses a corner."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen

from engines.calibration.types import MonoResult
from engines.core.words import tr
from widgets.calibration.overlays import enlargement
from widgets.calibration.pages.corners import CornerRow, board_of, corner_rows, mark_words
from widgets.calibration.pages.plane import Plane
from widgets.charts.axes import figure
from widgets.charts.drawn import label
from widgets.kit.access.signs import Sign, draw_sign
from widgets.kit.ink import ink
from widgets.kit.theme import LOOK

CELLS = 12, 9
"""Parts of the picture whose mean residual is drawn."""
LEAST = 4
"""As few corners have no mean worth drawing."""
NEAR = 14.0
ROOM, LEGEND_ROW = 1.15, 15.0
Entry = tuple[str, QColor, Sign]
"""What a legend says: words, colour and sign."""


@dataclass(frozen=True, slots=True)
class Mark:
    """A corner of a view. error: of the model from the found place, pixels."""

    view: str
    row: CornerRow
    words: tuple[str, str]


def marks_of(result: MonoResult, dropped: Sequence[str] = ()) -> tuple[Mark, ...]:
    """Every solved corner of the views that are used."""
    made = []
    for view in result.views:
        board = board_of(view, result)
        for row in corner_rows(view, dropped) if view.used else ():
            if math.isfinite(row.residual):
                made.append(Mark(view.name, row, (view.name, mark_words(row, board))))
    return tuple(made)


def usual(marks: Iterable[Mark]) -> float:
    """Root mean square over corners that are neither suspect nor dropped, pixels."""
    kept = [mark.row.residual for mark in marks if not mark.row.suspect and not mark.row.dropped]
    return float(np.sqrt(np.mean(np.square(kept)))) if kept else 1.0


class MarksPlane(Plane):
    """`markChosen(view, id)` on a click near a corner."""

    markChosen = Signal(str, int)

    def __init__(self, name: str) -> None:
        super().__init__(name, "px")
        self.marks: tuple[Mark, ...] = ()
        self.view, self.corner = "", -1

    def show_marks(self, marks: tuple[Mark, ...], result: MonoResult, view: str, corner: int) -> None:
        """view, corner: what is looked at, set off from the rest."""
        if marks is not self.marks:
            self.marks, self.is_empty = marks, not marks
            self.fit(result)
        self.view, self.corner = view, corner
        self.update()

    def fit(self, result: MonoResult) -> None:
        """Other marks: how large the plane is."""
        raise NotImplementedError

    def spot(self, row: CornerRow) -> QPointF:
        """Where a corner is drawn."""
        raise NotImplementedError

    def near(self, at: QPointF) -> Mark | None:
        """The corner that is meant by a place of the widget."""
        away = [(QLineF(at, self.spot(mark.row)).length(), n) for n, mark in enumerate(self.marks)]
        distance, number = min(away, default=(math.inf, -1))
        return self.marks[number] if distance <= NEAR else None

    def readout(self, x: float, y: float) -> list[str]:
        mark = self.near(self.at(x, y))
        return list(mark.words) if mark is not None else []

    def table(self) -> list[list[str]]:
        """The figures, a heading first."""
        rows = ((m.view, m.row.number, *m.row.found, *m.row.error) for m in self.marks)
        words = [[view, str(number), *(f"{value:.4f}" for value in values)] for view, number, *values in rows]
        return [["view", "corner", "x", "y", "dx", "dy"], *words]

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.choose_at(event.position())

    def choose_at(self, place: QPointF) -> None:
        mark = self.near(place)
        if mark is not None:
            self.markChosen.emit(mark.view, mark.row.number)

    def color(self, mark: Mark) -> QColor:
        look = LOOK.now
        if mark.row.suspect:
            return look.color("bad")
        return look.color("accent") if mark.view == self.view else look.color("muted", 0.55)

    def is_chosen(self, mark: Mark) -> bool:
        return mark.view == self.view and mark.row.number == self.corner

    def wrong(self, words: str, sign: Sign) -> tuple[Entry, ...]:
        """Suspects in the legend, where there are any."""
        return ((words, LOOK.now.color("bad"), sign),) if any(mark.row.suspect for mark in self.marks) else ()

    def told(self, painter: QPainter, room: QRectF, words: Sequence[Entry]) -> None:
        """The legend below the plane, over all the width where the plane's does not hold it."""
        left = room.left() if legend_width(painter, words) <= self.width() - room.left() else 8.0
        legend(painter, QRectF(left, room.top(), self.width() - left, room.height()), words)

    def ordered(self) -> list[Mark]:
        """The view that is looked at on top, and suspects above all."""
        return sorted(self.marks, key=lambda mark: (mark.row.suspect, mark.view == self.view))


class ResidualField(MarksPlane):
    """Arrows from the found corners towards the model's, enlarged; their mean in each part of the picture, thick."""

    def __init__(self) -> None:
        super().__init__(tr("Residuals of all views over the picture"))
        self.scale = 1.0
        self.means: list[tuple[float, float, float, float]] = []

    def fit(self, result: MonoResult) -> None:
        size = result.image_size
        self.extent = QRectF(0, 0, size.width - 1, size.height - 1)
        self.scale = enlargement(usual(self.marks), size.width)
        self.means = cell_means(self.marks, size.width, size.height)

    def spot(self, row: CornerRow) -> QPointF:
        return self.at(*row.found)

    def tip(self, x: float, y: float, dx: float, dy: float, times: float) -> QPointF:
        return self.at(x + dx * times, y + dy * times)

    def paint_plane(self, painter: QPainter) -> None:
        painter.fillRect(self.box, LOOK.now.color("base"))
        for mark in self.ordered():
            row, start = mark.row, self.spot(mark.row)
            times = 1.0 if row.suspect else self.scale
            strong = row.suspect or mark.view == self.view
            painter.setPen(QPen(self.color(mark), 2.2 if strong else 1.0))
            painter.drawLine(start, self.tip(*row.found, *row.error, times))
            if row.suspect or self.is_chosen(mark):
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(start, 9, 9)
        for x, y, dx, dy in self.means:
            start, end = self.at(x, y), self.tip(x, y, dx, dy, self.scale)
            painter.setPen(QPen(LOOK.now.color("warn"), 2.4))
            painter.setBrush(LOOK.now.color("warn"))
            painter.drawLine(start, end)
            painter.drawEllipse(end, 2.2, 2.2)

    def paint_foot(self, painter: QPainter, room: QRectF) -> None:
        look = LOOK.now
        words: tuple[Entry, ...] = (
            (tr("residual \u00d7 {scale:g}", scale=self.scale), look.color("muted"), "line"),
            (tr("this view"), look.color("accent"), "thick-line"),
            (tr("mean of each part"), look.color("warn"), "arrow"),
            *self.wrong(tr("probably wrong \u00d7 1"), "ring"),
        )
        self.told(painter, room, words)


class ResidualCloud(MarksPlane):
    """Every residual as a point, to the right and down; the ring is one root mean square."""

    def __init__(self) -> None:
        super().__init__(tr("Residuals about zero"))
        self.ring = 1.0

    def fit(self, result: MonoResult) -> None:
        self.ring = usual(self.marks)
        kept = [max(map(abs, mark.row.error)) for mark in self.marks if not mark.row.suspect]
        most = max([*kept, 2.5 * self.ring]) * ROOM
        self.extent = QRectF(-most, -most, 2 * most, 2 * most)

    def spot(self, row: CornerRow) -> QPointF:
        """What lies outside stands at the border."""
        most = self.extent.right()
        return self.at(*(min(max(value, -most * 0.98), most * 0.98) for value in row.error))

    def paint_plane(self, painter: QPainter) -> None:
        look, zero = LOOK.now, self.at(0, 0)
        painter.fillRect(self.box, look.color("base"))
        painter.setPen(QPen(look.color("line"), 1))
        painter.drawLine(QPointF(self.box.left(), zero.y()), QPointF(self.box.right(), zero.y()))
        painter.drawLine(QPointF(zero.x(), self.box.top()), QPointF(zero.x(), self.box.bottom()))
        for mark in self.ordered():
            self._dot(painter, mark)
            if self.is_chosen(mark):
                ink(painter, QPen(look.color("text"), 1.5), None)
                painter.drawEllipse(self.spot(mark.row), 7, 7)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(look.color("warn"), 1.5, Qt.PenStyle.DashLine))
        radius = QLineF(zero, self.at(self.ring, 0)).length()
        painter.drawEllipse(zero, radius, radius)

    def _dot(self, painter: QPainter, mark: Mark) -> None:
        """In the sign that the legend has for it."""
        suspect, ours = mark.row.suspect, mark.view == self.view
        sign: Sign = "cross" if suspect else "square" if ours else "dot"
        draw_sign(painter, sign, self.spot(mark.row), self.color(mark), 4.0 if suspect else 3.2 if ours else 2.4)

    def paint_foot(self, painter: QPainter, room: QRectF) -> None:
        look = LOOK.now
        words: tuple[Entry, ...] = (
            (tr("all views"), look.color("muted"), "dot"),
            (tr("this view"), look.color("accent"), "square"),
            (tr("RMS {ring} px", ring=figure(self.ring)), look.color("warn"), "dashed-ring"),
            *self.wrong(tr("probably wrong"), "cross"),
        )
        self.told(painter, room, words)


def cell_means(marks: Iterable[Mark], width: int, height: int) -> list[tuple[float, float, float, float]]:
    """Of each part of the picture with enough corners: where they are in the mean, and their mean residual."""
    cells: dict[tuple[int, int], list[tuple[float, float, float, float]]] = {}
    for mark in marks:
        if not mark.row.suspect:
            x, y = mark.row.found
            cell = int(x / width * CELLS[0]), int(y / height * CELLS[1])
            cells.setdefault(cell, []).append((x, y, *mark.row.error))
    kept = (np.mean(rows, axis=0) for rows in cells.values() if len(rows) >= LEAST)
    return [(float(x), float(y), float(dx), float(dy)) for x, y, dx, dy in kept]


def legend(painter: QPainter, room: QRectF, words: Sequence[Entry]) -> None:
    """Words with the signs that they stand for, in a row from the left, and in a second one below it."""
    left, top = room.left(), room.top()
    for text, color, sign in words:
        wide = _wide(painter, text)
        if left > room.left() and left + wide > room.right():
            left, top = room.left(), top + LEGEND_ROW
        draw_sign(painter, sign, QPointF(left + 4, top + 10), color)
        label(painter, QRectF(left + 13, top + 2, wide - 13, 16), text, LOOK.now.color("muted"))
        left += wide + 14


def legend_width(painter: QPainter, words: Sequence[Entry]) -> float:
    """Of a legend in one row."""
    return sum(_wide(painter, text) + 14 for text, *_ in words) - 14


def _wide(painter: QPainter, text: str) -> float:
    return 13.0 + painter.fontMetrics().horizontalAdvance(text) + 8
