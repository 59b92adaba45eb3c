"""The report of a problem: gathered beside the window, shown file by file, saved where the user wants it."""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QApplication, QWidget

from engines.cameras.sources.changes import file_of
from engines.cameras.sources.parsing import title
from engines.core.errors import KinoscopeError
from engines.core.spec import to_json
from engines.core.words import tr, tr_count
from widgets.kit.save_file import ask_file
from widgets.shell.report import ReportDialog, ReportShown
from workbench.controllers.shell.reveal import reveal
from workbench.diagnostics.collecting import Report, Told, collect, save
from workbench.feeds.passwords import address_of
from workbench.services import Services
from workbench.threads.background import Errands

REPORTS = tr("Zip files (*.zip)")


class ReportController(QObject):
    """Makes the dialog when it is first asked for."""

    def __init__(self, window: QWidget, services: Services) -> None:
        super().__init__(window)
        self._window, self._services = window, services
        self._errands = Errands("report")
        services.supervisor.adopt(self._errands)
        self._report: Report | None = None
        self.dialog: ReportDialog | None = None

    def show(self) -> None:
        """Gather a new report and show it."""
        if self.dialog is None:
            self.dialog = ReportDialog(self._window)
            self.dialog.saved.connect(self._save)
        self._report = None
        self.dialog.open_with(ReportShown(busy=True))
        self._errands.ask(partial(collect, self._told()), self._have, self._failed, key="report")

    def offer(self) -> None:
        """After a crash."""
        self._services.notify(tr("Kinoscope crashed the last time it ran"), "warn", tr("Report…"), self.show)

    def close(self) -> None:
        if self.dialog is not None:
            self.dialog.close()

    def _told(self) -> Told:
        services = self._services
        sources = [services.feeds.feed(id).source for id in services.feeds.ids()]
        titles = (services.project.title, *(title(source) for source in sources))
        paths = (str(services.project.path), *services.settings.value.recent, *map(file_of, sources))
        return Told(
            to_json(services.settings.value), services.jobs.records(), _screens(),
            tuple(filter(None, map(address_of, sources))), tuple(filter(None, titles)), paths,
            tuple(services.supervisor.names()),
            lambda: "\n".join(line.text for line in services.log.rows()),
        )  # fmt: skip

    def _have(self, report: Report) -> None:
        self._report = report
        if self.dialog is not None:
            files = tuple((part.name, part.title, part.text) for part in report.parts)
            self.dialog.open_with(ReportShown(files, taken_words(report.taken)))

    def _failed(self, failure: Any) -> None:
        self._services.notify(tr("The report could not be gathered: {why}", why=failure), "bad")

    def _save(self, names: tuple[str, ...]) -> None:
        suggested = time.strftime("kinoscope-report-%Y-%m-%d.zip")
        path = ask_file(self.dialog, tr("Save report"), "report", REPORTS, suggested)
        if not path or self._report is None:
            return
        try:
            save(self._report, path, names)
        except (OSError, KinoscopeError) as error:
            self._services.notify(tr("The report could not be saved: {why}", why=error), "bad")
            return
        self.close()
        self._services.notify(
            tr("The report is saved: {path}", path=path),
            "good",
            tr("Reveal"),
            partial(reveal, path, self._services.notify),
        )


TAKEN: dict[str, Callable[[int], str]] = {
    "person": lambda n: tr_count(n, "{n} name of a person", "{n} names of people"),
    "folder": lambda n: tr_count(n, "{n} folder", "{n} folders"),
    "file": lambda n: tr_count(n, "{n} name of a file", "{n} names of files"),
    "address": lambda n: tr_count(n, "{n} address", "{n} addresses"),
    "secret": lambda n: tr_count(n, "{n} password", "{n} passwords"),
    "text": lambda n: tr_count(n, "{n} text of yours", "{n} texts of yours"),
}


def taken_words(taken: dict[str, int]) -> str:
    """What was taken out, in a sentence."""
    words = [words(taken[kind]) for kind, words in TAKEN.items() if taken.get(kind)]
    nothing = tr("There was nothing to take out.")
    return tr("Looked for and taken out: {things}.", things=", ".join(words)) if words else nothing


def _screens() -> str:
    screens = QApplication.screens()
    sizes = [
        tr(
            "{width} x {height} at {scale:g}",
            width=one.size().width(),
            height=one.size().height(),
            scale=one.devicePixelRatio(),
        )
        for one in screens
    ]
    return f"{QApplication.platformName()}, {', '.join(sizes)}"
