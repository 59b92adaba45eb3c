"""The windows beside the window: command palette, settings, guide, about. None of them blocks the work."""

from __future__ import annotations

import platform
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from PySide6.QtCore import QObject, QUrl, qVersion
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QApplication, QMessageBox, QWidget

from engines.core.places import cache_dir, data_dir, log_dir
from widgets.kit.labels import message_box
from widgets.shell.help import HelpPage
from widgets.shell.palette import CommandPalette, CommandRow
from widgets.shell.settings import SettingsDialog, SettingsShown
from workbench import __version__
from workbench.commands import Actions
from workbench.features import Preset
from workbench.services import Services

HIDDEN = ("window.palette",)


class DialogsController(QObject):
    """Made when first asked for, so that they cost nothing at start."""

    def __init__(
        self, window: QWidget, services: Services, actions: Actions, panel_in_front: Callable[[], str],
        set_theme: Callable[[str], None], presets: Sequence[Preset], pages: Mapping[str, Path],
    ) -> None:  # fmt: skip
        """pages: of the guide, in their order."""
        super().__init__(window)
        self._presets, self._pages = presets, pages
        self._window, self._services, self._actions = window, services, actions
        self._panel_in_front, self._set_theme = panel_in_front, set_theme
        self.palette: CommandPalette | None = None
        self.settings: SettingsDialog | None = None
        self.help: HelpPage | None = None
        self.about: QMessageBox | None = None
        actions.bind("window.palette", self.show_palette)
        actions.bind("file.settings", self.show_settings)
        actions.bind("help.guide", lambda: self.show_help(self._panel_in_front()))
        actions.bind("help.about", self.show_about)
        actions.bind("help.shortcuts", self.show_settings)
        actions.bind("help.log-folder", lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_dir()))))

    def show_palette(self) -> None:
        """Every command, found by typing. A command that is run in any other way closes it."""
        if self.palette is None:
            self.palette = CommandPalette(self._window)
            self.palette.chosen.connect(self._actions.run)
            for id in self._actions.commands.keys() - set(HIDDEN):
                self._actions.action(id).triggered.connect(self.palette.hide)
        self.palette.open_with([self._row(id) for id in self._actions.commands if id not in HIDDEN])

    def show_settings(self) -> None:
        if self.settings is None:
            self.settings = SettingsDialog(self._window)
            self.settings.theme.chosen.connect(self._set_theme)
            self.settings.preset.chosen.connect(lambda id: self._services.settings.change(start_preset=id))
        value = self._services.settings.value
        presets = tuple((preset.id, preset.title) for preset in self._presets)
        self.settings.open_with(SettingsShown(value.theme, value.start_preset, presets, str(data_dir())))

    def show_help(self, page: str) -> None:
        if self.help is None:
            self.help = HelpPage(self._window, self._pages)
        self.help.show_page(page)

    def show_about(self) -> None:
        if self.about is None:
            self.about = message_box(self._window, QMessageBox.Icon.NoIcon, "About Kinoscope")
            self.about.setModal(False)
        self.about.setText(about_text())
        self.about.show()

    def close(self) -> None:
        for dialog in (self.palette, self.settings, self.help, self.about):
            if dialog is not None:
                dialog.close()

    def _row(self, id: str) -> CommandRow:
        command, action = self._actions.commands[id], self._actions.action(id)
        title = self._actions.title(id).rstrip("…")
        shortcut = action.shortcut().toString()
        return CommandRow(id, title, command.menu, shortcut, command.tip, action.isEnabled())


def about_text() -> str:
    """Versions and folders, as a person would paste them into a report."""
    import cv2
    import numpy
    import PySide6

    lines = (
        f"Kinoscope {__version__}",
        f"Python {platform.python_version()}, Qt {qVersion()}, PySide6 {PySide6.__version__}",
        f"OpenCV {cv2.__version__}, NumPy {numpy.__version__}",
        f"{platform.system()} {platform.machine()}, {QApplication.platformName()}",
        "",
        f"Data: {data_dir()}",
        f"Weights and samples: {cache_dir()}",
        f"Logs: {log_dir()}",
        "",
        "Apache-2.0",
    )
    return "\n".join(lines)
