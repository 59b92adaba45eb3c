"""Joins the Log panel to the log."""

from __future__ import annotations

from PySide6.QtCore import QObject

from engines.core.errors import KinoscopeError
from engines.core.files import write_text
from engines.core.outputs import TEXT, check_file
from widgets.shell.log import LogPanel, LogRow
from workbench.log import LogLine
from workbench.services import Services


class LogController(QObject):
    """Gives the panel the lines it has not seen."""

    def __init__(self, panel: LogPanel, services: Services) -> None:
        super().__init__(panel)
        self._panel, self._services = panel, services
        self._seen = 0
        services.log.changed.connect(self.refresh)
        panel.cleared.connect(services.log.clear)
        panel.saved.connect(self._save)
        self.refresh()

    def refresh(self) -> None:
        lines = self._services.log.rows(self._seen)
        if lines:
            self._seen = lines[-1].number
            self._panel.append([_row(line) for line in lines])

    def close(self) -> None:
        self._services.log.changed.disconnect(self.refresh)

    def _save(self, path: str) -> None:
        try:
            write_text(check_file(path, TEXT), self._panel.text() + "\n")
        except (OSError, KinoscopeError) as error:
            self._services.notify(f"The log could not be saved: {error}", "bad")


def _row(line: LogLine) -> LogRow:
    return LogRow(line.time, line.level, line.level_name, line.logger, line.text, line.details)
