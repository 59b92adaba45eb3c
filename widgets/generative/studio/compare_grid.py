"""The cells of a comparison with the settings of each column and row beside them; filled as they are computed.

Under each picture stands its error where the truth is known, else what it cost; the lowest error of a row is set off.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFont,
    QFontMetricsF,
    QHelpEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from engines.core.words import tr, tr_count
from widgets.charts.axes import figure
from widgets.generative.studio.files import PictureFiles
from widgets.generative.studio.images import enlarged
from widgets.kit.access.ring import ring_focus
from widgets.kit.fields import describe
from widgets.kit.theme import LOOK, number_font
from widgets.kit.words import DOT, seconds_words

GAP, MARGIN, FOOT, LEAST = 8, 12, 18, 28
BELOW_HEADER = 4
MOST_LABEL = 0.25
"""Share of the width that the words of a row take at the most, where none of them is longer."""
SPACES, BREAKS = re.compile(r"\s+"), re.compile(r"(?<=-)|\s+")
"""Where words go on in the next line."""
MOVES = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


@dataclass(frozen=True, slots=True)
class GridCell:
    """One cell. file: "" while it is not there."""

    file: str = ""
    error: float | None = None
    nfe: int | None = None
    seconds: float | None = None

    @property
    def words(self) -> str:
        """'error 0.021 · 20 evaluations · 0.4 s'."""
        error = tr("error {error}", error=figure(self.error)) if self.error is not None else ""
        cost = tr_count(self.nfe, "{n} evaluation", "{n:,} evaluations") if self.nfe is not None else ""
        seconds = seconds_words(self.seconds) if self.seconds is not None else ""
        return DOT.join(part for part in (error, cost, seconds) if part)

    @property
    def short(self) -> str:
        """The figure under a small picture, where there is no room for its unit."""
        known = figure(self.error) if self.error is not None else self.nfe
        return "" if known is None else str(known)

    def figure(self, room: float, metrics: QFontMetricsF) -> str:
        """The figure under a small picture: with its unit where there is room for it."""
        if self.error is not None or self.nfe is None:
            return self.short
        words = tr("{nfe} eval.", nfe=self.nfe)
        return words if metrics.horizontalAdvance(words) <= room else self.short


class CompareGrid(QWidget):
    """`chosen(row, column)`; (-1, -1) for none. Arrow keys go from cell to cell, Return uses one."""

    chosen = Signal(int, int)
    used = Signal(int, int)

    def __init__(self) -> None:
        super().__init__()
        self.files = PictureFiles(self)
        self.files.arrived.connect(self._restyle)
        self._columns: tuple[str, ...] = ()
        self._rows: tuple[str, ...] = ()
        self._cells: dict[tuple[int, int], GridCell] = {}
        self._drawn: dict[tuple[str, int, int, float], QImage] = {}
        self._selected: tuple[int, int] | None = None
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        describe(self, tr("Comparison"), tr("Click marks a cell, double click uses its settings, arrow keys go on"))
        self.setToolTip("")
        LOOK.changed.connect(self._restyle)

    @property
    def selected(self) -> tuple[int, int] | None:
        return self._selected

    @property
    def filled(self) -> int:
        return sum(bool(cell.file) for cell in self._cells.values())

    @property
    def has_errors(self) -> bool:
        """The truth is known."""
        return any(cell.error is not None for cell in self._cells.values())

    def show_cells(
        self, columns: tuple[str, ...], rows: tuple[str, ...], cells: dict[tuple[int, int], GridCell]
    ) -> None:
        """Words of the columns and rows, and what there is by (row, column)."""
        if (columns, rows) != (self._columns, self._rows):
            self._columns, self._rows, self._selected = columns, rows, None
        self._cells = cells
        self.files.want(cell.file for cell in cells.values() if cell.file)
        self.setAccessibleDescription(
            tr(
                "{rows} rows, {columns} columns, {filled} filled",
                rows=len(rows),
                columns=len(columns),
                filled=self.filled,
            )
        )
        self.updateGeometry()
        self.update()

    def select(self, place: tuple[int, int] | None) -> None:
        if place != self._selected:
            self._selected = place
            self.update()

    def cell(self, place: tuple[int, int]) -> GridCell:
        return self._cells.get(place, GridCell())

    def name(self, place: tuple[int, int]) -> str:
        """'Heun (EDM) · Steps 20'."""
        row = self._rows[place[0]]
        return DOT.join(part for part in (self._columns[place[1]], row) if part)

    def box(self, place: tuple[int, int]) -> QRectF:
        """The place of a cell's picture."""
        side, pitch, left, top = self._plan()
        inset = (pitch - GAP - side) / 2
        return QRectF(left + place[1] * pitch + inset, top + place[0] * (side + FOOT + GAP), side, side)

    def room_of(self, place: tuple[int, int]) -> QRectF:
        """The place of a cell with its figure and the room beside its picture."""
        side, pitch, _left, _top = self._plan()
        inset = (pitch - GAP - side) / 2
        return self.box(place).adjusted(-inset, 0, inset, FOOT)

    def cell_at(self, at: QPointF) -> tuple[int, int] | None:
        for row in range(len(self._rows)):
            for column in range(len(self._columns)):
                if self.room_of((row, column)).contains(at):
                    return row, column
        return None

    def sizeHint(self) -> QSize:
        return QSize(500, 320)

    def minimumSizeHint(self) -> QSize:
        """No figure and no word is cut; what shows the grid scrolls where there is less room."""
        columns, rows, wide = len(self._columns), len(self._rows), self._least_wide()
        header = self._header(self._cell_wide(LEAST)) if self._columns else 0
        return QSize(
            int(2 * MARGIN + self._label_room(0) + columns * (wide + GAP) - GAP),
            int(2 * MARGIN + header + rows * (LEAST + FOOT + GAP) - GAP),
        )

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), LOOK.now.color("base"))
        painter.setFont(number_font(11))
        ring_focus(self, painter)
        if not self._columns or not self._rows:
            return
        self._paint_headers(painter)
        best = self.best()
        for row in range(len(self._rows)):
            for column in range(len(self._columns)):
                self._paint_cell(painter, (row, column), best.get(row) == column)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self._choose(self.cell_at(event.position()))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if (place := self.cell_at(event.position())) is not None:
            self.used.emit(*place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if key in MOVES and self._columns and self._rows:
            now = self._selected
            down, across = MOVES[key] if now is not None else (0, 0)
            row, column = now or (0, 0)
            row, column = row + down, column + across
            self._choose((min(max(row, 0), len(self._rows) - 1), min(max(column, 0), len(self._columns) - 1)))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self._selected is not None:
            self.used.emit(*self._selected)
        else:
            super().keyPressEvent(event)

    def event(self, event: QEvent) -> bool:
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            place = self.cell_at(QPointF(event.pos()))
            words = f"{self.name(place)}\n{self.cell(place).words}".strip() if place is not None else ""
            QToolTip.showText(event.globalPos(), words, self)
            return True
        return super().event(event)

    def _choose(self, place: tuple[int, int] | None) -> None:
        self.select(place)
        self.chosen.emit(*(place or (-1, -1)))

    def best(self) -> dict[int, int]:
        """Column of the lowest error in each row that has more than one."""
        best: dict[int, int] = {}
        for row in range(len(self._rows)):
            known = [(cell.error, place[1]) for place, cell in self._cells.items() if place[0] == row and cell.error]
            if len(known) > 1:
                best[row] = min(known)[1]
        return best

    def _label_room(self, wide: float) -> float:
        """Words that are too long for a quarter of the width go on below."""
        metrics = QFontMetricsF(number_font(11))
        longest = max((metrics.horizontalAdvance(words) for words in self._rows), default=0.0)
        return min(longest, max(_widest(self._rows), wide * MOST_LABEL)) + 12 if longest else 0.0

    def _least_wide(self) -> float:
        """Of a column: the words above it, broken where they may be, and the figures in it are whole."""
        strong = QFontMetricsF(_figures_font(best=True))
        figures = (strong.horizontalAdvance(cell.short) for cell in self._cells.values())
        return max(LEAST, _widest(self._columns) + 2, *figures)

    def _room(self) -> float:
        """Width that a column can have."""
        return (self.width() - 2 * MARGIN - self._label_room(self.width()) + GAP) / len(self._columns) - GAP

    def _cell_wide(self, side: float) -> float:
        """Of a column whose pictures have this side: words above it are broken at hyphens only for want of room."""
        return max(side, self._least_wide(), min(self._room(), _widest(self._columns, SPACES) + 2))

    def _header(self, wide: float) -> float:
        """Height of the words above columns of this width."""
        metrics, room = QFontMetricsF(number_font(11)), QRectF(0, 0, wide, 0)
        highs = [metrics.boundingRect(room, Qt.TextFlag.TextWordWrap.value, words).height() for words in self._columns]
        return max(highs, default=0.0) + BELOW_HEADER

    def _plan(self) -> tuple[float, float, float, float]:
        """Side of a picture, from one column to the next, and left and top of the first."""
        columns, rows, label = len(self._columns), len(self._rows), self._label_room(self.width())
        header = self._header(self._cell_wide(LEAST))
        high = (self.height() - 2 * MARGIN - header + GAP) / rows - GAP - FOOT
        side = float(int(max(min(self._room(), high), LEAST)))
        wide = self._cell_wide(side)
        header = self._header(wide)
        left = (self.width() - label - columns * (wide + GAP) + GAP) / 2 + label
        top = (self.height() - header - rows * (side + FOOT + GAP) + GAP) / 2 + header
        return side, wide + GAP, round(max(left, MARGIN + label)), round(max(top, MARGIN + header))

    def _paint_headers(self, painter: QPainter) -> None:
        look, label, flags = LOOK.now, self._label_room(self.width()), Qt.AlignmentFlag
        chosen = self._selected or (-1, -1)
        for column, words in enumerate(self._columns):
            room = self.room_of((0, column))
            room = QRectF(room.left(), 0, room.width(), room.top() - BELOW_HEADER)
            painter.setPen(look.color("text" if column == chosen[1] else "muted"))
            painter.drawText(room, flags.AlignHCenter | flags.AlignBottom | Qt.TextFlag.TextWordWrap, words)
        left = self.room_of((0, 0)).left() - label
        for row, words in enumerate(self._rows):
            box = self.box((row, 0))
            painter.setPen(look.color("text" if row == chosen[0] else "muted"))
            room = QRectF(left, box.top() - FOOT / 2, label - 10, box.height() + FOOT)
            painter.drawText(room, flags.AlignRight | flags.AlignVCenter | Qt.TextFlag.TextWordWrap, words)

    def _paint_cell(self, painter: QPainter, place: tuple[int, int], best: bool) -> None:
        look, box, cell = LOOK.now, self.box(place), self.cell(place)
        image = self.files.picture(cell.file) if cell.file else None
        if image is None:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("raised", 0.7))
            painter.drawRect(box)
        else:
            self._paint_picture(painter, box, cell.file, image)
        if place == self._selected:
            painter.setPen(QPen(look.color("accent"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(box.adjusted(-2, -2, 2, 2))
        font = _figures_font(best)
        painter.setFont(font)
        painter.setPen(look.color("good" if best else "muted"))
        room = self.room_of(place)
        foot = QRectF(room.left(), box.bottom() + 3, room.width(), FOOT - 3)
        painter.drawText(foot, Qt.AlignmentFlag.AlignCenter, cell.figure(foot.width(), QFontMetricsF(font)))
        painter.setFont(number_font(11))

    def _paint_picture(self, painter: QPainter, box: QRectF, file: str, image: QImage) -> None:
        ratio = self.devicePixelRatioF()
        room = QSize(round(box.width() * ratio), round(box.height() * ratio))
        size = image.size().scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        key = file, size.width(), size.height(), ratio
        made = self._drawn.get(key)
        if made is None:
            made = self._drawn[key] = enlarged(image, size)
            made.setDevicePixelRatio(ratio)
        left = box.left() + (box.width() - size.width() / ratio) / 2
        painter.drawImage(QPointF(left, box.top() + (box.height() - size.height() / ratio) / 2), made)

    def _restyle(self) -> None:
        self._drawn.clear()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._drawn.clear()
        if event.size().width() != event.oldSize().width():
            self.updateGeometry()


def _figures_font(best: bool) -> QFont:
    font = number_font(11)
    font.setBold(best)
    return font


def _widest(words: Iterable[str], breaks: re.Pattern[str] = BREAKS) -> float:
    """Of what stays in one line."""
    metrics = QFontMetricsF(number_font(11))
    return max((metrics.horizontalAdvance(part) for one in words for part in breaks.split(one)), default=0.0)
