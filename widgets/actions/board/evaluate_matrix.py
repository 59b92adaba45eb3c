"""The confusion matrix in seconds: a row a true class, a column a decision, shaded by the shares of the row."""

from __future__ import annotations

import math
from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt
from PySide6.QtGui import (
    QColor,
    QFocusEvent,
    QFont,
    QFontMetricsF,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy

from engines.core.words import tr
from widgets.charts.axes import percent
from widgets.charts.drawn import DrawnChart
from widgets.kit.access.elided import elided
from widgets.kit.ink import readable_on
from widgets.kit.theme import LOOK, mixed, number_font

Table = tuple[tuple[float, ...], ...]
Cell = tuple[int, int]
LEAST, MOST = 20.0, 46.0
"""Pixels of a cell's height."""
NAME, SLANT = 132.0, 112.0
"""Pixels that names may take, at the left and above."""
TITLE, FOOT = 18.0, 22.0
BARE = 48
"""Height of a matrix that was not measured."""
MIDDLE = Qt.AlignmentFlag.AlignVCenter
STEPS = {
    Qt.Key.Key_Left: (0, -1),
    Qt.Key.Key_Right: (0, 1),
    Qt.Key.Key_Up: (-1, 0),
    Qt.Key.Key_Down: (1, 0),
}


class ConfusionMatrix(DrawnChart):
    """Cells in seconds. The cell under the mouse, or the one that arrow keys go to, is said in words below."""

    def __init__(self) -> None:
        super().__init__(tr("Confusion in seconds"))
        self._classes: tuple[str, ...] = ()
        self._table: Table = ()
        self._at: Cell | None = None
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMinimumWidth(220)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._fit()

    @property
    def seconds(self) -> Table:
        return self._table

    @property
    def cell(self) -> Cell | None:
        """Row and column that are said in words."""
        return self._at

    def show_table(self, classes: Sequence[str], table: Table) -> None:
        """Rows truth, columns decision, both in the order of `classes`; () where it was not measured."""
        if (tuple(classes), table) == (self._classes, self._table):
            return
        self._classes, self._table, self._at = tuple(classes), table, None
        total, right = sum(map(sum, table)), sum(row[place] for place, row in enumerate(table))
        words = tr("{right:.1f} of {total:.1f} s right", right=right, total=total) if total else tr("not measured")
        self.setAccessibleDescription(words)
        self._fit()
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit()

    def table(self) -> list[list[str]]:
        rows = [[name, *(f"{value:.6g}" for value in row)] for name, row in self._rows()]
        return [["truth / decision, s", *self._classes], *rows]

    def readout(self, cell: Cell) -> str:
        """'lunge left taken for arms out: 1.2 s, 4 % of its 30.1 s'."""
        row, column = cell
        seconds, whole = self._table[row][column], sum(self._table[row])
        truth, said = self._classes[row], self._classes[column]
        which = (
            tr("{truth} recognised", truth=truth)
            if row == column
            else tr("{truth} taken for {said}", truth=truth, said=said)
        )
        told = {
            "which": which,
            "seconds": seconds,
            "share": percent(seconds / whole, 0) if whole else "",
            "whole": whole,
        }
        if whole > 0:
            return tr("{which}: {seconds:.1f} s, {share} of its {whole:.1f} s", **told)
        return tr("{which}: {seconds:.1f} s, which does not occur", **told)

    def cell_at(self, place: QPointF) -> Cell | None:
        box = self._box()
        if not self._table or not box.contains(place):
            return None
        many = len(self._table)
        row = int((place.y() - box.top()) / box.height() * many)
        column = int((place.x() - box.left()) / box.width() * many)
        return min(row, many - 1), min(column, many - 1)

    def tip_at(self, place: QPointF) -> str:
        cell = self.cell_at(place)
        return self.readout(cell) if cell else ""

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._go(self.cell_at(event.position()))

    def leaveEvent(self, event: QEvent) -> None:
        self._go(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self._go(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = STEPS.get(Qt.Key(event.key()))
        if step is None or not self._table:
            super().keyPressEvent(event)
            return
        last = len(self._table) - 1
        row, column = self._at or (0, 0)
        goal = (row + step[0], column + step[1]) if self._at else (0, 0)
        self._go((min(max(goal[0], 0), last), min(max(goal[1], 0), last)))

    def _go(self, cell: Cell | None) -> None:
        if cell != self._at:
            self._at = cell
            if cell is not None:
                self.setAccessibleDescription(self.readout(cell))
            self.update()

    def _fit(self) -> None:
        """As high as its rows, whose height follows the width of a cell."""
        many = len(self._table)
        if not many:
            self.setFixedHeight(BARE)
            return
        wide = (self.width() - self._left()) / many
        self.setFixedHeight(round(self._top() + many * min(max(wide * 0.72, LEAST), MOST) + FOOT))

    def _rows(self) -> list[tuple[str, tuple[float, ...]]]:
        return list(zip(self._classes, self._table, strict=True))

    def _left(self) -> float:
        return min(self._widest(), NAME, self.width() * 0.34) + 10

    def _top(self) -> float:
        return TITLE + min(self._widest(), SLANT) + 8

    def _widest(self) -> float:
        metrics = QFontMetricsF(number_font(11))
        return max((metrics.horizontalAdvance(name) for name in self._classes), default=0.0)

    def _box(self) -> QRectF:
        left, top = self._left(), self._top()
        return QRectF(left, top, max(self.width() - left - 1, 20.0), max(self.height() - top - FOOT, 10.0))

    def _draw(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(number_font(11))
        look = LOOK.now
        if not self._table:
            painter.setPen(look.color("muted"))
            painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, tr("Confusion is not measured"))
            return
        box = self._box()
        self._draw_names(painter, box)
        self._draw_cells(painter, box)
        self._draw_chosen(painter, box)

    def _draw_names(self, painter: QPainter, box: QRectF) -> None:
        look, many = LOOK.now, len(self._table)
        metrics, high, wide = QFontMetricsF(number_font(11)), box.height() / many, box.width() / many
        painter.setPen(look.color("muted"))
        painter.drawText(QRectF(0, 0, box.right(), TITLE), MIDDLE, tr("Truth down, decision across, seconds"))
        for place, name in enumerate(self._classes):
            chosen = self._at or (-1, -1)
            painter.setPen(look.color("text" if place == chosen[0] else "muted"))
            words = elided(metrics, name, box.left() - 8, Qt.TextElideMode.ElideMiddle, given=True)
            room = QRectF(0, box.top() + place * high, box.left() - 6, high)
            painter.drawText(room, Qt.AlignmentFlag.AlignRight | MIDDLE, words)
            painter.setPen(look.color("text" if place == chosen[1] else "muted"))
            painter.save()
            painter.translate(box.left() + (place + 0.5) * wide, box.top() - 6)
            painter.rotate(-90)
            words = elided(metrics, name, SLANT, Qt.TextElideMode.ElideMiddle, given=True)
            painter.drawText(QRectF(0, -8, SLANT + 4, 16), MIDDLE, words)
            painter.restore()

    def _draw_cells(self, painter: QPainter, box: QRectF) -> None:
        many = len(self._table)
        wide, high = box.width() / many, box.height() / many
        font = self._cell_font(wide)
        for row, values in enumerate(self._table):
            whole = sum(values)
            for column, value in enumerate(values):
                part = value / whole if whole > 0 else 0.0
                room = QRectF(box.left() + column * wide, box.top() + row * high, wide, high).adjusted(
                    0.5, 0.5, -0.5, -0.5
                )
                color = _shade(part)
                painter.fillRect(room, color)
                if font is not None and value >= 0.05:
                    painter.setFont(font)
                    painter.setPen(readable_on(color))
                    painter.drawText(room, Qt.AlignmentFlag.AlignCenter, f"{value:.1f}")

    def _cell_font(self, wide: float) -> QFont | None:
        """None where the longest number does not fit its cell; it is then read under the mouse."""
        longest = f"{max(map(max, self._table)):.1f}"
        fonts = (number_font(11), number_font(9))
        return next((font for font in fonts if QFontMetricsF(font).horizontalAdvance(longest) + 4 <= wide), None)

    def _draw_chosen(self, painter: QPainter, box: QRectF) -> None:
        look, many = LOOK.now, len(self._table)
        painter.setFont(number_font(11))
        foot = QRectF(0, box.bottom() + 4, self.width(), FOOT - 4)
        if self._at is None:
            painter.setPen(look.color("muted"))
            words = tr("Shade: share of its row")
        else:
            row, column = self._at
            wide, high = box.width() / many, box.height() / many
            painter.setPen(QPen(look.color("text"), 1.5))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(box.left() + column * wide, box.top() + row * high, wide, high))
            words = self.readout(self._at)
        metrics = QFontMetricsF(number_font(11))
        painter.drawText(foot, MIDDLE, elided(metrics, words, foot.width(), Qt.TextElideMode.ElideMiddle))


def _shade(part: float) -> QColor:
    """From the surface's neighbour to the accent; small shares are lifted so that they are seen."""
    look = LOOK.now
    return QColor(mixed(look.raised, look.accent, 0.9 * math.sqrt(min(max(part, 0.0), 1.0))))
