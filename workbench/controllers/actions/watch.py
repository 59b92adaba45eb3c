"""The camera side of the actions panel: the engines that watch, what they decided, what is drawn over the picture."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import QObject

from engines.actions.types import Watched, WatchSettings
from engines.cameras.types import FeedState
from widgets.actions.overlays import overlays_of
from widgets.timeline.state import ScoreTrack
from workbench.controllers.actions.score_history import ScoreHistory
from workbench.controllers.common.live_threads import Lookers
from workbench.controllers.common.source_watch import SourceWatch
from workbench.controllers.shell.viewer import ViewerController
from workbench.services import Services

ENGINE = "engines.actions.streaming.live:ActionWatcher"
ID = "actions"
GOING = (FeedState.PLAYING, FeedState.PAUSED)
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
        self._histories: dict[tuple[str, str, str], ScoreHistory] = {}
        """By path, model file and how its weights are kept."""
        self.lookers = Lookers(services, ENGINE, "Action detection", parent)
        super().__init__(ID, "Actions", viewer, services, self.lookers, LIVE_MS, parent)
        services.feeds.removed.connect(self._forget_feed)

    @property
    def problem(self) -> str:
        """Why nothing comes from the chosen source, in words."""
        path = self.source
        return (self.lookers.note(path) or self.lookers.problem(path)) if self.running else ""

    def watched(self) -> Watched | None:
        """The newest result at the chosen source, by the chosen model."""
        return self._found(self.source)

    def track(self) -> ScoreTrack | None:
        """All that the chosen model decided along the chosen source, whenever it watched."""
        settings = self._settings()
        history = self._histories.get((self.source, settings.model, settings.weights))
        if history is None or not history.version:
            return None
        state = self._services.feeds.state(self.source)
        return history.track(settings, going=self.running and state in GOING)

    @property
    def moving(self) -> bool:
        """The chosen source gives new pictures."""
        return self._services.feeds.plays(self.source)

    def configure(self) -> None:
        """Also what stands still follows the settings."""
        super().configure()
        for path in self.lookers.paths():
            self._draw(path)

    def reopen(self, model: str) -> None:
        """The file of this model is another one now: what it decided is gone, and whatever looks begins anew."""
        self._histories = {key: each for key, each in self._histories.items() if key[1] != model}
        if model != self._settings().model:
            return
        for path in self.lookers.paths():
            self.lookers.stop(path)
            self.lookers.start(path, self.settings_for(path))

    def settings_for(self, path: str) -> WatchSettings:
        return self._settings()

    def see(self, path: str) -> None:
        found = self.lookers.latest(path)
        if isinstance(found, Watched):
            self._draw(path)
            self._histories.setdefault((path, found.model, found.weights), ScoreHistory()).add(found)
        if path == self.source:
            self.show_soon()

    def _draw(self, path: str) -> None:
        """What is seen in the picture that is shown, by the settings of now; of another model nothing."""
        last, found = self.lookers.latest(path), self._found(path)
        classes = self._classes() if path == self.source else ()
        if isinstance(last, Watched):
            made = overlays_of(found, self._settings(), classes) if found is not None else []
            self._viewer.show_overlays(ID, last.stamp, made)

    def _found(self, path: str) -> Watched | None:
        """The newest result, unless it is of a model that was chosen before."""
        found: Any = self.lookers.latest(path)
        asked = self._settings()
        same = isinstance(found, Watched) and (found.model, found.weights) == (asked.model, asked.weights)
        return found if same else None

    def _forget_feed(self, id: str) -> None:
        """Another source may come by the same id."""
        for key in [key for key in self._histories if key[0].partition("/")[0] == id]:
            del self._histories[key]
