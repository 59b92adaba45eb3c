"""One kind of live engine on the sources of the window: where it looks, which source its panel is about."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from widgets.sources.choice import SourceChoice
from workbench.controllers.common.live_threads import Lookers, choices, title_of
from workbench.controllers.shell.viewer import ViewerController
from workbench.project.file import Project
from workbench.services import Services

WATCHED = "watched"
"""Kind of the project's items, by engine: the source that its panel is about."""
KEEP_MS = 300


class SourceWatch(QObject):
    """`changed()` when there is something new to show, at most every `every` milliseconds while it looks.

    A subclass says with which settings it looks (`settings_for`) and what becomes of a result (`see`).
    """

    changed = Signal()

    def __init__(
        self, id: str, viewer: ViewerController, services: Services, lookers: Lookers, every: int, parent: QObject
    ) -> None:
        """id: of the engine in the tiles' menus, where its feature stands."""
        super().__init__(parent)
        self._id, self._viewer, self._services, self.lookers = id, viewer, services, lookers
        self.source, self._preferred = "", ""
        self._project: Project | None = None
        self._next = False
        self._keep_soon = QTimer(self, singleShot=True, interval=KEEP_MS)
        self._keep_soon.timeout.connect(self._keep_source)
        self._soon = QTimer(self, singleShot=True, interval=every)
        self._soon.timeout.connect(self.changed)
        lookers.looked.connect(self.see)
        lookers.looked.connect(self._pass_on)
        lookers.stopped.connect(self._stopped)
        viewer.engineToggled.connect(self._toggled)
        viewer.selectedChanged.connect(self._selected)
        viewer.changed.connect(self._arrived)
        self.follow_sources()

    def settings_for(self, path: str) -> Any:
        """What the engine at `path` is to work with."""
        raise NotImplementedError

    def see(self, path: str) -> None:
        """There is a newer result at `path`."""

    def switched(self, path: str, on: bool) -> None:
        """The engine looks, or no longer looks, at `path`."""

    def gave_up(self, path: str, why: str) -> None:
        """The engine ended by itself at `path`."""
        self.switched(path, False)
        self._services.notify(why, "warn")

    @property
    def running(self) -> bool:
        """The engine looks at the chosen source."""
        return self.source in self.lookers.paths()

    def sources(self) -> tuple[SourceChoice, ...]:
        """All that can be looked at."""
        return choices(self._services.feeds)

    def title(self, path: str) -> str:
        """What a source is called."""
        return title_of(self._services.feeds, path)

    def kept_source(self) -> str:
        """What the panel was about in the open project, "" for nothing."""
        kept = self._services.project.get(WATCHED, self._id)
        return kept if isinstance(kept, str) else ""

    def choose(self, path: str) -> None:
        """Show this source in the panel; what looks elsewhere goes on."""
        self._preferred = ""
        self._turn_to(path)

    def look(self, path: str, on: bool) -> None:
        """Look at `path`, or no longer; what looks again where it looked before leaves the panel at its source."""
        if on and path and self.lookers.start(path, self.settings_for(path)):
            if not (self._viewer.looks_again and self.kept_source()):
                self.source, self._preferred = path, ""
                self._keep_source()
            self._viewer.set_engine(self._id, path, True)
            self.switched(path, True)
        elif not on:
            self.lookers.stop(path)
            self._viewer.set_engine(self._id, path, False)
            self._services.results.ended.emit(self._id, path)
            self.switched(path, False)
        self.configure()
        self.changed.emit()

    def look_at_next(self) -> None:
        """Look at the source that is added next, as soon as some tile shows it, and play it over and over."""
        self._next = True

    def configure(self) -> None:
        """Hand the settings to every engine that looks."""
        for path in self.lookers.paths():
            self.lookers.configure(path, self.settings_for(path))

    def show_soon(self) -> None:
        """Say `changed`, not more often than is worth it."""
        if not self._soon.isActive():
            self._soon.start()

    def follow_sources(self) -> None:
        """Sources came or went. In another project the panel is about what it was about there, as soon as that is
        there, whatever the viewer selects while it is filled.
        """
        if self._services.project is not self._project:
            self._project, self._preferred = self._services.project, self.kept_source()
        there = [choice.path for choice in self.sources()]
        if self._preferred in there:
            self.source = self._preferred
            QTimer.singleShot(0, self, self._let_go)
        elif self.source not in there:
            selected = self._viewer.selected_path()
            self.source = selected if selected in there else (there or [""])[0]
            self._keep_soon.start()
        self.changed.emit()

    def _turn_to(self, path: str) -> None:
        if path != self.source:
            self.source = path
            self._keep_source()
            self.configure()
            self.changed.emit()

    @property
    def _comes_back(self) -> bool:
        """The source of before is there again, and the viewer is being filled."""
        return self._preferred != "" and self.source == self._preferred

    def _keep_source(self) -> None:
        """Into the project that it is of, unless that waits for another."""
        if self.source and not self._preferred and self._services.project is self._project:
            self._services.project.put(WATCHED, self._id, self.source)

    def _let_go(self) -> None:
        """The viewer is filled: its user selects from now on."""
        if self._comes_back:
            self._preferred = ""

    def close(self) -> None:
        self._soon.stop()
        self._keep_soon.stop()
        self.lookers.stop_all()

    def _pass_on(self, path: str) -> None:
        if (result := self.lookers.latest(path)) is not None:
            self._services.results.came.emit(self._id, path, result)

    def _stopped(self, path: str, why: str) -> None:
        self._viewer.set_engine(self._id, path, False, meant=False)
        self._services.results.ended.emit(self._id, path)
        self.gave_up(path, why)
        self.follow_sources()

    def _arrived(self) -> None:
        """Another source is shown: the one that was waited for."""
        shown = [path for path in self._viewer.shown().values() if path not in self.lookers.paths()]
        if self._next and shown:
            self._next = False
            self._services.feeds.feed(shown[-1].partition("/")[0]).set_loop(True)
            self.look(shown[-1], True)

    def _toggled(self, engine: str, path: str, on: bool) -> None:
        if engine == self._id:
            self.look(path, on)

    def _selected(self, path: str) -> None:
        """Follow the viewer, unless the engine is busy somewhere else."""
        elsewhere = (self.running and path not in self.lookers.paths()) or self._comes_back
        if path and not elsewhere and path in [choice.path for choice in self.sources()]:
            self._turn_to(path)
