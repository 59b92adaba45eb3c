"""The camera side of the actions panel: the engines that watch, what they decided, what is drawn over the picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject

from engines.actions.types import Watched, WatchSettings
from widgets.action_overlays import overlays_of
from widgets.actions_state import ScoreTrack
from workbench.controllers.lookers import Lookers
from workbench.controllers.score_history import ScoreHistory
from workbench.controllers.source_watch import SourceWatch
from workbench.controllers.viewer import ViewerController
from workbench.services import Services

ENGINE = "engines.actions.watching.live:ActionWatcher"
ID = "actions"
LIVE_MS = 100
"""Panel and timeline follow the decisions at most this often; the picture follows every result."""


class Watch(SourceWatch):
    """settings: read whenever they are needed. classes: in the order that colours go by, of the chosen source."""

    def __init__(
        self,
        viewer: ViewerController,
        services: Services,
        settings: Callable[[], WatchSettings],
        classes: Callable[[], tuple[str, ...]],
        parent: QObject,
    ) -> None:
        self._settings, self._classes = settings, classes
        self._histories: dict[str, ScoreHistory] = {}
        self.lookers = Lookers(services, ENGINE, "Action detection", parent)
        super().__init__(ID, "Actions", viewer, services, self.lookers, LIVE_MS, parent)
        services.feeds.removed.connect(self._forget_feed)

    @property
    def problem(self) -> str:
        """Why nothing comes from the chosen source, in words."""
        path = self.source
        return (self.lookers.note(path) or self.lookers.problem(path)) if self.running else ""

    def watched(self) -> Watched | None:
        """The newest result at the chosen source."""
        found: Any = self.lookers.latest(self.source)
        return found if isinstance(found, Watched) else None

    def track(self) -> ScoreTrack | None:
        """All that was decided along the chosen source."""
        history = self._histories.get(self.source)
        return history.track() if history is not None and history.version else None

    def reopen(self) -> None:
        """The file of the model is another one now: whatever looks begins anew with it."""
        for path in self.lookers.paths():
            self.lookers.stop(path)
            self.lookers.start(path, self.settings_for(path))

    def settings_for(self, path: str) -> WatchSettings:
        return self._settings()

    def see(self, path: str) -> None:
        found = self.lookers.latest(path)
        if not isinstance(found, Watched):
            return
        classes = self._classes() if path == self.source else ()
        self._viewer.show_overlays(ID, found.stamp, overlays_of(found, self._settings(), classes))
        history = self._histories.setdefault(path, ScoreHistory())
        history.name = Path(self._settings().model).stem
        history.add(found)
        if path == self.source:
            self.show_soon()

    def _forget_feed(self, id: str) -> None:
        """Another source may come by the same id."""
        for path in [path for path in self._histories if path.partition("/")[0] == id]:
            del self._histories[path]
