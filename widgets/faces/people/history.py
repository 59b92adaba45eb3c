"""The changes of the gallery, newest first; each entry can be taken back, and taken back again."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QRect, QSize, Qt
from PySide6.QtGui import QFontMetrics, QKeyEvent, QMouseEvent, QPainter
from PySide6.QtWidgets import QFrame, QListView, QMenu, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from engines.faces.gallery.types import Change
from widgets.faces.people.requests import PeopleRequests
from widgets.faces.people.words import moment_words
from widgets.kit.fields import describe
from widgets.kit.icons import draw_icon, icon
from widgets.kit.theme import LOOK, RADIUS, number_font

ROW, BUTTON = 44, 30
Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


class ChangesModel(QAbstractListModel):
    """The history as Qt asks for it."""

    def __init__(self, parent: QListView) -> None:
        super().__init__(parent)
        self.changes: tuple[Change, ...] = ()

    def show_changes(self, changes: tuple[Change, ...]) -> None:
        if changes is not self.changes and changes != self.changes:
            self.beginResetModel()
            self.changes = changes
            self.endResetModel()

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.changes)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        change = self.changes[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return change.what
        if role in (Qt.ItemDataRole.AccessibleTextRole, Qt.ItemDataRole.ToolTipRole):
            undone = ", taken back" if change.undone else ""
            return f"{change.what}, {moment_words(change.at)}{undone}"
        return None


class HistoryList(QListView):
    """An entry is taken back, or one that was is made again, by its arrow, its menu, or Return."""

    def __init__(self, requests: PeopleRequests) -> None:
        super().__init__()
        self._requests = requests
        self._model = ChangesModel(self)
        self._row = _ChangeRow(self)
        self.editable = True
        self.setModel(self._model)
        self.setItemDelegate(self._row)
        self.setUniformItemSizes(True)
        self.setMouseTracking(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._open_menu)
        describe(self, "History", "What was changed; the arrow or Return takes it back")
        LOOK.changed.connect(self.viewport().update)

    def show_changes(self, changes: tuple[Change, ...], editable: bool = True) -> None:
        """Newest first."""
        self.editable = editable
        self._model.show_changes(changes)

    def menu(self, change: Change) -> QMenu:
        menu = QMenu(self)
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        words, role = ("Redo", "redo") if change.undone else ("Undo", "undo")
        action = menu.addAction(icon(role), words)
        action.setEnabled(self.editable)
        action.triggered.connect(lambda: self._turn(change))
        return menu

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self._turn(self._model.changes[row])
        else:
            super().keyPressEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        super().mouseReleaseEvent(event)
        place = event.position().toPoint()
        index = self.indexAt(place)
        on_arrow = index.isValid() and button_of(self.visualRect(index)).contains(place)
        if event.button() == Qt.MouseButton.LeftButton and on_arrow:
            self._turn(self._model.changes[index.row()])

    def _turn(self, change: Change) -> None:
        if self.editable:
            self._requests.historyUndone.emit(change.id)

    def _open_menu(self, at: QPoint) -> None:
        index = self.indexAt(at)
        if index.isValid():
            self.menu(self._model.changes[index.row()]).popup(self.viewport().mapToGlobal(at))


class _ChangeRow(QStyledItemDelegate):
    """What and when, and an arrow that takes it back."""

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, ROW)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        model = index.model()
        assert isinstance(model, ChangesModel)
        change, look, flags = model.changes[index.row()], LOOK.now, QStyle.StateFlag
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & (flags.State_MouseOver | flags.State_HasFocus):
            painter.setPen(look.color("accent") if option.state & flags.State_HasFocus else Qt.PenStyle.NoPen)
            painter.setBrush(look.color("raised"))
            painter.drawRoundedRect(option.rect.adjusted(4, 1, -4, -1), RADIUS, RADIUS)
        room = option.rect.adjusted(12, 5, -BUTTON - 12, -5)
        _write(painter, QRect(room.left(), room.top(), room.width(), 18), change)
        painter.setPen(look.color("muted"))
        painter.setFont(number_font(11))
        when = moment_words(change.at) + ("  taken back" if change.undone else "")
        painter.drawText(QRect(room.left(), room.top() + 18, room.width(), 16), Qt.AlignmentFlag.AlignVCenter, when)
        role = "redo" if change.undone else "undo"
        draw_icon(painter, button_of(option.rect).adjusted(7, 7, -7, -7), role)
        painter.restore()


def button_of(row: QRect) -> QRect:
    """Where in its row the arrow is."""
    return QRect(row.right() - BUTTON - 8, row.center().y() - BUTTON // 2, BUTTON, BUTTON)


def _write(painter: QPainter, room: QRect, change: Change) -> None:
    font = number_font(12)
    font.setStrikeOut(change.undone)
    painter.setFont(font)
    painter.setPen(LOOK.now.color("muted" if change.undone else "text"))
    shown = QFontMetrics(font).elidedText(change.what, Qt.TextElideMode.ElideRight, room.width())
    painter.drawText(room, Qt.AlignmentFlag.AlignVCenter, shown)
