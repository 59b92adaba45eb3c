"""The settings page: each choice is applied at once."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtWidgets import QDialog, QWidget

from widgets.kit.labels import Label
from widgets.kit.layouts import column_of, row_of
from widgets.kit.panel import ChoiceField, PlainButton, Segmented, labelled, rule


@dataclass(frozen=True, slots=True)
class SettingsShown:
    """What the page shows. start_preset: "" begins as it was left. presets: (id, title). data_dir: where it is kept."""

    theme: str
    start_preset: str = ""
    presets: tuple[tuple[str, str], ...] = ()
    data_dir: str = ""


class SettingsDialog(QDialog):
    """A page beside the window. `theme` and `preset` say each choice the moment it is made."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Settings")
        self.setModal(False)
        self.setMinimumWidth(400)
        themes = [("dark", "Dark", "dark"), ("light", "Light", "light")]
        self.theme = Segmented("Theme", themes, tip="Colours of the window")
        self.preset = ChoiceField("Begin with", tip="How the docks stand when Kinoscope starts")
        self.folder = Label("", "muted", wraps=True)
        self.saving = Label("The project is saved by itself after every change.", "muted", wraps=True)
        done = PlainButton("Close", "", "Close this page (Escape)")
        done.clicked.connect(self.close)
        choices = labelled("Theme", self.theme), labelled("Begin with", self.preset)
        parts = *choices, rule(), self.saving, self.folder, None, row_of(None, done)
        self.setLayout(column_of(*parts, spacing=16, margins=(16, 16, 16, 16)))

    def open_with(self, shown: SettingsShown) -> None:
        """Show the settings as they are."""
        self.theme.set_value(shown.theme)
        self.preset.set_choices([("", "The layout it was left with"), *shown.presets], shown.start_preset)
        self.preset.set_value(shown.start_preset)
        self.folder.setText(f"Projects, jobs and settings are kept in {shown.data_dir}" if shown.data_dir else "")
        self.folder.setVisible(bool(shown.data_dir))
        self.show()
        self.raise_()
        self.activateWindow()
