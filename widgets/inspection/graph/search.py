"""The search through a graph: names, operators and module paths; Return goes from one hit to the next."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from engines.core.words import tr
from engines.inspection.layout.table import NodeRow
from widgets.kit.fields import QuietButton, SearchField
from widgets.kit.labels import Label
from widgets.kit.layouts import row_of
from widgets.kit.theme import number_font

TIP = tr("Names, operators and module paths; Enter goes to the next hit, Shift+Enter to the one before, Esc clears")


def found(rows: tuple[NodeRow, ...], text: str) -> tuple[str, ...]:
    """Names of the nodes that hold all words of a text, in order of execution."""
    words = text.lower().split()
    if not words:
        return ()
    said = ((row.name, f"{row.name} {row.op} {row.module} {row.family}".lower()) for row in rows)
    return tuple(name for name, line in said if all(word in line for word in words))


class GraphSearch(QWidget):
    """`wanted(name)`: go to this node. `changed()`: other hits."""

    wanted = Signal(str)
    changed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.rows: tuple[NodeRow, ...] = ()
        self.hits: tuple[str, ...] = ()
        self.at = -1
        self.field = _Field(tr("Search the graph"), placeholder=tr("Search layers"), tip=TIP)
        self.told = Label("", "muted")
        self.told.setFont(number_font(11))
        self.back = QuietButton("", "caret-up", tr("The hit before (Shift+Enter)"), name=tr("Previous hit"))
        self.next = QuietButton("", "caret-down", tr("The next hit (Enter)"), name=tr("Next hit"))
        self.setLayout(row_of((self.field, 1), self.told, self.back, self.next, spacing=4))
        self.field.textChanged.connect(self._search)
        self.field.stepped.connect(self.step)
        self.back.clicked.connect(lambda: self.step(-1))
        self.next.clicked.connect(lambda: self.step(1))
        self._tell()

    def show_rows(self, rows: tuple[NodeRow, ...]) -> None:
        """Search through these."""
        if rows is not self.rows:
            self.rows = rows
            self._search()

    def step(self, by: int) -> None:
        """Go to another hit, round and round."""
        if self.hits:
            self.at = (self.at + by) % len(self.hits) if self.at >= 0 else (0 if by > 0 else len(self.hits) - 1)
            self._tell()
            self.wanted.emit(self.hits[self.at])

    def _search(self) -> None:
        self.hits, self.at = found(self.rows, self.field.text()), -1
        self._tell()
        self.changed.emit()

    def _tell(self) -> None:
        searched = bool(self.field.text().strip())
        place = (
            tr("{at} of {count}", at=self.at + 1, count=len(self.hits))
            if self.at >= 0
            else tr("{count:,} hits", count=len(self.hits))
        )
        self.told.setText((place if self.hits else tr("nothing found")) if searched else "")
        self.told.setVisible(searched)
        for button in (self.back, self.next):
            button.setVisible(bool(self.hits))


class _Field(SearchField):
    """Return and Shift+Return step; Escape clears."""

    stepped = Signal(int)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.stepped.emit(-1 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1)
        elif event.key() == Qt.Key.Key_Escape and self.text():
            self.clear()
        else:
            super().keyPressEvent(event)
