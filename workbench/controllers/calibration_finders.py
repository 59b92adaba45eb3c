"""The live board finders: one thread for each path that is looked at, and the frames that their results belong to.

A finder takes the newest frame only, and what is captured is exactly the picture in which the board was seen.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from engines.calibration.live import BoardFinder
from engines.calibration.types import FinderSettings, Sighting
from engines.cameras.types import FeedState
from engines.core.context import Context
from engines.core.errors import KinoscopeError
from engines.core.frames import Frame, FrameSet
from engines.core.slots import Latest, Slot
from workbench.live import LiveThread
from workbench.services import Services
from workbench.threads import Failure

ENGINE = "workbench.controllers.calibration_finders:CapturingFinder"
SEEN, CAPTURE = "seen", "capture"


@dataclass(frozen=True, slots=True)
class Seen:
    """A result and the very frame it belongs to."""

    sighting: Sighting
    frame: Frame


class CapturingFinder(BoardFinder):
    """The board finder, which also hands over the frames that views are captured from: `SEEN` the newest one,
    `CAPTURE` the newest that the automatic capture asks for, which later frames do not replace."""

    def open(self, settings: FinderSettings, ctx: Context) -> None:
        super().open(settings, ctx)
        self._ctx = ctx

    def process(self, frames: FrameSet) -> Sighting:
        sighting = super().process(frames)
        seen = Seen(sighting, frames[0])
        if sighting.wants_capture:
            self._ctx.emit(CAPTURE, seen)
        self._ctx.emit(SEEN, seen)
        return sighting


@dataclass(slots=True)
class _Finder:
    thread: LiveThread
    slot: Slot
    seen: Seen | None = None
    captured: Seen | None = None


class Finders(QObject):
    """`sighted(path)` when there is a newer result; `asked(path, Seen)` when the automatic capture wants a view;
    `stopped(path, why)` when one ended by itself, in words."""

    sighted = Signal(str)
    asked = Signal(str, object)
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
            slot = self._services.feeds.subscribe(path, Latest())
        except KinoscopeError as error:
            self.stopped.emit(path, str(error))
            return False
        thread = LiveThread(engine=ENGINE, settings=settings, slots=[slot], host="thread")
        thread.updated.connect(lambda: self._updated(path, thread))
        thread.failed.connect(lambda failure: self._failed(path, thread, failure))
        self._finders[path] = _Finder(thread, slot)
        self._services.supervisor.adopt(thread)
        thread.start()
        return True

    def stop(self, path: str) -> None:
        """Look no more; fine when nobody looks."""
        finder = self._finders.pop(path, None)
        if finder is not None:
            finder.thread.request_stop()
            self._services.feeds.unsubscribe(path, finder.slot)

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
        return finder.seen.sighting if finder and finder.seen else None

    def seen(self, path: str) -> Seen | None:
        """The newest result with its frame."""
        finder = self._finders.get(path)
        return finder.seen if finder else None

    def rate(self, path: str) -> float:
        """Results per second."""
        finder = self._finders.get(path)
        return float(finder.thread.rate) if finder else 0.0

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
        events = thread.events()
        wanted = events.get(CAPTURE)
        if isinstance(wanted, Seen) and wanted is not finder.captured:
            finder.captured = wanted
            self.asked.emit(path, wanted)
        seen = events.get(SEEN)
        if isinstance(seen, Seen) and seen is not finder.seen:
            finder.seen = seen
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
