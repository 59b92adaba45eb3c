"""The Log panel: lists what was logged, filtered by level and words, with the traceback of the chosen line."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHeaderView, QTableView

from widgets.kit.fields import trace_view
from widgets.kit.figures_table import plain_table
from widgets.kit.icons import icon
from widgets.kit.layouts import split_of
from widgets.kit.panel import ChoiceField, EmptyState, Panel, QuietButton, SearchField
from widgets.kit.save_file import ask_file
from widgets.kit.theme import ICON, LOOK, number_font

DEPTH = 5000
COLUMNS = ("Time", "Level", "From", "What happened")
LEVELS = {"all": 0, "info": 20, "warn": 30, "bad": 40}
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line. time: seconds since the epoch. level: as in `logging`, and its name. details: a traceback, or ""."""

    time: float
    level: int
    level_name: str
    logger: str
    text: str
    details: str = ""


class LogPanel(Panel):
    """Takes lines by `append`; shows those that pass the level and the search."""

    cleared = Signal()
    saved = Signal(str)

    def __init__(self, depth: int = DEPTH) -> None:
        super().__init__("Log", scrolling=False)
        self._rows: deque[LogRow] = deque(maxlen=depth)
        self._model = _Lines(depth)
        levels = [("all", "All"), ("info", "Info"), ("warn", "Warnings"), ("bad", "Errors")]
        self.level = ChoiceField("Level", levels, "info", tip="Lines of this level and above")
        self.search = SearchField("Search the log", placeholder="Search", tip="Lines that contain these words")
        self.search.setMinimumWidth(64)
        self.search.setMaximumWidth(150)
        self.copy = QuietButton("", "copy", "Copy the lines that are shown, or the selected ones", name="Copy")
        self.save = QuietButton("", "save", "Save the lines that are shown as a text file", name="Save log")
        self.clear = QuietButton("", "clear", "Empty this list; the log file keeps everything", name="Clear")
        self.add_head(self.level, self.search, self.copy, self.save, self.clear)
        self.table = _Table(self._model)
        self.details = trace_view("Details", "The traceback of the chosen line")
        self.details.hide()
        self.add(split_of(self.table, self.details, sizes=(600, 360)), 1)
        self.set_empty(EmptyState("Nothing has been logged yet.", "", "log"))
        for changed in (self.level.chosen, self.search.textChanged):
            changed.connect(self._refilter)
        for button, act in ((self.copy, self._copy), (self.save, self._save), (self.clear, self._clear)):
            button.clicked.connect(act)
        self.table.selectionModel().currentChanged.connect(self._choose)
        self._refilter()

    def append(self, rows: Sequence[LogRow]) -> None:
        """New lines, oldest first. The view follows when it was at its end."""
        bar = self.table.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 4
        self._rows.extend(rows)
        self._model.append([row for row in rows if self._passes(row)])
        if at_end:
            self.table.scrollToBottom()
        self._count()

    def text(self) -> str:
        """The lines that are shown, as text."""
        return "\n".join(line_text(row) for row in self._model.rows)

    @property
    def shown(self) -> list[LogRow]:
        """The lines that pass the filters."""
        return list(self._model.rows)

    def _passes(self, row: LogRow) -> bool:
        words = self.search.text().casefold().split()
        line = f"{row.logger} {row.text}".casefold()
        return row.level >= LEVELS[self.level.value()] and all(word in line for word in words)

    def _refilter(self, *_values: object) -> None:
        self._model.replace([row for row in self._rows if self._passes(row)])
        self.table.scrollToBottom()
        self._count()

    def _count(self) -> None:
        bad = sum(row.level >= 40 for row in self._rows)
        warned = sum(30 <= row.level < 40 for row in self._rows)
        counts = ((len(self._rows), "line"), (bad, "error"), (warned, "warning"))
        words = [f"{count} {word}" + "s" * (count != 1) for count, word in counts if count]
        self.set_state(", ".join(words), "bad" if bad else "warn" if warned else "")
        self.show_empty(not self._rows)

    def _choose(self, current: QModelIndex, _before: QModelIndex) -> None:
        details = self._model.rows[current.row()].details if current.isValid() else ""
        self.details.setPlainText(details)
        self.details.setVisible(bool(details))

    def _copy(self) -> None:
        chosen = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        rows = [self._model.rows[number] for number in chosen] if len(chosen) > 1 else list(self._model.rows)
        QGuiApplication.clipboard().setText("\n".join(line_text(row) for row in rows))

    def _save(self) -> None:
        if path := ask_file(self, "Save log", "log", "Text files (*.txt *.log)", "kinoscope log.txt"):
            self.saved.emit(path)

    def _clear(self) -> None:
        self._rows.clear()
        self._refilter()
        self.cleared.emit()


class _Lines(QAbstractTableModel):
    """The lines that are shown; the oldest go when there are more than `depth`."""

    def __init__(self, depth: int) -> None:
        super().__init__()
        self.rows: list[LogRow] = []
        self._depth = depth

    def append(self, rows: Sequence[LogRow]) -> None:
        if not (rows := rows[-self._depth :]):
            return
        surplus = len(self.rows) + len(rows) - self._depth
        if surplus > 0:
            self.beginRemoveRows(QModelIndex(), 0, surplus - 1)
            del self.rows[:surplus]
            self.endRemoveRows()
        self.beginInsertRows(QModelIndex(), len(self.rows), len(self.rows) + len(rows) - 1)
        self.rows.extend(rows)
        self.endInsertRows()

    def replace(self, rows: Sequence[LogRow]) -> None:
        self.beginResetModel()
        self.rows = list(rows)
        self.endResetModel()

    def rowCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(self.rows)

    def columnCount(self, parent: Index = QModelIndex()) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if orientation == Qt.Orientation.Horizontal and role == Qt.ItemDataRole.DisplayRole:
            return COLUMNS[section]
        return None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        row, column = self.rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return (_clock(row.time), row.level_name, row.logger, row.text.partition("\n")[0])[column]
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.text
        if role == Qt.ItemDataRole.FontRole and column == 0:
            return number_font(11)
        if role == Qt.ItemDataRole.ForegroundRole:
            warns = row.level >= 30 and column in (1, 3)
            return LOOK.now.color(_mark(row)[1] if warns else "text" if column == 3 else "muted")
        if role == Qt.ItemDataRole.DecorationRole and column == 1:
            return icon(*_mark(row))
        return None


class _Table(QTableView):
    """The lines in four columns."""

    def __init__(self, model: _Lines) -> None:
        super().__init__()
        self.setModel(model)
        plain_table(self, "Log lines", "Choose a line to see its details", 26)
        self.setWordWrap(False)
        self.setIconSize(QSize(ICON - 2, ICON - 2))
        self.setMinimumWidth(240)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setStretchLastSection(True)
        for column, wide in enumerate((104, 96, 132)):
            self.setColumnWidth(column, wide)

    def resizeEvent(self, event) -> None:  # noqa: ANN001  (Qt's own type)
        self.setColumnHidden(2, self.width() < 560)
        super().resizeEvent(event)


def line_text(row: LogRow) -> str:
    """A line, its details below it, as it stands in a text file."""
    stamp = time.strftime("%Y-%m-%d %H:%M:%S", time.localtime(row.time))
    head = f"{stamp} {row.level_name:<8} {row.logger}: {row.text}"
    return head + ("\n    " + row.details.rstrip().replace("\n", "\n    ") if row.details else "")


def _clock(seconds: float) -> str:
    return time.strftime("%H:%M:%S", time.localtime(seconds)) + f".{int(seconds % 1 * 1000):03d}"


def _mark(row: LogRow) -> tuple[str, str]:
    """Icon and colour of a line's level."""
    return ("bad", "bad") if row.level >= 40 else ("warn", "warn") if row.level >= 30 else ("info", "muted")
