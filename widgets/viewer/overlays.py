"""Shapes and words drawn over a picture: frozen values in image coordinates, painted in screen pixels.

Every line has a dark halo, so that it reads on any picture; colours are those of the dark theme in both themes, because
the picture below is the same in both. Image coordinates: (0, 0) is the centre of the first pixel, as in OpenCV.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol, TypeAlias, runtime_checkable

from PySide6.QtCore import QLine, QPoint, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from engines.core.frames import Image
from widgets.kit.access.elided import elided, wrapping
from widgets.kit.access.signs import Sign, draw_sign
from widgets.kit.theme import DARK, number_font
from widgets.viewer.picture import Viewport

Point: TypeAlias = tuple[float, float]
Corner: TypeAlias = Literal["top-left", "top-right", "bottom-left", "bottom-right"]
HALO = QColor(8, 10, 13, 170)
GROUND = 0.88
"""How much of the ground of words covers the picture: words in every colour keep 4.5:1 on white."""
PILL_HEIGHT, PILL_SIDES = 20.0, 17.0
MIDDLE = (Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft).value


class Overlay(Protocol):
    """Anything that paints itself over a picture."""

    def paint(self, painter: QPainter, viewport: Viewport) -> None: ...


@runtime_checkable
class Cover(Protocol):
    """An overlay that hides what is below it, in a saved picture too."""

    def cover(self, image: Image) -> None:
        """Paint it into the pixels (H x W x 3 BGR, changed in place)."""
        ...


def overlay_color(color: str, alpha: float = 1.0) -> QColor:
    """A token ("accent"), a series number ("series:2") or "#rrggbb"."""
    if color.startswith("series:"):
        made = DARK.nth(int(color[7:]))
    else:
        made = QColor(color) if color.startswith("#") else DARK.color(color)
    made.setAlphaF(alpha)
    return made


@dataclass(frozen=True, slots=True)
class Points:
    """Points as rings, dots, crosses or squares of `radius` screen pixels."""

    points: Sequence[Point]
    color: str = "accent"
    radius: float = 4.0
    shape: Literal["ring", "dot", "cross", "square"] = "ring"

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        places = _places(self.points, viewport)
        for pen in _pens(self.color, 1.5):
            painter.setPen(pen)
            self._mark(painter, places, pen)

    def _mark(self, painter: QPainter, places: list[QPointF], pen: QPen) -> None:
        r = self.radius
        if self.shape == "dot":
            pen.setWidthF(pen.widthF() + 2 * r)
            painter.setPen(pen)
            painter.drawPoints(places)
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for at in places:
            if self.shape == "cross":
                painter.drawLine(QPointF(at.x() - r, at.y()), QPointF(at.x() + r, at.y()))
                painter.drawLine(QPointF(at.x(), at.y() - r), QPointF(at.x(), at.y() + r))
            elif self.shape == "square":
                painter.drawRect(QRectF(at.x() - r, at.y() - r, 2 * r, 2 * r))
            else:
                painter.drawEllipse(at, r, r)


@dataclass(frozen=True, slots=True)
class Polyline:
    """A line through points."""

    points: Sequence[Point]
    color: str = "accent"
    width: float = 1.5
    dashed: bool = False

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        places = _places(self.points, viewport)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for pen in _pens(self.color, self.width, dashed=self.dashed):
            painter.setPen(pen)
            painter.drawPolyline(places)


@dataclass(frozen=True, slots=True)
class Polygon:
    """A closed outline, filled with its colour at `fill` (0: not at all)."""

    points: Sequence[Point]
    color: str = "accent"
    width: float = 2.0
    fill: float = 0.0

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        places = _places(self.points, viewport)
        for pen in _pens(self.color, self.width):
            painter.setPen(pen)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawPolygon(places)
        if self.fill:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(overlay_color(self.color, self.fill))
            painter.drawPolygon(places)


@dataclass(frozen=True, slots=True)
class Vectors:
    """Lines from `points` towards `ends`, made `scale` times longer, with a dot at the end (residuals are small)."""

    points: Sequence[Point]
    ends: Sequence[Point]
    scale: float = 1.0
    color: str = "warn"

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        tips = [
            (x + (u - x) * self.scale, y + (v - y) * self.scale)
            for (x, y), (u, v) in zip(self.points, self.ends, strict=True)
        ]
        starts, stops = _places(self.points, viewport), _places(tips, viewport)
        for pen in _pens(self.color, 1.5):
            painter.setPen(pen)
            painter.setBrush(pen.color())
            for start, stop in zip(starts, stops, strict=True):
                painter.drawLine(start, stop)
                painter.drawEllipse(stop, 1.5, 1.5)


@dataclass(frozen=True, slots=True)
class GridCells:
    """The picture divided into `columns` x `rows` cells, each with a value from 0 to 1 shown as so much colour.

    With `outline` empty cells have a thin line, so that what is missing can be seen as well as what is there.
    """

    columns: int
    rows: int
    values: Sequence[float]
    color: str = "good"
    alpha: float = 0.28
    outline: bool = True

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        wide, high = viewport.width * viewport.scale, viewport.height * viewport.scale
        across = [round(viewport.left + wide * column / self.columns) for column in range(self.columns + 1)]
        down = [round(viewport.top + high * row / self.rows) for row in range(self.rows + 1)]
        smooth = painter.testRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        for index, value in enumerate(self.values[: self.columns * self.rows]):
            row, column = divmod(index, self.columns)
            if value > 0:
                cell = QRect(QPoint(across[column], down[row]), QPoint(across[column + 1] - 1, down[row + 1] - 1))
                painter.fillRect(cell, overlay_color(self.color, self.alpha * min(float(value), 1.0)))
        if self.outline:
            painter.setPen(QPen(QColor(255, 255, 255, 40), 1))
            painter.drawLines([QLine(x, down[0], x, down[-1]) for x in across])
            painter.drawLines([QLine(across[0], y, across[-1], y) for y in down])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, smooth)


@dataclass(frozen=True, slots=True)
class Label:
    """Words in a pill beside a point: above and right of it unless the edge is near, or a caption is there."""

    text: str
    at: Point
    color: str = "text"
    beside: Caption | None = None

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        draw_words(painter, self.box(viewport), self.text, self.color)

    def box(self, viewport: Viewport) -> QRectF:
        spot = viewport.to_widget(*self.at)
        size = pill_width(self.text)
        left = min(max(spot.x() + 8, 4), max(viewport.view_width - size - 4, 4))
        top = spot.y() - PILL_HEIGHT - 8
        top = min(max(spot.y() + 8 if top < 4 else top, 4), max(viewport.view_height - PILL_HEIGHT - 4, 4))
        box = QRectF(left, top, size, PILL_HEIGHT)
        if self.beside is not None and box.intersects(taken := self.beside.box(viewport)):
            above = taken.top() - PILL_HEIGHT - 4
            box.moveTop(above if above >= 4 else taken.bottom() + 4)
        return box


@dataclass(frozen=True, slots=True)
class Caption:
    """Words in a pill at a corner of the picture."""

    text: str
    corner: Corner = "bottom-left"
    color: str = "text"

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        if self.text:
            draw_words(painter, self.box(viewport), self.text, self.color)

    def box(self, viewport: Viewport) -> QRectF:
        wide = min(pill_width(self.text), viewport.view_width - 16)
        return _corner_box(viewport, self.corner, wide, _pill_height(self.text, wide))


@dataclass(frozen=True, slots=True)
class Legend:
    """What the signs mean: (words, colour, sign) each on a line of its own."""

    entries: Sequence[tuple[str, str, Sign]]
    corner: Corner = "top-right"

    def paint(self, painter: QPainter, viewport: Viewport) -> None:
        metrics = QFontMetricsF(number_font(11))
        wide = max(metrics.horizontalAdvance(text) for text, *_ in self.entries) + 32
        box = _corner_box(viewport, self.corner, wide, 18.0 * len(self.entries) + 8)
        draw_base(painter, box, 6)
        painter.setFont(number_font(11))
        for index, (text, color, sign) in enumerate(self.entries):
            line = QRectF(box.left() + 8, box.top() + 4 + 18 * index, wide - 16, 18)
            draw_sign(painter, sign, QPointF(line.left() + 4, line.center().y()), overlay_color(color))
            painter.setPen(DARK.color("text"))
            painter.drawText(line.adjusted(16, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, text)


def pill_width(text: str) -> float:
    """How wide a pill with these words is."""
    return QFontMetricsF(number_font(11)).horizontalAdvance(text) + 18


def _pill_height(text: str, wide: float) -> float:
    """How high a pill of this width is, in which the words go on in further lines."""
    if wide >= pill_width(text):
        return PILL_HEIGHT
    metrics, room = QFontMetricsF(number_font(11)), QRectF(0, 0, wide - PILL_SIDES, 0)
    return metrics.boundingRect(room, wrapping(metrics, text, room.width()), text).height() + 8


def draw_words(painter: QPainter, box: QRectF, text: str, color: str = "text") -> None:
    """A pill of base with words in it; a tall one has several lines."""
    draw_base(painter, box, min(box.height(), PILL_HEIGHT) / 2)
    painter.setFont(number_font(11))
    painter.setPen(overlay_color(color))
    inner = box.adjusted(9, 0, 9 - PILL_SIDES, 0)
    if box.height() > PILL_HEIGHT:
        painter.drawText(inner, MIDDLE | wrapping(painter.fontMetrics(), text, inner.width()), text)
    else:
        shown = elided(painter.fontMetrics(), text, int(inner.width()) + 2)
        painter.drawText(inner, MIDDLE, shown)


def draw_base(painter: QPainter, box: QRectF, radius: float) -> None:
    """Base with round corners, for words on it that are to be read over a white picture too."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(DARK.color("base", GROUND))
    painter.drawRoundedRect(box, radius, radius)


def _corner_box(viewport: Viewport, corner: Corner, wide: float, high: float) -> QRectF:
    """A box 8 pixels inside the part of the picture that is in view; beside a narrow one where it is wider."""
    left, top = max(viewport.left, 0.0) + 8, max(viewport.top, 0.0) + 8
    right = min(viewport.left + viewport.width * viewport.scale, viewport.view_width) - 8
    bottom = min(viewport.top + viewport.height * viewport.scale, viewport.view_height) - 8
    x = left if corner.endswith("left") else right - wide
    y = top if corner.startswith("top") else bottom - high
    return QRectF(max(min(x, viewport.view_width - 8 - wide), 8.0), y, wide, high)


def _places(points: Sequence[Point], viewport: Viewport) -> list[QPointF]:
    return [viewport.to_widget(x, y) for x, y in points]


def _pens(color: str, width: float, *, dashed: bool = False) -> tuple[QPen, QPen]:
    """The halo and the line on it."""
    halo, line = QPen(HALO, width + 2.0), QPen(overlay_color(color), width)
    for pen in (halo, line):
        pen.setCapStyle(Qt.PenCapStyle.RoundCap)
        pen.setJoinStyle(Qt.PenJoinStyle.RoundJoin)
    if dashed:
        line.setDashPattern([4.0, 3.0])
    return halo, line
