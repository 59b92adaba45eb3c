"""A report of a problem, file by file as it will be saved, so that its user can see what is in it and what is not."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QListWidget, QListWidgetItem

from engines.core.words import tr
from widgets.kit.access.tabs import order_tabs
from widgets.kit.fields import describe
from widgets.kit.labels import Dialog, Label
from widgets.kit.layouts import column_of, held, row_of
from widgets.kit.panel import PlainButton, PrimaryButton, SearchField, rule
from widgets.kit.row_list import HighRows
from widgets.kit.theme import CONTROL_HEIGHT
from widgets.kit.words import size_words
from widgets.shell.trace import trace_view

ROOM = 0.92
NAME = Qt.ItemDataRole.UserRole


@dataclass(frozen=True, slots=True)
class ReportShown:
    """files: (name, title, text). taken: what was taken out, in a sentence. busy: it is being gathered."""

    files: tuple[tuple[str, str, str], ...] = ()
    taken: str = ""
    busy: bool = False


class ReportDialog(Dialog):
    """`saved(names)` wants the ticked files in a file; nothing is sent anywhere."""

    saved = Signal(tuple)

    def __init__(self, parent=None) -> None:  # noqa: ANN001  (Qt's own type)
        super().__init__(parent)
        self.setWindowTitle(tr("Report a problem"))
        self.setModal(False)
        self.resize(QSize(860, 600).boundedTo(self.screen().availableSize() * ROOM))
        self._texts: dict[str, str] = {}
        words = tr(
            "This is what goes into the report. It is saved as one file on this computer; nothing is sent. "
            "Look through it, untick what you want to keep, and attach the file to what you write."
        )
        self.words, self.taken = Label(words, "muted", wraps=True), Label("", wraps=True)
        self.list = QListWidget()
        self.list.setItemDelegate(HighRows(self.list, 2 * CONTROL_HEIGHT - 10))
        self.list.setFixedWidth(230)
        describe(self.list, tr("Files"), tr("Ticked files are in the report"))
        self.text = trace_view(tr("Contents"), tr("The file chosen at the left, as it will be saved"))
        self.search = SearchField(tr("Search this file"), tip=tr("Find words, to see that they are not there"))
        self.found = Label("", "muted")
        self.save = PrimaryButton(tr("Save report…"), "save", tr("Save the ticked files in one zip file"))
        self.save.clicked.connect(lambda: self.saved.emit(self.ticked))
        self._lay_out()
        order_tabs(self)
        self.list.currentItemChanged.connect(lambda *_items: self._show_file())
        self.list.itemChanged.connect(lambda _item: self.save.setEnabled(bool(self.ticked)))
        self.search.textChanged.connect(lambda _text: self._find())

    def open_with(self, shown: ReportShown) -> None:
        """Show a report, or that it is being gathered."""
        self._texts = {name: text for name, _, text in shown.files}
        self.list.clear()
        for name, title, text in shown.files:
            item = QListWidgetItem(f"{title}\n{name}, {size_words(len(text.encode()))}")
            item.setData(NAME, name)
            item.setCheckState(Qt.CheckState.Checked)
            item.setToolTip(title)
            self.list.addItem(item)
        self.taken.setText(tr("Gathering…") if shown.busy else shown.taken)
        self.save.setEnabled(bool(shown.files))
        self.text.clear()
        self.list.setCurrentRow(0)
        self.list.setFocus()
        self.show()
        self.raise_()
        self.activateWindow()

    @property
    def ticked(self) -> tuple[str, ...]:
        """Names of the files that are to be in the report."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return tuple(item.data(NAME) for item in items if item.checkState() == Qt.CheckState.Checked)

    def _lay_out(self) -> None:
        close = PlainButton(tr("Close"), "", tr("Close without saving (Esc)"))
        close.clicked.connect(self.close)
        close.setAutoDefault(False)
        self.save.setAutoDefault(False)
        looking = held(column_of(row_of((self.search, 1), self.found, spacing=8), (self.text, 1), spacing=8))
        body = row_of(self.list, (looking, 1), spacing=12)
        parts = (self.words, self.taken, (body, 1), rule(), row_of(None, close, self.save, spacing=8))
        self.setLayout(column_of(*parts, spacing=12, margins=(12, 12, 12, 12)))

    def _show_file(self) -> None:
        item = self.list.currentItem()
        self.text.setPlainText(self._texts.get(item.data(NAME), "") if item else "")
        self._find()

    def _find(self) -> None:
        """Go to the first place where the words stand, and say how often that is."""
        words, text = self.search.text(), self.text.toPlainText()
        count = text.casefold().count(words.casefold()) if words else 0
        self.found.setText(tr("{count} found", count=count))
        self.found.setVisible(bool(words))
        cursor = self.text.textCursor()
        cursor.setPosition(0)
        self.text.setTextCursor(cursor)
        if count:
            self.text.find(words)
