"""The page of keyboard shortcuts: every command with its key, found by typing, changed by pressing another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeySequence
from PySide6.QtWidgets import QHeaderView, QKeySequenceEdit, QTreeWidget, QTreeWidgetItem, QWidget

from engines.core.words import tr
from widgets.kit.fields import PlainButton, QuietButton, SearchField, describe
from widgets.kit.labels import Dialog, Label
from widgets.kit.layouts import column_of, row_of

ID = Qt.ItemDataRole.UserRole
SIZE = (620, 560)
OURS = (
    Qt.Key.Key_Escape, Qt.Key.Key_Tab, Qt.Key.Key_Backtab, Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space,
    Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Backspace, Qt.Key.Key_Delete,
    Qt.Key.Key_Home, Qt.Key.Key_End, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown,
)  # fmt: skip
"""Alone they move and edit wherever the focus is."""


@dataclass(frozen=True, slots=True)
class ShortcutRow:
    """A command with the key of now and that of the program, both as `QKeySequence` writes them everywhere."""

    id: str
    title: str
    menu: str
    key: str = ""
    original: str = ""


class ShortcutsPage(QWidget):
    """`chosen(id, key)`: this key for this command and no other; `reset(id)`: that of the program, "" for all of them;
    `exported`: the list as a file is wanted."""

    chosen = Signal(str, str)
    reset = Signal(str)
    exported = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[ShortcutRow, ...] = ()
        self.search = SearchField(tr("Search shortcuts"), placeholder=tr("Search commands and keys"))
        self.table = QTreeWidget()
        self.table.setHeaderLabels([tr("Command"), tr("Menu"), tr("Key")])
        self.table.setRootIsDecorated(False)
        self.table.setUniformRowHeights(True)
        describe(self.table, tr("Shortcuts"), tr("Every command with its key; keys that were changed are bold"))
        self.table.setToolTip("")
        header = self.table.header()
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        header.setStretchLastSection(False)
        self.name = Label("", "")
        self.key = QKeySequenceEdit()
        self.key.setMaximumSequenceLength(1)
        self.key.setClearButtonEnabled(True)
        describe(self.key, tr("New key"), tr("Press the keys that are to stand for the command"))
        self.set = PlainButton(tr("Set"), "", tr("Let these keys stand for the chosen command"))
        self.none = PlainButton(tr("No key"), "", tr("Let no key stand for the chosen command"))
        self.back = PlainButton(tr("Reset"), "", tr("The key that the program came with"))
        self.told = Label("", "muted", wraps=True)
        self.all_back = QuietButton(tr("Reset all"), "undo", tr("Every key as the program came with it"))
        self.export = QuietButton(tr("Save as table…"), "save", tr("All commands and keys as a CSV file"))
        self._lay_out()
        self._connect()

    def show_rows(self, rows: Sequence[ShortcutRow]) -> None:
        """Exactly these; what is chosen and searched stays."""
        self.rows = tuple(rows)
        self._fill()

    def choose(self, id: str) -> None:
        """Go to a command, whatever is searched."""
        if not self._item(id):
            self.search.clear()
        if item := self._item(id):
            self.table.setCurrentItem(item)
            self.table.scrollToItem(item)

    @property
    def current(self) -> ShortcutRow | None:
        item = self.table.currentItem()
        return next((row for row in self.rows if item is not None and row.id == item.data(0, ID)), None)

    def _lay_out(self) -> None:
        change = row_of((self.name, 1), (self.key, 1), self.set, self.none, self.back, spacing=8)
        foot = row_of(self.all_back, None, self.export, spacing=8)
        self.setLayout(column_of(self.search, (self.table, 1), change, self.told, foot, spacing=8))

    def _connect(self) -> None:
        self.search.textChanged.connect(self._fill)
        self.table.currentItemChanged.connect(self._show_current)
        self.table.itemActivated.connect(lambda *_: self.key.setFocus())
        self.key.keySequenceChanged.connect(self._weigh)
        self.set.clicked.connect(lambda: self._choose(self.key.keySequence().toString()))
        self.none.clicked.connect(lambda: self._choose(""))
        self.back.clicked.connect(lambda: self.current and self.reset.emit(self.current.id))
        self.all_back.clicked.connect(lambda: self.reset.emit(""))
        self.export.clicked.connect(self.exported)

    def _choose(self, key: str) -> None:
        if self.current is not None:
            self.chosen.emit(self.current.id, key)

    def _fill(self) -> None:
        kept, words = self.current, self.search.text().casefold().split()
        self.table.blockSignals(True)
        self.table.clear()
        self.table.addTopLevelItems([_item_of(row) for row in self.rows if _fits(row, words)])
        if item := self._item(kept.id if kept else "") or self.table.topLevelItem(0):
            self.table.setCurrentItem(item)
        self.table.resizeColumnToContents(1)
        self.table.resizeColumnToContents(2)
        self.table.blockSignals(False)
        self._show_current()

    def _item(self, id: str) -> QTreeWidgetItem | None:
        items = (self.table.topLevelItem(number) for number in range(self.table.topLevelItemCount()))
        return next((item for item in items if item is not None and item.data(0, ID) == id), None)

    def _show_current(self, *_items: object) -> None:
        row = self.current
        self.name.setText(row.title if row else tr("No command has these letters"))
        self.key.setKeySequence(QKeySequence(row.key if row else ""))
        for part in (self.key, self.none, self.back):
            part.setEnabled(row is not None)
        self.none.setEnabled(row is not None and bool(row.key))
        self.back.setEnabled(row is not None and row.key != row.original)
        self.all_back.setEnabled(any(row.key != row.original for row in self.rows))
        self._weigh()

    def _weigh(self, *_keys: object) -> None:
        """Say what the keys in the field mean now; whose they are is said before they are taken away."""
        row, keys = self.current, self.key.keySequence()
        wanted = keys.toString()
        owner = next((other for other in self.rows if wanted and other.key == wanted and other is not row), None)
        bare = needed_elsewhere(keys)
        self.told.setText(_told(keys, owner, bare))
        self.set.setText(tr("Take over") if owner else tr("Set"))
        self.set.setEnabled(row is not None and wanted != row.key and not bare)


class ShortcutsDialog(Dialog):
    """The page in a window of its own, which does not block the work."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Keyboard shortcuts"))
        self.page = ShortcutsPage()
        self.setLayout(column_of((self.page, 1), margins=(16, 16, 16, 16)))
        room = self.screen().availableSize()
        self.resize(min(SIZE[0], room.width() - 40), min(SIZE[1], room.height() - 60))


def needed_elsewhere(keys: QKeySequence) -> bool:
    """Whether the key moves the focus or edits a text, so that no command may have it alone."""
    return any(QKeySequence(key) == keys for key in OURS)


def _told(keys: QKeySequence, owner: ShortcutRow | None, bare: bool) -> str:
    named = keys.toString(QKeySequence.SequenceFormat.NativeText)
    if bare:
        return tr("{key} alone is needed wherever the focus is", key=named)
    if owner is not None:
        return tr("{key} stands for {command} now, which would have no key", key=named, command=owner.title)
    return ""


def _fits(row: ShortcutRow, words: Sequence[str]) -> bool:
    text = f"{row.title} {row.menu} {row.key}".casefold()
    return all(word in text for word in words)


def _item_of(row: ShortcutRow) -> QTreeWidgetItem:
    native = QKeySequence(row.key).toString(QKeySequence.SequenceFormat.NativeText)
    item = QTreeWidgetItem([row.title, row.menu, native])
    item.setData(0, ID, row.id)
    if row.key != row.original:
        letters = item.font(2)
        letters.setBold(True)
        item.setFont(2, letters)
    return item
