"""What charts that paint themselves have in common: repainted with the theme, a right click saves figures or drawing.

Made without a plotting library, whose import would hold the window for a third of a second when the first one appears.
"""

from __future__ import annotations

import csv
import io
from pathlib import Path

from PySide6.QtCore import QEvent, QPointF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QGuiApplication,
    QImage,
    QMouseEvent,
    QPaintDevice,
    QPainter,
    QPaintEvent,
)
from PySide6.QtSvg import QSvgGenerator
from PySide6.QtWidgets import QMenu, QWidget

from engines.core.files import write_text
from engines.core.outputs import SVG, TABLE, check_file, media, new_file
from widgets.kit.fields import describe
from widgets.kit.icons import icon
from widgets.kit.save_file import ask_file, save_or_say
from widgets.kit.theme import LOOK

FORMATS = {"csv": "Figures as CSV…", "svg": "Drawing as SVG…", "png": "Drawing as PNG…"}


class DrawnChart(QWidget):
    """A chart draws itself in `_draw` and gives its figures in `table`. `_cursor`: where the mouse is over it."""

    saved = Signal(str)

    def __init__(self, name: str) -> None:
        super().__init__()
        self._cursor: QPointF | None = None
        self.setMouseTracking(True)
        describe(self, name, "Right click saves the figures or the drawing")
        self.setToolTip("")
        LOOK.changed.connect(self.update)

    def table(self) -> list[list[str]]:
        """The figures, a heading first."""
        raise NotImplementedError

    def csv(self) -> str:
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows(self.table())
        return text.getvalue()

    def save(self, path: str) -> None:
        """Write figures (.csv) or drawing (.svg, .png), whole or not at all; `saved` tells the path."""
        kind = Path(path).suffix.lower()
        if kind == ".csv":
            write_text(check_file(path, TABLE), self.csv())
        else:
            with new_file(path, SVG if kind == ".svg" else media(path)) as part:
                self._save_svg(str(part)) if kind == ".svg" else self._save_png(str(part))
        self.saved.emit(path)

    def paintEvent(self, event: QPaintEvent) -> None:
        self._draw(QPainter(self))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._cursor = event.position()
        self.update()

    def leaveEvent(self, event: QEvent) -> None:
        self._cursor = None
        self.update()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        copy = menu.addAction(icon("copy"), "Copy figures")
        copy.triggered.connect(lambda: QGuiApplication.clipboard().setText(self.csv()))
        menu.addSeparator()
        for kind, title in FORMATS.items():
            menu.addAction(icon("save"), title).triggered.connect(lambda _on=False, kind=kind: self._ask_file(kind))
        menu.popup(event.globalPos())

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
        if path := ask_file(self, "Save chart", "", f"{kind.upper()} (*.{kind})"):
            save_or_say(self, path, self.save)
