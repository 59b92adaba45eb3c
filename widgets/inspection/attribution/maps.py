"""A picture under a map of what an output rests on, and the maps of several methods side by side."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from engines.core.networks.preprocessing import Placement
from engines.core.pictures.heat import DIVERGING, VIRIDIS
from engines.core.words import tr
from engines.inspection.attribution.asked import AttributeResult, Explained
from engines.inspection.attribution.drawing import OPACITY, coloured, reach, strength
from widgets.charts.axes import figure
from widgets.charts.drawn import LEFT, DrawnChart, label
from widgets.charts.heat import draw_scale
from widgets.inspection.attribution.words import LEVELS
from widgets.kit.access.elided import elided
from widgets.kit.icons import draw_icon
from widgets.kit.ink import ink
from widgets.kit.pill import LEVEL_ICONS, LEVEL_TOKENS
from widgets.kit.theme import LOOK, number_font

HEAD, FOOT = 22, 30
HATCH = 6
"""Pixels of the input from one line of the hatch to the next."""
SCALE = 260
"""Width of a scale, at most."""


class PictureMap(DrawnChart):
    """The picture as it is, or without its colours under a map, in the place where it went into the model."""

    def __init__(self, name: str) -> None:
        super().__init__(name)
        self.one: Explained | None = None
        self._result: AttributeResult | None = None
        self._most = 0.0
        self.opacity = OPACITY
        self._title, self._placed = name, Placement(1, 1, 0, 0)
        self._picture, self._heat = QImage(), QImage()
        self._size = (1, 1)
        self.setMinimumSize(200, 160 + HEAD + FOOT)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def show_map(self, result: AttributeResult, one: Explained | None) -> None:
        """one: None for the picture alone."""
        if result is not self._result:
            self._result, self._placed, self._size = result, result.placed, result.picture.shape[:2]
            self._picture = picture_image(result.picture, plain=one is not None)
        self.one, self._title = one, one.title if one is not None else tr("Picture")
        if one is not None:
            self._heat, self._most = map_image(one), reach(one)
        self.setAccessibleDescription(f"{self._title}: {result.target.words}")
        self.update()

    def set_opacity(self, opacity: float) -> None:
        """0: the picture alone; 1: the map alone."""
        self.opacity = opacity
        self.update()

    def table(self) -> list[list[str]]:
        """The map by rows and columns of the input."""
        values = np.zeros((0, 0)) if self.one is None else self.one.map
        rows = [[str(row), str(column), f"{value:.6g}"] for (row, column), value in np.ndenumerate(values)]
        return [["row", "column", self._title], *rows]

    def tip_at(self, place: QPointF) -> str:
        room = self.room()
        if self.one is None or not room.contains(place):
            return ""
        high, wide = self._size
        across, down = (place.x() - room.left()) / room.width(), (place.y() - room.top()) / room.height()
        x, y = (int(each // 1) for each in self._placed.to_input(across * wide, down * high))
        if not (0 <= y < self.one.map.shape[0] and 0 <= x < self.one.map.shape[1]):
            return tr("Not in the model's input")
        return tr(
            "Row {row}, column {column} of the input: {value}", row=y, column=x, value=figure(float(self.one.map[y, x]))
        )

    def room(self) -> QRectF:
        """Where the picture lies, as large as it fits."""
        free = QRectF(self.rect()).adjusted(2, HEAD, -2, -FOOT)
        room = fitted(free, *self._size)
        room.moveTop(free.top())
        return room

    def sizeHint(self) -> QSize:
        return QSize(420, 360)

    def _draw(self, painter: QPainter) -> None:
        room = self.room()
        painter.setFont(number_font(11))
        label(painter, QRectF(room.left(), 0, room.width(), HEAD - 4), self._title, LOOK.now.color("muted"))
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(room, self._picture)
        if self.one is None:
            return
        painter.save()
        painter.setClipRect(room)
        painter.setOpacity(self.opacity)
        painter.drawImage(input_room(room, self._size, self._placed, self.one.map.shape), self._heat)
        painter.restore()
        self._draw_scale(painter, room, self.one)

    def _draw_scale(self, painter: QPainter, room: QRectF, one: Explained) -> None:
        most = figure(self._most)
        low, title = (tr("\u2212{most}, hatched", most=most), "0") if one.signed else ("0", "")
        bar = QRectF(room.left(), room.bottom() + 8, min(room.width(), SCALE), FOOT)
        colours = DIVERGING if one.signed else VIRIDIS
        draw_scale(painter, bar, low, most, signed=one.signed, title=title, colours=colours)


class MethodTiles(DrawnChart):
    """The maps of several methods, each in a scale of its own. `chosen(place)` by click or arrow keys."""

    chosen = Signal(int)
    HEAD, GAP, LEAST = 20, 12, 96

    def __init__(self) -> None:
        super().__init__(tr("Methods"))
        self.place = 0
        self._result: AttributeResult | None = None
        self._picture, self._heats = QImage(), list[QImage]()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(self.LEAST + self.HEAD + 8)

    def show_result(self, result: AttributeResult, place: int) -> None:
        """place: of the method that is chosen."""
        if result is not self._result:
            self._result = result
            small = picture_image(result.picture, plain=True)
            self._picture = small.scaledToHeight(2 * self.LEAST, Qt.TransformationMode.SmoothTransformation)
            self._heats = [map_image(one) for one in result.explained]
        self.place = place
        chosen = result.explained[place].title if result.explained else tr("none")
        self.setAccessibleDescription(
            tr("{chosen} is chosen, of {count} methods", chosen=chosen, count=len(result.explained))
        )
        self.update()

    @property
    def shown(self) -> Sequence[Explained]:
        return () if self._result is None else self._result.explained

    def table(self) -> list[list[str]]:
        return [["method", "verdict"], *([one.title, one.sanity.verdict if one.sanity else ""] for one in self.shown)]

    def box_of(self, place: int) -> QRectF:
        """Of a tile, without its heading."""
        wide = (self.width() - 4 + self.GAP) / max(len(self.shown), 1) - self.GAP
        return QRectF(2 + place * (wide + self.GAP), self.HEAD, wide, self.LEAST)

    def place_at(self, place: QPointF) -> int:
        """-1 for none."""
        boxes = (self.box_of(at).adjusted(0, -self.HEAD, 0, 0) for at in range(len(self.shown)))
        return next((at for at, box in enumerate(boxes) if box.contains(place)), -1)

    def tip_at(self, place: QPointF) -> str:
        at = self.place_at(place)
        return "" if at < 0 else f"{self.shown[at].title}: {_verdict(self.shown[at])}"

    def mousePressEvent(self, event: QMouseEvent) -> None:
        at = self.place_at(event.position())
        if event.button() == Qt.MouseButton.LeftButton and at >= 0:
            self.chosen.emit(at)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        elif 0 <= self.place + step < len(self.shown):
            self.chosen.emit(self.place + step)

    def _draw(self, painter: QPainter) -> None:
        for at, one in enumerate(self.shown):
            self._draw_tile(painter, at, one)

    def _draw_tile(self, painter: QPainter, at: int, one: Explained) -> None:
        assert self._result is not None
        look, box, size = LOOK.now, self.box_of(at), self._result.picture.shape[:2]
        room, chosen = fitted(box, *size), at == self.place
        painter.setFont(number_font(11))
        left = room.left()
        if one.sanity is not None:
            level = LEVELS[one.sanity.verdict]
            draw_icon(painter, QRectF(left, 2, 12, 12).toRect(), LEVEL_ICONS[level], LEVEL_TOKENS[level])
            left += 16
        words = QRectF(left, 0, box.right() - left, self.HEAD - 4)
        shown = elided(painter.fontMetrics(), one.title, round(words.width()))
        label(painter, words, shown, look.color("accent" if chosen else "muted"), LEFT)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        painter.drawImage(room, self._picture)
        painter.save()
        painter.setClipRect(room)
        painter.setOpacity(OPACITY)
        painter.drawImage(input_room(room, size, self._result.placed, one.map.shape), self._heats[at])
        painter.restore()
        if chosen:
            ink(painter, QPen(look.color("accent"), 3 if self.hasFocus() else 2), None)
            painter.drawRect(room.adjusted(-1, -1, 1, 1))


def fitted(room: QRectF, high: int, wide: int) -> QRectF:
    """A picture of this size in the middle of a room, as large as it fits."""
    scale = min(room.width() / max(wide, 1), room.height() / max(high, 1))
    size = QRectF(0, 0, wide * scale, high * scale)
    size.moveCenter(room.center())
    return size


def input_room(room: QRectF, size: tuple[int, int], placed: Placement, shape: Sequence[int]) -> QRectF:
    """Where the model's input lies when a picture of this size lies in `room`."""
    across, down = room.width() / size[1], room.height() / size[0]
    (left, top), (right, bottom) = placed.to_picture(0, 0), placed.to_picture(shape[1], shape[0])
    first = QPointF(room.left() + left * across, room.top() + top * down)
    return QRectF(first, QPointF(room.left() + right * across, room.top() + bottom * down))


def picture_image(picture: NDArray[np.uint8], *, plain: bool) -> QImage:
    """plain: without its colours."""
    high, wide = picture.shape[:2]
    image = QImage(picture.tobytes(), wide, high, 3 * wide, QImage.Format.Format_BGR888)
    return image.convertToFormat(QImage.Format.Format_Grayscale8) if plain else image.copy()


def map_image(one: Explained) -> QImage:
    """A pixel of the input a pixel, see-through where the map has nothing to say; what speaks against is hatched."""
    most = reach(one)
    alpha = np.round(255 * strength(one.map, most, one.signed)).astype(np.uint8)
    if one.signed:
        row, column = np.indices(one.map.shape)
        alpha[(one.map < 0) & ((row + column) % HATCH < HATCH // 3)] //= 3
    pixels = np.dstack([coloured(one.map, most, one.signed), alpha])
    high, wide = alpha.shape
    return QImage(pixels.tobytes(), wide, high, 4 * wide, QImage.Format.Format_RGBA8888).copy()


def _verdict(one: Explained) -> str:
    return one.sanity.words if one.sanity is not None else one.note or tr("not checked")
