"""Maps over the patches of a picture, from which a patch is chosen with mouse or keys, and the heads side by side."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from engines.core.pictures.heat import laid_over, sized
from engines.core.words import tr
from widgets.charts.drawn import LEFT, RIGHT, DrawnChart, label
from widgets.charts.heat import draw_image, draw_scale, heat_image, outline
from widgets.kit.access.elided import elided
from widgets.kit.ink import ink
from widgets.kit.theme import LOOK, number_font

Values = NDArray[np.floating[Any]]
HEAD, FOOT = 22, 30
LARGE = 1024
"""Pixels of a picture under its map at most; where it is shown smaller it is made so."""
LEAST_PATCH = 9
WAYS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}


class PatchMap(DrawnChart):
    """`chosen(patch)` when the user clicks a patch or goes to it with the arrow keys."""

    chosen = Signal(int)

    def __init__(self, name: str, title: str, words: Callable[[float], str], least: int) -> None:
        """words: a value as it is written. least: pixels of its side."""
        super().__init__(name)
        self.values: Values = np.zeros((1, 1))
        self.patch, self.low, self.high, self.ends, self.heat = 0, 0.0, 1.0, ("0", "1"), True
        self._title, self._words, self._picture = title, words, None
        self._key: tuple[object, ...] = ()
        self._drawn = QImage()
        self.setMinimumSize(least, least + HEAD + FOOT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)

    def show_map(
        self, values: Values, high: float, patch: int, picture: NDArray[np.uint8] | None = None, low: float = 0.0
    ) -> None:
        """values: (rows, columns), in colours from `low` to `high`; patch: -1 for none; picture: what lies under them,
        (H, W) or (H, W, 3) RGB."""
        self.values, self.low, self.high, self.patch, self._picture = values, low, high, patch, picture
        self.ends = self._words(low), self._words(high)
        self._key = ()
        self.update()

    def set_words(self, words: Callable[[float], str]) -> None:
        """How values are written from now on."""
        self._words = words

    def set_heat(self, on: bool) -> None:
        """The map over the picture, or the picture alone."""
        self.heat, self._key = on, ()
        self.update()

    def set_title(self, title: str) -> None:
        self._title = title
        self.update()

    def table(self) -> list[list[str]]:
        rows = [[str(r + 1), str(c + 1), f"{value:.6g}"] for (r, c), value in np.ndenumerate(self.values)]
        return [["row", "column", self._title], *rows]

    def room(self) -> QRectF:
        """Where the map lies, as large as it fits in the picture's proportions."""
        rows, columns = self.values.shape
        high, wide = self._picture.shape[:2] if self._picture is not None else (rows, columns)
        free = QRectF(self.rect()).adjusted(2, HEAD, -2, -FOOT)
        scale = min(free.width() / wide, free.height() / high)
        size = QRectF(0, free.top(), wide * scale, high * scale)
        size.moveLeft((self.width() - size.width()) / 2)
        return size

    def box_of(self, patch: int) -> QRectF:
        room, (rows, columns) = self.room(), self.values.shape
        row, column = divmod(patch, columns)
        wide, high = room.width() / columns, room.height() / rows
        return QRectF(room.left() + column * wide, room.top() + row * high, wide, high)

    def patch_at(self, place: QPointF) -> int:
        """-1 for none."""
        room, (rows, columns) = self.room(), self.values.shape
        column = int((place.x() - room.left()) // (room.width() / columns))
        row = int((place.y() - room.top()) // (room.height() / rows))
        return row * columns + column if 0 <= row < rows and 0 <= column < columns else -1

    def tip_at(self, place: QPointF) -> str:
        patch = self.patch_at(place)
        if patch < 0:
            return ""
        row, column = divmod(patch, self.values.shape[1])
        return tr(
            "Row {row}, column {column}: {words}",
            row=row + 1,
            column=column + 1,
            words=self._words(float(self.values[row, column])),
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        patch = self.patch_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and patch >= 0:
            self.chosen.emit(patch)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        way = WAYS.get(Qt.Key(event.key()))
        if way is None:
            super().keyPressEvent(event)
            return
        rows, columns = self.values.shape
        row, column = divmod(self.patch, columns)
        row, column = min(max(row + way[0], 0), rows - 1), min(max(column + way[1], 0), columns - 1)
        self.chosen.emit(row * columns + column)

    def sizeHint(self) -> QSize:
        return self.minimumSize()

    def _draw(self, painter: QPainter) -> None:
        room = self.room()
        painter.setFont(number_font(11))
        title = elided(painter.fontMetrics(), self._title, self.width())
        left = max(min(room.left(), self.width() - painter.fontMetrics().horizontalAdvance(title)), 0.0)
        label(painter, QRectF(left, 0, self.width() - left, HEAD - 4), title, LOOK.now.color("muted"))
        seen = round(max(room.width(), room.height()) * self.devicePixelRatioF())
        draw_image(painter, room, self._image(min(seen, LARGE) if painter.device() is self else LARGE))
        self._draw_grid(painter, room)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.patch >= 0:
            outline(painter, self.box_of(self.patch))
        if self.heat or self._picture is None:
            wide = min(room.width(), 260)
            draw_scale(painter, QRectF(room.left(), room.bottom() + 8, wide, FOOT), *self.ends)

    def _image(self, side: int) -> QImage:
        """The picture under its map, its longer side so many pixels; kept until it is another."""
        if self._key != (side,):
            self._key, self._drawn = (side,), self._made(max(side, 1))
        return self._drawn

    def _made(self, side: int) -> QImage:
        if self._picture is None:
            return heat_image(self.values, self.low, self.high)
        if self.heat:
            pixels = laid_over(self._picture, self.values, self.low, self.high, side)
        else:
            pixels = sized(self._picture, side)
        high, wide = pixels.shape[:2]
        return QImage(pixels.tobytes(), wide, high, 3 * wide, QImage.Format.Format_RGB888).copy()

    def _draw_grid(self, painter: QPainter, room: QRectF) -> None:
        """Faint lines between patches that are large enough."""
        rows, columns = self.values.shape
        if room.width() / columns < LEAST_PATCH or room.height() / rows < LEAST_PATCH:
            return
        ink(painter, QPen(LOOK.now.color("base", 0.28), 1), None)
        for column in range(1, columns):
            x = room.left() + column * room.width() / columns
            painter.drawLine(QPointF(x, room.top()), QPointF(x, room.bottom()))
        for row in range(1, rows):
            y = room.top() + row * room.height() / rows
            painter.drawLine(QPointF(room.left(), y), QPointF(room.right(), y))


class HeadStrip(DrawnChart):
    """The rows of one patch by every head, each in a scale of its own up to the share above it. `chosen(head)` by click
    or arrow keys.
    """

    chosen = Signal(int)
    SIDE, GAP, WORDS = 74, 12, 18

    def __init__(self, most: int = 8) -> None:
        """most: heads in a row."""
        super().__init__(tr("Heads"))
        self.maps: Sequence[Values] = ()
        self.head, self._most = 0, most
        self._told: Sequence[str] = ()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self.SIDE + self.WORDS + 6)

    def show_heads(self, maps: Sequence[Values], head: int, told: Sequence[str] = ()) -> None:
        """maps: (rows, columns) of each head. head: -1 for none. told: beside each, its largest share where none is."""
        self.maps, self.head = maps, head
        self._told = told or [f"{100 * float(one.max()):.0f} %" for one in maps]
        rows = -(-len(maps) // self._most)
        self.setFixedHeight(rows * (self.SIDE + self.WORDS + 6))
        self.setAccessibleDescription(
            tr("Head {head} of {count} is chosen", head=head + 1, count=len(maps))
            if head >= 0
            else tr("{count} heads", count=len(maps))
        )
        self.update()

    def table(self) -> list[list[str]]:
        rows = [
            [str(head + 1), str(r + 1), str(c + 1), f"{value:.6g}"]
            for head, shown in enumerate(self.maps)
            for (r, c), value in np.ndenumerate(shown)
        ]
        return [["head", "row", "column", "share"], *rows]

    def box_of(self, head: int) -> QRectF:
        row, column = divmod(head, self._most)
        side = min(self.SIDE, (self.width() - 4) / min(max(len(self.maps), 1), self._most) - self.GAP)
        return QRectF(2 + column * (side + self.GAP), row * (self.SIDE + self.WORDS + 6) + self.WORDS, side, side)

    def tip_at(self, place: QPointF) -> str:
        head = self._head_at(place)
        return tr("Head {head}: {told}", head=head + 1, told=self._told[head]) if head >= 0 else ""

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if (head := self._head_at(event.position())) >= 0:
            self.chosen.emit(head)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif 0 <= self.head + step < len(self.maps):
            self.chosen.emit(self.head + step)

    def _head_at(self, place: QPointF) -> int:
        return next((head for head in range(len(self.maps)) if self.box_of(head).contains(place)), -1)

    def _draw(self, painter: QPainter) -> None:
        for head, shown in enumerate(self.maps):
            box, active = self.box_of(head), head == self.head
            painter.setFont(number_font(11))
            above = QRectF(box.left(), box.top() - self.WORDS, box.width(), self.WORDS)
            name, wide = tr("Head {head}", head=head + 1), painter.fontMetrics().horizontalAdvance
            if wide(name) + wide(self._told[head]) + 6 > above.width():
                name = str(head + 1)
            label(painter, above, name, LOOK.now.color("accent" if active else "muted"), LEFT)
            high = float(shown.max())
            label(painter, above, self._told[head], LOOK.now.color("muted"), RIGHT)
            draw_image(painter, box, heat_image(shown, 0.0, high))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            if active:
                outline(painter, box, LOOK.now.color("accent"))
            if active and self.hasFocus():
                ink(painter, QPen(LOOK.now.color("accent"), 2), None)
                painter.drawLine(box.bottomLeft() + QPointF(0, 5), box.bottomRight() + QPointF(0, 5))
