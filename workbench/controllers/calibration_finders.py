"""The live board finders: one thread for each path that is looked at, and the frames that their results belong to.

A finder takes the newest frame only. The frames it took are kept for a moment, so that a capture is exactly the
picture in which the board was seen.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from engines.calibration.types import FinderSettings, Sighting
from engines.cameras.types import FeedState
from engines.core.errors import KinoscopeError
from engines.core.frames import FeedItem, Frame, Stamp
from engines.core.slots import Latest, Slot
from workbench.live import LiveThread
from workbench.services import Services
from workbench.threads import Failure

ENGINE = "engines.calibration.live:BoardFinder"
KEPT = 6


class KeepingSlot(Slot):
    """A slot that remembers the last frames taken from another."""

    def __init__(self, slot: Slot) -> None:
        super().__init__(slot.policy)
        self._inner = slot
        self._taken_frames: deque[Frame] = deque(maxlen=KEPT)

    def take(self, timeout: float | None = 0.0) -> FeedItem | None:
        item = self._inner.take(timeout)
        if isinstance(item, Frame):
            self._taken_frames.append(item)
            self.taken += 1
        self.dropped = self._inner.dropped
        self.closed = self.closed or self._inner.closed
        return item

    def clear(self) -> None:
        self._inner.clear()

    def close(self) -> None:
        self.closed = True
        self._inner.close()

    def frame(self, stamp: Stamp) -> Frame | None:
        """The frame of this stamp, while it is remembered."""
        return next((frame for frame in reversed(tuple(self._taken_frames)) if frame.stamp == stamp), None)


@dataclass(slots=True)
class _Finder:
    thread: LiveThread
    inner: Slot
    slot: KeepingSlot
    sighting: Sighting | None = None


class Finders(QObject):
    """`sighted(path)` when there is a newer result; `stopped(path, why)` when one ended by itself, in words."""

    sighted = Signal(str)
    stopped = Signal(str, str)

    def __init__(self, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._services = services
        self._finders: dict[str, _Finder] = {}
        services.feeds.removed.connect(self._feed_removed)

    def paths(self) -> list[str]:
        return list(self._finders)

    def start(self, path: str, settings: FinderSettings) -> bool:
        """Look for the board at `path`; False, with `stopped`, when there is no such source."""
        if path in self._finders:
            return True
        try:
            inner = self._services.feeds.subscribe(path, Latest())
        except KinoscopeError as error:
            self.stopped.emit(path, str(error))
            return False
        slot = KeepingSlot(inner)
        thread = LiveThread(engine=ENGINE, settings=settings, slots=[slot], host="thread")
        thread.updated.connect(lambda: self._updated(path, thread))
        thread.failed.connect(lambda failure: self._failed(path, thread, failure))
        self._finders[path] = _Finder(thread, inner, slot)
        self._services.supervisor.adopt(thread)
        thread.start()
        return True

    def stop(self, path: str) -> None:
        """Look no more; fine when nobody looks."""
        finder = self._finders.pop(path, None)
        if finder is not None:
            finder.thread.request_stop()
            self._services.feeds.unsubscribe(path, finder.inner)

    def stop_all(self) -> None:
        for path in self.paths():
            self.stop(path)

    def configure(self, path: str, settings: FinderSettings) -> None:
        """New settings between two frames."""
        if path in self._finders:
            self._finders[path].thread.configure(settings)

    def sighting(self, path: str) -> Sighting | None:
        """The newest result at `path`."""
        finder = self._finders.get(path)
        return finder.sighting if finder else None

    def rate(self, path: str) -> float:
        """Results per second."""
        finder = self._finders.get(path)
        return float(finder.thread.rate) if finder else 0.0

    def frame(self, path: str, stamp: Stamp) -> Frame | None:
        """The frame a sighting belongs to, while it is remembered."""
        finder = self._finders.get(path)
        return finder.slot.frame(stamp) if finder else None

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

    def _updated(self, path: str, thread: Any) -> None:
        finder = self._finders.get(path)
        if finder is None or finder.thread is not thread:
            return
        sighting = thread.latest()
        if isinstance(sighting, Sighting):
            finder.sighting = sighting
            self.sighted.emit(path)

    def _failed(self, path: str, thread: Any, failure: Failure) -> None:
        finder = self._finders.get(path)
        if finder is not None and finder.thread is thread:
            self.stop(path)
            self.stopped.emit(path, f"Board detection stopped: {failure.message}")

    def _feed_removed(self, id: str) -> None:
        for path in [path for path in self._finders if path.partition("/")[0] == id]:
            self.stop(path)
            self.stopped.emit(path, f"{path} was closed; board detection stopped there")
