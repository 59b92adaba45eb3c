"""Arrays as pictures, where the cells of a grid of pictures lie, and points as a drawing."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF
from shiboken6 import VoidPtr

SMALL = 128
"""Pictures below this side are enlarged by whole factors, pixel by pixel, so that they stay crisp."""


@dataclass(frozen=True, slots=True)
class Arrangement:
    """A grid of equal cells, in device pixels. left, top: of the first cell. gap: between two."""

    count: int
    columns: int
    wide: int
    high: int
    left: int
    top: int
    gap: int

    @classmethod
    def of(cls, count: int, picture: tuple[int, int], room: tuple[int, int], gap: int, margin: int) -> Arrangement:
        """The grid that shows `count` pictures of (width, height) largest in `room`; rows are filled in order."""
        width, height = picture
        inside = (room[0] - 2 * margin, room[1] - 2 * margin)
        best = max(
            range(1, count + 1),
            key=lambda columns: (_scale(columns, count, picture, inside, gap), -(-count % columns), -abs(columns - 8)),
        )
        scale = _scale(best, count, picture, inside, gap)
        wide, high = max(1, int(width * scale)), max(1, int(height * scale))
        rows = math.ceil(count / best)
        left = (room[0] - best * wide - (best - 1) * gap) // 2
        top = (room[1] - rows * high - (rows - 1) * gap) // 2
        return cls(count, best, wide, high, left, max(top, 0), gap)

    @property
    def rows(self) -> int:
        return math.ceil(self.count / self.columns)

    def cell(self, index: int) -> tuple[int, int, int, int]:
        """Left, top, width, height of a cell."""
        row, column = divmod(index, self.columns)
        return (
            self.left + column * (self.wide + self.gap),
            self.top + row * (self.high + self.gap),
            self.wide,
            self.high,
        )

    def at(self, x: float, y: float) -> int:
        """Index of the cell at a place, -1 for none."""
        column, row = (x - self.left) // (self.wide + self.gap), (y - self.top) // (self.high + self.gap)
        index = int(row * self.columns + column)
        if not (0 <= column < self.columns and 0 <= index < self.count):
            return -1
        left, top, wide, high = self.cell(index)
        return index if left <= x < left + wide and top <= y < top + high else -1


def _scale(columns: int, count: int, picture: tuple[int, int], inside: tuple[int, int], gap: int) -> float:
    """The scale of a picture in a grid of so many columns; whole where small pictures are enlarged."""
    rows = math.ceil(count / columns)
    free = (inside[0] - (columns - 1) * gap) / columns, (inside[1] - (rows - 1) * gap) / rows
    scale = max(min(free[0] / picture[0], free[1] / picture[1]), 1 / max(picture))
    if max(picture) < SMALL and scale >= 1:
        return float(int(scale))
    return scale


def as_image(pixels: NDArray[np.uint8]) -> QImage:
    """(H, W) gray or (H, W, 3) RGB as a picture with memory of its own."""
    kept = np.ascontiguousarray(pixels)
    high, wide = kept.shape[:2]
    form = QImage.Format.Format_Grayscale8 if kept.ndim == 2 else QImage.Format.Format_RGB888
    return QImage(kept.data, wide, high, kept.strides[0], form).copy()


def enlarged(image: QImage, size: QSize) -> QImage:
    """A picture at a size in device pixels: small ones in plain squares, all others smoothly."""
    small = max(image.width(), image.height()) < SMALL and size.width() >= image.width()
    how = Qt.TransformationMode.FastTransformation if small else Qt.TransformationMode.SmoothTransformation
    return image.scaled(size, Qt.AspectRatioMode.IgnoreAspectRatio, how)


def extent_of(points: NDArray[np.float32]) -> float:
    """Half the side of a square about the origin that holds nearly all points; a round number above."""
    shown = np.abs(points[np.isfinite(points).all(axis=1)])
    if not shown.size:
        return 1.0
    reach = max(float(np.quantile(shown, 0.995)) * 1.08, 1e-6)
    power = 10.0 ** math.floor(math.log10(reach))
    return next(power * step for step in (1.0, 1.5, 2.0, 2.5, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0) if power * step >= reach)


def draw_points(
    painter: QPainter,
    room: QRectF,
    points: NDArray[Any],
    center: QPointF,
    extent: float,
    color: QColor,
    size: float,
) -> None:
    """Points of a square of half side `extent` about `center` as dots in `room`, y upwards."""
    pen = QPen(color, size)
    pen.setCapStyle(Qt.PenCapStyle.RoundCap)
    painter.setPen(pen)
    painter.drawPoints(polygon(places(points, room, center, extent)))


def places(points: NDArray[Any], room: QRectF, center: QPointF, extent: float) -> NDArray[np.float64]:
    """(n, 2) points as (n, 2) places in the square inside `room`; what is not finite is left out."""
    side = min(room.width(), room.height())
    scale = side / (2 * extent)
    kept = points[np.isfinite(points).all(axis=-1)].astype(np.float64)
    x = room.center().x() + (kept[:, 0] - center.x()) * scale
    y = room.center().y() - (kept[:, 1] - center.y()) * scale
    return np.stack([x, y], axis=1)


def polygon(where: NDArray[np.float64]) -> QPolygonF:
    """(n, 2) places as a polygon, filled through its memory instead of point by point."""
    made = QPolygonF()
    made.resize(len(where))
    if len(where):
        pointer: Any = VoidPtr
        memory = np.frombuffer(pointer(made.data(), len(where) * 16, True), dtype=np.float64)
        memory.reshape(-1, 2)[:] = where
    return made
