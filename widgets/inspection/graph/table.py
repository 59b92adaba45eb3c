"""The nodes of a graph as a table that is sorted by any figure and filtered by the search."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtWidgets import QAbstractItemView, QHeaderView, QTableView

from engines.inspection.layout.table import NodeRow
from widgets.inspection.graph.words import bytes_text, close_shape, ms_text, op_text, share_text, short
from widgets.kit.figures_table import ROW_HEIGHT, plain_table
from widgets.kit.theme import number_font

Index = QModelIndex | QPersistentModelIndex
NOWHERE = QModelIndex()
Column = tuple[str, str, int, Callable[[NodeRow], str], Callable[[NodeRow], Any]]
COLUMNS: tuple[Column, ...] = (
    ("Name", "The layer's name everywhere in the Inspector", 240, lambda row: row.name, lambda row: row.name.lower()),
    ("Operator", "As the file calls it", 120, lambda row: op_text(row.op), lambda row: op_text(row.op).lower()),
    ("Output", "Shape of its first output", 130, lambda row: close_shape(row.shape), lambda row: row.shape),
    ("Type", "Numbers of its first output", 70, lambda row: row.dtype, lambda row: row.dtype),
    ("Params", "Shared ones at their first reader", 84, lambda row: short(row.parameters), lambda row: row.parameters),
    ("%", "Share of all parameters", 68, lambda row: share_text(row.shares[0]), lambda row: row.shares[0]),
    ("Mult-adds", "Multiply-adds", 84, lambda row: short(row.multiply_adds), lambda row: row.multiply_adds),
    ("%", "Share of all multiply-adds", 68, lambda row: share_text(row.shares[1]), lambda row: row.shares[1]),
    ("Memory", "Of its outputs", 84, lambda row: bytes_text(row.bytes), lambda row: row.bytes),
    ("%", "Share of the memory of all outputs", 68, lambda row: share_text(row.shares[2]), lambda row: row.shares[2]),
    ("Time", "On this machine, once measured", 84, lambda row: ms_text(row.ms), lambda row: row.ms),
    ("%", "Share of the time of all", 68, lambda row: share_text(row.shares[3]), lambda row: row.shares[3]),
)  # fmt: skip
"""Title, tip, width, words and sorting figure of each."""
TEXTS, TIMES = 4, (10, 11)
"""Columns of words, to the left; those that are there once times were measured."""
MEMORY = (8, 9)


class NodesModel(QAbstractTableModel):
    """Rows in an order of their own; `all` are those that could be shown."""

    def __init__(self) -> None:
        super().__init__()
        self.all: tuple[NodeRow, ...] = ()
        self.rows: list[NodeRow] = []
        self._sorted: tuple[int, bool] = (-1, False)
        self._only: frozenset[str] | None = None
        self._font = number_font(13)

    def show(self, rows: Sequence[NodeRow], only: frozenset[str] | None) -> bool:
        """only: names of the rows that are wanted, None for all. Whether anything changed."""
        if rows is self.all and only == self._only:
            return False
        self.beginResetModel()
        self.all, self._only = tuple(rows) if not isinstance(rows, tuple) else rows, only
        self._arrange()
        self.endResetModel()
        return True

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a figure; what is not known stands last. Column -1: in order of execution."""
        self.layoutAboutToBeChanged.emit()
        before = [self.rows[index.row()].name for index in self.persistentIndexList()]
        old = self.persistentIndexList()
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
            key = COLUMNS[column][4]
            known = sorted((row for row in shown if key(row) is not None), key=key, reverse=down)
            shown = known + [row for row in shown if key(row) is None]
        self.rows = shown

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        roles, column = Qt.ItemDataRole, index.column()
        if role == roles.DisplayRole:
            return COLUMNS[column][3](self.rows[index.row()])
        if role == roles.ToolTipRole:
            row = self.rows[index.row()]
            exact = COLUMNS[column][4](row)
            return f"{exact:,}" if isinstance(exact, int) else COLUMNS[column][3](row)
        if role == roles.TextAlignmentRole:
            return _side(column)
        return self._font if role == roles.FontRole else None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        told = {Qt.ItemDataRole.DisplayRole: 0, Qt.ItemDataRole.ToolTipRole: 1}
        return COLUMNS[section][told[Qt.ItemDataRole(role)]] if role in told else None


class NodesTable(QTableView):
    """`picked(name)` when the user goes to a row; `used(name)` on Return or double click."""

    picked = Signal(str)
    used = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.nodes = NodesModel()
        self._quiet = False
        self.setModel(self.nodes)
        plain_table(self, "Layers", "Click a heading to sort; a row selects its box in the graph", ROW_HEIGHT)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        head = self.horizontalHeader()
        head.setSectionResizeMode(QHeaderView.ResizeMode.Interactive)
        head.setSortIndicatorClearable(True)
        head.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        self.setSortingEnabled(True)
        for place, column in enumerate(COLUMNS):
            self.setColumnWidth(place, column[2])
        self.selectionModel().currentChanged.connect(self._tell)
        self.doubleClicked.connect(lambda index: self.used.emit(self.nodes.rows[index.row()].name))

    def show_rows(self, rows: tuple[NodeRow, ...], only: frozenset[str] | None, selected: str) -> None:
        """These nodes, of those only the ones of a search; one of them selected."""
        self._quiet = True
        if self.nodes.show(rows, only):
            for columns, known in ((TIMES, any(row.ms is not None for row in rows)),
                                   (MEMORY, any(row.bytes is not None for row in rows))):  # fmt: skip
                for column in columns:
                    self.setColumnHidden(column, not known)
        self._select(selected)
        self._quiet = False

    def _select(self, name: str) -> None:
        current = self.currentIndex()
        if current.isValid() and self.nodes.rows[current.row()].name == name:
            return
        place = next((place for place, row in enumerate(self.nodes.rows) if row.name == name), -1)
        index = self.nodes.index(place, 0) if place >= 0 else NOWHERE
        flags = QItemSelectionModel.SelectionFlag
        how = flags.ClearAndSelect | flags.Rows if place >= 0 else flags.Clear
        self.selectionModel().setCurrentIndex(index, how)
        if place >= 0:
            self.scrollTo(index)

    def _tell(self, index: QModelIndex) -> None:
        if index.isValid() and not self._quiet:
            self.picked.emit(self.nodes.rows[index.row()].name)


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column < TEXTS else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
