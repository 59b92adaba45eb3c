"""The cards of the start page: buttons with a drawing or a picture, a title, and words that wrap."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import QEnterEvent, QFont, QFontMetrics, QImage, QKeyEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QSizePolicy

from engines.core.words import tr
from widgets.kit.fields import describe
from widgets.kit.icons import draw_icon
from widgets.kit.theme import LOOK, RADIUS, number_font
from widgets.kit.when_new import when_new
from widgets.shell.start.drawings import draw
from widgets.shell.start.state import ExampleCard, RecentCard

PAD, GAP = 14, 6
DRAWING = 84
PICTURE = 96
WRAPPED = int(Qt.TextFlag.TextWordWrap) | int(Qt.AlignmentFlag.AlignLeft) | int(Qt.AlignmentFlag.AlignTop)
KEYS = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class StartCard(QAbstractButton):
    """A raised surface that is one button; it says by its edge that it is under the pointer or has the focus."""

    def __init__(self) -> None:
        super().__init__()
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.under = False

    def enterEvent(self, event: QEnterEvent) -> None:
        super().enterEvent(event)
        self._show_under(True)

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._show_under(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in KEYS:
            self.click()
        else:
            super().keyPressEvent(event)

    def minimumSizeHint(self) -> QSize:
        return QSize(140, self.sizeHint().height())

    def surface(self, painter: QPainter) -> QRectF:
        """Paint the card; the room within its edge."""
        look, width = LOOK.now, 2 if self.hasFocus() else 1
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(look.color("accent" if self.hasFocus() or self.under else "line"), width))
        painter.setBrush(look.color("raised" if self.under or self.isDown() else "surface"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), RADIUS + 2, RADIUS + 2)
        return QRectF(self.rect()).adjusted(PAD, PAD, -PAD, -PAD)

    def _show_under(self, on: bool) -> None:
        self.under = on
        self.update()


class ExampleButton(StartCard):
    """What Kinoscope does, with a drawing of it, and what it needs first."""

    def __init__(self) -> None:
        super().__init__()
        self.shown = ExampleCard("", "", "")

    @when_new
    def show_card(self, card: ExampleCard) -> None:
        self.shown = card
        describe(self, card.title, card.text if not card.note else f"{card.text}\n{card.note}")
        self.setAccessibleDescription(f"{card.text} {card.note}".strip())
        self.setEnabled(not card.busy)
        self.updateGeometry()
        self.update()

    def hasHeightForWidth(self) -> bool:
        return True

    def heightForWidth(self, width: int) -> int:
        """So high that no word is cut."""
        room = width - 2 * PAD
        note = _height(_small(), self.shown.note, room) + GAP if self.shown.note else 0
        words = _height(_heading(), self.shown.title, room) + GAP + _height(number_font(), self.shown.text, room)
        return 2 * PAD + DRAWING + 10 + words + note

    def sizeHint(self) -> QSize:
        return QSize(200, self.heightForWidth(max(self.width(), 160)))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter, look = QPainter(self), LOOK.now
        room = self.surface(painter)
        draw(painter, QRectF(room.left(), room.top(), room.width(), DRAWING), self.shown.id)
        room.setTop(room.top() + DRAWING + 10)
        for font, token, text in (
            (_heading(), "text", self.shown.title),
            (number_font(), "muted", self.shown.text),
            (_small(), "accent", self.shown.note),
        ):
            painter.setFont(font)
            painter.setPen(look.color(token))
            painter.drawText(room, WRAPPED, text)
            room.setTop(room.top() + _height(font, text, int(room.width())) + GAP)


class RecentButton(StartCard):
    """A project: its picture, its name, when it was changed."""

    def __init__(self, card: RecentCard) -> None:
        super().__init__()
        self.shown, self._image = card, QImage()
        note = card.note or ("" if card.there else tr("The file is not there"))
        self._line = note or card.changed
        self._warns = bool(note)
        describe(self, tr("Open {title}", title=card.title), card.path)
        self.setAccessibleDescription(self._line)
        self.setEnabled(card.there)

    def set_image(self, image: QImage) -> None:
        """Its picture, once that was read."""
        self._image = image
        self.update()

    def sizeHint(self) -> QSize:
        lines = QFontMetrics(_heading()).height() + QFontMetrics(_small()).height()
        return QSize(168, PICTURE + lines + 26)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self.surface(painter)
        self._paint_picture(painter, QRectF(7, 7, self.width() - 14, PICTURE))
        self._paint_words(painter, QRectF(12, PICTURE + 14, self.width() - 24, self.height() - PICTURE - 20))

    def _paint_picture(self, painter: QPainter, box: QRectF) -> None:
        shape = QPainterPath()
        shape.addRoundedRect(box, RADIUS - 1, RADIUS - 1)
        painter.save()
        painter.setClipPath(shape)
        painter.fillRect(box, LOOK.now.color("raised"))
        if self._image.isNull():
            spot = QRectF(0, 0, 28, 28)
            spot.moveCenter(box.center())
            draw_icon(painter, spot.toRect(), "viewer" if self.shown.there else "warn", "muted")
        else:
            size = QSize(self._image.size()).scaled(box.size().toSize(), Qt.AspectRatioMode.KeepAspectRatioByExpanding)
            place = QRectF(0, 0, size.width(), size.height())
            place.moveCenter(box.center())
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(place, self._image)
        painter.restore()

    def _paint_words(self, painter: QPainter, room: QRectF) -> None:
        for font, token, text in (
            (_heading(), "text" if self.shown.there else "muted", self.shown.title),
            (_small(), "warn" if self._warns else "muted", self._line),
        ):
            painter.setFont(font)
            painter.setPen(LOOK.now.color(token))
            line = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideMiddle, int(room.width()))
            painter.drawText(room, int(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop), line)
            room.setTop(room.top() + painter.fontMetrics().height() + 2)


def _heading() -> QFont:
    font = number_font()
    font.setWeight(QFont.Weight.DemiBold)
    return font


def _small() -> QFont:
    return number_font(11)


def _height(font: QFont, text: str, width: int) -> int:
    return QFontMetrics(font).boundingRect(0, 0, max(width, 1), 10_000, WRAPPED, text).height() if text else 0
