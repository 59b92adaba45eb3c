"""The changes of the gallery, newest first; each entry can be taken back, and taken back again."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QMenu, QStyle

from engines.core.words import tr
from engines.faces.gallery.types import Change
from widgets.faces.people.requests import PeopleRequests
from widgets.faces.people.words import moment_words
from widgets.faces.rows import PaintedList
from widgets.kit.access.elided import elided
from widgets.kit.icons import draw_icon, icon
from widgets.kit.ink import ink
from widgets.kit.theme import LOOK, RADIUS, number_font

ROW, BUTTON = 44, 30


class HistoryList(PaintedList):
    """An entry is taken back, or one that was is made again, by its arrow, its menu, or Return."""

    def __init__(self, requests: PeopleRequests) -> None:
        super().__init__(tr("History"), tr("What was changed; the arrow or Enter takes it back"), size=QSize(120, ROW))
        self._requests = requests
        self.editable = True
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)

    def show_changes(self, changes: tuple[Change, ...], editable: bool = True) -> None:
        """Newest first."""
        self.editable = editable
        if changes is not self.rows and changes != self.rows:
            self.show_rows(changes)

    def title(self, row: int) -> str:
        return str(self.rows[row].what)

    def spoken(self, row: int) -> str:
        change = self.rows[row]
        return f"{change.what}, {moment_words(change.at)}" + (tr(", taken back") if change.undone else "")

    def paint_row(self, painter: QPainter, room: QRectF, state: QStyle.StateFlag, row: int) -> None:
        """What and when, and an arrow that takes it back."""
        change, look, flags, rect = self.rows[row], LOOK.now, QStyle.StateFlag, room.toRect()
        if state & (flags.State_MouseOver | flags.State_HasFocus):
            ink(painter, look.color("accent") if state & flags.State_HasFocus else None, look.color("raised"))
            painter.drawRoundedRect(rect.adjusted(4, 1, -4, -1), RADIUS, RADIUS)
        words = rect.adjusted(12, 5, -BUTTON - 12, -5)
        _write(painter, QRect(words.left(), words.top(), words.width(), 18), change)
        painter.setPen(look.color("muted"))
        painter.setFont(number_font(11))
        when = moment_words(change.at) + (tr("  taken back") if change.undone else "")
        painter.drawText(QRect(words.left(), words.top() + 18, words.width(), 16), Qt.AlignmentFlag.AlignVCenter, when)
        draw_icon(painter, button_of(rect).adjusted(7, 7, -7, -7), "redo" if change.undone else "undo")

    def menu(self, change: Change) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        words, role = (tr("Redo"), "redo") if change.undone else (tr("Undo"), "undo")
        action = menu.addAction(icon(role), words)
        action.setEnabled(self.editable)
        action.triggered.connect(lambda: self._turn(change))
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self._turn(self.rows[row])
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        index = self.indexAt(place)
        on_arrow = index.isValid() and button_of(self.visualRect(index)).contains(place)
        if event.button() == Qt.MouseButton.LeftButton and on_arrow:
            self._turn(self.rows[index.row()])

    def _turn(self, change: Change) -> None:
        if self.editable:
            self._requests.historyUndone.emit(change.id)

    def _open_menu(self, at: QPoint) -> None:
        index = self.indexAt(at)
        if index.isValid():
            self.menu(self.rows[index.row()]).popup(self.viewport().mapToGlobal(at))


def button_of(row: QRect) -> QRect:
    """Where in its row the arrow is."""
    return QRect(row.right() - BUTTON - 8, row.center().y() - BUTTON // 2, BUTTON, BUTTON)


def _write(painter: QPainter, room: QRect, change: Change) -> None:
    font = number_font(12)
    font.setStrikeOut(change.undone)
    painter.setFont(font)
    painter.setPen(LOOK.now.color("muted" if change.undone else "text"))
    shown = elided(QFontMetrics(font), change.what, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
