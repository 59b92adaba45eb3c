"""A row of a form that asks for a file or folder: label, last part of the path, a button that chooses another."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QWidget

from engines.core.words import as_part, tr
from widgets.kit.labels import Label
from widgets.kit.layouts import row_of
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
        self.setLayout(row_of(Label(label, "muted"), (self.name, 1), self.clear, self.choose, spacing=8))
        self.clear.setVisible(clears)
        self.show_path("")

    def show_path(self, path: str, nothing: str = "") -> None:
        """`nothing`: what is said in place of a path where that differs from before."""
        self._nothing = nothing or self._nothing
        self.name.given = bool(path)
        self.name.setText(file_name(path) if path else self._nothing)
        self.name.set_tip(path)
        self.clear.setEnabled(bool(path))
