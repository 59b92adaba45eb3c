"""The Jobs panel: lists jobs with progress and time left, finds one, shows its details, cancels, resumes, copies."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QContextMenuEvent, QGuiApplication, QKeyEvent, QKeySequence, QPainter, QShortcut, QShowEvent
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QMenu, QWidget

from engines.core.words import tr
from widgets.kit.access.tabs import ORDERED, order_tabs
from widgets.kit.fields import SearchField, quiet, wrapped
from widgets.kit.keeping.fields import keep
from widgets.kit.labels import breakable
from widgets.kit.layouts import column_of, held, split_of, styled
from widgets.kit.menus import pop_up
from widgets.kit.panel import ElidedLabel, EmptyState, Panel, QuietButton, Section, scrolled, set_property
from widgets.kit.pill import COMPACT, Pill, draw_pill, pill_size
from widgets.kit.row_list import RIGHT, Index, RowPainter, write, write_whole
from widgets.kit.theme import LOOK
from widgets.kit.when_new import when_new
from widgets.kit.work_parts import CancelButton, Framed
from widgets.shell.trace import trace_view

ROW = Qt.ItemDataRole.UserRole
DASH = 12
TIME_COLUMN, BAR_COLUMN = 104, 120
ROOM_FOR_BAR, TITLE_ROOM = 520, 170
MANY = 8
"""Jobs from which on there is a field to find one."""
LONGEST = 400
"""Letters of a command in its tooltip; the line is cut before that, and it is copied whole."""
NOTHING = tr("No job has run yet. Long work, like solving a calibration, is listed here.")


@dataclass(frozen=True, slots=True)
class JobRow:
    """One job. fraction: 0 to 1, None where it is not known. time: "2 min left", "took 12 s". active: can be cancelled.

    error, hint, trace: why it failed, what to do, and for a defect of ours where. result: path of what it wrote, or "".
    cut_off: how far a training came that can go on, in words, "" where none can; learned: it has a checkpoint.
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
    cut_off: str = ""
    learned: bool = False


NO_JOB = JobRow(-1, "", "")


class JobsPanel(Panel):
    """Shows rows, newest first as they are given, and the details of the selected one."""

    cancelled = Signal(int)
    removed = Signal(int)
    resumed = Signal(int)
    kept = Signal(int)
    revealed = Signal(str)
    copied = Signal(int)
    chosen = Signal(int)
    """The selection went to this job; whoever knows what came of it says so with `show_outcome`."""

    def __init__(self) -> None:
        super().__init__(tr("Jobs"), scrolling=False)
        self._rows: tuple[JobRow, ...] = ()
        self._chosen = NO_JOB
        self._outcome = (-1, "")
        self.resume = QuietButton(tr("Resume"), "play", tr("Go on where this training was cut off"))
        self.keep = QuietButton(tr("Keep as a model"), "check", tr("Save what it had learned so far as a model"))
        self.cancel = CancelButton(
            tr("Cancel job"), "cancel", tr("Cancel the selected job; where it can go on later, Resume is offered")
        )
        self.reveal = QuietButton(tr("Reveal result"), "reveal", tr("Open the folder of what the job saved"))
        self.copy = QuietButton(
            tr("Copy as command"), "command", tr("Copy the line that does the same without the window")
        )
        self.copy_error = QuietButton(tr("Copy error"), "copy", tr("Copy why it failed, with all details"))
        gone = tr("Take the ended job off the list; one that was cut off cannot go on any more then")
        self.remove = QuietButton(tr("Remove"), "remove", gone)
        kept = tr("Take all ended jobs off the list, but for those that can be resumed")
        self.clear = QuietButton("", "clear", kept, name=tr("Clear ended jobs"))
        self._of_one = self.resume, self.keep, self.cancel, self.reveal, self.copy, self.copy_error, self.remove
        self.add_head(*self._of_one, self.clear)
        self.list = _List()
        self.details = _Details()
        tip = tr("Show the jobs with these words in their title, state or note")
        self.search = SearchField(tr("Find a job"), placeholder=tr("Find a job"), tip=tip)
        self.search.textChanged.connect(self._find)
        keep("jobs", search=self.search)
        self._found = Framed(self.search, 8, 6)
        listed = held(column_of(self._found, (self.list, 1)))
        self.add(split_of(listed, scrolled(self.details), sizes=(600, 400), stretch=(3, 2)), 1)
        self.set_empty(EmptyState(NOTHING, "", "jobs"))
        self.list.currentItemChanged.connect(self._follow)
        self.resume.clicked.connect(lambda: self.resumed.emit(self._chosen.id))
        self.keep.clicked.connect(lambda: self.kept.emit(self._chosen.id))
        self.cancel.clicked.connect(lambda: self.cancelled.emit(self._chosen.id))
        self.reveal.clicked.connect(lambda: self.revealed.emit(self._chosen.result))
        self.copy.clicked.connect(self._copy)
        self.copy_error.clicked.connect(lambda: QGuiApplication.clipboard().setText(error_text(self._chosen)))
        self.list.copyWanted.connect(lambda: (self.copy_error if self._chosen.error else self.copy).click())
        self.list.goWanted.connect(self._go)
        self.list.menuWanted.connect(self._show_menu)
        find = QShortcut(QKeySequence.StandardKey.Find, self)
        find.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        find.activated.connect(self._seek)
        for wanted in (self.list.removeWanted, self.remove.clicked):
            wanted.connect(self._remove)
        self.show_jobs(())

    def showEvent(self, event: QShowEvent) -> None:
        """The order of tabs waits for it: Qt's bindings take their time when they first look through a panel."""
        super().showEvent(event)
        if not self.property(ORDERED):
            order_tabs(self)

    @when_new
    def show_jobs(self, rows: Sequence[JobRow]) -> None:
        """Show these. The selection stays, and goes to the newest job where it was on the newest before."""
        self._rows = tuple(rows)
        self._found.setVisible(len(rows) > MANY or bool(self.search.text()))
        self._find()
        self.show_empty(not rows)
        active = sum(row.active for row in rows)
        ended = len(rows) - active
        words = [tr("{active} under way", active=active)] * bool(active) + [tr("{ended} ended", ended=ended)] * bool(
            ended
        )
        self.set_state(", ".join(words), "busy" if active else "")
        self._follow()

    def current(self) -> JobRow | None:
        """The selected job."""
        return next((row for row in self._rows if row.id == self.list.current_id()), None)

    def show_outcome(self, id: int, words: str) -> None:
        """What came of a job, in lines."""
        if id == self._chosen.id:
            self.details.show_outcome(words)

    def choose(self, id: int) -> None:
        """Select a job; one that the words of the search hide is found."""
        if all(row.id != id for row in self._matching()):
            self.search.clear()
        self.list.select(id)

    def _matching(self) -> list[JobRow]:
        words = self.search.text().casefold().split()
        return [row for row in self._rows if all(word in _text(row) for word in words)] if words else list(self._rows)

    def _find(self, *_text: object) -> None:
        self.list.show_rows(self._matching())
        self._follow()

    def _seek(self) -> None:
        if self._found.isVisible():
            self.search.setFocus()
            self.search.selectAll()

    def _follow(self, *_items: object) -> None:
        row = self.current()
        self._chosen = row or NO_JOB
        self.details.show_row(row)
        if self._outcome != (self._chosen.id, self._chosen.state):
            self._outcome = self._chosen.id, self._chosen.state
            self.details.show_outcome("")
            self.chosen.emit(self._chosen.id)
        self.copy_error.setVisible(bool(self._chosen.error))
        for button in (self.resume, self.keep):
            button.setVisible(bool(self._chosen.cut_off) and (button is self.resume or self._chosen.learned))
        self.cancel.setVisible(self._chosen.active)
        self.reveal.setVisible(bool(self._chosen.result))
        self.copy.setVisible(bool(self._chosen.command))
        self.remove.setVisible(row is not None and not row.active)
        self.clear.setVisible(any(not row.active for row in self._rows))

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._chosen.command)
        self.copied.emit(self._chosen.id)

    def _go(self) -> None:
        """Return on a row: go on with it, or to what it wrote."""
        wanted = self.resume if self._chosen.cut_off else self.reveal if self._chosen.result else None
        if wanted is not None:
            wanted.click()

    def _show_menu(self, at: QPoint) -> None:
        """What the head offers for the job that was clicked."""
        menu = QMenu(self)
        for button in self._of_one:
            if button.isVisibleTo(self):
                menu.addAction(button.text(), button.click)
        if menu.isEmpty():
            menu.deleteLater()
        else:
            pop_up(menu, at)

    def _remove(self) -> None:
        row = self.current()
        if row is not None and not row.active:
            self.removed.emit(row.id)


class _Details(QWidget):
    """What the selected job did and, where it failed, why and what to do."""

    def __init__(self) -> None:
        super().__init__()
        self.setMinimumWidth(120)
        styled(self, role="body")
        self.title, self.words, self.hint = wrapped("heading"), wrapped(), wrapped("muted")
        self.command = ElidedLabel("", "muted")
        self.trace = trace_view(tr("Details"), tr("Where it failed, line by line; please add it to a report"))
        self.trace.setMinimumHeight(72)
        self.section = Section(tr("Details"), folded=True, name="jobs/traceback")
        self.section.add(self.trace)
        self.outcome = wrapped()
        self.words.given = self.outcome.given = self.command.given = True
        parts = self.title, self.words, self.command, self.outcome, self.hint, (self.section, 1), None
        self.outcome.hide()
        self.setLayout(column_of(*parts, spacing=8, margins=(12, 8, 12, 8)))

    def show_row(self, row: JobRow | None) -> None:
        self.setVisible(row is not None)
        if row is None:
            return
        self.title.setText(row.title)
        command = row.command if len(row.command) <= LONGEST else f"{row.command[:LONGEST]}\u2026"
        said = row.error or row.cut_off or row.note
        self.words.setText(breakable(said))
        self.words.setVisible(bool(said))
        self.command.setText(command)
        self.command.setVisible(bool(command) and not said)
        set_property(self.words, "level", row.level if row.error else "")
        self.hint.given = not row.hint
        self.hint.setText(breakable(row.hint or row.result))
        self.hint.setVisible(bool(row.hint or row.result))
        self.section.setVisible(bool(row.trace))
        if self.trace.toPlainText() != row.trace:
            self.trace.setPlainText(row.trace)

    def show_outcome(self, words: str) -> None:
        self.outcome.setText(breakable(words))
        self.outcome.setVisible(bool(words))


class _List(QListWidget):
    """Rows that paint themselves; five hundred cost what the visible ones cost."""

    removeWanted = Signal()
    copyWanted = Signal()
    goWanted = Signal()
    menuWanted = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self._painter = _Painter(self)
        self.setItemDelegate(self._painter)
        self.setMinimumWidth(220)
        self.setUniformItemSizes(True)
        self.itemDoubleClicked.connect(lambda _item: self.goWanted.emit())
        quiet(self, tr("Jobs"), tr("Choose a job to see what it did"))

    def show_rows(self, rows: Sequence[JobRow]) -> None:
        chosen, newest = self.current_id(), self.currentRow() == 0
        self._painter.pill_room = max((pill_size(row.state).width() for row in rows), default=COMPACT)
        while self.count() > len(rows):
            self.takeItem(self.count() - 1)
        for number, row in enumerate(rows):
            item = self.item(number) or QListWidgetItem(self)
            if item.data(ROW) != row:
                item.setData(ROW, row)
                item.setText(f"{row.title}, {row.state}")
                said = filter(None, (row.title, row.state, _note(row)))
                item.setData(Qt.ItemDataRole.AccessibleTextRole, ", ".join(dict.fromkeys(said)))
                item.setToolTip("\n".join(dict.fromkeys(filter(None, (row.title, _note(row))))))
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
        elif event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.goWanted.emit()
        elif event.matches(QKeySequence.StandardKey.Copy):
            self.copyWanted.emit()
        else:
            super().keyPressEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        self.menuWanted.emit(event.globalPos())


class _Painter(RowPainter):
    """State, title and note, progress, time: the same columns in every row."""

    pill_room = COMPACT
    """Pixels of the widest state."""

    def paint_row(self, painter: QPainter, box: QRect, index: Index) -> None:
        row, line = index.data(ROW), box.adjusted(12, 0, -12, 0)
        roomy = line.width() >= ROOM_FOR_BAR
        worded = line.width() >= self.pill_room + TITLE_ROOM + TIME_COLUMN
        word, column = (row.state, self.pill_room) if worded else ("", COMPACT)
        size = pill_size(word) if word else QSize(COMPACT, Pill.HEIGHT)
        draw_pill(painter, QRectF(line.left(), line.center().y() - 9, size.width(), 20), word, row.level)
        used = write(painter, QRectF(line), row.time, "muted", 11, RIGHT)
        right = line.right() - (TIME_COLUMN if roomy else used + 4)
        if row.active and roomy:
            _paint_bar(painter, QRectF(right - BAR_COLUMN, line.center().y() - 1, BAR_COLUMN - 12, 4), row)
            right -= BAR_COLUMN
        elif row.active:
            _paint_bar(painter, QRectF(line.left(), box.bottom() - 3, line.width(), 3), row)
        left = line.left() + column + 12
        _paint_words(painter, QRectF(left, line.top(), int(right) - left, line.height()), row)


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


def _paint_words(painter: QPainter, box: QRectF, row: JobRow) -> None:
    """The title, and after it, where it has room, what it is doing or why it failed."""
    rest = box.adjusted(round(write(painter, box, row.title, given=True)) + 12, 0, -8, 0)
    write_whole(painter, rest, _note(row), "bad" if row.error else "muted")


def _note(row: JobRow) -> str:
    return row.error or row.cut_off or row.note


def error_text(row: JobRow) -> str:
    """Why a job failed, for a report: the sentence, what to do, the command, the traceback."""
    parts = row.title, row.error, row.hint, row.command, row.trace
    return "\n\n".join(part for part in parts if part)


def _text(row: JobRow) -> str:
    return f"{row.title} {row.state} {row.note} {row.error} {row.cut_off}".casefold()
