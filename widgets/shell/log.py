"""The Log panel: lists what was logged, filtered by level and words, with the traceback of the chosen line."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableView

from engines.core.words import tr, tr_count
from widgets.kit.fields import describe
from widgets.kit.figures_table import pack_rows, plain_table
from widgets.kit.icons import icon
from widgets.kit.keeping.fields import KEPT, keep
from widgets.kit.layouts import held, row_of, split_of
from widgets.kit.panel import ChoiceField, EmptyState, Panel, QuietButton, SearchField
from widgets.kit.save_file import ask_file
from widgets.kit.theme import ICON, LOOK, number_font
from widgets.shell.trace import trace_view

DEPTH = 100_000
COLUMNS = (tr("Time"), tr("Level"), tr("From"), tr("What happened"))
NAMES = {"debug": tr("debug"), "info": tr("info"), "warning": tr("warning"), "error": tr("error")}
ORIGIN = "log.origin"
ROOM_FOR_FILTERS = 700
"""Pixels of a panel whose head has room for the filters."""
LEVELS = {"all": 0, "info": 20, "warn": 30, "bad": 40}
Index = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class LogRow:
    """One line. time: seconds since the epoch. level: as in `logging`, and its name. details: a traceback, or "".

    origin: the part of the program that said it, as people know it.
    """

    time: float
    level: int
    level_name: str
    logger: str
    text: str
    details: str = ""
    origin: str = ""


BESIDE_LEVEL = 42
"""Pixels of a cell beside the word of its level."""


class LogPanel(Panel):
    """Takes lines by `append`; shows those that pass the level and the search."""

    cleared = Signal()
    saved = Signal(str)

    def __init__(self, depth: int = DEPTH) -> None:
        super().__init__(tr("Log"), scrolling=False)
        self._rows: deque[tuple[LogRow, str]] = deque(maxlen=depth)
        self._held: list[LogRow] = []
        self._bad = self._warned = 0
        self._model = _Lines(depth)
        levels = [("all", tr("All")), ("info", tr("Info")), ("warn", tr("Warnings")), ("bad", tr("Errors"))]
        self.level = ChoiceField(tr("Level"), levels, "info", tip=tr("Lines of this level and above"))
        self.origin = ChoiceField(tr("From"), tip=tr("Lines of one part of the program"))
        self.level.setMinimumWidth(72)
        self.origin.setMinimumContentsLength(12)
        self.origin.setMinimumWidth(40)
        self._origins: list[str] = []
        self._offer_origins()
        self.search = SearchField(
            tr("Search the log"), placeholder=tr("Search"), tip=tr("Lines that contain these words")
        )
        self.search.setMinimumWidth(64)
        keep("log", level=self.level, search=self.search)
        self.origin.chosen.connect(partial(KEPT.take, ORIGIN))
        KEPT.add(ORIGIN, self)
        self.follow = QuietButton(
            "", "pause", tr("Hold new lines back while you read"), name=tr("Pause"), checkable=True
        )
        self.copy = QuietButton("", "copy", tr("Copy the lines that are shown, or the selected ones"), name=tr("Copy"))
        self.save = QuietButton("", "save", tr("Save the lines that are shown as a text file"), name=tr("Save log"))
        self.clear = QuietButton("", "clear", tr("Empty this list; the log file keeps everything"), name=tr("Clear"))
        self.add_head(self.follow, self.copy, self.save, self.clear)
        self._filters = held(row_of(self.level, self.origin, (self.search, 1), spacing=6))
        self.add(self._filters)
        self.table = _Table(self._model)
        self.details = trace_view(tr("Details"), tr("Where it failed, line by line"))
        self.details.hide()
        self.add(split_of(self.table, self.details, sizes=(600, 360)), 1)
        self.set_empty(EmptyState(tr("Nothing has been logged yet."), "", "log"))
        for changed in (self.level.chosen, self.origin.chosen, self.search.textChanged):
            changed.connect(self._refilter)
        for button, act in ((self.copy, self._copy), (self.save, self._save), (self.clear, self._clear)):
            button.clicked.connect(act)
        self.follow.toggled.connect(self._pause)
        self.table.selectionModel().currentChanged.connect(self._choose)
        self._refilter()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where it is wide the filters stand in the head, so that more lines are seen."""
        super().resizeEvent(event)
        wide = self.width() >= ROOM_FOR_FILTERS
        place, other = (self.head.buttons, self.body) if wide else (self.body, self.head.buttons)
        if place.indexOf(self._filters) < 0:
            other.removeWidget(self._filters)
            place.insertWidget(place.count() if wide else 0, self._filters)
        edge = 0 if wide else 12
        self._filters.setContentsMargins(edge, 0, edge, 0)

    def append(self, rows: Sequence[LogRow]) -> None:
        """New lines, oldest first. The view follows when it was at its end; while it is paused they wait."""
        if self.follow.isChecked():
            self._held.extend(rows)
            del self._held[: -self._depth]
        else:
            self._take(rows)
        self._count()

    def show_kept(self, origin: object) -> None:
        """The part that lines were of before, whether it has said something yet or not."""
        self._offer_origins(str(origin))
        self._refilter()

    def text(self) -> str:
        """The lines that are shown, as text."""
        return "\n".join(line_text(row) for row in self._model.rows)

    @property
    def shown(self) -> list[LogRow]:
        """The lines that pass the filters."""
        return list(self._model.rows)

    @property
    def _depth(self) -> int:
        return self._rows.maxlen or DEPTH

    def _take(self, rows: Sequence[LogRow]) -> None:
        bar = self.table.verticalScrollBar()
        at_end = bar.value() >= bar.maximum() - 4
        passes = self._filter()
        new = [(row, f"{row.origin} {row.logger} {row.text}".casefold()) for row in rows]
        for pair in new:
            self._keep(pair)
        self._model.append([row for row, words in new if passes(row, words)])
        if {row.origin for row in rows} - {"", *self._origins}:
            self._offer_origins()
        if at_end:
            self.table.scrollToBottom()

    def _keep(self, pair: tuple[LogRow, str]) -> None:
        """Counts follow what comes and what goes, so that a line costs the same however many there are."""
        if len(self._rows) == self._depth:
            self._tally(self._rows[0][0], -1)
        self._rows.append(pair)
        self._tally(pair[0], 1)

    def _tally(self, row: LogRow, step: int) -> None:
        self._bad += step * (row.level >= 40)
        self._warned += step * (30 <= row.level < 40)

    def _filter(self) -> Callable[[LogRow, str], bool]:
        least, origin, words = LEVELS[self.level.value()], self.origin.value(), self.search.text().casefold().split()

        def passes(row: LogRow, line: str) -> bool:
            return row.level >= least and origin in ("", row.origin) and all(word in line for word in words)

        return passes

    def _offer_origins(self, chosen: str | None = None) -> None:
        """Those that said something so far, and the chosen one."""
        chosen = self.origin.value() if chosen is None else chosen
        self._origins = sorted({chosen, *(row.origin for row, _ in self._rows)} - {""})
        self.origin.set_choices([("", tr("All parts")), *((name, name) for name in self._origins)], chosen)

    def _refilter(self, *_values: object) -> None:
        passes = self._filter()
        self._model.replace([row for row, words in self._rows if passes(row, words)])
        self.table.scrollToBottom()
        self._count()

    def _pause(self, on: bool) -> None:
        self.follow.set_icon("play" if on else "pause")
        name = tr("Follow") if on else tr("Pause")
        describe(self.follow, name, tr("Show what came meanwhile") if on else tr("Hold new lines back while you read"))
        held, self._held = self._held, []
        self._take(held)
        self._count()

    def _count(self) -> None:
        bad, warned, held = self._bad, self._warned, len(self._held)
        words = [tr_count(len(self._rows), "{n} line", "{n:,} lines")] if self._rows else []
        words += [tr_count(bad, "{n} error", "{n:,} errors")] if bad else []
        words += [tr_count(warned, "{n} warning", "{n:,} warnings")] if warned else []
        if self.follow.isChecked():
            words.append(tr_count(held, "paused, {n} new", "paused, {n} new"))
        self.set_state(", ".join(words), "bad" if bad else "warn" if warned else "")
        self.show_empty(not self._rows and not held)

    def _choose(self, current: QModelIndex, _before: QModelIndex) -> None:
        details = self._model.rows[current.row()].details if current.isValid() else ""
        self.details.setPlainText(details)
        self.details.setVisible(bool(details))

    def _copy(self) -> None:
        chosen = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        rows = [self._model.rows[number] for number in chosen] if len(chosen) > 1 else list(self._model.rows)
        QGuiApplication.clipboard().setText("\n".join(line_text(row) for row in rows))

    def _save(self) -> None:
        if path := ask_file(self, tr("Save log"), "log", tr("Text files (*.txt *.log)"), "kinoscope log.txt"):
            self.saved.emit(path)

    def _clear(self) -> None:
        self._rows.clear()
        self._held.clear()
        self._bad = self._warned = 0
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
            return (
                _clock(row.time),
                NAMES.get(row.level_name, row.level_name),
                row.origin or row.logger,
                row.text.partition("\n")[0],
            )[column]
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
        self.given = True
        self.setModel(model)
        plain_table(self, tr("Log lines"), tr("Choose a line to see its details"))
        LOOK.packed.connect(self._pack)
        self.setWordWrap(False)
        self.setIconSize(QSize(ICON - 2, ICON - 2))
        self.setMinimumWidth(240)
        self.verticalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Fixed)
        head = self.horizontalHeader()
        head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        head.setStretchLastSection(True)
        level = max(map(self.fontMetrics().horizontalAdvance, NAMES.values())) + BESIDE_LEVEL
        for column, wide in enumerate((104, max(96, level), 132)):
            self.setColumnWidth(column, wide)

    def _pack(self) -> None:
        pack_rows(self)

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
