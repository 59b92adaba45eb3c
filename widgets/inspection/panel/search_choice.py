"""A field that chooses one of very many by typing a part of its name."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QFocusEvent
from PySide6.QtWidgets import QComboBox, QCompleter, QLineEdit

from widgets.kit.fields import describe
from widgets.kit.wheel import leave_wheel

MOST_SEEN = 16


class SearchChoice(QComboBox):
    """`chosen(name)` when the user takes one. What is typed and is no name is left for what was chosen before."""

    chosen = Signal(str)
    given = True
    """Its choices are names of the model's own."""

    def __init__(self, name: str, *, placeholder: str = "", tip: str = "") -> None:
        super().__init__()
        self._names: tuple[str, ...] = ()
        self._value = ""
        self._list = QStringListModel(self)
        self.setModel(self._list)
        self.line = QLineEdit()
        self.setLineEdit(self.line)
        self.setInsertPolicy(QComboBox.InsertPolicy.NoInsert)
        self.setMaxVisibleItems(MOST_SEEN)
        self.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.setMinimumContentsLength(8)
        self._complete()
        self.line.setPlaceholderText(placeholder)
        leave_wheel(self)
        describe(self, name, tip)
        describe(self.line, name, tip)
        self.textActivated.connect(self._take)
        self.line.editingFinished.connect(self._settle)

    def set_names(self, names: Sequence[str]) -> None:
        """Replace what can be chosen, where it is something else."""
        if tuple(names) != self._names:
            self._names = tuple(names)
            self._list.setStringList(list(names))
            self._show()

    def value(self) -> str:
        return self._value

    def set_value(self, name: str) -> None:
        if name != self._value:
            self._value = name
            self._show()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.line.selectAll()

    def _complete(self) -> None:
        found = QCompleter(self._list, self)
        found.setFilterMode(Qt.MatchFlag.MatchContains)
        found.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        found.setMaxVisibleItems(MOST_SEEN)
        self.setCompleter(found)

    def _show(self) -> None:
        if not self.line.hasFocus() or self.currentText() in self._names:
            self.setCurrentIndex(self._names.index(self._value) if self._value in self._names else -1)
            self.setEditText(self._value)

    def _take(self, name: str) -> None:
        if name in self._names and name != self._value:
            self._value = name
            self.chosen.emit(name)

    def _settle(self) -> None:
        """Return, or the focus goes: the whole name, or the only one that it is a part of."""
        typed = self.currentText().strip()
        like = [name for name in self._names if typed.lower() in name.lower()]
        if typed and typed not in self._names and len(like) == 1:
            typed = like[0]
        self._take(typed)
        self.setEditText(self._value)
