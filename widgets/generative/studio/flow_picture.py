"""One small picture of a flow: density and field behind, the ways of a few particles, all particles, figures below.

The background is the same for all samplers, so it is drawn once a frame and shared.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import cv2
import numpy as np
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy

from engines.core.pictures.heat import VIRIDIS
from engines.core.words import tr
from widgets.charts.axes import Axis, figure
from widgets.charts.drawn import RIGHT, DrawnChart, around, label
from widgets.generative.studio.flow_data import FlowArrays, Path2D
from widgets.generative.studio.images import draw_points, places
from widgets.kit.theme import LOOK, Tokens, mixed, number_font

TRAILS = 16
ARROWS = 13
ORIGIN = QPointF()
BESIDE, ABOVE, BELOW = 26, 16, 16
LINE, FIGURES = 17, 3
"""Height of a figure below, and how many there are at the most."""
LEAST_SIDE = 120
AXES = "x", "y"


class Backdrop:
    """Density, data and field of a moment at one size; kept until the moment, the size or the theme is another."""

    def __init__(self) -> None:
        self.layers = {"density": True, "field": True, "trails": True, "data": True}
        self._key: tuple[object, ...] = ()
        self._image = QImage()
        self._data_key: tuple[object, ...] = ()
        self._data = QImage()

    def image(self, flow: FlowArrays, time: float, side: int, ratio: float) -> QImage:
        """`side`: in device pixels."""
        key = id(flow), round(time, 4), side, ratio, LOOK.now.name, tuple(self.layers.items())
        if key != self._key:
            self._key = key
            self._image = self._drawn(flow, time, side, ratio)
        return self._image

    def _drawn(self, flow: FlowArrays, time: float, side: int, ratio: float) -> QImage:
        image = _shading(flow.density_at(time), side) if self.layers["density"] else _plain(side)
        image.setDevicePixelRatio(ratio)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = QRectF(0, 0, side / ratio, side / ratio)
        if self.layers["data"]:
            painter.drawImage(ORIGIN, self._dots(flow, side, ratio))
        if self.layers["field"]:
            painter.setPen(QPen(LOOK.now.color("text", 0.32), 1))
            painter.drawLines(_arrows(flow, time, room))
        painter.end()
        return image

    def _dots(self, flow: FlowArrays, side: int, ratio: float) -> QImage:
        """The data as faint dots."""
        key = id(flow), side, ratio, LOOK.now.name
        if key != self._data_key:
            self._data_key = key
            self._data = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
            self._data.fill(Qt.GlobalColor.transparent)
            self._data.setDevicePixelRatio(ratio)
            painter = QPainter(self._data)
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            room = QRectF(0, 0, side / ratio, side / ratio)
            draw_points(painter, room, flow.data[:1500], ORIGIN, flow.extent, LOOK.now.color("text", 0.28), 1.5)
            painter.end()
        return self._data


class FlowPicture(DrawnChart):
    """The particles of one sampler at a moment, with lines of figures (label, value) below."""

    def __init__(self, backdrop: Backdrop) -> None:
        super().__init__(tr("Flow"))
        self._backdrop = backdrop
        self._flow: FlowArrays | None = None
        self._path: Path2D | None = None
        self._figures: tuple[tuple[str, str], ...] = ()
        self._time, self._message, self._place = 1.0, "", 0
        self._trail, self._trail_key, self._trail_step = QImage(), (), -1
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    @property
    def message(self) -> str:
        """The words in place of particles."""
        return self._message if self._path is None else ""

    def show_flow(
        self, flow: FlowArrays | None, name: str, title: str, figures: tuple[tuple[str, str], ...], message: str
    ) -> None:
        """The particles of sampler `name`, where the flow has it; else the message."""
        self._flow = flow
        self._path = flow.paths.get(name) if flow is not None else None
        self._figures = figures if self._path is not None else ()
        self._message = message
        self._trail_key = ()
        self.setAccessibleName(tr("Flow, {title}", title=title))
        self.setAccessibleDescription(", ".join(f"{title} {value}" for title, value in self._figures))
        self.updateGeometry()
        self.update()

    def set_time(self, time: float) -> None:
        if time != self._time:
            self._time = time
            self.update()

    def places(self) -> np.ndarray:
        """Places of the particles, (n, 2) in pixels of the widget."""
        if self._path is None or self._flow is None:
            return np.empty((0, 2))
        return places(self._path.at(self._time), self.plot(), ORIGIN, self._flow.extent)

    def plot(self) -> QRectF:
        """The square in which they are."""
        beyond = size_for(0)
        side = max(min(self.width() - beyond.width(), self.height() - beyond.height()), 40)
        return QRectF((self.width() - side) // 2, ABOVE, side, side)

    def table(self) -> list[list[str]]:
        spots = self._path.at(self._time) if self._path is not None else ()
        return [["particle", *AXES], *([str(n), f"{x:.6g}", f"{y:.6g}"] for n, (x, y) in enumerate(spots))]

    def axes(self) -> Sequence[tuple[str, QRectF]]:
        return around(self.plot(), *AXES) if self._path is not None else ()

    def tip_at(self, place: QPointF) -> str:
        room = self.plot()
        if self._flow is None or self._path is None or not room.contains(place):
            return ""
        across, up = (place - room.center()).x(), (room.center() - place).y()
        scale = 2 * self._flow.extent / room.width()
        return tr("At {x}, {y}", x=figure(across * scale), y=figure(up * scale))

    def sizeHint(self) -> QSize:
        return size_for(2 * LEAST_SIDE)

    def minimumSizeHint(self) -> QSize:
        return size_for(LEAST_SIDE).expandedTo(QSize(self._words_room(), 0))

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        room = self.plot()
        if self._flow is None or self._path is None:
            self._paint_message(painter, room)
            return
        ratio = self.devicePixelRatioF()
        side = round(room.width() * ratio)
        painter.drawImage(room.topLeft(), self._backdrop.image(self._flow, self._time, side, ratio))
        painter.save()
        painter.setClipRect(room)
        if self._backdrop.layers["trails"]:
            self._paint_trails(painter, room, side, ratio)
        color = LOOK.now.color("accent") if LOOK.now.name == "light" else QColor("#ffffff")
        draw_points(painter, room, self._path.at(self._time), ORIGIN, self._flow.extent, color, 2.5)
        painter.restore()
        self._paint_frame(painter, room)
        self._paint_axes(painter, room, self._flow.extent)
        self._paint_figures(painter, room)

    def _paint_message(self, painter: QPainter, room: QRectF) -> None:
        painter.setPen(QPen(LOOK.now.color("line"), 1))
        painter.setBrush(LOOK.now.color("surface"))
        painter.drawRect(room.adjusted(0.5, 0.5, -0.5, -0.5))
        painter.setPen(LOOK.now.color("muted"))
        words = room.adjusted(12, 12, -12, -12)
        painter.drawText(words, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._message)

    def _paint_frame(self, painter: QPainter, room: QRectF) -> None:
        painter.setPen(QPen(LOOK.now.color("line"), 1))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(room.adjusted(0.5, 0.5, -0.5, -0.5))

    def _paint_axes(self, painter: QPainter, room: QRectF, extent: float) -> None:
        """The field's axes, both to one scale, about the origin."""
        muted, axis = LOOK.now.color("muted"), Axis(-extent, extent)
        painter.setFont(number_font(11))
        for value, words in axis.ticks(3):
            x, y = room.left() + room.width() * axis.share(value), room.bottom() - room.height() * axis.share(value)
            label(painter, QRectF(x - 20, room.bottom() + 2, 40, 15), words, muted, Qt.AlignmentFlag.AlignHCenter)
            label(painter, QRectF(room.left() - BESIDE, y - 8, BESIDE - 4, 16), words, muted, RIGHT)
        label(painter, QRectF(room.left(), room.bottom() + 2, room.width(), 15), AXES[0], muted, RIGHT)
        label(painter, QRectF(room.left() - 10, 0, 40, ABOVE), AXES[1], muted)

    def _paint_figures(self, painter: QPainter, room: QRectF) -> None:
        painter.setFont(number_font(11))
        wide = max(room.width() - 4, self._words_room())
        for number, (title, value) in enumerate(self._figures):
            top = room.bottom() + BELOW + 5 + number * LINE
            line = QRectF(room.center().x() - wide / 2, top, wide, LINE)
            label(painter, line, title, LOOK.now.color("muted"))
            label(painter, line, value, LOOK.now.color("text"), RIGHT)

    def _words_room(self) -> int:
        """Pixels that the widest line of figures takes."""
        metrics = QFontMetrics(number_font(11))
        return max((metrics.horizontalAdvance(f"{title}  {value}") for title, value in self._figures), default=0)

    def _paint_trails(self, painter: QPainter, room: QRectF, side: int, ratio: float) -> None:
        """The ways of a few particles so far; whole steps are kept in a picture to which each new one is added."""
        path = self._path
        assert path is not None
        assert self._flow is not None
        step, key = path.step(self._time), (side, ratio, LOOK.now.name)
        box = QRectF(0, 0, room.width(), room.height())
        if key != self._trail_key or step < self._trail_step:
            self._trail_key, self._trail_step = key, 0
            self._trail = QImage(side, side, QImage.Format.Format_ARGB32_Premultiplied)
            self._trail.fill(Qt.GlobalColor.transparent)
            self._trail.setDevicePixelRatio(ratio)
        if step > self._trail_step:
            onto = QPainter(self._trail)
            onto.setRenderHint(QPainter.RenderHint.Antialiasing)
            onto.setPen(_trail_pen())
            for one in range(self._trail_step, step):
                onto.drawLines(self._lines(path.points[one], path.points[one + 1], box))
            onto.end()
            self._trail_step = step
        painter.drawImage(room.topLeft(), self._trail)
        painter.setPen(_trail_pen())
        painter.drawLines(self._lines(path.points[step], path.at(self._time), room))

    def _lines(self, start: np.ndarray, end: np.ndarray, room: QRectF) -> list[QLineF]:
        assert self._flow is not None
        first = places(np.nan_to_num(start[:TRAILS]), room, ORIGIN, self._flow.extent).tolist()
        last = places(np.nan_to_num(end[:TRAILS]), room, ORIGIN, self._flow.extent).tolist()
        return [QLineF(*one, *other) for one, other in zip(first, last, strict=True)]


def size_for(side: int) -> QSize:
    """Of a picture whose square has this side."""
    return QSize(side + 2 * BESIDE, ABOVE + side + BELOW + 6 + FIGURES * LINE)


def _trail_pen() -> QPen:
    return QPen(LOOK.now.color("warn", 0.55), 1.2)


def _plain(side: int) -> QImage:
    image = QImage(side, side, QImage.Format.Format_RGB32)
    image.fill(LOOK.now.color("surface"))
    return image


def _shading(density: np.ndarray, side: int) -> QImage:
    """Density as a quiet map from the surface's colour to viridis, y upwards."""
    step = (len(density) - 1) / max(side - 1, 1)
    into = np.array([[step, 0, 0], [0, step, 0]])
    how = cv2.INTER_CUBIC | cv2.WARP_INVERSE_MAP
    large = cv2.warpAffine(
        np.sqrt(np.maximum(density, 0)), into, (side, side), flags=how, borderMode=cv2.BORDER_REPLICATE
    )
    levels = np.ascontiguousarray(np.clip(large[::-1] * 255, 0, 255).astype(np.uint8))
    image = QImage(levels.data, side, side, side, QImage.Format.Format_Indexed8)
    image.setColorTable(_table(LOOK.now))
    return image.convertToFormat(QImage.Format.Format_RGB32)


@lru_cache(maxsize=4)
def _table(look: Tokens) -> list[int]:
    """256 colours: viridis, faded into the surface where there is nothing."""
    table = []
    for level in range(256):
        pure = QColor(*VIRIDIS[level].tolist()).name()
        table.append(QColor(mixed(look.surface, pure, min(level / 255 * 1.5, 1.0) * 0.55)).rgb())
    return table


def _arrows(flow: FlowArrays, time: float, room: QRectF) -> list[QLineF]:
    """The field as arrows about grid points, the way particles go, the longest about as long as the grid is wide."""
    every = max(1, round(len(flow.axis) / ARROWS))
    axis = flow.axis[every // 2 :: every]
    field = flow.field_at(time)[every // 2 :: every, every // 2 :: every].reshape(-1, 2)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    size = np.hypot(field[:, 0], field[:, 1])[:, None]
    scale = room.width() / (2 * flow.extent)
    longest = 0.85 * float(axis[1] - axis[0]) * scale if len(axis) > 1 else 10.0
    length = longest * np.minimum(size / max(float(np.quantile(size, 0.9)), 1e-9), 1.0)
    along = field / np.maximum(size, 1e-9) * np.array([1, -1]) * length
    middle = places(grid, room, ORIGIN, flow.extent)
    tail, head = middle - along / 2, middle + along / 2
    across = np.stack([-along[:, 1], along[:, 0]], axis=1)
    left, right = head - 0.3 * along + 0.18 * across, head - 0.3 * along - 0.18 * across
    ends = np.concatenate([np.hstack([tail, head]), np.hstack([left, head]), np.hstack([right, head])])
    return [QLineF(*line) for line in ends.tolist()]
