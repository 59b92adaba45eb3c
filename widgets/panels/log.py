"""The Log panel: what happened, newest last, filtered by level and words, with the whole trace of a failure on demand."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSortFilterProxyModel, Qt, Signal
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QAbstractItemView, QFileDialog, QHeaderView, QPlainTextEdit, QSplitter, QTableView

from widgets.fields import ChoiceField, QuietButton, SearchField, describe
from widgets.panel import EmptyState, Panel
from widgets.theme import LOOK, number_font

DEPTH = 5000
LEVELS = (("0", "Everything"), ("20", "Info and up"), ("30", "Warnings and up"), ("40", "Errors"))
TOKENS = ((40, "bad"), (30, "warn"))
COLUMNS = ("Time", "Level", "From", "Message")
LEVEL_ROLE = Qt.ItemDataRole.UserRole
AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line. time: seconds since the epoch. level: as in `logging`. details: a traceback, or ""."""

    time: float
    level: int
    level_name: str
    source: str
    text: str
    details: str = ""

    def line(self) -> str:
        """The row as one line of a text file."""
        return f"{_clock(self.time)} {self.level_name:<8} {self.source}: {self.text}"


class LogPanel(Panel):
    """`append(rows)` adds lines; the oldest go once there are 5000."""

    cleared = Signal()
    saved = Signal(str)

    def __init__(self) -> None:
        super().__init__("Log", scrolling=False)
        self.model = _Lines()
        self.shown = _Filter()
        self.shown.setSourceModel(self.model)
        self.level = ChoiceField("Level", LEVELS, "20", tip="The least level that is shown")
        self.search = SearchField("Search the log", tip="Only lines with these words")
        self.search.setMaximumWidth(240)
        self.table = _table(self.shown)
        self.details = QPlainTextEdit()
        self.details.setReadOnly(True)
        describe(self.details, "Details", "The whole trace of the marked line")
        self.details.hide()
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.table)
        split.addWidget(self.details)
        split.setSizes([700, 400])
        self.add(split, 1)
        copy = QuietButton(icon_role="copy", name="Copy", tip="Copy the marked lines, or all that are shown")
        save = QuietButton(icon_role="save", name="Save", tip="Save all that is shown as a text file")
        clear = QuietButton(icon_role="clear", name="Clear", tip="Empty this list; the log file keeps everything")
        for widget in (clear, save, copy, self.level, self.search):
            self.add_head_action(widget)
        self.set_empty(EmptyState("Nothing has happened yet. Messages and failures appear here.", icon_role="log"))
        self.show_empty(True)
        self.level.chosen.connect(lambda level: self.shown.set_level(int(level)))
        self.shown.set_level(20)
        self.search.textChanged.connect(self.shown.setFilterFixedString)
        self.table.selectionModel().currentRowChanged.connect(self._show_details)
        copy.clicked.connect(self.copy)
        save.clicked.connect(self._save)
        clear.clicked.connect(self._clear)

    def append(self, rows: Sequence[LogRow]) -> None:
        """Add lines; the list follows the newest while it is at its end."""
        bar = self.table.verticalScrollBar()
        follow = bar.value() >= bar.maximum() - 2
        self.model.append(rows)
        self.show_empty(not self.model.rows)
        bad = sum(row.level >= 40 for row in self.model.rows)
        words = f"{len(self.model.rows)} lines" + (f", {bad} error{'s' if bad > 1 else ''}" if bad else "")
        self.set_state(words, "bad" if bad else "")
        if follow:
            self.table.scrollToBottom()

    def text(self) -> str:
        """The marked lines, or all that are shown, as text."""
        marked = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        chosen = marked if len(marked) > 1 else range(self.shown.rowCount())
        rows = [self.model.rows[self.shown.mapToSource(self.shown.index(number, 0)).row()] for number in chosen]
        return "\n".join(row.line() + (f"\n{row.details}" if row.details else "") for row in rows)

    def copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text())

    def _save(self) -> None:
        path, _ = QFileDialog.getSaveFileName(self, "Save log", "kinoscope.log", "Text (*.log *.txt)")
        if path:
            self.saved.emit(path)

    def _clear(self) -> None:
        self.model.clear()
        self.details.hide()
        self.show_empty(True)
        self.set_state("")
        self.cleared.emit()

    def _show_details(self, index: QModelIndex) -> None:
        source = self.shown.mapToSource(index)
        row = self.model.rows[source.row()] if source.isValid() else None
        self.details.setVisible(bool(row and row.details))
        if row is not None:
            self.details.setPlainText(row.details)


class _Lines(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[LogRow] = []

    def append(self, rows: Sequence[LogRow]) -> None:
        if not rows:
            return
        fresh = list(rows)[-DEPTH:]
        surplus = len(self.rows) + len(fresh) - DEPTH
        if surplus > 0:
            self.beginRemoveRows(QModelIndex(), 0, surplus - 1)
            del self.rows[:surplus]
            self.endRemoveRows()
        self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(fresh) - 1)
        self.rows += fresh
        self.endInsertRows()

    def clear(self) -> None:
        self.beginResetModel()
        self.rows = []
        self.endResetModel()

    def rowCount(self, parent: AnyIndex = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: AnyIndex = QModelIndex()) -> int:
        return len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = 0) -> Any:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(self, index: AnyIndex, role: int = 0) -> Any:
        row = self.rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return (_clock(row.time), row.level_name, row.source, row.text)[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole:
            return _color(row, index.column())
        if role == Qt.ItemDataRole.FontRole and index.column() == 0:
            return number_font(11)
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.text
        return row.level if role == LEVEL_ROLE else None


class _Filter(QSortFilterProxyModel):
    def __init__(self) -> None:
        super().__init__()
        self._level = 0
        self.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.setFilterKeyColumn(-1)

    def set_level(self, level: int) -> None:
        self.beginFilterChange()
        self._level = level
        self.endFilterChange(QSortFilterProxyModel.Direction.Rows)

    def filterAcceptsRow(self, source_row: int, source_parent: AnyIndex) -> bool:
        level = self.sourceModel().index(source_row, 0).data(LEVEL_ROLE)
        return level >= self._level and super().filterAcceptsRow(source_row, source_parent)


def _table(model: _Filter) -> QTableView:
    table = QTableView()
    table.setModel(model)
    table.setShowGrid(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(24)
    head = table.horizontalHeader()
    head.setSectionResizeMode(3, QHeaderView.ResizeMode.Stretch)
    head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for column, width in enumerate((88, 72, 160)):
        table.setColumnWidth(column, width)
    table.setWordWrap(False)
    describe(table, "Log lines", "What happened, newest last")
    return table


def _color(row: LogRow, column: int) -> QColor:
    if column == 1:
        token = next((token for level, token in TOKENS if row.level >= level), "muted")
        return LOOK.now.color(token)
    return LOOK.now.color("text" if column == 3 else "muted")


def _clock(seconds: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(seconds)) + f".{int(seconds % 1 * 1000):03d}"
