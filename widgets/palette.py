"""The command palette: type a few letters of any command and press Return."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QEvent, QModelIndex, QObject, QPersistentModelIndex, QRect, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import (
    QDialog,
    QListWidget,
    QListWidgetItem,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from widgets.fields import SearchField, describe
from widgets.theme import LOOK, number_font

ROW = Qt.ItemDataRole.UserRole
SIZE = QSize(560, 380)
KEYS = (Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_PageDown, Qt.Key.Key_PageUp)


@dataclass(frozen=True, slots=True)
class CommandRow:
    """A command as the palette shows it."""

    id: str
    title: str
    category: str
    shortcut: str = ""
    enabled: bool = True


def score(query: str, row: CommandRow) -> float | None:
    """How well a command fits what was typed; higher is better, None when it does not.

    All letters must come in order. Letters that begin a word and letters that follow one another count more, and a
    hit in the title more than one in the category.
    """
    wanted = query.casefold().split()
    if not wanted:
        return 0.0
    total = 0.0
    for word in wanted:
        best = max(_letters(word, row.title.casefold()) * 2, _letters(word, row.category.casefold()))
        if best <= 0:
            return None
        total += best
    return total - 0.01 * len(row.title)


def _letters(word: str, text: str) -> float:
    """0 when the letters of `word` do not come in order in `text`."""
    points, at, last = 0.0, -1, -2
    for letter in word:
        starts = [i for i in range(at + 1, len(text)) if text[i] == letter]
        if not starts:
            return 0.0
        at = next((i for i in starts if i == last + 1), next((i for i in starts if _begins(text, i)), starts[0]))
        points += 3.0 if at == last + 1 else 2.0 if _begins(text, at) else 0.5
        last = at
    return points / len(word) * (1.0 + 0.1 * len(word))


def _begins(text: str, index: int) -> bool:
    return index == 0 or not text[index - 1].isalnum()


def ranked(query: str, rows: Sequence[CommandRow], recent: Sequence[str] = ()) -> list[CommandRow]:
    """The commands that fit, best first; of equal ones, and with nothing typed, the recently used first."""
    order = {id: place for place, id in enumerate(recent)}
    scored = [(score(query, row), row) for row in rows]
    fitting = [(value, row) for value, row in scored if value is not None]
    return [
        row for _, row in sorted(fitting, key=lambda pair: (-pair[0], not pair[1].enabled, order.get(pair[1].id, 999)))
    ]


class CommandPalette(QDialog):
    """`open_with(rows)` shows it; `chosen(id)` tells what to run."""

    chosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAccessibleName("Command palette")
        self.recent: list[str] = []
        self._rows: list[CommandRow] = []
        self.search = SearchField("Command", placeholder="Type a command", tip="A few letters of what you want to do")
        self.list = QListWidget()
        self.list.setItemDelegate(_Row(self.list))
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        describe(self.list, "Commands", "Commands that fit; Return runs the marked one")
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.list, 1)
        self.search.textChanged.connect(self._filter)
        self.search.installEventFilter(self)
        self.list.itemClicked.connect(self._run)

    def open_with(self, rows: Sequence[CommandRow]) -> None:
        """Show these commands, with nothing typed yet."""
        self._rows = list(rows)
        self.search.clear()
        self._filter("")
        window = self.parentWidget()
        self.resize(SIZE)
        self.move(
            window.mapToGlobal(window.rect().center()).x() - SIZE.width() // 2,
            window.mapToGlobal(window.rect().topLeft()).y() + 72,
        )
        self.show()
        self.search.setFocus()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if event.key() in KEYS:
                self.list.event(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._run(self.list.currentItem())
                return True
        return False

    def shown(self) -> list[str]:
        """Ids of the commands in the list, in order."""
        return [self.list.item(i).data(ROW).id for i in range(self.list.count())]

    def _filter(self, query: str) -> None:
        self.list.clear()
        for row in ranked(query, self._rows, self.recent):
            item = QListWidgetItem(row.title)
            item.setData(ROW, row)
            if not row.enabled:
                item.setFlags(Qt.ItemFlag.NoItemFlags)
            self.list.addItem(item)
        self.list.setCurrentRow(0)

    def _run(self, item: QListWidgetItem | None) -> None:
        row = item.data(ROW) if item is not None else None
        if row is None or not row.enabled:
            return
        self.recent = [row.id, *(id for id in self.recent if id != row.id)][:20]
        self.close()
        self.chosen.emit(row.id)


class _Row(QStyledItemDelegate):
    """Category, title, shortcut on one line."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        return QSize(100, 30)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        row: CommandRow = index.data(ROW)
        look, box = LOOK.now, QRect(option.rect)
        painter.save()
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.color("accent", 0.18))
            painter.drawRoundedRect(box.adjusted(2, 1, -2, -1), 4, 4)
        box.adjust(12, 0, -12, 0)
        painter.setPen(look.color("text" if row.enabled else "muted", 1.0 if row.enabled else 0.6))
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, row.title)
        painter.setPen(look.color("muted"))
        used = painter.fontMetrics().horizontalAdvance(row.title)
        painter.setFont(number_font(11))
        painter.drawText(box.adjusted(used + 12, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, row.category)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, row.shortcut)
        painter.restore()
