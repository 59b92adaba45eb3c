"""The tiled algorithm drawn: the weights with the tile in work, and around them all that is kept.

Rows of queries run through from left to right: the matrix, then numbers of each row, then what is summed for it. What
is summed for keys hangs below the matrix.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QBrush, QFontMetricsF, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from engines.attention.watching.tiling import Array, Span, spans
from engines.core.words import tr
from widgets.attention.watch.scene import Block, Column, Scene
from widgets.charts.axes import figure, percent
from widgets.charts.drawn import LEFT, RIGHT, DrawnChart, label
from widgets.charts.heat import draw_image, draw_scale, heat_image, outline, signed_image
from widgets.kit.theme import LOOK, number_font

TOP, FOOT, LEFT_ROOM, GAP, EDGE = 38, 50, 44, 14, 8
SECOND = 44
"""Pixels of the second scale where it stands below the first."""
COLUMN, BARS, WIDE, BELOW = 46, 28, 0.75, 8
"""Least pixels of a column of numbers, and of one of bars; width of a summed number in cells; pixels above what hangs
below the matrix."""
STRIP = 0.45
"""Height of a summed number below the matrix, in cells."""
MOST_WIDE, MOST_HIGH = 16, 10
"""Numbers of a block that have their full size; more of them share its room."""
LEAST_FOR_NUMBERS, LEAST_CELL = 9.5, 3.0
SCALE, LONG_SCALE = 110, 260
"""Pixels of a scale, at the least and at the most."""
LEAST = QSize(340, 220)
CENTRE = Qt.AlignmentFlag.AlignHCenter


@dataclass(frozen=True)
class Places:
    """Where everything lies, in pixels. cell: side of a score. numbers: columns have room for them, not for bars alone.
    stacked: the scales stand below each other.
    """

    scene: Scene
    cell: float
    left: float
    column: float
    numbers: bool
    stacked: bool

    @classmethod
    def of(cls, scene: Scene, width: float, height: float) -> Places:
        """Scales in one line before numbers, where there is not room for both."""
        ways = ((numbers, stacked) for stacked in (False, True) for numbers in (True, False))
        tried = [cls.placed(scene, width, height, *way) for way in ways]
        return next((places for places in tried if places.fit), tried[-1])

    @classmethod
    def placed(cls, scene: Scene, width: float, height: float, numbers: bool, stacked: bool) -> Places:
        column = max([COLUMN if numbers else BARS, *(_wide(one.title) + 6 for one in scene.columns)])
        across, down = cls.cells(scene)
        beside = LEFT_ROOM + 2 * GAP + len(scene.columns) * column
        high = height - TOP - FOOT - SECOND * stacked - BELOW * len(scene.below)
        cell = max(min(high / down, (width - beside - EDGE) / across), LEAST_CELL)
        return cls(scene, cell, max((width - beside - cell * across) / 2, 0), column, numbers, stacked)

    @classmethod
    def least(cls, scene: Scene) -> QSize:
        """Where nothing lies over anything else."""
        small = cls.placed(scene, 0, 0, numbers=False, stacked=True)
        return QSize(math.ceil(small.right.right()) + EDGE, math.ceil(small.bottom) + FOOT + SECOND)

    @property
    def fit(self) -> bool:
        room = self.right.right() - self.matrix.left()
        return (self.stacked or self.scales_room <= room) and (not self.numbers or self.cell >= LEAST_FOR_NUMBERS)

    @staticmethod
    def cells(scene: Scene) -> tuple[float, float]:
        """Cells across and down, all that is beside and below the matrix counted."""
        across = scene.keys + WIDE * min(scene.right.dim, MOST_WIDE)
        return across, scene.rows + STRIP * sum(min(block.dim, MOST_HIGH) for block in scene.below)

    @cached_property
    def matrix(self) -> QRectF:
        return QRectF(self.left + LEFT_ROOM, TOP, self.scene.keys * self.cell, self.scene.rows * self.cell)

    @cached_property
    def columns(self) -> tuple[QRectF, ...]:
        first, high = self.matrix.right() + GAP, self.matrix.height()
        return tuple(
            QRectF(first + n * self.column, TOP, self.column - 4, high) for n in range(len(self.scene.columns))
        )

    @cached_property
    def right(self) -> QRectF:
        wide = min(self.scene.right.dim, MOST_WIDE) * WIDE * self.cell
        return QRectF(self.columns[-1].right() + GAP + 4, TOP, wide, self.matrix.height())

    @cached_property
    def below(self) -> tuple[QRectF, ...]:
        rooms, top = [], self.matrix.bottom()
        for block in self.scene.below:
            rooms.append(QRectF(self.matrix.left(), top + BELOW, self.matrix.width(), self._high(block)))
            top = rooms[-1].bottom()
        return tuple(rooms)

    @property
    def shares_scale(self) -> float:
        """Width of the scale of shares."""
        return min(max(self.matrix.width() * 0.55, SCALE), LONG_SCALE)

    @property
    def sums_scale(self) -> float:
        """Width of the scale of what is summed."""
        low, high = _ends(self.scene)
        return max(self.right.width(), SCALE, _wide(low) + _wide(high) + 8)

    @property
    def scales_room(self) -> float:
        """What both scales need in one line."""
        words = max(_wide(_of_row()), 20 + _wide(_skipped()) if self.scene.skipped else 0)
        return self.shares_scale + 8 + words + 12 + self.sums_scale

    @property
    def bottom(self) -> float:
        return self.below[-1].bottom() if self.below else self.matrix.bottom()

    def rows(self, room: QRectF, rows: Span) -> QRectF:
        """The part of a region that belongs to some queries."""
        return QRectF(room.left(), TOP + rows[0] * self.cell, room.width(), (rows[1] - rows[0]) * self.cell)

    def keys(self, room: QRectF, keys: Span) -> QRectF:
        """The part of a region that belongs to some keys."""
        left = self.matrix.left() + keys[0] * self.cell
        return QRectF(left, room.top(), (keys[1] - keys[0]) * self.cell, room.height())

    def tile(self, rows: Span, keys: Span) -> QRectF:
        return self.keys(self.rows(self.matrix, rows), keys)

    def _high(self, block: Block) -> float:
        return min(block.dim, MOST_HIGH) * STRIP * self.cell


class TilePicture(DrawnChart):
    """Draws a scene."""

    def __init__(self) -> None:
        super().__init__(tr("The tiled algorithm"))
        self.scene: Scene | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_scene(self, scene: Scene) -> None:
        least, self.scene = self.minimumSizeHint(), scene
        if least != self.minimumSizeHint():
            self.updateGeometry()
        self.update()

    def sizeHint(self) -> QSize:
        return self.minimumSizeHint()

    def minimumSizeHint(self) -> QSize:
        return LEAST if self.scene is None else Places.least(self.scene).expandedTo(LEAST)

    def table(self) -> list[list[str]]:
        return self.scene.table() if self.scene is not None else []

    def tip_at(self, place: QPointF) -> str:
        if self.scene is None:
            return ""
        places = Places.of(self.scene, self.width(), self.height())
        row = int((place.y() - TOP) // places.cell)
        if places.matrix.contains(place):
            return self.scene.tip(row, int((place.x() - places.matrix.left()) // places.cell))
        beside = zip(self.scene.columns, places.columns, strict=True)
        return next(
            (tr("Row {row}: {tip}", row=row + 1, tip=one.tip) for one, room in beside if room.contains(place)), ""
        )

    def _draw(self, painter: QPainter) -> None:
        if self.scene is None:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        places = Places.of(self.scene, self.width(), self.height())
        _draw_matrix(painter, places)
        for column, room in zip(self.scene.columns, places.columns, strict=True):
            _draw_column(painter, places, room, column)
        _draw_block(painter, places.right, self.scene.right.values, self.scene.right.most)
        for block, room in zip(self.scene.below, places.below, strict=True):
            _draw_block(painter, room, block.values.T, block.most)
        _draw_heads(painter, places)
        _draw_scales(painter, places)
        if self.scene.work is not None:
            _draw_work(painter, places, *self.scene.work)


def _draw_matrix(painter: QPainter, places: Places) -> None:
    scene, look = places.scene, LOOK.now
    painter.fillRect(places.matrix, look.color("raised"))
    draw_image(painter, places.matrix, heat_image(np.sqrt(scene.shares / scene.high), 0, 1))
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QBrush(look.color("muted", 0.45), Qt.BrushStyle.BDiagPattern))
    for rows, keys in scene.skipped:
        painter.drawRect(places.tile(rows, keys))
    painter.setPen(QPen(look.color("base", 0.9), 1.5))
    for first, _last in spans(scene.keys, scene.key_tile)[1:]:
        x = places.matrix.left() + first * places.cell
        painter.drawLine(QPointF(x, TOP), QPointF(x, places.bottom))
    for first, _last in spans(scene.rows, scene.query_tile)[1:]:
        y = TOP + first * places.cell
        painter.drawLine(QPointF(places.matrix.left(), y), QPointF(places.right.right(), y))
    _frame(painter, places.matrix)


def _draw_column(painter: QPainter, places: Places, room: QRectF, column: Column) -> None:
    """As numbers where there is room, else as bars."""
    painter.fillRect(room, LOOK.now.color("raised"))
    low, high = (float(end(column.values, initial=start)) for end, start in ((np.nanmin, 0.0), (np.nanmax, 1e-9)))
    painter.setFont(number_font(11 if places.cell >= 12 else 10))
    for row in np.flatnonzero(~np.isnan(column.values)).tolist():
        value, line = float(column.values[row]), places.rows(room, (row, row + 1))
        share = (value - low) / max(high - low, 1e-9)
        bar = QRectF(line.left(), line.top() + 1, line.width() * share, max(line.height() - 2, 1))
        painter.fillRect(bar, LOOK.now.color("accent", 0.22 if places.numbers else 0.6))
        if places.numbers:
            label(painter, line.adjusted(2, -2, -5, 2), _short(value), LOOK.now.color("text"), RIGHT)
    _frame(painter, room)


def _draw_block(painter: QPainter, room: QRectF, values: Array, most: float) -> None:
    painter.fillRect(room, LOOK.now.color("raised"))
    draw_image(painter, room, signed_image(values, most))
    _frame(painter, room)


def _draw_heads(painter: QPainter, places: Places) -> None:
    """Names of what is drawn, and of the tiles; those in work in the accent."""
    scene, text, muted = places.scene, LOOK.now.color("text"), LOOK.now.color("muted")
    rows, keys = scene.work or ((-1, -1), (-1, -1))
    painter.setFont(number_font(11))
    label(painter, QRectF(places.matrix.left(), 0, places.matrix.width(), 18), tr("Keys"), muted, LEFT)
    for column, room in zip(scene.columns, places.columns, strict=True):
        label(painter, QRectF(room.left(), TOP - 20, room.width(), 18), column.title, text, CENTRE)
    over, wide = QRectF(places.right.left(), TOP - 20, places.right.width(), 18), _wide(scene.right.title)
    if wide > over.width():
        over = QRectF(over.right() + 2 - wide, over.top() if wide <= over.width() + GAP else 0, wide, 18)
    label(painter, over, scene.right.title, text, CENTRE)
    for block, room in zip(scene.below, places.below, strict=True):
        label(painter, QRectF(places.left, room.top(), LEFT_ROOM - 6, room.height()), block.title, text, RIGHT)
    for number, one in enumerate(spans(scene.keys, scene.key_tile), start=1):
        room = places.keys(QRectF(0, TOP - 20, 0, 18), one)
        if _wide(str(number)) <= room.width():
            label(painter, room, str(number), LOOK.now.color("accent" if one == keys else "muted"), CENTRE)
    for one in spans(scene.rows, scene.query_tile):
        room = places.rows(QRectF(places.left, 0, LEFT_ROOM - 6, 0), one)
        if room.height() >= LEAST_FOR_NUMBERS:
            words = f"{one[0] + 1}" if one[1] == one[0] + 1 else f"{one[0] + 1}\u2013{one[1]}"
            label(painter, room, words, LOOK.now.color("accent" if one == rows else "muted"), RIGHT)


def _draw_work(painter: QPainter, places: Places, rows: Span, keys: Span) -> None:
    """The tile in work, and what it changes."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(LOOK.now.color("accent"), 1.5))
    for room in (*places.columns, places.right):
        painter.drawRect(places.rows(room, rows))
    for room in places.below:
        painter.drawRect(places.keys(room, keys))
    outline(painter, places.tile(rows, keys), LOOK.now.color("accent"))


def _draw_scales(painter: QPainter, places: Places) -> None:
    scene, top, muted = places.scene, places.bottom + 10, LOOK.now.color("muted")
    room = QRectF(places.matrix.left(), top, places.shares_scale, 24)
    middle, high = (percent(share, 0) for share in (scene.high / 4, scene.high))
    draw_scale(painter, room, "0", high, title=middle)
    label(painter, QRectF(room.right() + 8, top + 10, _wide(_of_row()) + 2, 15), _of_row(), muted, LEFT)
    if scene.skipped:
        painter.setPen(QPen(LOOK.now.color("line"), 1))
        painter.setBrush(QBrush(LOOK.now.color("muted", 0.6), Qt.BrushStyle.BDiagPattern))
        painter.drawRect(QRectF(room.right() + 8, top - 1, 14, 10))
        label(painter, QRectF(room.right() + 28, top - 5, _wide(_skipped()) + 2, 17), _skipped(), muted, LEFT)
    wide = places.sums_scale
    box = QRectF(places.right.right() - wide, top, wide, 24)
    if places.stacked:
        box.moveTopLeft(room.topLeft() + QPointF(0, SECOND))
    draw_scale(painter, box, *_ends(scene), signed=True, title="0")


def _ends(scene: Scene) -> tuple[str, str]:
    """Of the scale of what is summed."""
    most = tr("most") if scene.below else _short(scene.right.most)
    return f"\u2212{most}", most


def _of_row() -> str:
    return tr("of its row")


def _skipped() -> str:
    return tr("skipped")


def _wide(words: str) -> float:
    return QFontMetricsF(number_font(11)).horizontalAdvance(words)


def _short(value: float) -> str:
    """Two decimals, in a column."""
    words = f"{value:.2f}" if abs(value) < 100 else figure(value)
    return words.replace("-", "\u2212")


def _frame(painter: QPainter, room: QRectF) -> None:
    painter.setPen(QPen(LOOK.now.color("line"), 1))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRect(room)
