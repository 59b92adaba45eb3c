"""A view of frames at their aspect: zoom to the cursor, pan, pixel values, overlays.

A frame is kept as it came and scaled only when it is painted, so frames that come faster than the screen cost nothing.
The scaled picture is kept too: a repaint for an overlay or the readout copies it and no more.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from engines.core.clock import Clock, monotonic
from engines.core.frames import Frame, Stamp
from engines.core.words import tr
from widgets.kit.access.ring import ring_focus
from widgets.kit.theme import DARK, LOOK, number_font
from widgets.kit.wheel import leave_wheel_where_scrolled
from widgets.viewer.overlays import PILL_HEIGHT, Overlay, draw_words, pill_width
from widgets.viewer.picture import Viewport, Workspace, as_qimage, scaled

MESSAGE_EDGES = 16, 4
"""Room around a message; less in a small tile."""
GRID_FROM = 24.0
"""From this enlargement on, a line between pixels; from twice that, their values."""
STILL = 3
"""Pixels by which the pointer may move in a click."""
STRIDE = 48.0
WAYS = {
    Qt.Key.Key_Left: (STRIDE, 0.0),
    Qt.Key.Key_Right: (-STRIDE, 0.0),
    Qt.Key.Key_Up: (0.0, STRIDE),
    Qt.Key.Key_Down: (0.0, -STRIDE),
}
"""Pixels that an arrow key moves an enlarged picture by: it looks that way."""


@dataclass(slots=True)
class PaintStats:
    """The last 512 paints: milliseconds each took, and the age of each new frame once painted, in seconds.

    A frame has one age, when it is painted for the first time; one that stands still has none.
    """

    frames: int = 0
    milliseconds: deque[float] = field(default_factory=lambda: deque(maxlen=512))
    latencies: deque[float] = field(default_factory=lambda: deque(maxlen=512))


class ImageView(QWidget):
    """Shows one picture. `painted` carries the stamp of each frame once it stands on the screen; `clicked(x, y)` where
    in the picture the left button was pressed and let go."""

    activated = Signal()
    pressed = Signal()
    clicked = Signal(float, float)
    painted = Signal(object)

    def __init__(self, name: str = tr("Picture"), *, margin: int = 0, clock: Clock = monotonic) -> None:
        """`margin`: base around the fitted picture, in pixels."""
        super().__init__()
        self.paint_stats = PaintStats()
        self.readout = True
        self._clock = clock
        self._margin = margin
        self._image: NDArray[np.uint8] | None = None
        self.stamp: Stamp | None = None
        self._fresh = self._late = False
        self.viewport: Viewport | None = None
        self._overlays: tuple[Overlay, ...] = ()
        self._message = ""
        self._pixels: NDArray[np.uint8] | None = None
        self._space = Workspace()
        self._shown = QImage()
        self._shown_at = QPointF()
        self._drag: QPointF | None = None
        self._pressed: QPointF | None = None
        self._cursor: QPointF | None = None
        self.setMouseTracking(True)
        leave_wheel_where_scrolled(self)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setMinimumSize(96, 54)
        self.setAccessibleName(name)
        self.setAccessibleDescription(tr("Wheel zooms, drag moves, double click maximises"))

    # What is shown

    def set_frame(self, frame: Frame, *, moving: bool = True) -> None:
        """Show a frame. It is not copied. moving: it has just come, so its age tells how late it is."""
        self._late = moving if frame.stamp != self.stamp else self._late
        self.stamp = frame.stamp
        self._take(frame.image)

    def set_image(self, image: NDArray[np.uint8]) -> None:
        """Show an H x W or H x W x 3 (BGR) uint8 array; `ValueError` for anything else. It is not copied."""
        self.stamp = None
        self._take(image)

    @property
    def given(self) -> bool:
        """Overlays write names of people and of classes."""
        return bool(self._overlays)

    def set_overlays(self, overlays: Sequence[Overlay]) -> None:
        """Draw these over the picture, the last on top."""
        self._overlays = tuple(overlays)
        self.update()

    def clear(self, message: str = "") -> None:
        """Show no picture, and why, in words."""
        self._image, self.stamp, self.viewport, self._pixels = None, None, None, None
        self._overlays, self._message = (), message
        self.update()

    @property
    def has_picture(self) -> bool:
        return self._image is not None

    def snapshot(self) -> NDArray[np.uint8]:
        """The picture at full resolution, without overlays. `ValueError` when there is none."""
        if self._image is None:
            raise ValueError("No picture is shown")
        return self._image.copy()

    # Where it lies

    def fit(self) -> None:
        """The whole picture."""
        if self._image is not None:
            self._look_from(self._fitted(self._image))

    @property
    def place(self) -> list[float] | None:
        """How much larger than fitted the picture is, and the point of it in the middle; None while all is shown."""
        if self.viewport is None or self.viewport.fitted:
            return None
        middle = self.viewport.to_image(QPointF(self.width() / 2, self.height() / 2))
        return [self.viewport.scale / self.viewport.fit_scale, *middle]

    def look_at(self, larger: float, x: float, y: float) -> None:
        """The inverse of `place`."""
        self.fit()
        self.zoom(larger)
        if self.viewport is not None:
            at = self.viewport.to_widget(x, y)
            self.pan(self.width() / 2 - at.x(), self.height() / 2 - at.y())

    def zoom(self, factor: float, at: QPointF | None = None) -> None:
        """Enlarge around a place in the widget (its middle where none is given)."""
        if self.viewport is not None:
            self._look_from(self.viewport.zoomed(factor, at or QPointF(self.rect().center())))

    def pan(self, dx: float, dy: float) -> None:
        if self.viewport is not None:
            self._look_from(self.viewport.panned(dx, dy))

    def value_at(self, x: float, y: float) -> str:
        """The pixel there in words: "R 12 G 40 B 200", "128" for a gray picture, "" outside."""
        if self._image is None:
            return ""
        column, row = round(x), round(y)
        if not (0 <= column < self._image.shape[1] and 0 <= row < self._image.shape[0]):
            return ""
        pixel = self._image[row, column]
        return str(int(pixel)) if self._image.ndim == 2 else "R {2} G {1} B {0}".format(*(int(v) for v in pixel))

    def words_at(self, x: float, y: float) -> str:
        """What is said of the place under the cursor, "" for nothing."""
        value = self.value_at(x, y)
        return f"{round(x)}, {round(y)}   {value}" if value else ""

    def sizeHint(self) -> QSize:
        return QSize(640, 360)

    # Events

    def paintEvent(self, event: QPaintEvent) -> None:
        started = time.perf_counter()
        painter = QPainter(self)
        if self._image is None or self.viewport is None:
            self._paint_message(painter)
            ring_focus(self, painter)
            return
        self._paint_picture(painter, self._image, self.viewport)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for overlay in self._overlays:
            overlay.paint(painter, self.viewport)
        self._paint_readout(painter, self.viewport)
        ring_focus(self, painter)
        painter.end()
        self._count(started)

    def resizeEvent(self, event: QResizeEvent) -> None:
        if self.viewport is not None:
            self._look_from(self.viewport.resized(self.width(), self.height(), self.devicePixelRatioF()))
        super().resizeEvent(event)

    def event(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.DevicePixelRatioChange and self.viewport is not None:
            self._look_from(self.viewport.resized(self.width(), self.height(), self.devicePixelRatioF()))
        return super().event(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self.viewport is None:
            event.ignore()
            return
        self.zoom(1.25 ** (event.angleDelta().y() / 120), event.position())
        self._hover(event.position())

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._drag = event.position()
            self._pressed = event.position() if event.button() == Qt.MouseButton.LeftButton else None
            self.pressed.emit()
        super().mousePressEvent(event)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._drag is not None and self.viewport is not None and not self.viewport.fitted:
            moved = event.position() - self._drag
            self._drag = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.pan(moved.x(), moved.y())
        self._hover(event.position())

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._drag = None
        self.unsetCursor()
        pressed, self._pressed = self._pressed, None
        if (
            pressed is not None
            and self.viewport is not None
            and (event.position() - pressed).manhattanLength() <= STILL
        ):
            self.clicked.emit(*self.viewport.to_image(pressed))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._drag = self._pressed = None
            self.activated.emit()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        self._cursor = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        factors = {Qt.Key.Key_Plus: 1.25, Qt.Key.Key_Equal: 1.25, Qt.Key.Key_Minus: 0.8}
        if event.key() in factors:
            self.zoom(factors[Qt.Key(event.key())])
        elif event.key() in (Qt.Key.Key_F, Qt.Key.Key_0):
            self.fit()
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit()
        elif event.key() in WAYS and self.viewport is not None and not self.viewport.fitted:
            self.pan(*WAYS[Qt.Key(event.key())])
        else:
            super().keyPressEvent(event)

    # Within

    def _take(self, image: NDArray[np.uint8]) -> None:
        if image.dtype != np.uint8 or not (image.ndim == 2 or (image.ndim == 3 and image.shape[2] == 3)):
            raise ValueError(f"A picture is uint8, H x W or H x W x 3, not {image.dtype} {image.shape}")
        old, self._image = self.viewport, image
        if old is None or (old.width, old.height) != (image.shape[1], image.shape[0]):
            self.viewport = self._fitted(image)
        self._pixels = None
        self._fresh = True
        self.update()

    def _fitted(self, image: NDArray[np.uint8]) -> Viewport:
        high, wide = image.shape[:2]
        return Viewport.fit(wide, high, self.width(), self.height(), self.devicePixelRatioF(), self._margin)

    def _look_from(self, viewport: Viewport) -> None:
        if viewport != self.viewport:
            self.viewport, self._pixels = viewport, None
            self.update()

    def _hover(self, at: QPointF) -> None:
        self._cursor = at
        if self.viewport is not None and self.readout:
            self.update(0, self.height() - 40, self.width(), 40)

    def _paint_message(self, painter: QPainter) -> None:
        """Where it has no room at all, the state above the picture says it."""
        painter.fillRect(self.rect(), LOOK.now.color("surface"))
        painter.setPen(LOOK.now.color("muted"))
        how = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
        for edge in MESSAGE_EDGES:
            room = self.rect().adjusted(edge, edge, -edge, -edge)
            if room.contains(painter.boundingRect(room, how, self._message)):
                painter.drawText(room, how, self._message)
                return

    def _paint_picture(self, painter: QPainter, image: NDArray[np.uint8], viewport: Viewport) -> None:
        if self._pixels is None:
            left, top, _, _ = viewport.device_box()
            self._pixels = scaled(image, viewport, self._space)
            self._shown = as_qimage(self._pixels, viewport.ratio)
            self._shown_at = QPointF(left / viewport.ratio, top / viewport.ratio)
        box = QRectF(self._shown_at, self._shown.deviceIndependentSize())
        if not box.contains(QRectF(self.rect())):
            painter.fillRect(self.rect(), LOOK.now.color("base"))
        painter.drawImage(self._shown_at, self._shown)
        if viewport.device_scale >= GRID_FROM:
            self._paint_grid(painter, image, viewport)

    def _paint_grid(self, painter: QPainter, image: NDArray[np.uint8], viewport: Viewport) -> None:
        x0, y0, x1, y1 = viewport.region()
        painter.setPen(QPen(DARK.color("base", 0.35), 1))
        first, last = viewport.to_widget(x0 - 0.5, y0 - 0.5), viewport.to_widget(x1 - 0.5, y1 - 0.5)
        across = [viewport.to_widget(column - 0.5, 0).x() for column in range(x0, x1 + 1)]
        down = [viewport.to_widget(0, row - 0.5).y() for row in range(y0, y1 + 1)]
        painter.drawLines([QLineF(x, first.y(), x, last.y()) for x in across])
        painter.drawLines([QLineF(first.x(), y, last.x(), y) for y in down])
        if viewport.scale >= 2 * GRID_FROM:
            self._paint_values(painter, image, viewport)

    def _paint_values(self, painter: QPainter, image: NDArray[np.uint8], viewport: Viewport) -> None:
        x0, y0, x1, y1 = viewport.region()
        painter.setFont(number_font(11))
        half = viewport.scale / 2
        for row in range(y0, y1):
            for column in range(x0, x1):
                pixel = np.atleast_1d(image[row, column])
                at = viewport.to_widget(column, row)
                painter.setPen(DARK.color("base") if pixel.mean() > 110 else DARK.color("text"))
                box = QRectF(at.x() - half, at.y() - half, 2 * half, 2 * half)
                painter.drawText(box, Qt.AlignmentFlag.AlignCenter, "\n".join(str(int(v)) for v in pixel[::-1]))

    def _paint_readout(self, painter: QPainter, viewport: Viewport) -> None:
        if self._cursor is None or not self.readout:
            return
        if text := self.words_at(*viewport.to_image(self._cursor)):
            wide = pill_width(text)
            box = QRectF(self.width() - wide - 8, self.height() - PILL_HEIGHT - 8, wide, PILL_HEIGHT)
            draw_words(painter, box, text)

    def _count(self, started: float) -> None:
        stats = self.paint_stats
        stats.milliseconds.append((time.perf_counter() - started) * 1000)
        if self._fresh:
            self._fresh = False
            stats.frames += 1
            if self.stamp is not None:
                if self._late:
                    stats.latencies.append(self._clock() - self.stamp.captured_at)
                self.painted.emit(self.stamp)
            self._late = False
