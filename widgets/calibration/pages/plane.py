"""A plane seen straight on, the picture's or the board's, at its aspect and with its axes; what lies in it is drawn
by subclasses."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from widgets.charts.axes import Axis
from widgets.charts.drawn import RIGHT, DrawnChart, around, draw_note, label
from widgets.kit.lengths.units import ALL, UNITS
from widgets.kit.theme import LOOK, number_font

LEFT_ROOM, TOP_ROOM, RIGHT_ROOM, AXIS_ROOM, FOOT_ROOM = 66.0, 10.0, 16.0, 22.0, 48.0
TICK_APART = 70.0


class Plane(DrawnChart):
    """extent: what is shown, in the plane's own units, y downwards. nothing: what is said while nothing is there."""

    def __init__(self, name: str, unit: str) -> None:
        super().__init__(name)
        self.unit, self.nothing = unit, ""
        self.extent = QRectF(0, 0, 4, 3)
        self.is_empty = True
        UNITS.changed.connect(self.update)
        self.setMinimumSize(200, 160)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def box(self) -> QRectF:
        """Where the extent lies in the widget."""
        room = QRectF(self.rect()).adjusted(LEFT_ROOM, TOP_ROOM, -RIGHT_ROOM, -AXIS_ROOM - FOOT_ROOM)
        scale = min(room.width() / self.extent.width(), room.height() / self.extent.height())
        box = QRectF(0, 0, self.extent.width() * scale, self.extent.height() * scale)
        box.moveCenter(room.center())
        return box

    def at(self, x: float, y: float) -> QPointF:
        """A place of the plane in the widget."""
        box, extent = self.box, self.extent
        scale = box.width() / extent.width()
        return QPointF(box.left() + (x - extent.left()) * scale, box.top() + (y - extent.top()) * scale)

    def place(self, at: QPointF) -> tuple[float, float]:
        """The inverse of `at`."""
        box, extent = self.box, self.extent
        scale = extent.width() / box.width()
        return extent.left() + (at.x() - box.left()) * scale, extent.top() + (at.y() - box.top()) * scale

    def axes(self) -> Sequence[tuple[str, QRectF]]:
        """The unit stands beside the last value of each."""
        unit = shown_in(self.unit)[1]
        return () if self.is_empty else around(self.box, unit, unit)

    def paint_plane(self, painter: QPainter) -> None:
        """What lies in the plane; clipped to it."""
        raise NotImplementedError

    def paint_foot(self, painter: QPainter, room: QRectF) -> None:
        """The scale or the legend below it."""

    def readout(self, x: float, y: float) -> list[str]:
        """What is said of a place under the pointer."""
        return []

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(number_font(11))
        if self.is_empty:
            painter.setPen(LOOK.now.color("muted"))
            words = QRectF(self.rect()).adjusted(12, 12, -12, -12)
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self.nothing)
            return
        box = self.box
        painter.save()
        painter.setClipRect(box)
        self.paint_plane(painter)
        painter.restore()
        self._axes(painter, box)
        painter.save()
        self.paint_foot(painter, QRectF(box.left(), box.bottom() + AXIS_ROOM + 4, box.width(), FOOT_ROOM - 4))
        painter.restore()
        self._note(painter, box)

    def _axes(self, painter: QPainter, box: QRectF) -> None:
        look, extent = LOOK.now, self.extent
        painter.setPen(QPen(look.color("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(box)
        painter.setFont(number_font(11))
        muted = look.color("muted")
        for value, words in self._values(extent.left(), extent.right(), box.width()):
            room = QRectF(self.at(value, 0).x() - 40, box.bottom() + 3, 80, 15)
            label(painter, room, words, muted, Qt.AlignmentFlag.AlignHCenter)
        for value, words in self._values(extent.top(), extent.bottom(), box.height()):
            label(painter, QRectF(box.left() - 66, self.at(0, value).y() - 8, 60, 16), words, muted, RIGHT)

    def _values(self, low: float, high: float, pixels: float) -> list[tuple[float, str]]:
        """Round values of an axis as they are shown, the last with the unit."""
        one, unit = shown_in(self.unit)
        ticks = Axis(low * one, high * one).ticks(max(3, int(pixels / TICK_APART)))
        return [(value / one, f"{text} {unit}" if value == ticks[-1][0] else text) for value, text in ticks]

    def _note(self, painter: QPainter, box: QRectF) -> None:
        if self._cursor is None or not box.contains(self._cursor):
            return
        lines = self.readout(*self.place(self._cursor))
        if lines:
            wide = max(QFontMetricsF(number_font(11)).horizontalAdvance(line) for line in lines) + 16
            high = 16.0 * len(lines) + 6
            left = min(max(self._cursor.x() + 14, 4.0), self.width() - wide - 4)
            top = min(max(self._cursor.y() - high - 10, 4.0), self.height() - high - 4)
            draw_note(painter, QRectF(left, top, wide, high), lines)


def shown_in(unit: str) -> tuple[float, str]:
    """How many of what is shown one of this unit is, and how that is called: lengths are in the unit of now."""
    known = ALL.get(unit)
    now = known and UNITS.of(known)
    return (known.metres / now.metres, now.symbol) if known and now else (1.0, unit)
