"""A field for a person's name that offers the names that are known."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QStringListModel, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QCompleter, QHBoxLayout, QWidget

from engines.core.names import same_name
from engines.core.words import tr
from widgets.faces.people.words import folded
from widgets.kit.panel import PlainButton, QuietButton, TextField, describe


class NameField(TextField):
    """`named(text)` on Return when there is a name; `left` on Escape."""

    named = Signal(str)
    left = Signal()

    def __init__(self, name: str, *, placeholder: str = "", tip: str = "") -> None:
        super().__init__(name, placeholder=placeholder or tr("Name"), tip=tip)
        self._names: Sequence[str] = ()
        self._model = QStringListModel(self)
        completer = QCompleter(self._model, self)
        completer.setCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        completer.setFilterMode(Qt.MatchFlag.MatchContains)
        self.setCompleter(completer)
        self.textEdited.connect(lambda: self.set_problem(""))

    def show_names(self, names: Sequence[str]) -> None:
        """What may be completed to. Cheap while they are the same."""
        if names is not self._names and tuple(names) != tuple(self._names):
            self._model.setStringList(list(names))
        self._names = names

    def name(self) -> str:
        """What was typed, without blanks around it."""
        return " ".join(self.text().split())

    def commit(self) -> None:
        if self.name():
            self.named.emit(self.name())
        else:
            self.set_problem(tr("Type a name"))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.commit()
        elif event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


class NameBar(QWidget):
    """'Merge with [name] [Merge]' in one line, there while it is asked for."""

    named = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.field = NameField(tr("Whom"))
        self.accept = PlainButton("OK")
        self.close_button = QuietButton("", "close", tr("Leave it as it is"), name=tr("Leave it as it is"))
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self.field, 1)
        row.addWidget(self.accept)
        row.addWidget(self.close_button)
        self.field.named.connect(self.named)
        self.field.left.connect(self.hide)
        self.accept.clicked.connect(self.field.commit)
        self.close_button.clicked.connect(self.hide)
        self.hide()

    def ask(self, verb: str, name: str, tip: str, text: str = "") -> None:
        """Ask for a name; `verb` is the word on the button."""
        self.accept.setText(verb)
        describe(self.accept, verb, tip)
        describe(self.field, name, tip)
        self.field.setPlaceholderText(name)
        self.field.setText(text)
        self.field.set_problem("")
        self.show()
        self.field.selectAll()
        self.field.setFocus()


def id_of(name: str, people: Sequence[tuple[str, str]]) -> str:
    """Id of the person of that name among (id, name), whatever its case and accents; "" when there is none or two."""
    wanted = folded(name)
    exact = [id for id, known in people if same_name(known, name)]
    alike = [id for id, known in people if folded(known) == wanted]
    return exact[0] if len(exact) == 1 else alike[0] if len(alike) == 1 else ""
