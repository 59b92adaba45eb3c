"""Joins the Log panel to the log."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QObject

from engines.core.errors import KinoscopeError
from engines.core.files import write_text
from engines.core.outputs import TEXT, check_file
from engines.core.words import tr
from widgets.shell.log import LogPanel, LogRow
from workbench.features import Feature
from workbench.log import LogLine
from workbench.services import Services


class LogController(QObject):
    """Gives the panel the lines it has not seen."""

    def __init__(self, panel: LogPanel, services: Services, features: Iterable[Feature] = ()) -> None:
        super().__init__(panel)
        self._origins = origins(features)
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
            self._panel.append([self._row(line) for line in lines])

    def close(self) -> None:
        self._services.log.changed.disconnect(self.refresh)

    def _save(self, path: str) -> None:
        try:
            write_text(check_file(path, TEXT), self._panel.text() + "\n")
        except (OSError, KinoscopeError) as error:
            self._services.notify(tr("The log could not be saved: {why}", why=error), "bad")

    def _row(self, line: LogLine) -> LogRow:
        origin = origin_of(line.logger, self._origins)
        return LogRow(line.time, line.level, line.level_name, line.logger, line.text, line.details, origin)


def origins(features: Iterable[Feature]) -> tuple[tuple[str, str], ...]:
    """How the names of loggers begin and what people call that part of the program, the longest beginning first."""
    ours = [(_rooms(one.make), one.title) for one in features]
    found = {prefix: title for prefixes, title in ours for prefix in prefixes}
    fixed = {"worker.": tr("Jobs"), "engines.cameras.": tr("Sources"), "widgets.": tr("Window")}
    fixed |= {"workbench.": tr("Window"), "qt.": tr("Window"), "uncaught": tr("Window"), "engines.": tr("Engines")}
    return tuple(sorted((fixed | found).items(), key=lambda pair: -len(pair[0])))


def _rooms(make: str) -> tuple[str, ...]:
    """'engines.faces.', 'widgets.faces.' and the like, of a feature whose controllers are in 'faces'."""
    room = make.partition(":")[0].removeprefix("workbench.controllers.").rpartition(".")[0] or make.partition(":")[0]
    return tuple(f"{floor}.{room}." for floor in ("engines", "widgets", "workbench.controllers"))


def origin_of(logger: str, known: Iterable[tuple[str, str]]) -> str:
    """The part of the program that a logger is of; of a library its own name."""
    named = f"{logger}."
    return next((title for prefix, title in known if named.startswith(prefix)), logger.partition(".")[0])
