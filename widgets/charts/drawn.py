"""The base of charts that paint themselves: repainted with the theme, a right click saves figures or drawing.

Made without a plotting library, whose import would hold the window for a third of a second when the first one appears.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QBuffer, QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QContextMenuEvent,
    QFocusEvent,
    QFont,
    QGuiApplication,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPaintDevice,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QToolTip, QWidget

from engines.core.files import write_text
from engines.core.outputs import SVG, TABLE, check_file, media, new_file
from engines.core.words import tr, tr_count
from widgets.kit.access.ring import ring_focus
from widgets.kit.fields import describe
from widgets.kit.figures_table import csv_text
from widgets.kit.menus import menu_of, pop_up
from widgets.kit.save_file import ask_file, save_or_say
from widgets.kit.theme import LOOK, number_font

LINE = 15.0
LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
MOST_SPANS = 4
STEP, STRIDE = 6.0, 36.0
"""Pixels that an arrow key moves the cross by, and with Shift."""
WAYS = {
    Qt.Key.Key_Left: QPointF(-1, 0),
    Qt.Key.Key_Right: QPointF(1, 0),
    Qt.Key.Key_Up: QPointF(0, -1),
    Qt.Key.Key_Down: QPointF(0, 1),
}
FORMATS = {"csv": tr("Figures as CSV…"), "svg": tr("Drawing as SVG…"), "png": tr("Drawing as PNG…")}


class DrawnChart(QWidget):
    """A chart draws itself in `_draw` and gives its figures in `table`. `_cursor`: where the mouse is over it, or where
    arrow keys brought it.
    """

    accessible_role = QAccessible.Role.Chart

    def __init__(self, name: str) -> None:
        super().__init__()
        self._cursor: QPointF | None = None
        self.setMouseTracking(True)
        describe(self, name, tr("Right click saves the figures or the drawing"))
        self.setToolTip("")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        LOOK.changed.connect(self.update)

    def table(self) -> list[list[str]]:
        """The figures, a heading first."""
        raise NotImplementedError

    def accessible_words(self) -> str:
        """What is shown, how far its figures reach, and the keys."""
        keys = tr("Arrow keys read the figures, the menu key saves them or the drawing")
        return "; ".join(part for part in (self.accessibleDescription(), reach(self.table()), keys) if part)

    def csv(self) -> str:
        return csv_text(self.table())

    def svg(self) -> str:
        """The drawing, without the cross."""
        written, drawing = QBuffer(), QSvgGenerator()
        drawing.setOutputDevice(written)
        drawing.setSize(self.size())
        drawing.setViewBox(self.rect())
        self._draw_on(drawing)
        return bytes(written.data().data()).decode()

    def axes(self) -> Sequence[tuple[str, QRectF]]:
        """Title of each axis and where its values stand; nothing of a picture, nor while there are no figures."""
        return ()

    def tip_at(self, place: QPointF) -> str:
        """What the tooltip says at a place."""
        return ""

    def event(self, event: QEvent) -> bool:
        return told_at(self, event, self.tip_at) or super().event(event)

    def save(self, path: str) -> None:
        """Write figures (.csv) or drawing (.svg, .png), whole or not at all."""
        kind = Path(path).suffix.lower()
        if kind == ".csv":
            write_text(check_file(path, TABLE), self.csv())
        else:
            with new_file(path, SVG if kind == ".svg" else media(path)) as part:
                part.write_text(self.svg(), encoding="utf-8") if kind == ".svg" else self._save_png(str(part))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        self._draw(painter)
        ring_focus(self, painter)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._cursor = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._cursor = None
        self.update()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrow keys move the cross as the mouse does, Return does what a click there does, Esc takes it away."""
        key = Qt.Key(event.key())
        if key in WAYS:
            far = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._point((self._cursor or self.rect().toRectF().center()) + WAYS[key] * (STRIDE if far else STEP))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._cursor is not None:
            self.choose_at(self._cursor)
        elif key == Qt.Key.Key_Escape and self._cursor is not None:
            self._cursor = None
            self.update()
        else:
            super().keyPressEvent(event)

    def choose_at(self, place: QPointF) -> None:
        """What a click at a place does."""

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.leaveEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        copy = ("copy", tr("Copy figures"), lambda: QGuiApplication.clipboard().setText(self.csv()))
        saves = [("save", title, partial(self._ask_file, kind)) for kind, title in FORMATS.items()]
        pop_up(menu_of(self, copy, None, *saves), event.globalPos())

    def _draw(self, painter: QPainter) -> None:
        raise NotImplementedError

    def _point(self, at: QPointF) -> None:
        room = self.rect()
        self._cursor = QPointF(min(max(at.x(), 0.0), room.width() - 1.0), min(max(at.y(), 0.0), room.height() - 1.0))
        self.update()
        if words := self.tip_at(self._cursor):
            QToolTip.showText(self.mapToGlobal(self._cursor.toPoint()), words, self)

    def _save_png(self, path: str) -> None:
        picture = QImage(self.size() * 2, QImage.Format.Format_ARGB32)
        picture.setDevicePixelRatio(2)
        picture.fill(LOOK.now.color("surface"))
        self._draw_on(picture)
        picture.save(path)

    def _draw_on(self, device: QPaintDevice) -> None:
        kept, self._cursor = self._cursor, None
        painter = QPainter(device)
        self._draw(painter)
        painter.end()
        self._cursor = kept

    def _ask_file(self, kind: str) -> None:
        name = self.accessibleName().lower().replace("/", " ")
        if path := ask_file(self, tr("Save chart"), "export", f"{kind.upper()} (*.{kind})", f"{name}.{kind}"):
            save_or_say(self, path, self.save)


def around(box: QRectF, x_title: str, y_title: str) -> tuple[tuple[str, QRectF], tuple[str, QRectF]]:
    """The axes of a box with values below it and at its left."""
    below = QRectF(box.left() - 42, box.bottom(), box.width() + 84, 20)
    return (x_title, below), (y_title, QRectF(0, box.top() - 10, box.left(), box.height() + 20))


def reach(table: Sequence[Sequence[str]]) -> str:
    """How many rows of figures, and from where to where each column goes: "12 rows; step 1 to 12; loss 0.1 to 2.3"."""
    if len(table) < 2:
        return ""
    heading, *rows = table
    spans = []
    for name, cells in zip(heading, zip(*rows, strict=False), strict=False):
        try:
            figures = sorted((float(cell), cell) for cell in cells if cell)
        except ValueError:
            continue
        if figures:
            spans.append(tr("{name} {low} to {high}", name=name, low=figures[0][1], high=figures[-1][1]))
    return "; ".join((tr_count(len(rows), "{n} row", "{n:,} rows"), *spans[:MOST_SPANS]))


def told_at(widget: QWidget, event: QEvent, words_at: Callable[[QPointF], str]) -> bool:
    """Show the tooltip that belongs to a place; False where the event asks for none."""
    if not isinstance(event, QHelpEvent):
        return False
    words = words_at(QPointF(event.pos()))
    QToolTip.showText(event.globalPos(), words, widget) if words else QToolTip.hideText()
    return True


def label(painter: QPainter, room: QRectF, words: str, color: QColor, side: Qt.AlignmentFlag = LEFT) -> None:
    """Words in the middle of a line's height."""
    painter.setPen(color)
    painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter, words)


def stroke(painter: QPainter, pen: QPen, start: QPointF, end: QPointF) -> None:
    """A straight line."""
    painter.setPen(pen)
    painter.drawLine(start, end)


def flowed(widths: Sequence[float], room: float) -> list[tuple[float, int]]:
    """Left edge and row of names one after the other, in as many rows as it takes."""
    x, row, places = 0.0, 0, []
    for width in widths:
        if x and x + width > room:
            x, row = 0.0, row + 1
        places.append((x, row))
        x += width
    return places


def draw_note(painter: QPainter, box: QRectF, lines: Sequence[str]) -> None:
    """Lines of words on a raised ground."""
    look = LOOK.now
    painter.setPen(QPen(look.color("line"), 1))
    painter.setBrush(look.color("raised", 0.94))
    painter.drawRoundedRect(box, 5, 5)
    high, top = (LINE, box.top() + 4) if len(lines) > 1 else (box.height(), box.top())
    for index, line in enumerate(lines):
        label(painter, QRectF(box.left() + 6, top + index * high, box.width() - 8, high), line, look.color("text"))


def bold(size: int) -> QFont:
    """The font of figures, strong."""
    font = number_font(size)
    font.setWeight(QFont.Weight.DemiBold)
    return font
