"""A table of many rows that is sorted by any column: words to the left, figures to the right, what is unknown last."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from widgets.kit.figures_table import pack_rows, plain_table
from widgets.kit.theme import LOOK, number_font

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()


@dataclass(frozen=True, slots=True)
class Column:
    """words: what a row says in it; key: what it is sorted by, None where that is not known. figure: to the right."""

    title: str
    tip: str
    width: int
    words: Callable[[Any], str]
    key: Callable[[Any], Any]
    figure: bool = True


class RowsModel(QAbstractTableModel):
    """Rows have a `name` that is theirs alone."""

    def __init__(self, columns: Sequence[Column]) -> None:
        super().__init__()
        self.columns = tuple(columns)
        self.all: tuple[Any, ...] = ()
        self.rows: list[Any] = []
        self._only: frozenset[str] | None = None
        self._sorted: tuple[int, bool] = (-1, False)
        self._font = number_font(13)

    def show(self, rows: tuple[Any, ...], only: frozenset[str] | None) -> bool:
        """only: names of the rows that are wanted, None for all. Whether anything changed."""
        if rows is self.all and only == self._only:
            return False
        self.beginResetModel()
        self.all, self._only = rows, only
        self._arrange()
        self.endResetModel()
        return True

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; -1 for the order in which the rows came."""
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        before = [self.rows[index.row()].name for index in old]
        self._sorted = (column, order == Qt.SortOrder.DescendingOrder)
        self._arrange()
        places = {row.name: place for place, row in enumerate(self.rows)}
        moved = [self.index(places[name], index.column()) for name, index in zip(before, old, strict=True)]
        self.changePersistentIndexList(old, moved)
        self.layoutChanged.emit()

    def _arrange(self) -> None:
        shown = [row for row in self.all if self._only is None or row.name in self._only]
        column, down = self._sorted
        if column >= 0:
            key = self.columns[column].key
            known = sorted((row for row in shown if key(row) is not None), key=key, reverse=down)
            shown = known + [row for row in shown if key(row) is None]
        self.rows = shown

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.columns)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        roles, column = Qt.ItemDataRole, self.columns[index.column()]
        if role == roles.DisplayRole:
            return column.words(self.rows[index.row()])
        if role == roles.ToolTipRole:
            row = self.rows[index.row()]
            exact = column.key(row)
            return f"{exact:,}" if isinstance(exact, int) else column.words(row)
        if role == roles.TextAlignmentRole:
            return _side(column)
        return self._font if role == roles.FontRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        column, roles = self.columns[section], Qt.ItemDataRole
        return {roles.DisplayRole: column.title, roles.ToolTipRole: column.tip,
                roles.TextAlignmentRole: _side(column)}.get(roles(role))  # fmt: skip


class RowsTable(QTableView):
    """`picked(name)` when the user goes to a row; `used(name)` on Return or double click."""

    picked = Signal(str)
    used = Signal(str)

    def __init__(self, name: str, tip: str, columns: Sequence[Column]) -> None:
        super().__init__()
        self.given = True
        self.held = RowsModel(columns)
        self._quiet = False
        self.setModel(self.held)
        plain_table(self, name, tip)
        LOOK.packed.connect(self._pack)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setSortIndicatorClearable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        for place, column in enumerate(self.held.columns):
            self.setColumnWidth(place, column.width)
        self.selectionModel().currentChanged.connect(self._tell)
        self.activated.connect(lambda index: self.used.emit(self.held.rows[index.row()].name))

    def show_rows(self, rows: tuple[Any, ...], only: frozenset[str] | None = None, selected: str = "") -> None:
        """These rows, of those only the ones of these names; one of them selected. Columns that say nothing of any row
        are hidden."""
        self._quiet = True
        if self.held.show(rows, only):
            for place, column in enumerate(self.held.columns):
                self.setColumnHidden(place, bool(rows) and all(column.key(row) is None for row in rows))
        self._select(selected)
        self._quiet = False

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Room that is left over goes to the first column."""
        super().resizeEvent(event)
        wide = sum(column.width for place, column in enumerate(self.held.columns) if not self.isColumnHidden(place))
        self.setColumnWidth(0, self.held.columns[0].width + max(self.viewport().width() - wide, 0))

    def _select(self, name: str) -> None:
        current = self.currentIndex()
        if current.isValid() and self.held.rows[current.row()].name == name:
            return
        place = next((place for place, row in enumerate(self.held.rows) if row.name == name), -1)
        index = self.held.index(place, 0) if place >= 0 else NOWHERE
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows if place >= 0 else flags.Clear)
        if place >= 0:
            self.scrollTo(index)

    def _pack(self) -> None:
        pack_rows(self)

    def _tell(self, index: QModelIndex) -> None:
        if index.isValid() and not self._quiet:
            self.picked.emit(self.held.rows[index.row()].name)


def _side(column: Column) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column.figure else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
