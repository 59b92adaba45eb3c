"""One large picture with a caption: the marked face in it, its aligned crop in a corner; where asked, a drop target."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, QSizeF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFont,
    QFontMetricsF,
    QGuiApplication,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QMenu, QSizePolicy

from engines.core.frames import Image, Size
from engines.core.words import tr
from engines.faces.types import Face
from widgets.kit.access.elided import elided, wrapping
from widgets.kit.fields import describe
from widgets.kit.file_drops import FileDrops
from widgets.kit.icons import draw_icon, icon
from widgets.kit.ink import ink
from widgets.kit.theme import LOOK, RADIUS, number_font

LINE, MARGIN, CORNER = 18, 8, 72
LINES = 3
"""So many lines the words under a picture may take, each."""
CENTRED = (Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop).value
REDUCED = 640
"""Pictures with sides as long as this may have been reduced."""
MOST = 6.0
"""Small crops are enlarged so far and no further."""


class FacePicture(FileDrops):
    """`chooseWanted` on a click or Return, `dropped(paths)`, where it takes pictures; else it only shows one."""

    chooseWanted = Signal()

    given = True
    """The words below it are names and files."""

    def __init__(self, name: str, *, takes: bool = False, nothing: str = "") -> None:
        super().__init__()
        self._name, self._takes, self._nothing = name, takes, nothing
        self._array: Image | None = None
        self._crop_array: Image | None = None
        self._picture, self._crop = QImage(), QImage()
        self._face: Face | None = None
        self._size: Size | None = None
        self._lines: tuple[str, ...] = ()
        self._hovered = False
        self.path = ""
        self.setAcceptDrops(takes)
        self.setMinimumSize(110, 120)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        if takes:
            self.setCursor(Qt.CursorShape.PointingHandCursor)
        describe(self, name, nothing)
        LOOK.changed.connect(self.update)

    @property
    def lines(self) -> tuple[str, ...]:
        """What stands under the picture."""
        return self._lines

    @property
    def filled(self) -> bool:
        return not self._picture.isNull()

    def show_picture(self, array: Image | None, lines: Sequence[str] = (), path: str = "") -> None:
        """The picture (BGR or gray), and the words under it; equal ones touch nothing."""
        if array is self._array and tuple(lines) == self._lines and path == self.path:
            return
        if array is not self._array:
            self._array, self._picture = array, whole(array)
        self._lines, self.path = tuple(lines), path
        spoken = ", ".join(line for line in lines if line)
        describe(self, f"{self._name}: {spoken}" if spoken else self._name, path or self._nothing)
        self.update()

    def set_nothing(self, words: str) -> None:
        """What is said while there is no picture."""
        if words != self._nothing:
            self._nothing = words
            self.update()

    def show_face(self, face: Face | None, size: Size | None, crop: Image | None = None) -> None:
        """Mark this face. size: of the whole picture, of which the shown one may be a reduced copy."""
        if face == self._face and size == self._size and crop is self._crop_array:
            return
        if crop is not self._crop_array:
            self._crop_array, self._crop = crop, whole(crop)
        self._face, self._size = face, size
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(260, 280)

    def place(self) -> QRectF:
        """Where the picture is."""
        room = self._room()
        if self._picture.isNull():
            return room
        ends = QSizeF(self._picture.size())
        scale = min(room.width() / ends.width(), room.height() / ends.height(), MOST)
        box = QRectF(0, 0, ends.width() * scale, ends.height() * scale)
        box.moveCenter(room.center())
        return box

    def at(self, x: float, y: float) -> QPointF | None:
        """Where a pixel of the whole picture is in the widget; None where the reduction is not known."""
        size = self._whole_size()
        if size is None:
            return None
        box = self.place()
        return QPointF(
            box.left() + (x + 0.5) * box.width() / size.width, box.top() + (y + 0.5) * box.height() / size.height
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        if self._picture.isNull():
            self._draw_nothing(painter)
        else:
            painter.drawImage(self.place(), self._picture)
            self._draw_face(painter)
            self._draw_crop(painter)
        self._draw_lines(painter)
        if self._hovered or self.hasFocus():
            ink(painter, QPen(LOOK.now.color("accent"), 2), None)
            painter.drawRoundedRect(self._room().adjusted(-3, -3, 3, 3), RADIUS, RADIUS)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if (
            self._takes
            and event.button() == Qt.MouseButton.LeftButton
            and self.rect().contains(event.position().toPoint())
        ):
            self.chooseWanted.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if self._takes and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.chooseWanted.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        if self._takes:
            menu.addAction(icon("open"), tr("Choose picture\u2026")).triggered.connect(self.chooseWanted)
        if self.path:
            copy = menu.addAction(icon("copy"), tr("Copy path"))
            copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(self.path))
        if not menu.isEmpty():
            menu.popup(event.globalPos())

    def show_aimed(self, on: bool) -> None:
        self._hovered = on
        self.update()

    def _room(self) -> QRectF:
        foot = 2 + sum(high for _words, _font, high in self._written()) if self._lines else 0
        return QRectF(self.rect()).adjusted(MARGIN, MARGIN, -MARGIN, -MARGIN - foot)

    def _whole_size(self) -> Size | None:
        """Where it is not told, a small picture is its own whole; a larger one may be reduced, and is not marked."""
        own = Size(self._picture.width(), self._picture.height())
        return self._size or (own if 0 < max(own.width, own.height) < REDUCED else None)

    def _draw_nothing(self, painter: QPainter) -> None:
        look, room = LOOK.now, self._room()
        ink(
            painter,
            QPen(look.color("line"), 1, Qt.PenStyle.DashLine if self._takes else Qt.PenStyle.SolidLine),
            look.color("raised"),
        )
        painter.drawRoundedRect(room, RADIUS, RADIUS)
        spot = QRectF(0, 0, 32, 32)
        spot.moveCenter(room.center() - QPointF(0, 18))
        painter.setOpacity(0.55)
        draw_icon(painter, spot.toRect(), "faces")
        painter.setOpacity(1.0)
        painter.setPen(look.color("muted"))
        painter.setFont(number_font())
        words = room.adjusted(8, 0, -8, 0)
        words.setTop(spot.bottom() + 6)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.AlignmentFlag.AlignTop | Qt.TextFlag.TextWordWrap
        painter.drawText(words, flags, self._nothing)

    def _draw_face(self, painter: QPainter) -> None:
        face = self._face
        if face is None or self._whole_size() is None:
            return
        box = face.box
        corners = self.at(box.x - 0.5, box.y - 0.5), self.at(box.x + box.width - 0.5, box.y + box.height - 0.5)
        spots = [self.at(*point) for point in face.points]
        if corners[0] is None or corners[1] is None:
            return
        frame = QRectF(corners[0], corners[1])
        for color, wide, radius in ((LOOK.now.color("base", 0.7), 4.0, 4.0), (LOOK.now.color("accent"), 2.0, 2.5)):
            ink(painter, QPen(color, wide), None)
            painter.drawRoundedRect(frame, 3, 3)
            ink(painter, None, color)
            for spot in spots:
                if spot is not None:
                    painter.drawEllipse(spot, radius, radius)

    def _draw_crop(self, painter: QPainter) -> None:
        """The aligned face in the lower left corner, where the picture is large enough to spare it."""
        box = self.place()
        if self._crop.isNull() or box.width() < 3 * CORNER or box.height() < 3 * CORNER:
            return
        corner = QRectF(box.left() + 8, box.bottom() - CORNER - 8, CORNER, CORNER)
        painter.drawImage(corner, self._crop)
        ink(painter, QPen(LOOK.now.color("surface"), 2), None)
        painter.drawRect(corner)

    def _written(self) -> list[tuple[str, QFont, float]]:
        """The words under the picture, which go on in further lines, and how high they are."""
        wide, made = float(max(self.width() - 2 * MARGIN, 1)), []
        for number, line in enumerate(self._lines):
            font = number_font(13 if number == 0 else 11)
            metrics = QFontMetricsF(font)
            words = elided(metrics, line, (LINES - 0.5) * wide, Qt.TextElideMode.ElideMiddle, given=True)
            high = metrics.boundingRect(QRectF(0, 0, wide, 0), wrapping(metrics, words, wide), words).height()
            made.append((words, font, max(high + 3, LINE)))
        return made

    def _draw_lines(self, painter: QPainter) -> None:
        line = QRectF(MARGIN, self.place().bottom() + 5, self.width() - 2 * MARGIN, 0)
        for number, (words, font, high) in enumerate(self._written()):
            line.setHeight(high)
            painter.setFont(font)
            painter.setPen(LOOK.now.color("text" if number == 0 else "muted"))
            painter.drawText(line, CENTRED | wrapping(QFontMetricsF(font), words, line.width()), words)
            line.translate(0, high)


def whole(array: Image | None) -> QImage:
    """A picture with memory of its own from a BGR or gray array; a null picture from None."""
    if array is None:
        return QImage()
    pixels = np.ascontiguousarray(array)
    form = QImage.Format.Format_Grayscale8 if pixels.ndim == 2 else QImage.Format.Format_BGR888
    return QImage(pixels.data, pixels.shape[1], pixels.shape[0], pixels.strides[0], form).copy()
