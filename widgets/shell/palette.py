"""The palette: finds commands, pages, settings, sources, projects and help by words of any meaning or a few letters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from PySide6.QtCore import QEvent, QObject, QRect, QRectF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QWidget

from engines.core.words import tr
from widgets.kit.access.roles import reached_by
from widgets.kit.fields import TextField, quiet
from widgets.kit.labels import Label
from widgets.kit.layouts import column_of
from widgets.kit.panel import rule
from widgets.kit.row_list import RIGHT, Index, RowPainter, write
from widgets.kit.theme import LOOK, high

ROW = Qt.ItemDataRole.UserRole
WIDTH, MOST_ROWS = 640, 9
RECENT = 8
LEAST_OF_TIP = 4
"""Letters from which tips are looked through too."""
LEAST_FIT, USED = 1.0, 0.8
BEGINS, WORD, INSIDE, OTHER, GROUP, MEANT, LETTERS, TIP = 12.0, 10.0, 6.0, 5.0, 4.0, 4.5, 3.5, 1.0
"""What finding a word is worth: at the beginning of the title, of one of its words, within one, in words that it is
also looked for by, in the menu, by a word of the same meaning, by letters in their order, in the tip."""
BY_KIND = {"command": 0.0, "page": -0.4, "setting": -0.4, "source": -0.6, "project": -0.8, "help": -1.5}
"""Of two that fit alike the one that does something comes before the one that tells about it."""


@dataclass(frozen=True, slots=True)
class CommandRow:
    """One thing as the palette shows it. why: it cannot be used now. also: other words that it is looked for by.

    kind: "command", "page", "setting", "source", "project" or "help"; only commands stand there before anything is
    typed.
    """

    id: str
    title: str
    category: str = ""
    shortcut: str = ""
    tip: str = ""
    enabled: bool = True
    why: str = ""
    also: str = ""
    kind: str = "command"


Meanings = Mapping[str, Sequence[str]]
"""Words of the same meaning by word, all in small letters."""


def score(query: str, row: CommandRow, meanings: Meanings = MappingProxyType({})) -> float | None:
    """How well a row fits what was typed, higher is better; None when it does not.

    Every word must be found: in the title, the menu, the tip or by its meaning; else all letters in their order.
    """
    query = query.casefold().strip()
    if not query:
        return 0.0
    words = [_word_worth(word, row, meanings) for word in query.split()]
    by_words = sum(worth for worth in words if worth is not None) / len(words) if None not in words else None
    by_letters = _letters_worth(query, row)
    found = max((worth for worth in (by_words, by_letters) if worth is not None), default=None)
    title = row.title.casefold()
    whole = 5.0 if title == query else 3.0 if title.startswith(query) else 0.0
    return None if found is None else found + whole + BY_KIND.get(row.kind, 0.0)


def _word_worth(word: str, row: CommandRow, meanings: Meanings) -> float | None:
    title, category = row.title.casefold(), row.category.casefold()
    meant = [other for known, others in meanings.items() if _same(word, known) for other in others]
    ways = (
        (BEGINS, title.startswith(word)),
        (WORD, _begins_word(word, title)),
        (INSIDE, len(word) > 1 and word in title),
        (OTHER, _begins_word(word, row.also.casefold())),
        (MEANT, any(_begins_word(other, title) for other in meant)),
        (GROUP, _begins_word(word, category)),
        (TIP, len(word) >= LEAST_OF_TIP and word in row.tip.casefold()),
    )
    return next((worth for worth, there in ways if there), None)


def _same(typed: str, word: str) -> bool:
    """A word that is being typed: three letters of it say which."""
    return typed == word or (len(typed) >= 3 and word.startswith(typed))


def _begins_word(word: str, text: str) -> bool:
    return text.startswith(word) or any(f"{before}{word}" in text for before in " -(/.\u00b7")


def _letters_worth(query: str, row: CommandRow) -> float | None:
    """Letters that begin words or follow one another, scattered ones least; at most `LETTERS`."""
    letters = query.replace(" ", "")
    for text, most in ((row.title.casefold(), LETTERS), (f"{row.category} {row.title}".casefold(), LETTERS - 1.0)):
        fit = _fit(letters, text)
        if fit is not None and fit >= LEAST_FIT * len(letters):
            return most * min(1.0, fit / (3.0 * len(letters)))
    return None


def ranked(
    query: str, rows: Sequence[CommandRow], recent: Sequence[str] = (), meanings: Meanings = MappingProxyType({})
) -> list[CommandRow]:
    """What fits, best first; the recently used a little higher, and what cannot be used now last among equals."""
    order = {id: len(recent) - place for place, id in enumerate(recent)}
    offered = rows if query.strip() else [row for row in rows if row.kind == "command" or row.id in order]
    fitting = [(fit + USED * (row.id in order), row) for row in offered
               if (fit := score(query, row, meanings)) is not None]  # fmt: skip
    fitting.sort(key=lambda pair: (-pair[0], -order.get(pair[1].id, 0), not pair[1].enabled))
    return [row for _, row in fitting]


class CommandPalette(QFrame):
    """A field and a list at the top of the window. Escape, or a click elsewhere, closes it."""

    chosen = Signal(str)

    def __init__(self, window: QWidget, meanings: Meanings = MappingProxyType({})) -> None:
        super().__init__(window)
        self.setProperty("role", "popover")
        self.setAccessibleName(tr("Command palette"))
        self.recent: list[str] = []
        self._meanings = meanings
        self._rows: list[CommandRow] = []
        self._before: QWidget | None = None
        self._window = window
        self.field = TextField(
            tr("Search"),
            placeholder=tr("Type a command, page, setting, source or question"),
            tip=tr("Up and Down choose, Enter runs, Esc closes"),
        )
        self.field.setProperty("role", "palette")
        self.list = QListWidget()
        self.list.setItemDelegate(_Painter(self.list))
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        quiet(self.list, tr("Found"), tr("A click runs it"))
        reached_by(self.list, tr("Up and Down in the field above"))
        self.list.setVerticalScrollMode(QListWidget.ScrollMode.ScrollPerItem)
        self.nothing = Label(tr("Nothing has this name"), "muted")
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
        for row in ranked(query, self._rows, self.recent, self._meanings):
            item = QListWidgetItem(row.title, self.list)
            item.setData(ROW, row)
            item.setToolTip(row.tip if row.enabled else why_not(row))
            item.setData(Qt.ItemDataRole.AccessibleTextRole, said(row))
        self.list.setCurrentRow(0)
        self.list.setVisible(self.list.count() > 0)
        self.nothing.setVisible(self.list.count() == 0)
        self.list.setFixedHeight(high(RowPainter.height) * min(max(self.list.count(), 1), MOST_ROWS))
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


def why_not(row: CommandRow) -> str:
    """Why it cannot be used now."""
    return row.why or tr("Not possible now")


def said(row: CommandRow) -> str:
    """The row as it is read aloud."""
    parts = (row.title, row.category, row.shortcut, "" if row.enabled else why_not(row))
    return ", ".join(part for part in parts if part)


class _Painter(RowPainter):
    """Title, menu in muted letters or why it cannot be used, shortcut at the right."""

    def paint_ground(self, painter: QPainter, box: QRect, chosen: bool, focus: bool) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(LOOK.now.color("accent", 0.18) if chosen else LOOK.now.color("raised"))
        painter.drawRoundedRect(box, 6, 6)

    def paint_row(self, painter: QPainter, box: QRect, index: Index) -> None:
        row = index.data(ROW)
        line = QRectF(box.adjusted(12, 0, -12, 0))
        line.setRight(line.right() - round(write(painter, line, row.shortcut, "muted", 11, RIGHT)) - 16)
        used = write(painter, line, row.title, "text" if row.enabled else "muted")
        beside = row.category if row.enabled else why_not(row)
        write(painter, line.adjusted(round(used) + 12, 0, 0, 0), beside, "muted", 11)


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
