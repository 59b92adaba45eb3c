"""The Jobs panel: what runs, what waits and what has ended, with progress, time left, cancel, and why one failed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QGuiApplication, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QPlainTextEdit,
    QSplitter,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from widgets.fields import QuietButton, describe
from widgets.icons import draw_icon
from widgets.panel import EmptyState, Panel
from widgets.pill import LEVEL_ICONS, LEVEL_TOKENS
from widgets.theme import LOOK, number_font

COLUMNS = ("Job", "State", "Progress", "Time")
ROW = Qt.ItemDataRole.UserRole
AnyIndex = QModelIndex | QPersistentModelIndex


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job as the list shows it.

    state, level: a word and "good", "warn", "bad", "busy" or "". fraction: 0 to 1, None where it cannot be told.
    note: what it is doing. time: "2 min left", "took 3.1 s". active: can be cancelled. trace: for a failure.
    result: path of the file it made, "" for none.
    """

    id: int
    title: str
    state: str
    level: str = ""
    fraction: float | None = None
    note: str = ""
    time: str = ""
    active: bool = False
    error: str = ""
    hint: str = ""
    trace: str = ""
    command: str = ""
    result: str = ""


class JobsPanel(Panel):
    """Newest first; the marked job's particulars at the right."""

    cancelled = Signal(int)
    removed = Signal(int)
    revealed = Signal(str)
    clearWanted = Signal()

    def __init__(self) -> None:
        super().__init__("Jobs", scrolling=False)
        self.model = _Jobs()
        self.table = _table(self.model)
        self.details = _Details()
        split = QSplitter(Qt.Orientation.Horizontal)
        split.addWidget(self.table)
        split.addWidget(self.details)
        split.setSizes([720, 380])
        split.setStretchFactor(0, 1)
        self.add(split, 1)
        clear = QuietButton("Clear finished", "clear", "Take ended jobs off the list; results stay where they are")
        clear.clicked.connect(self.clearWanted)
        self.add_head_action(clear)
        self.set_empty(
            EmptyState("No jobs yet. Calibrate, fetch or export something, and it runs here.", icon_role="jobs")
        )
        self.show_empty(True)
        self.table.selectionModel().currentRowChanged.connect(lambda *_: self._show_details())
        self.details.cancel.clicked.connect(lambda: self.cancelled.emit(self._current_id()))
        self.details.remove.clicked.connect(lambda: self.removed.emit(self._current_id()))
        self.details.reveal.clicked.connect(lambda: self.revealed.emit(self._current().result))
        self.details.copy.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._current().command))

    def show_jobs(self, rows: Sequence[JobRow]) -> None:
        """Show these jobs; the marked one stays marked."""
        keep = self._current_id()
        self.model.show(rows)
        self.show_empty(not rows)
        running = sum(row.level == "busy" for row in rows)
        waiting = sum(row.active for row in rows) - running
        self.set_state(_words(running, waiting, len(rows)), "busy" if running else "")
        ids = [row.id for row in rows]
        if rows:
            self.table.selectRow(ids.index(keep) if keep in ids else 0)
        self._show_details()

    def mark(self, id: int) -> None:
        """Mark a job."""
        ids = [row.id for row in self.model.rows]
        if id in ids:
            self.table.selectRow(ids.index(id))

    def _current(self) -> JobRow:
        number = self.table.currentIndex().row()
        return self.model.rows[number] if 0 <= number < len(self.model.rows) else JobRow(-1, "", "")

    def _current_id(self) -> int:
        return self._current().id

    def _show_details(self) -> None:
        self.details.show_job(self._current())


class _Details(QWidget):
    """The marked job: what became of it in words, and what can be done."""

    def __init__(self) -> None:
        super().__init__()
        self.words = QLabel()
        self.words.setWordWrap(True)
        self.words.setTextFormat(Qt.TextFormat.PlainText)
        self.words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.hint = QLabel()
        self.hint.setWordWrap(True)
        self.hint.setProperty("role", "muted")
        self.trace = QPlainTextEdit()
        self.trace.setReadOnly(True)
        describe(self.trace, "Trace", "Where in the program it failed")
        self.cancel = QuietButton("Cancel job", "cancel", "End this job at its next step")
        self.copy = QuietButton("Copy as command", "command", "The line for a terminal that does the same")
        self.reveal = QuietButton("Show result", "reveal", "Open the folder of the file it made")
        self.remove = QuietButton("Remove", "delete", "Take this job off the list")
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 4, 4, 4)
        column.setSpacing(4)
        for widget in (self.words, self.hint):
            column.addWidget(widget)
        column.addWidget(self.trace, 1)
        column.addStretch(1)
        buttons = QHBoxLayout()
        buttons.setSpacing(4)
        for button in (self.cancel, self.copy, self.reveal, self.remove):
            buttons.addWidget(button)
        buttons.addStretch(1)
        column.addLayout(buttons)

    def show_job(self, row: JobRow) -> None:
        self.words.setText(row.error or row.note or row.title)
        self.hint.setText(row.hint)
        self.hint.setVisible(bool(row.hint))
        self.trace.setVisible(bool(row.trace))
        if self.trace.toPlainText() != row.trace:
            self.trace.setPlainText(row.trace)
        self.cancel.setVisible(row.active)
        self.copy.setVisible(bool(row.command))
        self.reveal.setVisible(bool(row.result))
        self.remove.setVisible(row.id >= 0 and not row.active)


class _Jobs(QAbstractTableModel):
    def __init__(self) -> None:
        super().__init__()
        self.rows: list[JobRow] = []

    def show(self, rows: Sequence[JobRow]) -> None:
        if [row.id for row in rows] != [row.id for row in self.rows]:
            self.beginResetModel()
            self.rows = list(rows)
            self.endResetModel()
            return
        changed = [number for number, (old, new) in enumerate(zip(self.rows, rows, strict=True)) if old != new]
        self.rows = list(rows)
        for number in changed:
            self.dataChanged.emit(self.index(number, 0), self.index(number, len(COLUMNS) - 1))

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
            return (row.title, row.state, _percent(row), row.time)[index.column()]
        if role == Qt.ItemDataRole.ForegroundRole and index.column() in (2, 3):
            return LOOK.now.color("muted")
        if role == Qt.ItemDataRole.FontRole and index.column() in (2, 3):
            return number_font(11)
        if role == Qt.ItemDataRole.ToolTipRole:
            return row.error or row.note or row.title
        return row if role == ROW else None


class _State(QStyledItemDelegate):
    """An icon in the colour of its level, and the word."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        row: JobRow = index.data(ROW)
        box = option.rect
        draw_icon(
            painter,
            QRectF(box.left() + 4, box.center().y() - 6, 13, 13).toRect(),
            LEVEL_ICONS[row.level],
            LEVEL_TOKENS[row.level],
        )
        painter.setPen(LOOK.now.color("text"))
        painter.drawText(box.adjusted(24, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, row.state)


class _Progress(QStyledItemDelegate):
    """A thin bar with the percentage at its right."""

    def sizeHint(self, option: QStyleOptionViewItem, index: AnyIndex) -> QSize:
        return QSize(160, 28)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: AnyIndex) -> None:
        row: JobRow = index.data(ROW)
        box = QRectF(option.rect).adjusted(4, 0, -8, 0)
        if row.fraction is None or not row.active:
            return
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        track = QRectF(box.left(), box.center().y() - 2, box.width() - 40, 4)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(LOOK.now.color("line"))
        painter.drawRoundedRect(track, 2, 2)
        painter.setBrush(LOOK.now.color("accent"))
        painter.drawRoundedRect(QRectF(track.left(), track.top(), track.width() * row.fraction, 4), 2, 2)
        painter.setPen(LOOK.now.color("muted"))
        painter.setFont(number_font(11))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, _percent(row))
        painter.restore()


def _table(model: _Jobs) -> QTableView:
    table = QTableView()
    table.setModel(model)
    table.setShowGrid(False)
    table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    table.setSelectionMode(QAbstractItemView.SelectionMode.SingleSelection)
    table.verticalHeader().hide()
    table.verticalHeader().setDefaultSectionSize(28)
    table.setItemDelegateForColumn(1, _State(table))
    table.setItemDelegateForColumn(2, _Progress(table))
    head = table.horizontalHeader()
    head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
    head.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
    for column, width in ((1, 110), (2, 170), (3, 110)):
        table.setColumnWidth(column, width)
    describe(table, "Jobs", "Newest first")
    return table


def _percent(row: JobRow) -> str:
    return f"{row.fraction:.0%}" if row.fraction is not None and row.active else ""


def _words(running: int, waiting: int, count: int) -> str:
    parts = [f"{number} {word}" for number, word in ((running, "running"), (waiting, "waiting")) if number]
    return ", ".join(parts) or (f"{count} ended" if count else "")
