"""The Jobs panel: what runs, what is left of it in words, what became of it; one click from stopping or finding it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QModelIndex, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QGuiApplication, QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QAbstractItemView,
    QListWidget,
    QListWidgetItem,
    QPlainTextEdit,
    QSplitter,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from widgets.kit.labels import Label
from widgets.kit.panel import EmptyState, Panel, QuietButton, Section, describe, scrolled, set_property
from widgets.kit.pill import COMPACT, Pill, draw_pill, pill_size
from widgets.kit.theme import LOOK, number_font

ROW = Qt.ItemDataRole.UserRole
ROW_HEIGHT = 34
DASH = 12
PILL_COLUMN, TIME_COLUMN, BAR_COLUMN = 104, 104, 120
ROOM_FOR_BAR, TITLE_ROOM = 520, 170


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job. fraction: 0 to 1, None where it is not known. time: "2 min left", "took 12 s". active: can be cancelled.

    error, hint, trace: why it failed, what to do, and for a defect of ours where. result: path of what it wrote, or "".
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
    """Shows rows, newest first as they are given, and the details of the selected one."""

    cancelled = Signal(int)
    removed = Signal(int)
    revealed = Signal(str)
    copied = Signal(str)
    clearWanted = Signal()

    def __init__(self) -> None:
        super().__init__("Jobs", scrolling=False)
        self._rows: tuple[JobRow, ...] = ()
        self.body.setContentsMargins(0, 0, 0, 0)
        self.list = _List()
        self.details = _Details()
        split = QSplitter(Qt.Orientation.Horizontal)
        split.setChildrenCollapsible(False)
        split.addWidget(self.list)
        split.addWidget(scrolled(self.details))
        split.setStretchFactor(0, 3)
        split.setStretchFactor(1, 2)
        split.setSizes([600, 400])
        self.add(split, 1)
        self.cancel = QuietButton("Cancel job", "cancel", "Stop the selected job; nothing half done is left behind")
        self.reveal = QuietButton("Reveal result", "reveal", "Open the folder of what the job wrote")
        self.copy = QuietButton("Copy as command", "command", "Copy the line that does the same without the window")
        self.remove = QuietButton("Remove", "remove", "Take the ended job off the list")
        self.clear = QuietButton("", "clear", "Take all ended jobs off the list", name="Clear ended jobs")
        for button in (self.cancel, self.reveal, self.copy, self.remove, self.clear):
            self.head.buttons.addWidget(button)
        empty = EmptyState("No job has run yet. Long work, like solving a calibration, is listed here.", "", "jobs")
        self.set_empty(empty)
        self._connect()
        self.show_jobs(())

    def show_jobs(self, rows: Sequence[JobRow]) -> None:
        """Show these. The selection stays, and goes to the newest job where it was on the newest before."""
        rows = tuple(rows)
        if rows == self._rows and self.is_empty == (not rows):
            return
        self._rows = rows
        self.list.show_rows(rows)
        self.show_empty(not rows)
        active = sum(row.active for row in rows)
        ended = len(rows) - active
        words = [f"{active} under way"] * bool(active) + [f"{ended} ended"] * bool(ended)
        self.set_state(", ".join(words), "busy" if active else "")
        self._follow()

    def current(self) -> JobRow | None:
        """The selected job."""
        id = self.list.current_id()
        return next((row for row in self._rows if row.id == id), None)

    def select(self, id: int) -> None:
        self.list.select(id)

    def _connect(self) -> None:
        self.list.currentItemChanged.connect(self._follow)
        self.list.removeWanted.connect(self._remove)
        self.cancel.clicked.connect(self._cancel)
        self.reveal.clicked.connect(self._reveal)
        self.copy.clicked.connect(self._copy)
        self.remove.clicked.connect(self._remove)
        self.clear.clicked.connect(self.clearWanted)

    def _follow(self, *_items: object) -> None:
        row = self.current()
        self.details.show_row(row)
        self.cancel.setVisible(row is not None and row.active)
        self.reveal.setVisible(row is not None and bool(row.result))
        self.copy.setVisible(row is not None and bool(row.command))
        self.remove.setVisible(row is not None and not row.active)
        self.clear.setVisible(any(not row.active for row in self._rows))

    def _cancel(self) -> None:
        if row := self.current():
            self.cancelled.emit(row.id)

    def _remove(self) -> None:
        row = self.current()
        if row is not None and not row.active:
            self.removed.emit(row.id)

    def _reveal(self) -> None:
        if row := self.current():
            self.revealed.emit(row.result)

    def _copy(self) -> None:
        if row := self.current():
            QGuiApplication.clipboard().setText(row.command)
            self.copied.emit(row.command)


class _Details(QWidget):
    """What the selected job did and, where it failed, why and what to do."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumWidth(120)
        self.setProperty("role", "body")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        self.title = Label()
        self.title.setProperty("role", "heading")
        self.words = Label()
        self.hint = Label()
        self.hint.setProperty("role", "muted")
        for label in (self.title, self.words, self.hint):
            label.setWordWrap(True)
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            column.addWidget(label)
        self.trace = QPlainTextEdit()
        self.trace.setReadOnly(True)
        self.trace.setLineWrapMode(QPlainTextEdit.LineWrapMode.NoWrap)
        self.trace.setMinimumHeight(72)
        describe(self.trace, "Traceback", "Where it broke; please add it to a report")
        self.section = Section("Traceback", folded=True, name="jobs/traceback")
        self.section.add(self.trace)
        column.addWidget(self.section, 1)
        column.addStretch(1)

    def show_row(self, row: JobRow | None) -> None:
        self.setVisible(row is not None)
        if row is None:
            return
        self.title.setText(row.title)
        self.words.setText(row.error or row.note or row.command)
        set_property(self.words, "level", row.level if row.error else "")
        self.hint.setText(row.hint or row.result)
        self.hint.setVisible(bool(row.hint or row.result))
        self.section.setVisible(bool(row.trace))
        if self.trace.toPlainText() != row.trace:
            self.trace.setPlainText(row.trace)


class _List(QListWidget):
    """Rows that paint themselves."""

    removeWanted = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setMouseTracking(True)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setItemDelegate(_RowPainter(self))
        self.setMinimumWidth(220)
        describe(self, "Jobs", "Choose a job to see what it did")

    def show_rows(self, rows: Sequence[JobRow]) -> None:
        chosen = self.current_id()
        newest = self.currentRow() == 0
        while self.count() > len(rows):
            self.takeItem(self.count() - 1)
        for number, row in enumerate(rows):
            item = self.item(number)
            if item is None:
                item = QListWidgetItem(self)
            if item.data(ROW) != row:
                item.setData(ROW, row)
                item.setText(f"{row.title}, {row.state}")
                item.setToolTip(row.error or row.note or row.title)
        keep = not newest and any(row.id == chosen for row in rows)
        self.select(chosen if keep else rows[0].id if rows else -1)

    def current_id(self) -> int:
        item = self.currentItem()
        return item.data(ROW).id if item is not None and item.data(ROW) is not None else -1

    def select(self, id: int) -> None:
        for number in range(self.count()):
            if self.item(number).data(ROW).id == id:
                self.setCurrentRow(number)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Delete, Qt.Key.Key_Backspace):
            self.removeWanted.emit()
        else:
            super().keyPressEvent(event)


class _RowPainter(QStyledItemDelegate):
    """State, title and note, progress, time: the same columns in every row."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex) -> QSize:
        return QSize(200, ROW_HEIGHT)

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex) -> None:
        row: JobRow = index.data(ROW)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        _paint_back(painter, option)
        box = option.rect.adjusted(12, 0, -12, 0)
        wide = box.width() >= ROOM_FOR_BAR
        word = row.state if wide or _has_room(row, box.width()) else ""
        size = pill_size(word) if word else QSize(COMPACT, Pill.HEIGHT)
        draw_pill(painter, QRectF(box.left(), box.center().y() - 9, size.width(), 20), word, row.level)
        right = _paint_time(painter, box, row, wide)
        if row.active and wide:
            _paint_bar(painter, QRectF(right - BAR_COLUMN, box.center().y() - 1, BAR_COLUMN - 12, 4), row)
            right -= BAR_COLUMN
        elif row.active:
            _paint_bar(painter, QRectF(box.left(), option.rect.bottom() - 3, box.width(), 3), row)
        left = box.left() + (PILL_COLUMN if wide else size.width() + 12)
        _paint_words(painter, QRect(left, box.top(), int(right) - left, box.height()), row)
        painter.restore()


def _has_room(row: JobRow, room: int) -> bool:
    """Whether the state's word, enough of the title, and the time fit side by side."""
    title, time = QFontMetrics(number_font()), QFontMetrics(number_font(11))
    words = min(title.horizontalAdvance(row.title), TITLE_ROOM)
    taken = pill_size(row.state).width() + words + time.horizontalAdvance(row.time)
    return taken + 24 <= room


def _paint_back(painter: QPainter, option: QStyleOptionViewItem) -> None:
    state = QStyle.StateFlag
    if option.state & state.State_Selected:
        painter.fillRect(option.rect, LOOK.now.color("accent", 0.16))
    elif option.state & state.State_MouseOver:
        painter.fillRect(option.rect, LOOK.now.color("raised"))


def _paint_time(painter: QPainter, box: QRect, row: JobRow, wide: bool) -> float:
    """The time at the right edge; where its column begins, or the words themselves where it is narrow."""
    painter.setFont(number_font(11))
    painter.setPen(LOOK.now.color("muted"))
    painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, row.time)
    return box.right() - (TIME_COLUMN if wide else painter.fontMetrics().horizontalAdvance(row.time) + 4)


def _paint_bar(painter: QPainter, box: QRectF, row: JobRow) -> None:
    """How much is done; dashes where that is not known, and only the groove before it has begun."""
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(LOOK.now.color("line"))
    painter.drawRoundedRect(box, 2, 2)
    painter.setBrush(LOOK.now.color("accent"))
    if row.fraction is not None:
        painter.drawRoundedRect(QRectF(box.left(), box.top(), box.width() * row.fraction, box.height()), 2, 2)
    elif row.level == "busy":
        for step in range(int(box.width()) // DASH):
            painter.drawRoundedRect(QRectF(box.left() + step * DASH, box.top(), DASH / 2, box.height()), 2, 2)


def _paint_words(painter: QPainter, box: QRect, row: JobRow) -> None:
    """The title, and after it, as far as there is room, what it is doing or why it failed."""
    middle = Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft
    painter.setFont(number_font())
    painter.setPen(LOOK.now.color("text"))
    title = painter.fontMetrics().elidedText(row.title, Qt.TextElideMode.ElideRight, box.width())
    painter.drawText(box, middle, title)
    used = painter.fontMetrics().horizontalAdvance(title) + 12
    painter.setFont(number_font(11))
    painter.setPen(LOOK.now.color("bad" if row.error else "muted"))
    rest = box.adjusted(used, 0, -8, 0)
    if rest.width() > 40:
        note = painter.fontMetrics().elidedText(row.error or row.note, Qt.TextElideMode.ElideRight, rest.width())
        painter.drawText(rest, middle, note)
