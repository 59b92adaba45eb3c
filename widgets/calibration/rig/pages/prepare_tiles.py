"""A frame of a tiled recording with its tiles drawn over it: dragged to swap, named in place, dropped and flipped."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QPoint, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QImage, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLineEdit, QMenu, QSizePolicy, QWidget

from engines.core.frames import Image
from engines.core.words import tr
from widgets.calibration.rig.pages.prepare_view import PrepareForm
from widgets.kit.fields import describe
from widgets.kit.menus import menu_of, pop_up
from widgets.kit.theme import DARK, LOOK, number_font
from widgets.viewer.overlays import PILL_HEIGHT, draw_words, pill_width
from widgets.viewer.picture import Viewport, as_qimage, scaled

FAR = 8
"""Pixels after which a press is a drag."""
TIP = tr("Drag a tile onto another to swap them; double click names it, Delete drops it, M flips it")
_STEPS = {Qt.Key.Key_Left: (0, -1), Qt.Key.Key_Right: (0, 1), Qt.Key.Key_Up: (-1, 0), Qt.Key.Key_Down: (1, 0)}


class _NameEdit(QLineEdit):
    """Keeps Return and Escape to itself: what lies below it would open it again."""

    dismissed = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismissed.emit()
        else:
            super().keyPressEvent(event)
        event.accept()


class TilesPicture(QWidget):
    """`swapped(one, two)`, `renamed(place, name)`, `toggled(field, place)` of a `PrepareForm`."""

    swapped = Signal(int, int)
    renamed = Signal(int, str)
    toggled = Signal(str, int)

    def __init__(self) -> None:
        super().__init__()
        self.form = PrepareForm()
        self.chosen = 0
        self._image: Image | None = None
        self._pixels: Image | None = None
        self._painted = QImage()
        self._scaled_for: object = None
        self._pressed: tuple[int, QPointF] | None = None
        self._at: QPointF | None = None
        self._edit = _NameEdit(self)
        describe(self._edit, tr("Name of the tile"), tr("Enter keeps the name, Esc the one before"))
        self._edit.hide()
        self._edit.editingFinished.connect(self._named)
        self._edit.dismissed.connect(self._dismiss)
        describe(self, tr("Tiles of the recording"), TIP)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumSize(QSize(320, 200))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        LOOK.changed.connect(self.update)

    def show_tiles(self, image: Image | None, form: PrepareForm) -> None:
        if image is not self._image:
            self._image, self._pixels = image, None
        self.form = form
        self.chosen = min(self.chosen, form.rows * form.columns - 1)
        self.setAccessibleDescription(self.words(self.chosen))
        self.update()

    def box_of(self, place: int) -> QRectF:
        """Where a tile lies in the widget."""
        whole = self._whole()
        row, column = divmod(place, self.form.columns)
        width, height = whole.width() / self.form.columns, whole.height() / self.form.rows
        return QRectF(whole.left() + column * width, whole.top() + row * height, width, height)

    def tile_at(self, at: QPointF) -> int:
        """The tile under a place of the widget, -1 for none."""
        places = range(self.form.rows * self.form.columns)
        return next((place for place in places if self.box_of(place).contains(at)), -1)

    def words(self, place: int) -> str:
        """All that is said of a tile."""
        kinds = (tr("dropped"), self.form.dropped), (tr("flipped"), self.form.flipped)
        marks = [word for word, tiles in kinds if place in tiles]
        number, name = self.form.camera_of(place) + 1, self.form.name_of(place)
        return ", ".join((tr("Camera {number}: {name}", number=number, name=name), *marks))

    def edit(self, place: int) -> None:
        """Name a tile in its place."""
        self._choose(place)
        pill = self._pill(place)
        self._edit.setGeometry(QRectF(pill.left(), pill.top() - 2, max(pill.width(), 160.0), 28).toRect())
        self._edit.setText(self.form.name_of(place))
        self._edit.selectAll()
        self._edit.show()
        self._edit.setFocus()

    # Events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place = self.tile_at(event.position())
        if place >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self._choose(place)
            self._pressed = place, event.position()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._pressed is None:
            return
        if self._at is not None or (event.position() - self._pressed[1]).manhattanLength() > FAR:
            self._at = event.position()
            self.setCursor(Qt.CursorShape.ClosedHandCursor)
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        pressed, dragged = self._pressed, self._at is not None
        self._pressed = self._at = None
        self.unsetCursor()
        self.update()
        target = self.tile_at(event.position())
        if pressed is not None and dragged and target not in (-1, pressed[0]):
            self._choose(target)
            self.swapped.emit(pressed[0], target)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        place = self.tile_at(event.position())
        if place >= 0:
            self.edit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is not None:
            self._step(*step, swap=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif event.key() in (Qt.Key.Key_F2, Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.edit(self.chosen)
        elif event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.toggled.emit("dropped", self.chosen)
        elif event.key() == Qt.Key.Key_M:
            self.toggled.emit("flipped", self.chosen)
        elif event.key() == Qt.Key.Key_Escape and self._at is not None:
            self._pressed = self._at = None
            self.update()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        asked = self.tile_at(QPointF(event.pos())) if event.reason() == QContextMenuEvent.Reason.Mouse else self.chosen
        if asked >= 0:
            self._choose(asked)
            pop_up(self.menu(asked), event.globalPos() if event.pos() != QPoint() else self.mapToGlobal(QPoint(20, 20)))

    def menu(self, place: int) -> QMenu:
        """What can be done with a tile."""
        dropped, flipped = place in self.form.dropped, place in self.form.flipped
        return menu_of(
            self,
            ("edit", tr("Rename"), lambda: self.edit(place)),
            (
                "",
                tr("Keep this tile") if dropped else tr("Leave this tile out"),
                lambda: self.toggled.emit("dropped", place),
            ),
            (
                "",
                tr("Do not flip") if flipped else tr("Flip left to right"),
                lambda: self.toggled.emit("flipped", place),
            ),
        )

    # Within

    def _choose(self, place: int) -> None:
        self.chosen = place
        self.setAccessibleDescription(self.words(place))
        self.update()

    def _step(self, down: int, across: int, *, swap: bool) -> None:
        row, column = divmod(self.chosen, self.form.columns)
        row, column = row + down, column + across
        if not (0 <= row < self.form.rows and 0 <= column < self.form.columns):
            return
        before, now = self.chosen, row * self.form.columns + column
        self._choose(now)
        if swap:
            self.swapped.emit(before, now)

    def _named(self) -> None:
        if self._edit.isVisible():
            self._edit.hide()
            self.setFocus()
            if self._edit.text().strip() != self.form.name_of(self.chosen):
                self.renamed.emit(self.chosen, self._edit.text())

    def _dismiss(self) -> None:
        self._edit.setText(self.form.name_of(self.chosen))
        self._named()

    def _whole(self) -> QRectF:
        room = QRectF(self.rect()).adjusted(8, 8, -8, -32)
        if self._image is None:
            return room
        high, wide = self._image.shape[:2]
        scale = min(room.width() / wide, room.height() / high)
        box = QRectF(0, 0, round(wide * scale), round(high * scale))
        box.moveTopLeft(QPointF(room.left() + (room.width() - box.width()) // 2, room.top()))
        return box

    def _pill(self, place: int) -> QRectF:
        box = self.box_of(place)
        return QRectF(box.left() + 8, box.top() + 8, min(pill_width(self.words(place)), box.width() - 16), PILL_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self._image is None:
            return
        self._paint_picture(painter)
        for place in range(self.form.rows * self.form.columns):
            self._paint_tile(painter, place)
        self._paint_drag(painter)
        below = QRectF(self.rect()).adjusted(8, self._whole().bottom() + 8, -8, -2)
        painter.setFont(number_font(11))
        painter.setPen(LOOK.now.color("muted"))
        painter.drawText(below, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap, TIP)

    def _paint_picture(self, painter: QPainter) -> None:
        whole, ratio = self._whole(), self.devicePixelRatioF()
        wanted = round(whole.width() * ratio), round(whole.height() * ratio), self.form.tiles, self.form.flipped
        if self._image is not None and (self._pixels is None or wanted != self._scaled_for):
            high, wide = self._image.shape[:2]
            viewport = Viewport.fit(wide, high, round(whole.width()), round(whole.height()), ratio)
            self._pixels = self._flipped(scaled(self._image, viewport))
            self._painted, self._scaled_for = as_qimage(self._pixels, ratio), wanted
        painter.drawImage(whole.topLeft(), self._painted)

    def _flipped(self, pixels: Image) -> Image:
        """The picture with the tiles that will be flipped as they will be."""
        shown = pixels.copy()
        high, wide = shown.shape[0] / self.form.rows, shown.shape[1] / self.form.columns
        for place in self.form.flipped:
            row, column = divmod(place, self.form.columns)
            tile = np.s_[round(row * high) : round((row + 1) * high), round(column * wide) : round((column + 1) * wide)]
            shown[tile] = shown[tile][:, ::-1].copy()
        return shown

    def _paint_tile(self, painter: QPainter, place: int) -> None:
        box, form = self.box_of(place), self.form
        dropped = place in form.dropped
        if dropped:
            painter.fillRect(box, DARK.color("base", 0.72))
        self._paint_margin(painter, box)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for color, width in (("base", 4.0), ("text", 1.5)):
            painter.setPen(QPen(DARK.color(color, 0.8), width))
            painter.drawRect(box)
        if place == self.chosen and self.hasFocus():
            painter.setPen(QPen(DARK.color("accent"), 2))
            painter.drawRect(box.adjusted(3, 3, -3, -3))
        draw_words(painter, self._pill(place), self.words(place), "muted" if dropped else "text")

    def _paint_margin(self, painter: QPainter, box: QRectF) -> None:
        if not self.form.margin or self._image is None:
            return
        cut = self.form.margin * self._whole().width() / self._image.shape[1]
        inner = box.adjusted(cut, cut, -cut, -cut)
        painter.setPen(QPen(DARK.color("warn"), 1.5, Qt.PenStyle.DashLine))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(inner)

    def _paint_drag(self, painter: QPainter) -> None:
        if self._pressed is None or self._at is None:
            return
        target = self.tile_at(self._at)
        if target not in (-1, self._pressed[0]):
            painter.fillRect(self.box_of(target), DARK.color("accent", 0.3))
        words = self.words(self._pressed[0])
        draw_words(painter, QRectF(self._at.x() + 10, self._at.y() + 6, pill_width(words), PILL_HEIGHT), words)
