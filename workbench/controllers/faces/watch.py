"""The camera side of the faces panel: the recognisers that look, what they saw, and what is drawn over the picture."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from engines.core.words import tr
from engines.faces.types import RecogniserSettings, Recognition
from widgets.faces.overlays import overlays_of
from widgets.faces.state import LiveFaces
from workbench.controllers.common.live_threads import Lookers
from workbench.controllers.common.source_watch import SourceWatch
from workbench.controllers.shell.viewer import ViewerController
from workbench.services import Services

ENGINE = "engines.faces.tracking.live:FaceRecogniser"
ID = "faces"
LIVE_MS = 100
"""The panel follows the recogniser at most this often; the picture follows every result."""


class Watch(SourceWatch):
    """`recognised(Recognition)` for every result of the chosen source.

    settings: read whenever they are needed.
    """

    recognised = Signal(object)

    def __init__(
        self,
        viewer: ViewerController,
        services: Services,
        settings: Callable[[], RecogniserSettings],
        parent: QObject,
    ) -> None:
        self._settings = settings
        self._moved: defaultdict[str, set[int]] = defaultdict(set)
        self._given_up: set[str] = set()
        self.lookers = Lookers(services, ENGINE, tr("Face recognition"), parent)
        super().__init__(ID, viewer, services, self.lookers, LIVE_MS, parent)

    @property
    def live(self) -> LiveFaces:
        """The recogniser on the chosen source, as the panel shows it."""
        path, lookers, running = self.source, self.lookers, self.running
        problem = (lookers.note(path) or lookers.problem(path)) if running else ""
        recognition = lookers.latest(path) if running else None
        return LiveFaces(self.sources(), path, running, recognition, lookers.rate(path), lookers.dropped(path), problem)

    def recognition(self) -> Recognition | None:
        """The newest result at the chosen source."""
        found: Any = self.lookers.latest(self.source)
        return found if isinstance(found, Recognition) else None

    def events(self) -> dict[str, object]:
        """What the recogniser at the chosen source emitted last, by key."""
        return self.lookers.events(self.source)

    def configure(self) -> None:
        super().configure()
        for path in self.lookers.paths():
            self.switched(path, True)
        for path in self._given_up if self._settings().blur == "off" else ():
            self.switched(path, False)

    def settings_for(self, path: str) -> RecogniserSettings:
        return self._settings()

    def switched(self, path: str, on: bool) -> None:
        """While faces are covered, no frame is shown or saved before it was looked at."""
        self._viewer.guard(ID, path, on and self._settings().blur != "off")
        self._given_up = self._given_up - {path}

    def gave_up(self, path: str, why: str) -> None:
        """What is to be covered is not shown bare because nothing covers it any more."""
        there = path.partition("/")[0] in self._services.feeds.ids()
        if not there or self._settings().blur == "off":
            super().gave_up(path, why)
            return
        self._given_up.add(path)
        self._viewer.guard(ID, path, True)
        text = tr("{why}. No new picture of {source} is shown, since its faces are to be covered",
                  why=why.rstrip("."), source=self.title(path))  # fmt: skip
        self._services.notify(text, "warn", tr("Show it uncovered"), partial(self.look, path, False))

    def see(self, path: str) -> None:
        found = self.lookers.latest(path)
        if not isinstance(found, Recognition):
            return
        self._viewer.show_overlays(ID, found.stamp, overlays_of(found, self._settings(), self._moved[path]))
        if path == self.source:
            self.recognised.emit(found)
            self.show_soon()
