"""The units of a layer as a small map, from which one is chosen by mouse or keys."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from engines.core.words import tr
from engines.inspection.types import FieldRow
from widgets.charts.drawn import DrawnChart, stroke
from widgets.charts.heat import outline
from widgets.kit.ink import ink
from widgets.kit.theme import LOOK

WAYS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}
LEAST_CELL, LEAST_MARK = 5, 7
Unit = tuple[int, int]


def stepped(key: int, unit: Unit, grid: Unit) -> Unit | None:
    """The unit beside, by an arrow key; None for other keys."""
    way = WAYS.get(Qt.Key(key))
    if way is None:
        return None
    row, column = (min(max(at + step, 0), size - 1) for at, step, size in zip(unit, way, grid, strict=True))
    return row, column


def nearest(place: tuple[float, float], picture: Unit, grid: Unit, row: FieldRow | None) -> Unit:
    """The unit whose field has its middle next to a pixel (y, x); by its place on the map where fields do not move."""
    found = []
    for at in (0, 1):
        unit = place[at] * grid[at] / picture[at]
        if row is not None and row.stride[at] > 0:
            unit = (place[at] - row.start[at] - (row.size[at] - 1) / 2) / row.stride[at] + 0.5
        found.append(min(max(int(unit // 1), 0), grid[at] - 1))
    return found[0], found[1]


class UnitMap(DrawnChart):
    """`unitChosen(row, column)`."""

    unitChosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__(tr("Units of the layer"))
        self.grid, self.unit = (1, 1), (0, 0)
        self.setMinimumSize(120, 120)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def show_units(self, grid: Unit, unit: Unit) -> None:
        """grid: (rows, columns); unit: the chosen one."""
        if (grid, unit) == (self.grid, self.unit):
            return
        self.grid, self.unit = grid, unit
        self.setAccessibleDescription(
            tr(
                "Row {row}, column {column} of {rows} by {columns}",
                row=unit[0],
                column=unit[1],
                rows=grid[0],
                columns=grid[1],
            )
        )
        self.update()

    def table(self) -> list[list[str]]:
        return [["rows", "columns", "row", "column"], [str(number) for number in (*self.grid, *self.unit)]]

    def room(self) -> QRectF:
        """Where the map lies."""
        rows, columns = self.grid
        free = QRectF(self.rect()).adjusted(3, 3, -3, -3)
        scale = min(free.width() / columns, free.height() / rows)
        room = QRectF(0, 0, columns * scale, rows * scale)
        room.moveCenter(free.center())
        return room

    def box_of(self, unit: Unit) -> QRectF:
        room, (rows, columns) = self.room(), self.grid
        wide, high = room.width() / columns, room.height() / rows
        return QRectF(room.left() + unit[1] * wide, room.top() + unit[0] * high, wide, high)

    def unit_at(self, place: QPointF) -> Unit | None:
        room, (rows, columns) = self.room(), self.grid
        if not room.contains(place):
            return None
        row, column = (
            (place.y() - room.top()) * rows / room.height(),
            (place.x() - room.left()) * columns / room.width(),
        )
        return min(int(row), rows - 1), min(int(column), columns - 1)

    def tip_at(self, place: QPointF) -> str:
        unit = self.unit_at(place)
        return "" if unit is None else tr("Row {row}, column {column}", row=unit[0], column=unit[1])

    def mousePressEvent(self, event: QMouseEvent) -> None:
        unit = self.unit_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and unit is not None:
            self.unitChosen.emit(*unit)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        unit = stepped(event.key(), self.unit, self.grid)
        if unit is None:
            super().keyPressEvent(event)
        else:
            self.unitChosen.emit(*unit)

    def sizeHint(self) -> QSize:
        return QSize(150, 150)

    def _draw(self, painter: QPainter) -> None:
        room, look = self.room(), LOOK.now
        ink(painter, QPen(look.color("line"), 1), look.color("raised"))
        painter.drawRect(room)
        self._draw_cells(painter, room)
        if (under := self.unit_at(self._cursor) if self._cursor is not None else None) is not None:
            painter.fillRect(self.box_of(under), look.color("accent", 0.3))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = self.box_of(self.unit)
        spare = max(LEAST_MARK - box.width(), 0) / 2, max(LEAST_MARK - box.height(), 0) / 2
        outline(painter, box.adjusted(-spare[0], -spare[1], spare[0], spare[1]), look.color("accent"))

    def _draw_cells(self, painter: QPainter, room: QRectF) -> None:
        """Lines between units that are large enough."""
        rows, columns = self.grid
        wide, high = room.width() / columns, room.height() / rows
        if min(wide, high) < LEAST_CELL:
            return
        pen = QPen(LOOK.now.color("line"), 1)
        for column in range(1, columns):
            x = room.left() + column * wide
            stroke(painter, pen, QPointF(x, room.top()), QPointF(x, room.bottom()))
        for row in range(1, rows):
            y = room.top() + row * high
            stroke(painter, pen, QPointF(room.left(), y), QPointF(room.right(), y))
