"""Maps of magnitudes as pictures, with the scale that stands beside them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QFontMetrics, QImage, QLinearGradient, QPainter, QPen

from engines.core.pictures.heat import VIRIDIS, viridis
from widgets.charts.drawn import LEFT, RIGHT, label
from widgets.kit.access.elided import elided
from widgets.kit.theme import LOOK, mixed, number_font

SCALE, LINE = 8, 15
"""Height of the bar of a scale, and of a line of words."""
STOPS = 16


def heat_image(values: NDArray[Any], low: float, high: float) -> QImage:
    """A pixel a value, (rows, columns); nan is see-through."""
    alpha = np.where(np.isnan(values), 0, 255).astype(np.uint8)
    return _image(np.dstack([viridis(values, low, high), alpha]))


def signed_image(values: NDArray[Any], most: float) -> QImage:
    """The same, from -most to most about zero, in two colours of the theme that meet in its surface."""
    low, zero, high = (_channels(color) for color in _ends())
    share = np.clip(np.nan_to_num(values) / max(most, 1e-300), -1, 1)[..., None]
    mixture = np.where(share < 0, zero + (low - zero) * -share, zero + (high - zero) * share)
    alpha = np.where(np.isnan(values), 0, 255).astype(np.uint8)
    return _image(np.dstack([mixture.round().astype(np.uint8), alpha]))


def draw_scale(
    painter: QPainter, room: QRectF, low: str, high: str, *, signed: bool = False, title: str = "",
    colours: NDArray[np.uint8] | None = None,
) -> None:  # fmt: skip
    """A bar from low to high across `room`, its ends in words below, its title between them or in a line of its own.

    colours: (256, 3) RGB, in place of those of magnitudes or of the theme's two for signed values.
    """
    bar = QRectF(room.left(), room.top(), room.width(), SCALE)
    fade = QLinearGradient(bar.topLeft(), bar.topRight())
    for stop in range(STOPS + 1):
        fade.setColorAt(stop / STOPS, _color(stop / STOPS, signed, colours))
    painter.setPen(QPen(LOOK.now.color("line"), 1))
    painter.setBrush(fade)
    painter.drawRoundedRect(bar, 2, 2)
    painter.setFont(number_font(11))
    words, muted = QRectF(room.left(), bar.bottom() + 2, room.width(), LINE), LOOK.now.color("muted")
    label(painter, words, low, muted, LEFT)
    label(painter, words, high, muted, RIGHT)
    if title and scale_room(low, high, title) > room.width():
        words.translate(0, LINE)
    label(painter, words, elided(painter.fontMetrics(), title, room.width()), muted, Qt.AlignmentFlag.AlignHCenter)


def scale_room(low: str, high: str, title: str) -> int:
    """Pixels across in which a scale's title stands between its ends; in fewer it needs another line."""
    wide = QFontMetrics(number_font(11)).horizontalAdvance
    return 2 * max(wide(low), wide(high)) + wide(title) + 16


def draw_image(painter: QPainter, room: QRectF, image: QImage) -> None:
    """An image pixel by pixel, without smoothing."""
    painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, False)
    painter.drawImage(room, image)


def outline(painter: QPainter, room: QRectF, around: QColor | None = None) -> None:
    """A frame that reads on any colour: white, dark around it or as is said."""
    painter.setBrush(Qt.BrushStyle.NoBrush)
    for color, wide in ((around or QColor(0, 0, 0, 200), 4.5), (QColor("#ffffff"), 1.8)):
        pen = QPen(color, wide)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(room)


def _color(share: float, signed: bool, colours: NDArray[np.uint8] | None) -> QColor:
    if not signed or colours is not None:
        table = VIRIDIS if colours is None else colours
        red, green, blue = (int(part) for part in table[round(255 * share)])
        return QColor(red, green, blue)
    low, zero, high = _ends()
    return QColor(mixed(low, zero, 2 * share) if share < 0.5 else mixed(zero, high, 2 * share - 1))


def _ends() -> tuple[str, str, str]:
    look = LOOK.now
    return look.series[0], look.raised, look.series[1]


def _channels(color: str) -> NDArray[np.float64]:
    shown = QColor(color)
    return np.array([shown.red(), shown.green(), shown.blue()], float)


def _image(pixels: NDArray[Any]) -> QImage:
    high, wide = pixels.shape[:2]
    return QImage(
        np.ascontiguousarray(pixels, np.uint8).tobytes(), wide, high, 4 * wide, QImage.Format.Format_RGBA8888
    ).copy()
