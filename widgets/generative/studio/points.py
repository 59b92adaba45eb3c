"""Samples of a 2-D model as points of a plane: both axes to one scale, a sample marked by a ring."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from engines.core.words import tr
from widgets.charts.axes import Axis, figure
from widgets.charts.drawn import RIGHT, DrawnChart, around, label
from widgets.generative.studio.images import draw_points, extent_of, places
from widgets.kit.theme import LOOK, number_font

NEAR = 10.0
SIDE, ABOVE, BELOW = 48, 26, 38
AXES = tr("First coordinate"), tr("Second coordinate")


class PointsView(DrawnChart):
    """`chosen(index)` when a point is picked, -1 for none."""

    chosen = Signal(int)

    def __init__(self) -> None:
        super().__init__(tr("Samples as points"))
        self._points: NDArray[np.float32] = np.empty((0, 2), np.float32)
        self._selected, self._extent = -1, 1.0
        self.setMinimumSize(120, 100)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def points(self) -> NDArray[np.float32]:
        return self._points

    def show_points(self, points: NDArray[np.float32], selected: int = -1) -> None:
        """(n, 2) points; the axes are about the origin and hold nearly all of them."""
        if points is not self._points:
            self._points = points
            self._extent = extent_of(points) if len(points) else 1.0
        self._selected = selected
        self.setAccessibleDescription(tr("{count} points within {extent:g}", count=len(points), extent=self._extent))
        self.update()

    def table(self) -> list[list[str]]:
        return [["sample", *AXES], *([str(n), f"{x:.6g}", f"{y:.6g}"] for n, (x, y) in enumerate(self._points))]

    def axes(self) -> Sequence[tuple[str, QRectF]]:
        return around(self._room(), *AXES)

    def tip_at(self, place: QPointF) -> str:
        index = self.point_at(place)
        if index < 0:
            return ""
        x, y = self._points[index]
        return tr("Sample {number}: {x}, {y}", number=index, x=figure(float(x)), y=figure(float(y)))

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        look, room = LOOK.now, self._room()
        painter.fillRect(self.rect(), look.color("base"))
        painter.setPen(QPen(look.color("line"), 1))
        painter.setBrush(look.color("surface"))
        painter.drawRect(room)
        self._paint_axes(painter, room)
        painter.save()
        painter.setClipRect(room)
        size = 3.0 if len(self._points) > 300 else 4.5
        draw_points(painter, room, self._points, QPointF(), self._extent, look.color("accent", 0.85), size)
        if 0 <= self._selected < len(self._points):
            x, y = places(self._points[self._selected : self._selected + 1], room, QPointF(), self._extent)[0]
            painter.setPen(QPen(look.color("warn"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawEllipse(QPointF(x, y), 7.0, 7.0)
        painter.restore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(self.point_at(event.position()))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None or not len(self._points):
            super().keyPressEvent(event)
            return
        self.chosen.emit(min(max(self._selected + step, 0), len(self._points) - 1))

    def point_at(self, place: QPointF) -> int:
        """Index of the point nearest to a place, -1 where none is near."""
        where = places(np.nan_to_num(self._points, nan=1e9), self._room(), QPointF(), self._extent)
        if not len(where):
            return -1
        away = np.hypot(where[:, 0] - place.x(), where[:, 1] - place.y())
        nearest = int(np.argmin(away))
        return nearest if away[nearest] <= NEAR else -1

    def _room(self) -> QRectF:
        side = max(min(self.width() - 2 * SIDE, self.height() - ABOVE - BELOW), 40)
        return QRectF(round((self.width() - side) / 2) + 0.5, ABOVE + 0.5, side, side)

    def _paint_axes(self, painter: QPainter, room: QRectF) -> None:
        muted, axis = LOOK.now.color("muted"), Axis(-self._extent, self._extent)
        painter.setFont(number_font(11))
        for value, words in axis.ticks(5):
            x = room.left() + room.width() * axis.share(value)
            y = room.bottom() - room.height() * axis.share(value)
            painter.setPen(QPen(LOOK.now.color("muted", 0.15), 1))
            painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))
            label(painter, QRectF(x - 30, room.bottom() + 4, 60, 15), words, muted, Qt.AlignmentFlag.AlignHCenter)
            label(painter, QRectF(room.left() - SIDE, y - 8, SIDE - 6, 16), words, muted, RIGHT)
        label(painter, QRectF(room.left(), room.bottom() + 19, room.width(), 16), AXES[0], muted, RIGHT)
        label(painter, QRectF(room.left() - SIDE + 8, 2, room.width() + SIDE, 16), AXES[1], muted)
