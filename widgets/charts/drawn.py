"""The base of charts that paint themselves: repainted with the theme, a right click saves figures or drawing.

Made without a plotting library, whose import would hold the window for a third of a second when the first one appears.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QFont,
    QGuiApplication,
    QHelpEvent,
    QImage,
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
from engines.core.words import tr
from widgets.kit.fields import describe
from widgets.kit.figures_table import csv_text
from widgets.kit.menus import menu_of, pop_up
from widgets.kit.save_file import ask_file, save_or_say
from widgets.kit.theme import LOOK, number_font

LINE = 15.0
LEFT, RIGHT = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
FORMATS = {"csv": tr("Figures as CSV…"), "svg": tr("Drawing as SVG…"), "png": tr("Drawing as PNG…")}


class DrawnChart(QWidget):
    """A chart draws itself in `_draw` and gives its figures in `table`. `_cursor`: where the mouse is over it."""

    def __init__(self, name: str) -> None:
        super().__init__()
        self._cursor: QPointF | None = None
        self.setMouseTracking(True)
        describe(self, name, tr("Right click saves the figures or the drawing"))
        self.setToolTip("")
        LOOK.changed.connect(self.update)

    def table(self) -> list[list[str]]:
        """The figures, a heading first."""
        raise NotImplementedError

    def csv(self) -> str:
        return csv_text(self.table())

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
                self._save_svg(str(part)) if kind == ".svg" else self._save_png(str(part))

    def paintEvent(self, event: QPaintEvent) -> None:
        self._draw(QPainter(self))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._cursor = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._cursor = None
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        copy = ("copy", tr("Copy figures"), lambda: QGuiApplication.clipboard().setText(self.csv()))
        saves = [("save", title, partial(self._ask_file, kind)) for kind, title in FORMATS.items()]
        pop_up(menu_of(self, copy, None, *saves), event.globalPos())

    def _draw(self, painter: QPainter) -> None:
        raise NotImplementedError

    def _save_svg(self, path: str) -> None:
        drawing = QSvgGenerator()
        drawing.setFileName(path)
        drawing.setSize(self.size())
        drawing.setViewBox(self.rect())
        self._draw_on(drawing)

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
        if path := ask_file(self, tr("Save chart"), "", f"{kind.upper()} (*.{kind})"):
            save_or_say(self, path, self.save)


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
