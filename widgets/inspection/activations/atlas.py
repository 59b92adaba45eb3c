"""All feature maps of a layer in one picture, as large as they fit; a click chooses a channel.

The maps become one picture of grey levels, and colours all at once: the cost of a frame is that of its pixels.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QImage, QPainter

from engines.core.words import tr
from engines.inspection.looks import ActivationLook, Floats
from widgets.charts.axes import figure
from widgets.charts.drawn import label
from widgets.charts.heat import draw_scale, outline
from widgets.inspection.activations.channels import ChannelsChart
from widgets.kit.ink import ink
from widgets.kit.theme import DARK, LOOK, number_font

Scale = Literal["own", "shared"]
GAP, FOOT, NAMED_FROM = 4, 34, 52
"""Pixels between maps, of the scale below them; least side of a map that has its number on it."""
EMPTY = np.zeros((0, 1, 1), np.float32)


@dataclass(frozen=True, slots=True)
class Grid:
    """Tiles of wide x high pixels in so many columns, from (left, top), GAP between them."""

    columns: int
    wide: float
    high: float
    left: float

    def box(self, at: int) -> QRectF:
        row, column = divmod(at, self.columns)
        return QRectF(self.left + column * (self.wide + GAP), 2 + row * (self.high + GAP), self.wide, self.high)

    def at(self, place: QPointF) -> int:
        """Number of the tile at a place, -1 beside them; there may be fewer tiles."""
        column = (place.x() - self.left) / (self.wide + GAP)
        row = (place.y() - 2) / (self.high + GAP)
        return int(row) * self.columns + int(column) if 0 <= column < self.columns and row >= 0 else -1


class MapsAtlas(ChannelsChart):
    """A tile a channel."""

    def __init__(self) -> None:
        super().__init__(tr("Feature maps"))
        self.maps: Floats = EMPTY
        self.scale: Scale = "own"
        self._image = QImage()
        self._key: tuple[object, ...] | None = None

    def show_look(self, look: ActivationLook, channel: int) -> None:
        """The maps of this look, `channel` marked."""
        self.look, self.maps, self.channel = look, look.maps, channel
        self.setAccessibleDescription(
            tr("{count} maps, channel {channel} is chosen", count=len(look.channels), channel=channel)
        )
        self.update()

    def set_scale(self, scale: Scale) -> None:
        """Each map from its own least to its own most, or all alike."""
        self.scale, self._key = scale, None
        self.update()

    def table(self) -> list[list[str]]:
        look = self.look
        head = ["channel", "mean", "spread", "low", "high", "zeros", "dead"]
        if look is None:
            return [head]
        columns = (look.mean, look.spread, look.low, look.high, look.zeros)
        rows = [[f"{column[channel]:.6g}" for column in columns] for channel in range(len(look.mean))]
        return [head, *([str(at), *row, str(int(look.dead[at]))] for at, row in enumerate(rows))]

    def grid(self) -> Grid:
        """The columns that make the tiles largest."""
        count, high, wide = max(len(self.maps), 1), *self.maps.shape[1:]
        room = QRectF(self.rect()).adjusted(2, 2, -2, -FOOT)
        best = max(range(1, count + 1), key=lambda columns: _tile_width(columns, count, room, wide / high))
        width = max(_tile_width(best, count, room, wide / high), 1.0)
        used = best * (width + GAP) - GAP
        return Grid(best, width, width * high / wide, max((self.width() - used) / 2, 2.0))

    def box_of(self, channel: int) -> QRectF:
        """Where the map of a channel is, empty for one that is not shown."""
        shown = self.look.channels if self.look is not None else ()
        return self.grid().box(shown.index(channel)) if channel in shown else QRectF()

    def channel_at(self, place: QPointF) -> int:
        """-1 for none."""
        at = self.grid().at(place)
        there = self.look is not None and 0 <= at < len(self.look.channels)
        return self.look.channels[at] if there and self.look is not None else -1

    def steps(self) -> dict[Qt.Key, int]:
        row = self.grid().columns
        return {**super().steps(), Qt.Key.Key_Up: -row, Qt.Key.Key_Down: row}

    def _draw(self, painter: QPainter) -> None:
        if self.look is None or not len(self.maps):
            return
        grid = self.grid()
        self._draw_maps(painter, grid)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if grid.wide >= NAMED_FROM and grid.high >= NAMED_FROM / 2:
            for at, channel in enumerate(self.look.channels):
                self._draw_name(painter, grid.box(at), channel, bool(self.look.dead[channel]))
        marked = self.box_of(self.channel)
        if not marked.isEmpty():
            outline(painter, marked, LOOK.now.color("accent") if self.hasFocus() else None)
        self._draw_foot(painter, grid)

    def _draw_maps(self, painter: QPainter, grid: Grid) -> None:
        ratio = painter.device().devicePixelRatioF()
        size, gap = (max(round(grid.wide * ratio), 1), max(round(grid.high * ratio), 1)), round(GAP * ratio)
        key = (id(self.maps), size, grid.columns, self.scale)
        if key != self._key:
            self._key, self._image = key, atlas_image(self.maps, size, grid.columns, self.scale, gap)
        first, last = grid.box(0), grid.box(len(self.maps) - 1)
        across = grid.columns * (grid.wide + GAP)
        painter.drawImage(QRectF(first.left(), first.top(), across, last.bottom() + GAP - first.top()), self._image)

    def _draw_name(self, painter: QPainter, box: QRectF, channel: int, dead: bool) -> None:
        words = tr("{channel} dead", channel=channel) if dead else str(channel)
        painter.setFont(number_font(11))
        if dead and painter.fontMetrics().horizontalAdvance(words) + 10 > box.width():
            words = f"{channel} \u00d7"
        wide = painter.fontMetrics().horizontalAdvance(words) + 8
        pill = QRectF(box.left() + 2, box.top() + 2, wide, 15)
        ink(painter, None, DARK.color("base", 0.7))
        painter.drawRoundedRect(pill, 4, 4)
        label(painter, pill.adjusted(4, 0, 0, 0), words, DARK.color("warn" if dead else "text"))

    def _draw_foot(self, painter: QPainter, grid: Grid) -> None:
        low, high = limits(self.maps)
        room = QRectF(grid.left, self.height() - FOOT + 8, min(260.0, self.width() - 2 * grid.left), FOOT - 8)
        ends = (figure(low), figure(high)) if self.scale == "shared" else (tr("its least"), tr("its most"))
        draw_scale(painter, room, *ends)


def limits(maps: Floats) -> tuple[float, float]:
    """The least and the largest of the finite values, 0 and 1 where there is none."""
    low, high = float(maps.min(initial=np.inf)), float(maps.max(initial=-np.inf))
    if math.isfinite(low) and math.isfinite(high):
        return low, high
    finite = maps[np.isfinite(maps)]
    return (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)


def atlas_image(maps: Floats, size: tuple[int, int], columns: int, scale: Scale, gap: int = 0) -> QImage:
    """Maps (n, h, w) as tiles of size (width, height) pixels, row by row in so many columns, in viridis; see-through
    between them. What is not finite is at its end of the colours, NaN at the low one.

    All at once: each call of OpenCV lets other threads have the interpreter, which they may keep for milliseconds.
    """
    (wide, high), rows = size, -(-len(maps) // columns)
    levels = np.zeros((rows * columns, *maps.shape[1:]), np.uint8)
    levels[: len(maps)] = _levels(maps, scale)
    sheet = levels.reshape(rows, columns, *maps.shape[1:]).swapaxes(1, 2).reshape(rows * maps.shape[1], -1)
    grey = cv2.resize(sheet, (columns * wide, rows * high), interpolation=_way(maps.shape[1:], size))
    colours = cv2.cvtColor(cv2.applyColorMap(grey, cv2.COLORMAP_VIRIDIS), cv2.COLOR_BGR2BGRA)
    pixels = np.zeros((rows, high + gap, columns, wide + gap, 4), np.uint8)
    pixels[:, :high, :, :wide] = np.asarray(colours).reshape(rows, high, columns, wide, 4)
    for at in range(len(maps), rows * columns):
        pixels[at // columns, :, at % columns] = 0
    across, down = columns * (wide + gap), rows * (high + gap)
    return QImage(pixels.data, across, down, 4 * across, QImage.Format.Format_ARGB32_Premultiplied).copy()


def _levels(maps: Floats, scale: Scale) -> NDArray[np.uint8]:
    """Grey levels 0 to 255, each map from its own least to its own most, or all alike."""
    low, high = maps.min(axis=(1, 2)), maps.max(axis=(1, 2))
    if not math.isfinite(float((low + high).sum())):
        ends = np.array([limits(one) for one in maps], np.float32)
        low, high = ends[:, 0], ends[:, 1]
        maps = np.where(np.isnan(maps), low[:, None, None], maps).clip(low[:, None, None], high[:, None, None])
    if scale == "shared":
        low, high = np.full_like(low, low.min()), np.full_like(high, high.max())
    share = (255.0 / np.maximum(high - low, 1e-30)).astype(np.float32)
    scaled = maps * share[:, None, None]
    scaled -= (low * share)[:, None, None]
    return scaled.astype(np.uint8)


def _way(shape: tuple[int, ...], size: tuple[int, int]) -> int:
    """Larger: pixels as squares. Smaller: means of areas, for which a line between neighbours does below two."""
    factor = max(shape[0] / size[1], shape[1] / size[0])
    return cv2.INTER_NEAREST if factor <= 1 else cv2.INTER_LINEAR if factor < 2 else cv2.INTER_AREA


def _tile_width(columns: int, count: int, room: QRectF, aspect: float) -> float:
    """Of tiles that many in a row, as large as the room lets them be. aspect: width over height."""
    rows = -(-count // columns)
    return min((room.width() + GAP) / columns - GAP, ((room.height() + GAP) / rows - GAP) * aspect)
