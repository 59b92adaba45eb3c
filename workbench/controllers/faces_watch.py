"""The camera side of the faces panel: the recognisers that look, what they saw, and what is drawn over the picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject, QTimer, Signal

from engines.faces.types import RecogniserSettings, Recognition
from widgets.face_overlays import overlays_of
from widgets.faces_state import LiveFaces, SourceChoice
from workbench.controllers.lookers import Lookers
from workbench.controllers.source_choices import choices
from workbench.controllers.viewer import ViewerController
from workbench.services import Services

ENGINE = "engines.faces.following.live:FaceRecogniser"
ID = "faces"
LIVE_MS = 100
"""The panel follows the recogniser at most this often; the picture follows every result."""


class Watch(QObject):
    """`changed()` when there is something new to show; `recognised(Recognition)` for every result of the chosen source.

    settings: read whenever they are needed.
    """

    changed = Signal()
    recognised = Signal(object)

    def __init__(
        self,
        viewer: ViewerController,
        services: Services,
        settings: Callable[[], RecogniserSettings],
        parent: QObject,
    ) -> None:
        super().__init__(parent)
        self._viewer, self._services, self._settings = viewer, services, settings
        self.source = viewer.selected_path()
        self._next = False
        self.lookers = Lookers(services, ENGINE, "Face recognition", self)
        self._soon = QTimer(self, singleShot=True, interval=LIVE_MS)
        self._soon.timeout.connect(self.changed)
        self.lookers.looked.connect(self._looked)
        self.lookers.stopped.connect(self._stopped)
        viewer.register_engine(ID, "Faces")
        viewer.engineToggled.connect(self._toggled)
        viewer.selectedChanged.connect(self._selected)
        viewer.changed.connect(self._arrived)

    @property
    def live(self) -> LiveFaces:
        """The recogniser on the chosen source, as the panel shows it."""
        path, lookers = self.source, self.lookers
        running = path in lookers.paths()
        problem = (lookers.note(path) or lookers.problem(path)) if running else ""
        recognition = lookers.latest(path) if running else None
        return LiveFaces(self.sources(), path, running, recognition, lookers.rate(path), lookers.dropped(path), problem)

    def sources(self) -> tuple[SourceChoice, ...]:
        """All that can be looked at."""
        return choices(self._services.feeds)

    def recognition(self) -> Recognition | None:
        """The newest result at the chosen source."""
        found: Any = self.lookers.latest(self.source)
        return found if isinstance(found, Recognition) else None

    def events(self) -> dict[str, object]:
        """What the recogniser at the chosen source emitted last, by key."""
        return self.lookers.events(self.source)

    def choose(self, path: str) -> None:
        """Show this source in the panel; what looks elsewhere goes on."""
        if path != self.source:
            self.source = path
            self.changed.emit()

    def look(self, path: str, on: bool) -> None:
        """Look for faces at `path`, or no longer."""
        if on and path and self.lookers.start(path, self._settings()):
            self.source = path
            self._viewer.set_engine(ID, path, True)
            self._guard(path)
        elif not on:
            self.lookers.stop(path)
            self._viewer.set_engine(ID, path, False)
            self._viewer.guard(ID, path, False)
        self.changed.emit()

    def look_at_next(self) -> None:
        """Look at the source that is added next, as soon as some tile shows it, and play it over and over."""
        self._next = True

    def configure(self) -> None:
        """Hand the settings to every recogniser."""
        for path in self.lookers.paths():
            self.lookers.configure(path, self._settings())
            self._guard(path)

    def follow_sources(self) -> None:
        """Sources came or went."""
        there = [choice.path for choice in self.sources()]
        if self.source not in there:
            selected = self._viewer.selected_path()
            self.source = selected if selected in there else (there or [""])[0]
        self.changed.emit()

    def close(self) -> None:
        self._soon.stop()
        self.lookers.stop_all()

    def _guard(self, path: str) -> None:
        """While faces are covered, no frame is shown or saved before it was looked at."""
        self._viewer.guard(ID, path, self._settings().blur != "off")

    def _looked(self, path: str) -> None:
        found = self.lookers.latest(path)
        if not isinstance(found, Recognition):
            return
        self._viewer.show_overlays(ID, found.stamp, overlays_of(found, self._settings()))
        if path == self.source:
            self.recognised.emit(found)
            if not self._soon.isActive():
                self._soon.start()

    def _stopped(self, path: str, why: str) -> None:
        self._viewer.set_engine(ID, path, False)
        self._viewer.guard(ID, path, False)
        self._services.notify(why, "warn")
        self.follow_sources()

    def _arrived(self) -> None:
        """Another source is shown: the one that was waited for."""
        shown = [path for path in self._viewer.shown().values() if path not in self.lookers.paths()]
        if self._next and shown:
            self._next = False
            self._services.feeds.feed(shown[-1].partition("/")[0]).set_loop(True)
            self.look(shown[-1], True)

    def _toggled(self, engine: str, path: str, on: bool) -> None:
        if engine == ID:
            self.look(path, on)

    def _selected(self, path: str) -> None:
        """Follow the viewer, unless faces are being looked for somewhere else."""
        looking = self.source in self.lookers.paths() and path not in self.lookers.paths()
        if path and not looking and path in [choice.path for choice in self.sources()]:
            self.choose(path)
