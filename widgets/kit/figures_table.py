"""A table of figures to read and copy (Ctrl+C, right click); one row can be marked."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QFont, QGuiApplication, QKeyEvent, QKeySequence, QResizeEvent
from PySide6.QtWidgets import QAbstractButton, QAbstractItemView, QHeaderView, QSizePolicy, QTableView

from engines.core.words import tr
from widgets.kit.fields import describe
from widgets.kit.menus import menu_of, pop_up
from widgets.kit.theme import LOOK, high, number_font

ROW_HEIGHT, TWO_LINES = 26, 42
PAIR = " \u2013 "
"""Between the two names of a row that is of a pair."""
MOST_FIRST = 0.34
"""Share of the width that the first column keeps at the most where the others need more; words lose their middle."""
NOWHERE = QModelIndex()
DASH = "\u2013"
"""Stands for a figure that was not measured."""
Index = QModelIndex | QPersistentModelIndex
Row = tuple[str, ...]
Cell = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Shown:
    """What a table shows. marked: row set in bold, -1 none; strong: cells set in bold; told: tips of cells. Cells are
    by row and column."""

    headers: Row
    rows: tuple[Row, ...] = ()
    marked: int = -1
    strong: frozenset[Cell] = frozenset()
    told: Mapping[Cell, str] = field(default_factory=dict)


class FiguresModel(QAbstractTableModel):
    """Rows of words; the first column to the left, figures to the right."""

    def __init__(self, headers: Row, tips: Row) -> None:
        super().__init__()
        self.shown, self.tips = Shown(headers), tips
        self.stacked = False

    def show(self, shown: Shown) -> bool:
        """Whether anything changed."""
        if shown == self.shown:
            return False
        self.beginResetModel()
        self.shown = shown
        self.endResetModel()
        return True

    def rowCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.shown.rows)

    def columnCount(self, parent: Index = NOWHERE) -> int:
        return 0 if parent.isValid() else len(self.shown.headers)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        roles, cell = Qt.ItemDataRole, (index.row(), index.column())
        text, strong = self.shown.rows[cell[0]][cell[1]], cell[0] == self.shown.marked or cell in self.shown.strong
        if role == roles.DisplayRole:
            return text.replace(PAIR, f"{PAIR.rstrip()}\n") if self.stacked and not cell[1] else text
        if role == roles.ToolTipRole:
            return self.shown.told.get(cell, tr("Not measured") if text == DASH else text)
        if role == roles.TextAlignmentRole:
            return _side(index.column())
        if role == roles.FontRole:
            font = number_font(13)
            font.setWeight(QFont.Weight.DemiBold if strong else QFont.Weight.Normal)
            return font
        if role == roles.ForegroundRole and strong:
            return LOOK.now.color("accent")
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if orientation != Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.DisplayRole:
            return self.shown.headers[section]
        if role == Qt.ItemDataRole.ToolTipRole:
            return self.tips[section] if section < len(self.tips) else self.shown.headers[section]
        return _side(section) if role == Qt.ItemDataRole.TextAlignmentRole else None


class FiguresTable(QTableView):
    """`rowUsed(row)` on double click or Return. As high as its rows, up to `most` of them.

    The columns are given in order of their weight: where there is little room the last are left out. firm: so many
    first ones are worth that the two names of a pair stand below each other.
    """

    rowUsed = Signal(int)

    def __init__(
        self, name: str, headers: Sequence[str], tips: Sequence[str] = (), *, most: int = 8, firm: int = 0
    ) -> None:
        super().__init__()
        self._model = FiguresModel(tuple(headers), tuple(tips))
        self._most, self._firm = most, firm
        self.setModel(self._model)
        plain_table(self, name, tr("Right click copies the table"))
        self.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setTabKeyNavigation(False)
        self.setTextElideMode(Qt.TextElideMode.ElideMiddle)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.horizontalHeader().setMinimumSectionSize(40)
        self.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        self.doubleClicked.connect(lambda index: self.rowUsed.emit(index.row()))
        self._fit_height()
        LOOK.packed.connect(self._pack)

    @property
    def rows(self) -> tuple[Row, ...]:
        return self._model.shown.rows

    @property
    def marked(self) -> int:
        return self._model.shown.marked

    @property
    def shown(self) -> Shown:
        return self._model.shown

    def show_rows(self, rows: Sequence[Row], marked: int = -1) -> None:
        """Show these; equal ones touch nothing."""
        self.show_cells(Shown(self._model.shown.headers, tuple(rows), marked))

    def show_cells(self, shown: Shown) -> None:
        """The same with other headings, and with cells that are marked or have tips of their own."""
        if self._model.show(shown):
            self._fit_columns()

    def set_most(self, rows: int) -> None:
        """Higher or lower where there is other room; beyond so many rows it scrolls."""
        if rows != self._most:
            self._most = rows
            self._fit_height()

    def csv(self) -> str:
        return csv_text([self._model.shown.headers, *self._model.shown.rows])

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.matches(QKeySequence.StandardKey.Copy):
            QGuiApplication.clipboard().setText(self.csv())
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.currentIndex().isValid():
            self.rowUsed.emit(self.currentIndex().row())
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        copy = ("copy", tr("Copy table"), lambda: QGuiApplication.clipboard().setText(self.csv()))
        pop_up(menu_of(self, copy), event.globalPos())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.size().width() != event.oldSize().width():
            self._fit_columns()

    def _fit_columns(self) -> None:
        """Each as wide as its words and a share of what is left; where there is too little, the last go first.

        What was measured of no row has no column.
        """
        head, headers = self.horizontalHeader(), self._model.shown.headers
        for column in range(len(headers)):
            self.setColumnHidden(column, False)
        told = [n for n in range(len(headers)) if n == 0 or not self._untold(n)]
        room = self.viewport().width()
        self._model.stacked = False
        wides = self._wides(told)
        if any(PAIR in row[0] for row in self.rows) and sum(wides[n] for n in told[: self._firm]) > room:
            self._model.stacked = True
            wides = self._wides(told)
        wanted = wides[0]
        if sum(wides.values()) > room:
            wides[0] = min(wanted, max(round(room * MOST_FIRST), head.sectionSizeHint(0)))
        shown = max((n for n in range(1, len(told) + 1) if sum(wides[c] for c in told[:n]) <= room), default=1)
        left = max(room - sum(wides[c] for c in told[:shown]), 0)
        wides[0], left = min(wanted, wides[0] + left), max(left - wanted + wides[0], 0)
        spare = left // shown
        for column in range(len(headers)):
            self.setColumnHidden(column, column not in told[:shown])
        for column in told[:shown]:
            self.setColumnWidth(column, wides[column] + spare)
        self._fit_height()

    def _wides(self, columns: Sequence[int]) -> dict[int, int]:
        """What each column needs."""
        head = self.horizontalHeader()
        return {n: max(self.sizeHintForColumn(n), head.sectionSizeHint(n)) for n in columns}

    def _untold(self, column: int) -> bool:
        return bool(self.rows) and all(row[column] == DASH for row in self.rows)

    def _pack(self) -> None:
        pack_rows(self)
        self._fit_height()

    def _fit_height(self) -> None:
        shown = min(max(len(self.rows), 1), self._most)
        line = high(TWO_LINES if self._model.stacked else ROW_HEIGHT)
        self.verticalHeader().setDefaultSectionSize(line)
        self.setFixedHeight(line * shown + self.horizontalHeader().sizeHint().height() + 2)


def plain_table(table: QTableView, name: str, tip: str) -> None:
    """Rows of one height without lines between them, chosen whole; it never scrolls across."""
    head, side = table.horizontalHeader(), table.verticalHeader()
    for part, words in ((table, tip), (head, tr("{name}: headings", name=name)), (side, tr("{name}: rows", name=name))):
        describe(part, name if part is table else words, words)
    for corner in table.findChildren(QAbstractButton):
        describe(corner, tr("{name}: all rows", name=name))
    table.setShowGrid(False)
    table.setTabKeyNavigation(False)
    table.setProperty("ringed", "true")
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    side.hide()
    pack_rows(table)
    head.setHighlightSections(False)


def pack_rows(table: QTableView) -> None:
    """Rows of the height of now."""
    table.verticalHeader().setMinimumSectionSize(high(ROW_HEIGHT))
    table.verticalHeader().setDefaultSectionSize(high(ROW_HEIGHT))


def csv_text(rows: Iterable[Sequence[str]]) -> str:
    """Rows as the text of a CSV file."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignLeft if column == 0 else Qt.AlignmentFlag.AlignRight
    return side | Qt.AlignmentFlag.AlignVCenter
