"""The windows beside the window: settings, guide, about. None of them blocks the work."""

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
from widgets.shell.settings import SettingsDialog
from workbench import __version__
from workbench.commands import Actions
from workbench.controllers.shell.report import ReportController
from workbench.controllers.shell.settings import SettingsPages
from workbench.features import Preset
from workbench.services import Services


class DialogsController(QObject):
    """Made when first asked for, so that they cost nothing at start."""

    def __init__(
        self, window: QWidget, services: Services, actions: Actions, panel_in_front: Callable[[], str],
        set_theme: Callable[[str], None], presets: Sequence[Preset], pages: Mapping[str, Path],
    ) -> None:  # fmt: skip
        """pages: of the guide, in their order."""
        super().__init__(window)
        self._presets, self._pages = presets, pages
        self._window, self._services = window, services
        self._panel_in_front, self._set_theme = panel_in_front, set_theme
        self.settings: SettingsDialog | None = None
        self.help: HelpPage | None = None
        self.about: QMessageBox | None = None
        self.report = ReportController(window, services)
        actions.bind("help.report", self.report.show)
        self._settings = SettingsPages(window, services, set_theme, presets)
        actions.bind("file.settings", self.show_settings)
        actions.bind("help.guide", lambda: self.show_help(self._panel_in_front()))
        actions.bind("help.about", self.show_about)
        actions.bind("help.log-folder", lambda: QDesktopServices.openUrl(QUrl.fromLocalFile(str(log_dir()))))

    def show_settings(self, section: str = "") -> None:
        self.settings = self._settings.show(section)

    def show_setting(self, title: str) -> None:
        """Open the settings where one stands."""
        self.show_settings()
        for part in self.settings.findChildren(QWidget) if self.settings is not None else ():
            if part.accessibleName() == title:
                part.setFocus()

    def show_help(self, page: str) -> None:
        if self.help is None:
            self.help = HelpPage(self._window, self._pages)
        self.help.show_page(page)

    def show_heading(self, page: str, heading: str) -> None:
        self.show_help(page)
        if self.help is not None:
            self.help.show_heading(page, heading)

    def show_about(self) -> None:
        if self.about is None:
            self.about = message_box(self._window, QMessageBox.Icon.NoIcon, "About Kinoscope")
            self.about.setModal(False)
        self.about.setText(about_text())
        self.about.show()

    def close(self) -> None:
        self.report.close()
        for dialog in (self.settings, self.help, self.about):
            if dialog is not None:
                dialog.close()


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
