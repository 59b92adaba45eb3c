"""The command palette: finds a command by a few of its letters; recently used ones stand first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QWidget

from engines.core.words import tr
from widgets.kit.access.roles import reached_by
from widgets.kit.fields import TextField, quiet
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of
from widgets.kit.panel import rule
from widgets.kit.row_list import RIGHT, Index, RowPainter, wide, write
from widgets.kit.theme import LOOK, mixed, number_font

ROW = Qt.ItemDataRole.UserRole
WIDTH, MOST_ROWS = 560, 9
RECENT = 8
LEAST_OF_TIP, IN_TIP = 4, -100.0
"""Letters from which tips are looked through too, and what such a match counts: less than any other."""


@dataclass(frozen=True, slots=True)
class CommandRow:
    """One command as the palette shows it."""

    id: str
    title: str
    category: str = ""
    shortcut: str = ""
    tip: str = ""
    enabled: bool = True


def score(query: str, row: CommandRow) -> float | None:
    """How well a command fits what was typed, higher is better; None when it does not.

    Every letter must occur in order. Letters that begin a word or follow one another count more, gaps count less;
    a match in the title counts more than one that needs the category. Least counts a word of the tip.
    """
    query = query.casefold().strip()
    if not query:
        return 0.0
    in_title = _fit(query, row.title.casefold())
    if in_title is not None:
        return in_title + 5.0
    in_both = _fit(query.replace(" ", ""), f"{row.category} {row.title}".casefold().replace(" ", ""))
    if in_both is not None:
        return in_both
    return IN_TIP if len(query) >= LEAST_OF_TIP and query in row.tip.casefold() else None


def ranked(query: str, rows: Sequence[CommandRow], recent: Sequence[str] = ()) -> list[CommandRow]:
    """The commands that fit, best first; among equals the recently used, then those that can be used now."""
    order = {id: len(recent) - place for place, id in enumerate(recent)}
    fitting = [(fit, row) for row in rows if (fit := score(query, row)) is not None]
    fitting.sort(key=lambda pair: (-pair[0], -order.get(pair[1].id, 0), not pair[1].enabled))
    return [row for _, row in fitting]


class CommandPalette(QFrame):
    """A field and a list at the top of the window. Escape, or a click elsewhere, closes it."""

    chosen = Signal(str)

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.setProperty("role", "popover")
        self.setAccessibleName("Command palette")
        self.recent: list[str] = []
        self._rows: list[CommandRow] = []
        self._before: QWidget | None = None
        self._window = window
        self.field = TextField(
            "Command", placeholder="Type a command", tip="Up and Down choose, Enter runs, Escape closes"
        )
        self.field.setProperty("role", "palette")
        self.list = QListWidget()
        self.list.setItemDelegate(_Painter(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        quiet(self.list, "Commands", "Click runs a command")
        reached_by(self.list, tr("Up and Down in the field above"))
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerItem)
        self.nothing = Label("No command has these letters", "muted")
        self.nothing.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.nothing.setFixedHeight(56)
        self.setLayout(column_of(self.field, rule(), self.list, self.nothing, spacing=4, margins=(8, 4, 8, 8)))
        self.field.textChanged.connect(self._fill)
        self.field.installEventFilter(self)
        self.list.itemClicked.connect(self._run)
        window.installEventFilter(self)
        self.hide()

    def open_with(self, rows: Sequence[CommandRow]) -> None:
        """Show the palette with these commands and an empty field."""
        self._rows = list(rows)
        self._before = self.window().focusWidget()
        self.field.clear()
        self._fill("")
        self.show()
        self.raise_()
        self.field.setFocus(Qt.FocusReason.PopupFocusReason)

    @property
    def shown(self) -> list[CommandRow]:
        """The commands in the list, from the top."""
        return [self.list.item(number).data(ROW) for number in range(self.list.count())]

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if watched is self.field and isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            return self._key(event)
        if watched is self.field and event.type() == QEvent.Type.FocusOut:
            self.hide()
        elif watched is self.parent() and event.type() == QEvent.Type.Resize and self.isVisible():
            self._place()
        return False

    def _key(self, event: QKeyEvent) -> bool:
        steps = {Qt.Key.Key_Down: 1, Qt.Key.Key_Up: -1, Qt.Key.Key_PageDown: MOST_ROWS, Qt.Key.Key_PageUp: -MOST_ROWS}
        key = Qt.Key(event.key())
        last = self.list.count() - 1
        if key in steps and last >= 0:
            place = self.list.currentRow() + steps[key]
            self.list.setCurrentRow(place % (last + 1) if abs(steps[key]) == 1 else min(max(place, 0), last))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._run(self.list.currentItem())
        elif key == Qt.Key.Key_Escape:
            self._leave()
        else:
            return False
        return True

    def _fill(self, query: str) -> None:
        self.list.clear()
        for row in ranked(query, self._rows, self.recent):
            item = QListWidgetItem(row.title, self.list)
            item.setData(ROW, row)
            item.setToolTip(f"{row.category}: {row.title}" if row.enabled else f"{row.title} cannot be used now")
        self.list.setCurrentRow(0)
        self.list.setVisible(self.list.count() > 0)
        self.nothing.setVisible(self.list.count() == 0)
        self.list.setFixedHeight(RowPainter.height * min(max(self.list.count(), 1), MOST_ROWS))
        self._place()

    def _place(self) -> None:
        room = self._window.width() - 32
        self.setFixedWidth(min(WIDTH, room))
        self.adjustSize()
        self.move((self._window.width() - self.width()) // 2, 56)

    def _run(self, item: QListWidgetItem | None) -> None:
        row = item.data(ROW) if item is not None else None
        if row is None or not row.enabled:
            return
        self.recent = [row.id, *(id for id in self.recent if id != row.id)][:RECENT]
        self._leave()
        self.chosen.emit(row.id)

    def _leave(self) -> None:
        before, self._before = self._before, None
        self.hide()
        if before is not None:
            before.setFocus(Qt.FocusReason.PopupFocusReason)


class _Painter(RowPainter):
    """Title, menu in muted letters, shortcut at the right."""

    def paint_ground(self, painter: QPainter, box: QRect, chosen: bool, focus: bool) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(LOOK.now.color("accent", 0.18) if chosen else LOOK.now.color("raised"))
        painter.drawRoundedRect(box, 6, 6)

    def paint_row(self, painter: QPainter, box: QRect, index: Index) -> None:
        row, look = index.data(ROW), LOOK.now
        line = QRectF(box.adjusted(12, 0, -12, 0))
        line.setRight(line.right() - round(write(painter, line, row.shortcut, "muted", 11, RIGHT)) - 16)
        if row.enabled:
            used = write(painter, line, row.title)
        else:
            used = wide(row.title)
            painter.setFont(number_font())
            painter.setPen(mixed(look.surface, look.muted, 0.7))
            painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, row.title)
        write(painter, line.adjusted(round(used) + 12, 0, 0, 0), row.category, "muted", 11)


def _fit(query: str, text: str) -> float | None:
    """The best way to find the letters in order, over all places where each of them stands."""
    best: dict[int, float] = {}
    for number, letter in enumerate(query):
        places = [place for place, there in enumerate(text) if there == letter]
        worth = {place: _worth(text, place) for place in places}
        if number == 0:
            best = {place: worth[place] - 0.02 * place for place in places}
        else:
            best = {place: worth[place] + gain for place in places if (gain := _reach(best, place)) is not None}
        if not best:
            return None
    return max(best.values())


def _worth(text: str, place: int) -> float:
    """A letter that begins a word says most."""
    return 3.0 if place == 0 or not text[place - 1].isalnum() else 0.4


def _reach(best: dict[int, float], place: int) -> float | None:
    """The best way to the letter before this place."""
    return max((so_far + _step(before, place) for before, so_far in best.items() if before < place), default=None)


def _step(before: int, place: int) -> float:
    """Letters that follow one another belong together."""
    return 1.6 if place == before + 1 else -0.02 * min(place - before, 20)
