"""A list that paints its rows instead of building widgets: thousands cost no more than the visible ones.

What a row looks like and says comes from a subclass; rows are any values that compare. Nothing is stored: a name typed
into a row goes out as a signal, and comes back with the next rows or not at all.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QEvent,
    QModelIndex,
    QPersistentModelIndex,
    QRect,
    QRectF,
    QSize,
    Qt,
    Signal,
)
from PySide6.QtGui import QColor, QContextMenuEvent, QFont, QFontMetricsF, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QListView,
    QMenu,
    QSizePolicy,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QWidget,
)

from engines.core.words import tr
from widgets.kit.access.elided import elided
from widgets.kit.access.ring import focus_ring
from widgets.kit.fields import describe, quiet
from widgets.kit.icons import draw_icon
from widgets.kit.menus import pop_up
from widgets.kit.theme import LOOK, RADIUS, high, mixed, number_font

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
RIGHT = Qt.AlignmentFlag.AlignRight
CLAUSE = re.compile(r"[.,;:](?=\s)|\s(?=\()")
"""Where one ends: before a bracket, and at a point, comma, semicolon or colon."""


class RowList(QListView):
    """`chosen(row)` when the user goes to a row; `opened(row)` on Return, or a double click where no name is edited;
    `removed(row)` on Delete or by the cross, where rows are `removable`; `renamed(row, text)` after F2 or double click.
    """

    chosen = Signal(int)
    opened = Signal(int)
    removed = Signal(int)
    renamed = Signal(int, str)
    height_of_row, most_rows, pad = 28, 8, 8
    editable, removable = False, False

    def __init__(self, name: str, tip: str) -> None:
        super().__init__()
        self.rows: tuple[Any, ...] = ()
        self._model, self._quiet, self._hovered = _Rows(self), False, -1
        self.setModel(self._model)
        self.setItemDelegate(_Row(self))
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        quiet(self, name, tip)
        self.setToolTip("")
        self.setAccessibleDescription(tip)
        self.selectionModel().currentChanged.connect(self._tell)
        LOOK.changed.connect(self.viewport().update)
        LOOK.packed.connect(self._fit)

    def paint_row(self, painter: QPainter, box: QRectF, row: int) -> None:
        """Paint one row into `box`, the ground is there already."""
        raise NotImplementedError

    def words(self, row: int) -> str:
        """All that a row says, for its tooltip and the screen reader."""
        raise NotImplementedError

    def name(self, row: int) -> str:
        """What F2 edits."""
        return self.words(row)

    def name_box(self, box: QRectF) -> QRectF:
        """Where in a row's box its name is edited."""
        return box

    def menu(self, row: int) -> QMenu | None:
        """What can be done with a row, by the right button or the menu key."""
        return None

    @property
    def row(self) -> int:
        """The one with the focus, -1 none."""
        return self.currentIndex().row()

    def show_rows(self, rows: Sequence[Any]) -> bool:
        """These. Equal rows touch nothing; True where something changed."""
        if rows is self.rows or tuple(rows) == self.rows:
            return False
        old, self.rows = self.rows, tuple(rows)
        if len(self.rows) == len(old):
            changed = [row for row, (one, other) in enumerate(zip(old, self.rows, strict=True)) if one != other]
            self._model.dataChanged.emit(self._model.index(changed[0]), self._model.index(changed[-1]))
            return True
        before, self._quiet = self.row, True
        self._model.beginResetModel()
        self._model.endResetModel()
        self.select(min(before, len(self.rows) - 1))
        self._quiet = False
        self._fit()
        return True

    def _fit(self) -> None:
        self.setFixedHeight(high(self.height_of_row) * max(1, min(len(self.rows), self.most_rows)))

    def select(self, row: int) -> None:
        """Go to a row and tell nobody; -1 for none."""
        if row == self.row:
            return
        quiet, self._quiet = self._quiet, True
        self.setCurrentIndex(self._model.index(row) if 0 <= row < len(self.rows) else NOWHERE)
        if row < 0:
            self.clearSelection()
        self._quiet = quiet

    def edit_name(self, row: int) -> None:
        """Put a field over a row's name."""
        if self.editable and 0 <= row < len(self.rows):
            self.edit(self._model.index(row))

    def box(self, row: int) -> QRectF:
        """Where a row is, in the viewport."""
        return inner(self.visualRect(self._model.index(row)), self.pad)

    def cross(self, row: int) -> QRectF:
        """Where the cross is that removes a row: shown under the pointer and on the chosen row."""
        box = self.box(row)
        return QRectF(box.right() - 18, box.center().y() - 10, 20, 20)

    def shows_cross(self, row: int) -> bool:
        return self.removable and (row == self._hovered or (row == self.row and self.hasFocus()))

    def paint_cross(self, painter: QPainter, row: int) -> None:
        if self.shows_cross(row):
            draw_icon(painter, self.cross(row).adjusted(4, 4, -4, -4).toRect(), "close")

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key, row = event.key(), self.row
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and row >= 0:
            self.opened.emit(row)
        elif key == Qt.Key.Key_F2:
            self.edit_name(row)
        elif key in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace) and self.removable and row >= 0:
            self.removed.emit(row)
        elif event.text().isdigit():
            event.ignore()  # a key of a class, not a search
        else:
            super().keyPressEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self.indexAt(event.position().toPoint()).row()
        if event.button() == Qt.MouseButton.LeftButton and row >= 0 and self.pressed_at(row, event):
            event.accept()
            return
        again = row >= 0 and row == self.row
        super().mousePressEvent(event)
        if again and event.button() == Qt.MouseButton.LeftButton:
            self.chosen.emit(row)

    def pressed_at(self, row: int, event: QMouseEvent) -> bool:
        """What a press on a part of a row does; True where that was all. The cross by itself."""
        if self.removable and self.cross(row).contains(event.position()):
            self.removed.emit(row)
            return True
        return False

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        """The second press on a cross is not meant for the row that came up under it."""
        row, at = self.indexAt(event.position().toPoint()).row(), event.position()
        if row < 0 or (self.removable and self.cross(row).contains(at)) or self.pressed_at(row, event):
            return
        if self.editable:
            self.edit_name(row)
        else:
            self.opened.emit(row)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        super().mouseMoveEvent(event)
        self._hover(self.indexAt(event.position().toPoint()).row())

    def leaveEvent(self, event: QEvent) -> None:
        super().leaveEvent(event)
        self._hover(-1)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        by_mouse = event.reason() == QContextMenuEvent.Reason.Mouse
        row = self.indexAt(event.pos()).row() if by_mouse else self.row
        menu = self.menu(row) if row >= 0 else None
        if menu is not None:
            middle = self.viewport().mapToGlobal(self.box(row).center().toPoint())
            pop_up(menu, event.globalPos() if by_mouse else middle)

    def _hover(self, row: int) -> None:
        if row != self._hovered:
            self._hovered = row
            self.viewport().update()

    def _tell(self, index: QModelIndex) -> None:
        if not self._quiet and index.isValid():
            self.chosen.emit(index.row())


class _Rows(QAbstractListModel):
    """The rows of a list, as Qt asks for them."""

    def __init__(self, view: RowList) -> None:
        super().__init__(view)
        self._view = view

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._view.rows)

    def flags(self, index: Index) -> Qt.ItemFlag:
        flags = super().flags(index)
        return flags | Qt.ItemFlag.ItemIsEditable if self._view.editable else flags

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        roles = Qt.ItemDataRole
        if role == roles.EditRole:
            return self._view.name(index.row())
        if role in (roles.DisplayRole, roles.ToolTipRole, roles.AccessibleTextRole):
            return self._view.words(index.row())
        return None

    def setData(self, index: Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        name = " ".join(str(value).split())
        if name and name != self._view.name(index.row()):
            self._view.renamed.emit(index.row(), name)
        return False


class HighRows(QStyledItemDelegate):
    """Rows of a list that are of one height, as the style draws them."""

    def __init__(self, view: QAbstractItemView, height: int) -> None:
        super().__init__(view)
        self._height = height

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(0, high(self._height))


class RowPainter(QStyledItemDelegate):
    """Paints the rows of a list: what a chosen or hovered one stands on, and over it what `paint_row` says."""

    height = 34

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return QSize(120, high(self.height))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        states = QStyle.StateFlag
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if option.state & (states.State_Selected | states.State_MouseOver | states.State_HasFocus):
            chosen, focus = (bool(option.state & state) for state in (states.State_Selected, states.State_HasFocus))
            self.paint_ground(painter, option.rect, chosen, focus)
        self.paint_row(painter, option.rect, index)
        painter.restore()

    def paint_ground(self, painter: QPainter, box: QRect, chosen: bool, focus: bool) -> None:
        """What a row stands on that is chosen, hovered or where the keyboard is."""
        painter.fillRect(box, LOOK.now.color("accent", 0.16) if chosen else LOOK.now.color("raised"))
        if focus:
            focus_ring(painter, QRectF(box), RADIUS / 2)

    def paint_row(self, painter: QPainter, box: QRect, index: Index) -> None:
        raise NotImplementedError


class _Row(RowPainter):
    """Paints one row, and puts the field where its name is."""

    def __init__(self, view: RowList) -> None:
        super().__init__(view)
        self._view, self.height = view, view.height_of_row

    def paint_ground(self, painter: QPainter, box: QRect, chosen: bool, focus: bool) -> None:
        paint_ground(painter, QRectF(box), chosen, focus)

    def paint_row(self, painter: QPainter, box: QRect, index: Index) -> None:
        self._view.paint_row(painter, inner(box, self._view.pad), index.row())

    def updateEditorGeometry(self, editor: QWidget, option: QStyleOptionViewItem, index: Index) -> None:
        box = self._view.name_box(inner(option.rect, self._view.pad))
        editor.setGeometry(QRectF(box.left() - 9, option.rect.top(), box.width() + 9, option.rect.height()).toRect())
        describe(editor, tr("Name"), tr("Enter keeps it, Esc leaves it as it was"))


def inner(rect: QRect, pad: float) -> QRectF:
    """A row's rectangle without the room at its sides."""
    return QRectF(rect).adjusted(pad, 0, -pad, 0)


def paint_ground(painter: QPainter, row: QRectF, chosen: bool, focus: bool) -> None:
    """The same in a list whose rows have rounded corners."""
    look = LOOK.now
    painter.setBrush(QColor(mixed(look.surface, look.accent, 0.18)) if chosen else look.color("raised", 0.6))
    painter.setPen(QPen(look.color("accent"), 1.5) if focus else Qt.PenStyle.NoPen)
    painter.drawRoundedRect(row.adjusted(0.5, 1.5, -0.5, -1.5), RADIUS, RADIUS)


def write(
    painter: QPainter,
    room: QRectF,
    words: str,
    token: str = "text",
    size: int = 13,
    side: Qt.AlignmentFlag = Qt.AlignmentFlag.AlignLeft,
    weight: QFont.Weight = QFont.Weight.Normal,
    *,
    given: bool = False,
) -> float:
    """Write one line, cut where there is no room; tells how wide it came out. given: words of the user's."""
    font = number_font(size)
    font.setWeight(weight)
    metrics = QFontMetricsF(font)
    shown = elided(metrics, words, room.width() + 0.5, given=given)
    painter.setFont(font)
    painter.setPen(LOOK.now.color(token))
    painter.drawText(room, side | Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextSingleLine, shown)
    return metrics.horizontalAdvance(shown)


def write_whole(painter: QPainter, room: QRectF, words: str, token: str = "muted", size: int = 11) -> None:
    """Write as many whole clauses as there is room for, if any."""
    write(painter, room, clauses(words, room.width(), size), token, size)


def clauses(words: str, room: float, size: int = 11) -> str:
    """The longest beginning of a sentence that ends where a clause does and is no wider than this."""
    ends = (*(found.start() for found in CLAUSE.finditer(words)), len(words))
    return next((words[:end] for end in reversed(ends) if wide(words[:end], size) <= room), "")


def wide(words: str, size: int = 13) -> float:
    """Pixels that a line of words takes."""
    return QFontMetricsF(number_font(size)).horizontalAdvance(words)
