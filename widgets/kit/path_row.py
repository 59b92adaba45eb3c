"""A row of a form that asks for a file or folder: label, last part of the path, a button that chooses another."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget

from engines.core.words import as_part, tr
from widgets.kit.labels import Label
from widgets.kit.layouts import held, row_of, turn
from widgets.kit.panel import ElidedLabel, PlainButton, QuietButton
from widgets.kit.words import file_name


class PathRow(QWidget):
    """What a path is for, its last part, and a button that chooses another."""

    def __init__(self, label: str, nothing: str, tip: str, *, clears: bool = False) -> None:
        super().__init__()
        self._nothing = nothing
        self.name = ElidedLabel(nothing, "muted", Qt.TextElideMode.ElideMiddle)
        self.choose = PlainButton(tr("Choose\u2026"), "", tip)
        self.clear = QuietButton(
            "", "close", tr("No {label}", label=as_part(label)), name=tr("No {label}", label=as_part(label))
        )
        self._buttons = held(row_of(None, self.clear, self.choose, spacing=8))
        self._label = Label(label, "muted")
        named = held(row_of(self._label, (self.name, 1), spacing=8))
        self._row = row_of((named, 1), self._buttons, spacing=8)
        self.setLayout(self._row)
        self.clear.setVisible(clears)
        self.show_path("")

    def show_path(self, path: str, nothing: str = "") -> None:
        """`nothing`: what is said in place of a path where that differs from before."""
        self._nothing = nothing or self._nothing
        self.name.given = bool(path)
        self.name.setText(file_name(path) if path else self._nothing)
        self.name.set_tip(path)
        self.clear.setEnabled(bool(path))
        self._turn()

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._turn()

    def _turn(self) -> None:
        """The buttons go below where the words have no room beside them; a path is cut in its middle."""
        said = 0 if self.name.given else self.name.fontMetrics().horizontalAdvance(self.name.text()) + 2
        need = self._label.sizeHint().width() + said + self._buttons.sizeHint().width() + 2 * self._row.spacing()
        turn(self._row, need <= self.width())
