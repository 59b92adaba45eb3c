"""The windows beside the window: settings, guide, about. None of them blocks the work."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget

from engines.core.places import log_dir
from workbench import __version__
from workbench.commands import Actions
from workbench.controllers.shell.reveal import reveal
from workbench.features import Preset
from workbench.services import Services

if TYPE_CHECKING:
    from widgets.shell.about import AboutDialog
    from widgets.shell.help import HelpPage
    from widgets.shell.settings import SettingsDialog
    from widgets.shell.shortcuts import ShortcutsPage
    from workbench.controllers.shell.report import ReportController
    from workbench.controllers.shell.settings import SettingsPages


class DialogsController(QObject):
    """Made, and imported, when first asked for, so that they cost nothing at start."""

    def __init__(
        self, window: QWidget, services: Services, actions: Actions, panel_in_front: Callable[[], str],
        applied: Mapping[str, Callable[[str], None]], presets: Sequence[Preset], pages: Mapping[str, Path],
    ) -> None:  # fmt: skip
        """applied: what does at once what a setting says, by its name. pages: of the guide, in their order."""
        super().__init__(window)
        self._presets, self._pages = presets, pages
        self._window, self._services = window, services
        self._panel_in_front, self._applied = panel_in_front, applied
        self.settings: SettingsDialog | None = None
        self.help: HelpPage | None = None
        self.about: AboutDialog | None = None
        self.serve_shortcuts: Callable[[ShortcutsPage], object] | None = None
        """Fills the page of the keys, where somebody does."""
        actions.bind("help.report", lambda: self.report.show())
        actions.bind("file.settings", self.show_settings)
        actions.bind("help.guide", lambda: services.host.show_help(self._panel_in_front()))
        actions.bind("help.about", self.show_about)
        actions.bind("help.log-folder", lambda: reveal(log_dir(), self._services.notify))

    @cached_property
    def report(self) -> ReportController:
        from workbench.controllers.shell.report import ReportController

        return ReportController(self._window, self._services)

    @cached_property
    def pages(self) -> SettingsPages:
        from workbench.controllers.shell.settings import SettingsPages

        pages = SettingsPages(self._window, self._services, self._applied, self._presets)
        pages.serve_shortcuts = self.serve_shortcuts
        return pages

    def show_settings(self, section: str = "") -> None:
        self.settings = self.pages.show(section)

    def show_setting(self, title: str) -> None:
        """Open the settings where one stands."""
        self.show_settings()
        if self.settings is not None:
            self.settings.show_row(title)

    def listed_settings(self) -> list[tuple[str, str]]:
        """Title and more words of every setting."""
        return self.pages.listed()

    def show_help(self, page: str) -> None:
        from widgets.shell.help import HelpPage

        if self.help is None:
            self.help = HelpPage(self._window, self._pages)
        self.help.show_page(page)

    def show_heading(self, page: str, heading: str) -> None:
        self.show_help(page)
        if self.help is not None:
            self.help.show_heading(page, heading)

    def show_about(self) -> None:
        from widgets.shell.about import AboutDialog
        from workbench.controllers.shell.about import about_text
        from workbench.controllers.shell.settings import places_of

        if self.about is None:
            self.about = AboutDialog(self._window, __version__)
        self.about.open_with(about_text(places_of(self._services.settings.value)))

    def close(self) -> None:
        if "report" in vars(self):
            self.report.close()
        for dialog in (self.settings, self.help, self.about):
            if dialog is not None:
                dialog.close()
