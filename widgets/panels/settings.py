"""Settings: the few things that are chosen once. Every choice acts at once; there is nothing to apply."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QLabel, QVBoxLayout, QWidget

from widgets.fields import ChoiceField, PlainButton, Segmented
from widgets.panel import labelled

AS_IT_WAS = ("", "As it was")


@dataclass(frozen=True, slots=True)
class SettingsShown:
    """presets: (id, title) of those to start with; start_preset "" keeps the layout as it was. folder: where all is kept."""

    theme: str
    start_preset: str
    presets: tuple[tuple[str, str], ...]
    folder: str


class SettingsDialog(QDialog):
    """Not modal: what is chosen is seen behind it."""

    themeChosen = Signal(str)
    presetChosen = Signal(str)

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setMinimumWidth(380)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(12)
        self.theme = Segmented("Theme", (("dark", "Dark", "dark"), ("light", "Light", "light")))
        self.preset = ChoiceField("Layout at start", (AS_IT_WAS,))
        self.folder = QLabel()
        self.folder.setProperty("role", "muted")
        self.folder.setWordWrap(True)
        self.folder.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        column.addWidget(labelled("Theme", self.theme, "Colours of the whole window"))
        column.addWidget(labelled("Layout at start", self.preset, "Which docks are in front when the window opens"))
        column.addWidget(self.folder)
        column.addStretch(1)
        close = PlainButton("Close")
        close.clicked.connect(self.close)
        row = QHBoxLayout()
        row.addStretch(1)
        row.addWidget(close)
        column.addLayout(row)
        self.theme.chosen.connect(self.themeChosen)
        self.preset.chosen.connect(self.presetChosen)

    def open_with(self, shown: SettingsShown) -> None:
        self.theme.set_value(shown.theme)
        self.preset.set_choices((AS_IT_WAS, *shown.presets), shown.start_preset)
        self.folder.setText(f"Projects, captures and job history are kept in {shown.folder}")
        self.show()
        self.raise_()
