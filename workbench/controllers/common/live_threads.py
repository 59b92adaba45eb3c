"""Live engines on paths: one thread for each feed or tile that is looked at, always with its newest frame."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from engines.cameras.types import FeedState
from engines.core.errors import KinoscopeError
from engines.core.slots import Latest, Slot
from workbench.controllers.common.source_choices import title_of
from workbench.services import Services
from workbench.threads.engine_thread import Failure
from workbench.threads.live import LiveThread


@dataclass(slots=True)
class _Looker:
    thread: LiveThread
    slot: Slot
    title: str


class Lookers(QObject):
    """`looked(path)` when there is a newer result; `stopped(path, why)` when one ended by itself, in words."""

    looked = Signal(str)
    stopped = Signal(str, str)

    def __init__(self, services: Services, engine: str, title: str, parent: QObject) -> None:
        """engine: dotted path of a live engine; title: what it is called in sentences ("Board detection")."""
        super().__init__(parent)
        self._services, self._engine, self._title = services, engine, title
        self._lookers: dict[str, _Looker] = {}
        services.feeds.removed.connect(self._feed_removed)

    def paths(self) -> list[str]:
        return list(self._lookers)

    def start(self, path: str, settings: object) -> bool:
        """Look at `path`; False, with `stopped`, when there is no such source."""
        if path in self._lookers:
            return True
        try:
            slot = self._services.feeds.subscribe(path, Latest())
        except KinoscopeError as error:
            self.stopped.emit(path, str(error))
            return False
        thread = LiveThread(engine=self._engine, settings=settings, slots=[slot], host="thread")
        thread.updated.connect(lambda: self._updated(path, thread))
        thread.failed.connect(lambda failure: self._failed(path, thread, failure))
        self._lookers[path] = _Looker(thread, slot, title_of(self._services.feeds, path))
        self._services.supervisor.adopt(thread)
        thread.start()
        return True

    def stop(self, path: str) -> None:
        """Look no more; fine when nobody looks."""
        looker = self._lookers.pop(path, None)
        if looker is not None:
            looker.thread.request_stop()
            self._services.feeds.unsubscribe(path, looker.slot)

    def stop_all(self) -> None:
        for path in self.paths():
            self.stop(path)

    def configure(self, path: str, settings: object) -> None:
        """New settings between two frames."""
        if path in self._lookers:
            self._lookers[path].thread.configure(settings)

    def latest(self, path: str) -> Any:
        """The newest result at `path`, None before the first."""
        looker = self._lookers.get(path)
        return looker.thread.latest() if looker else None

    def events(self, path: str) -> dict[str, object]:
        """The newest of what the engine emitted, by key."""
        looker = self._lookers.get(path)
        return looker.thread.events() if looker else {}

    def rate(self, path: str) -> float:
        """Results per second."""
        looker = self._lookers.get(path)
        return float(looker.thread.rate) if looker else 0.0

    def dropped(self, path: str) -> int:
        """Frames that came while it was busy."""
        looker = self._lookers.get(path)
        return looker.thread.dropped if looker else 0

    def note(self, path: str) -> str:
        """What it is doing, "" while it simply works."""
        looker = self._lookers.get(path)
        return looker.thread.note if looker else ""

    def problem(self, path: str) -> str:
        """Why `path` gives no frames now, in words; "" when it does."""
        feed = path.partition("/")[0]
        if feed not in self._services.feeds.ids():
            return "This source is no longer open"
        status = self._services.feeds.feed(feed).status()
        words = {
            FeedState.FAILED: f"The source failed: {status.message}",
            FeedState.RECONNECTING: "The source is reconnecting",
            FeedState.ENDED: "The recording has ended",
            FeedState.OPENING: "The source is opening",
        }
        return words.get(status.state, "")

    def _updated(self, path: str, thread: LiveThread) -> None:
        looker = self._lookers.get(path)
        if looker is not None and looker.thread is thread:
            self._hear(path)

    def _hear(self, path: str) -> None:
        """There is something newer at `path`."""
        self.looked.emit(path)

    def _failed(self, path: str, thread: LiveThread, failure: Failure) -> None:
        looker = self._lookers.get(path)
        if looker is not None and looker.thread is thread:
            self.stop(path)
            self.stopped.emit(path, f"{self._title} stopped: {failure.message}")

    def _feed_removed(self, id: str) -> None:
        for path, looker in [(path, one) for path, one in self._lookers.items() if path.partition("/")[0] == id]:
            self.stop(path)
            self.stopped.emit(path, f"{looker.title} was closed; {self._title.lower()} stopped there")
