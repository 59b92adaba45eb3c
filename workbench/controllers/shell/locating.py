"""Films and folders of a project that are not where they were: said when it opens, and found again by one of them."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QWidget

from engines.core.names import shown
from engines.core.words import tr, tr_count
from widgets.kit.save_file import ask_folder, ask_open
from workbench.project.file import Project
from workbench.project.paths import gone, located, put_where
from workbench.services import Services
from workbench.threads.background import Errands

NAMES = 4
"""So many are named in a notice."""


class Locating(QObject):
    """`moved`: the project names files by where they are now, and has to be opened again."""

    moved = Signal()

    def __init__(self, window: QWidget, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._window, self._services = window, services
        self._errands = Errands("locating")
        services.supervisor.adopt(self._errands)

    def look(self) -> None:
        """Whether all of the open project is there; beside the window, since disks may take their time."""
        project = self._services.project
        self._errands.ask(partial(gone, project), partial(self._told, project), lambda _failure: None, key="look")

    def close(self) -> None:
        self._errands.request_stop()

    def locate(self, project: Project, paths: list[str]) -> None:
        """Ask where the first of these is; the others come along where they lie as they did, or beside it."""
        old = paths[0]
        title = tr("Where is {name} now?", name=shown(Path(old).name))
        is_film = bool(Path(old).suffix)
        new = ask_open(self._window, title, "film", "") if is_film else ask_folder(self._window, title, "film")
        if new and project is self._services.project:
            put_where(project, located(old, new, paths))
            self.moved.emit()

    def _told(self, project: Project, found: dict[str, str]) -> None:
        if not found or project is not self._services.project:
            return
        paths = list(dict.fromkeys(found.values()))
        names = ", ".join(shown(Path(path).name) for path in paths[:NAMES])
        text = tr_count(
            len(paths), "A source is not where it was: {names}", "{n} sources are not where they were: {names}",
            names=names if len(paths) <= NAMES else f"{names} \u2026",
        )  # fmt: skip
        locate = "" if project.read_only else tr("Locate\u2026")
        self._services.notify(text, "warn", locate, partial(self.locate, project, paths) if locate else None)
