"""The picture as it went into the model, with the field of a unit on it: a box for what it can see, heat for what it
does see."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QImage, QKeyEvent, QMouseEvent, QPainter, QPen, QWheelEvent
from PySide6.QtWidgets import QSizePolicy

from engines.core.pictures.heat import viridis
from engines.core.words import tr
from engines.inspection.looks import FieldLook
from engines.inspection.types import FieldRow
from widgets.charts.drawn import DrawnChart
from widgets.charts.heat import LINE, draw_scale, scale_room
from widgets.inspection.field.units import nearest, stepped
from widgets.kit.ink import ink
from widgets.kit.theme import LOOK
from widgets.kit.wheel import leave_wheel_where_scrolled
from widgets.viewer.picture import Viewport, Workspace, as_qimage, scaled

FOOT, MARGIN, SCALE = 34, 8, 260
ENDS, TITLE = ("0", tr("largest gradient")), tr("square root")
"""What is written at the scale."""
FULL = 0.0455
"""Share of the peak from which a pixel counts as seen, and the heat is as dense as it goes."""
HEAT = 0.65
HALO = QColor(0, 0, 0, 170)


class FieldPicture(DrawnChart):
    """`unitChosen(row, column)`: the one centred where the user clicks, or beside it by the arrow keys. The wheel
    zooms, a double click shows the whole picture again."""

    unitChosen = Signal(int, int)

    def __init__(self) -> None:
        super().__init__(tr("Field on the picture"))
        self.look: FieldLook | None = None
        self.row: FieldRow | None = None
        self.heat = HEAT
        self._space = Workspace()
        self._layer = QImage()
        self._zoomed: Viewport | None = None
        leave_wheel_where_scrolled(self)
        self.setMinimumSize(240, 200)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.CrossCursor)

    def show_look(self, look: FieldLook, row: FieldRow | None) -> None:
        """row: of the look's layer, where it is known; clicks are told by it."""
        if look is self.look and row == self.row:
            return
        if look is not self.look:
            self._layer = heat_layer(look.effective) if look.effective is not None else QImage()
        self.look, self.row = look, row
        top, left, bottom, right = look.exact
        self.setAccessibleDescription(
            tr(
                "Unit {unit} sees rows {top} to {bottom}, columns {left} to {right}",
                unit=look.unit,
                top=top,
                bottom=bottom - 1,
                left=left,
                right=right - 1,
            )
        )
        self.update()

    def set_heat(self, share: float) -> None:
        """How dense the effective field is drawn, 0 to 1."""
        self.heat = share
        self.update()

    def table(self) -> list[list[str]]:
        """The effective field, where it is not zero."""
        head = ["row", "column", "|gradient| of the largest"]
        values = self.look.effective if self.look is not None else None
        if values is None:
            return [head]
        return [head, *([str(r), str(c), f"{values[r, c]:.6g}"] for r, c in np.argwhere(values > 0))]

    def view(self) -> Viewport:
        """Where the picture lies."""
        high, wide = self.look.seen.picture.shape[:2] if self.look is not None else (1, 1)
        place = self.width(), max(self.height() - self._foot(), 1), self.devicePixelRatioF()
        if self._zoomed is None or (self._zoomed.width, self._zoomed.height) != (wide, high):
            return Viewport.fit(wide, high, *place, MARGIN)
        return self._zoomed.resized(*place)

    def tip_at(self, place: QPointF) -> str:
        if self.look is None:
            return ""
        x, y = (round(each) for each in self.view().to_image(place))
        high, wide = self.look.seen.picture.shape[:2]
        if not (0 <= x < wide and 0 <= y < high):
            return ""
        values = self.look.effective
        seen = (
            "" if values is None else tr(": {values:.2g} % of the largest gradient", values=100 * float(values[y, x]))
        )
        return tr("Row {y}, column {x}{seen}", y=y, x=x, seen=seen)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.look is None or event.button() != Qt.MouseButton.LeftButton:
            return
        x, y = self.view().to_image(event.position())
        high, wide = self.look.seen.picture.shape[:2]
        if -0.5 <= x <= wide - 0.5 and -0.5 <= y <= high - 0.5:
            self.unitChosen.emit(*nearest((y, x), (high, wide), self.look.grid, self.row))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._zoomed = None
        self.update()

    def wheelEvent(self, event: QWheelEvent) -> None:
        found = self.view().zoomed(1.25 ** (event.angleDelta().y() / 120), event.position())
        self._zoomed = None if found.fitted else found
        self.update()
        event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        unit = stepped(event.key(), self.look.unit, self.look.grid) if self.look is not None else None
        if unit is None:
            super().keyPressEvent(event)
        else:
            self.unitChosen.emit(*unit)

    def sizeHint(self) -> QSize:
        return QSize(480, 420)

    def _draw(self, painter: QPainter) -> None:
        if self.look is None:
            return
        view = self.view()
        left, top, wide, high = (length / view.ratio for length in view.device_box())
        there = QRectF(left, top, wide, high) & QRectF(0, 0, view.view_width, view.view_height)
        painter.save()
        painter.setClipRect(there.adjusted(-3, -3, 3, 3))
        painter.drawImage(QPointF(left, top), as_qimage(scaled(self.look.seen.picture, view, self._space), view.ratio))
        if not self._layer.isNull():
            self._draw_heat(painter, QRectF(view.left, view.top, view.width * view.scale, view.height * view.scale))
        self._draw_box(painter, view, self.look)
        painter.restore()
        if not self._layer.isNull():
            long = min(max(scale_room(*ENDS, TITLE), min(wide, SCALE)), self.width() - 2 * MARGIN)
            left = min(there.left(), self.width() - MARGIN - long)
            draw_scale(painter, QRectF(left, there.bottom() + 8, long, FOOT), *ENDS, title=TITLE)

    def _foot(self) -> int:
        """Pixels below the picture: the scale's title has a line of its own where the ends leave it no room."""
        return FOOT + LINE * (scale_room(*ENDS, TITLE) > self.width() - 2 * MARGIN)

    def _draw_heat(self, painter: QPainter, room: QRectF) -> None:
        painter.setOpacity(self.heat)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, self._zoomed is None)
        painter.drawImage(room, self._layer)
        painter.setOpacity(1)

    def _draw_box(self, painter: QPainter, view: Viewport, look: FieldLook) -> None:
        """Dashed where it has holes, with a cross in its middle."""
        top, left, bottom, right = look.exact
        box = QRectF(view.to_widget(left - 0.5, top - 0.5), view.to_widget(right - 0.5, bottom - 0.5))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = box.center()
        for color, wide in ((HALO, 4.0), (LOOK.now.color("accent"), 2.0)):
            pen = QPen(color, wide)
            if look.seen_pixels < 1 and color is not HALO:
                pen.setDashPattern([3, 2])
            ink(painter, pen, None)
            painter.drawRect(box)
            ink(painter, QPen(color, wide), None)
            painter.drawLine(middle - QPointF(4, 0), middle + QPointF(4, 0))
            painter.drawLine(middle - QPointF(0, 4), middle + QPointF(0, 4))


def heat_layer(effective: np.ndarray) -> QImage:
    """Colours by the root of the gradient, whose peaks are sharp; see-through where it is small."""
    alpha = np.clip(effective / FULL, 0, 1)
    pixels = np.dstack([viridis(np.sqrt(effective), 0.0, 1.0), (255 * alpha).round().astype(np.uint8)])
    high, wide = effective.shape
    data = np.ascontiguousarray(pixels, np.uint8).tobytes()
    return QImage(data, wide, high, 4 * wide, QImage.Format.Format_RGBA8888).copy()
