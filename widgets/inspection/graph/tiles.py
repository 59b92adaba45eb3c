"""Painted squares of a drawing, kept while it is panned: only what comes into sight is painted.

A large drawing is painted for so long at a time that the window stays alive; what is missing is stood in for by what
was there before, stretched, and comes with the next paintings.
"""

from __future__ import annotations

import math
from collections import OrderedDict
from collections.abc import Callable

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter, QPixmap

from engines.core.clock import Clock, monotonic

SIDE = 256
"""Pixels of a square, before the screen's own ratio."""
KEPT = 160
ENOUGH = 0.012
"""Seconds after which no further square is painted in one go, where there is a limit."""

Paint = Callable[[QPainter, QRectF, float], None]
Kept = OrderedDict[tuple[int, int], QPixmap]


class Tiles:
    """`paint(painter, area, scale)` draws an area in its own coordinates. `clear` when that would come out other."""

    def __init__(self, paint: Paint, clock: Clock = monotonic) -> None:
        self._paint, self._clock = paint, clock
        self._kept, self._before = Kept(), Kept()
        self._made_for = self._before_for = (0.0, 0.0)

    def clear(self, *, forget: bool = False) -> None:
        """Paint all anew. forget: what was there is of another drawing and stands in for nothing."""
        if forget:
            self._before.clear()
        elif self._kept:
            self._before, self._before_for = self._kept, self._made_for
        self._kept = Kept()

    def draw(
        self, painter: QPainter, room: QRectF, offset: QPointF, scale: float, ground: QColor, limited: bool = False
    ) -> bool:
        """Fill `room` (widget pixels); offset: where the drawing's origin is. False where some of it is missing yet."""
        ratio = painter.device().devicePixelRatioF()
        if (scale, ratio) != self._made_for:
            self.clear()
            self._made_for = (scale, ratio)
        left, top = round(offset.x()), round(offset.y())
        columns = range(math.floor((room.left() - left) / SIDE), math.ceil((room.right() - left) / SIDE))
        rows = range(math.floor((room.top() - top) / SIDE), math.ceil((room.bottom() - top) / SIDE))
        wanted = [(column, row) for row in rows for column in columns]
        until = self._clock() + ENOUGH if limited else math.inf
        for place in wanted:
            if place not in self._kept and self._clock() < until:
                self._kept[place] = self._painted(*place, scale, ratio, ground)
        missing = [place for place in wanted if place not in self._kept]
        if missing:
            painter.fillRect(room, ground)
            self._stand_in(painter, QPointF(left, top), scale)
        for column, row in wanted:
            if (column, row) in self._kept:
                self._kept.move_to_end((column, row))
                painter.drawPixmap(left + column * SIDE, top + row * SIDE, self._kept[column, row])
        while len(self._kept) > max(KEPT, len(wanted)):
            self._kept.popitem(last=False)
        return not missing

    def _stand_in(self, painter: QPainter, offset: QPointF, scale: float) -> None:
        if not self._before:
            return
        painter.save()
        painter.translate(offset)
        painter.scale(scale / self._before_for[0], scale / self._before_for[0])
        for (column, row), tile in self._before.items():
            painter.drawPixmap(column * SIDE, row * SIDE, tile)
        painter.restore()

    def _painted(self, column: int, row: int, scale: float, ratio: float, ground: QColor) -> QPixmap:
        pixels = math.ceil(SIDE * ratio)
        made = QPixmap(pixels, pixels)
        made.setDevicePixelRatio(ratio)
        made.fill(ground)
        painter = QPainter(made)
        painter.translate(-column * SIDE, -row * SIDE)
        painter.scale(scale, scale)
        side = SIDE / scale
        self._paint(painter, QRectF(column * side, row * side, side, side), scale)
        painter.end()
        return made
