"""Keeps which live engines look at which picture, and has them look there again whenever that picture comes back.

What an engine covers is covered from the first picture on: it is guarded before there is one.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from PySide6.QtCore import QObject, QTimer

from workbench.controllers.shell.viewer import ViewerController
from workbench.feeds.running import is_of
from workbench.services import Services

ENGINES = "engines"
"""Kind of the project's items, by path: the engines that look there (`on`), and those that cover what is there."""


class Looking(QObject):
    """What the user switches is in the project at once; what stops by itself stays, and is tried again."""

    def __init__(self, viewer: ViewerController, services: Services) -> None:
        super().__init__(viewer)
        self._viewer, self._services = viewer, services
        viewer.looked.connect(partial(self._note, "on"))
        viewer.guarded.connect(partial(self._note, "covers"))
        services.feeds.added.connect(self._come)

    def standing(self, id: str) -> dict[str, Any]:
        """What is kept of a source and its pictures, by path."""
        items = self._services.project.items(ENGINES)
        return {path: kept for path, kept in items.items() if is_of(path, id) and isinstance(kept, dict)}

    def forget(self, id: str) -> None:
        """The source is closed for good."""
        for path in self.standing(id):
            self._services.project.drop(ENGINES, path)

    def bring_back(self, standing: dict[str, Any]) -> None:
        """Have it as it was; before the source comes back."""
        for path, kept in standing.items():
            self._services.project.put(ENGINES, path, kept)

    def _note(self, field: str, engine: str, path: str, on: bool) -> None:
        """Not of what ends because its source does."""
        if path.partition("/")[0] not in self._services.feeds.ids():
            return
        kept = self.standing(path).get(path, {})
        names = {*_names(kept, field), engine} if on else {*_names(kept, field)} - {engine}
        kept = {**kept, field: sorted(names)}
        if any(kept.values()):
            self._services.project.put(ENGINES, path, kept)
        else:
            self._services.project.drop(ENGINES, path)

    def _come(self, path: str) -> None:
        standing = self.standing(path)
        for each, kept in standing.items():
            for engine in _names(kept, "covers"):
                self._viewer.guard(engine, each, True)
        if standing:
            QTimer.singleShot(0, self, partial(self._look_again, path))

    def _look_again(self, path: str) -> None:
        there = self._services.feeds.paths(path.partition("/")[0])
        for each, kept in self.standing(path).items():
            for engine in _names(kept, "on") if each in there else ():
                if engine not in self._viewer.engines_on(each):
                    self._viewer.looks_again = True
                    self._viewer.engineToggled.emit(engine, each, True)
                    self._viewer.looks_again = False


def _names(kept: dict[str, Any], field: str) -> list[str]:
    """Of engines; a file may hold anything."""
    names = kept.get(field)
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []
