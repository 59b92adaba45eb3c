"""Lists whose rows are any values, painted by the list itself: what grids and lists of faces share."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QRectF, QSize, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from widgets.kit.access.ring import focus_ring
from widgets.kit.fields import describe
from widgets.kit.row_list import NOWHERE, Index
from widgets.kit.theme import LOOK, RADIUS


class PaintedList(QListView):
    """A subclass says how a row is painted and what it says; `show_rows` shows other rows."""

    def __init__(self, name: str, tip: str = "", *, size: QSize | None = None, framed: bool = False) -> None:
        """size: of every row. framed: the style draws the frame, and the ground of chosen rows."""
        super().__init__()
        self.given = True
        self.rows: tuple[Any, ...] = ()
        self.size_of_row, self.framed = size or QSize(1, 1), framed
        self._rows = _Rows(self)
        self.setModel(self._rows)
        self.setItemDelegate(RowDelegate(self))
        self.setUniformItemSizes(size is not None)
        self.setMouseTracking(True)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        if not framed:
            self.setFrameShape(QFrame.Shape.NoFrame)
        describe(self, name, tip)
        LOOK.changed.connect(self.viewport().update)

    def paint_row(self, painter: QPainter, room: QRectF, state: QStyle.StateFlag, row: int) -> None:
        """Paint one row."""
        raise NotImplementedError

    def title(self, row: int) -> str:
        """What a row is called, and found by when it is typed."""
        return self.spoken(row)

    def spoken(self, row: int) -> str:
        """All that a row says, for the screen reader."""
        raise NotImplementedError

    def tip(self, row: int) -> str:
        """All that a row says, for its tooltip."""
        return self.spoken(row)

    def size_of(self, row: int) -> QSize:
        """How large a row is."""
        return self.size_of_row

    def flags_of(self, row: int, flags: Qt.ItemFlag) -> Qt.ItemFlag:
        """What can be done with a row. flags: what can with any."""
        return flags

    def show_rows(self, rows: tuple[Any, ...], *, same: bool = False) -> None:
        """Show these. same: they are those that were there, and look otherwise."""
        if not same:
            self._rows.beginResetModel()
        self.rows = rows
        if not same:
            self._rows.endResetModel()
        elif rows:
            self._rows.dataChanged.emit(self._rows.index(0), self._rows.index(len(rows) - 1))


class _Rows(QAbstractListModel):
    def __init__(self, view: PaintedList) -> None:
        super().__init__(view)
        self._view = view

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self._view.rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        view, roles = self._view, Qt.ItemDataRole
        said = {roles.DisplayRole: view.title, roles.AccessibleTextRole: view.spoken, roles.ToolTipRole: view.tip}
        says = said.get(role)  # type: ignore[call-overload]
        return says(index.row()) if says is not None else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        return self._view.flags_of(index.row(), super().flags(index))


class RowDelegate(QStyledItemDelegate):
    """Lets the list paint its rows."""

    def __init__(self, view: PaintedList) -> None:
        super().__init__(view)
        self._view = view

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        return self._view.size_of(index.row())

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        if self._view.framed:
            bare = QStyleOptionViewItem(option)
            self.initStyleOption(bare, index)
            bare.text = ""  # type: ignore[attr-defined]
            self._view.style().drawControl(QStyle.ControlElement.CE_ItemViewItem, bare, painter, self._view)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._view.paint_row(painter, QRectF(option.rect), option.state, index.row())  # type: ignore[attr-defined]
        if self._view.framed and option.state & QStyle.StateFlag.State_HasFocus:  # type: ignore[attr-defined]
            focus_ring(painter, QRectF(option.rect), RADIUS / 2)  # type: ignore[attr-defined]
        painter.restore()
