"""Live engines on the sources of the window: a thread for each place that is looked at, with its newest frames."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QObject, Signal

from engines.cameras.sources.changes import tile_titles
from engines.cameras.types import FeedState
from engines.core.errors import KinoscopeError
from engines.core.frames import Frame
from engines.core.slots import Slot
from engines.core.words import as_part, tr
from widgets.sources.choice import SourceChoice
from workbench.feeds.running import Feeds, is_of
from workbench.services import Services
from workbench.threads.engine_thread import Failure
from workbench.threads.live import Host, LiveThread, Seen


@dataclass(slots=True)
class _Looker:
    thread: LiveThread
    slots: dict[str, Slot]
    title: str


class Lookers(QObject):
    """`looked(path)` when there is a newer result; `stopped(path, why)` when one ended by itself, in words ("" where
    all sources are closed), and before it `broke(path, Failure)` where it failed.

    A path names the feed or tile that is looked at, or the first of several of one moment.
    """

    looked = Signal(str)
    stopped = Signal(str, str)
    broke = Signal(str, object)

    def __init__(
        self,
        services: Services,
        engine: str,
        title: str,
        parent: QObject,
        host: Host = "thread",
        sent: Callable[[Frame], Frame] | None = None,
    ) -> None:
        """engine: dotted path of a live engine; title: what it is called in sentences ("Board detection"). sent: as
        `LiveThread` has it."""
        super().__init__(parent)
        self._services, self._engine, self._title = services, engine, title
        self._host: Host = host
        self._sent = sent
        self._lookers: dict[str, _Looker] = {}
        services.feeds.removed.connect(self._feed_removed)

    def paths(self) -> list[str]:
        return list(self._lookers)

    def start(self, path: str, settings: object, others: Sequence[str] = ()) -> bool:
        """Look at `path`, together with others; False, with `stopped`, when there is no such source."""
        if path in self._lookers:
            return True
        feeds, slots = self._services.feeds, dict[str, Slot]()
        try:
            for each in (path, *others):
                slots[each] = feeds.subscribe(each)
        except KinoscopeError as error:
            self._give_back(slots)
            self.stopped.emit(path, str(error))
            return False
        thread = LiveThread(self._engine, settings, tuple(slots.values()), self._host, sent=self._sent)
        thread.updated.connect(lambda: self._updated(path, thread))
        thread.failed.connect(lambda failure: self._failed(path, thread, failure))
        self._lookers[path] = _Looker(thread, slots, title_of(feeds, path))
        self._services.supervisor.adopt(thread)
        thread.start()
        return True

    def stop(self, path: str) -> None:
        """Look no more; fine when nobody looks."""
        looker = self._lookers.pop(path, None)
        if looker is not None:
            looker.thread.request_stop()
            self._give_back(looker.slots)

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

    def seen(self, path: str) -> Seen | None:
        """The newest result at `path` with its frames."""
        looker = self._lookers.get(path)
        return looker.thread.seen() if looker else None

    def wanted(self, path: str) -> Seen | None:
        """The newest result at `path` that asks for its frames to be captured."""
        looker = self._lookers.get(path)
        return looker.thread.wanted() if looker else None

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
            return tr("This source is no longer open")
        status = self._services.feeds.status(path)
        words = {
            FeedState.FAILED: tr("The source failed: {message}", message=status.message),
            FeedState.RECONNECTING: tr("The source is reconnecting"),
            FeedState.ENDED: tr("The recording has ended"),
            FeedState.OPENING: tr("The source is opening"),
        }
        return words.get(status.state, "")

    def _updated(self, path: str, thread: LiveThread) -> None:
        looker = self._lookers.get(path)
        if looker is not None and looker.thread is thread:
            self.looked.emit(path)

    def _failed(self, path: str, thread: LiveThread, failure: Failure) -> None:
        looker = self._lookers.get(path)
        if looker is not None and looker.thread is thread:
            self.stop(path)
            self.broke.emit(path, failure)
            self.stopped.emit(path, tr("{title} stopped: {message}", title=self._title, message=failure.message))

    def _give_back(self, slots: dict[str, Slot]) -> None:
        for path, slot in slots.items():
            self._services.feeds.unsubscribe(path, slot)

    def _feed_removed(self, id: str) -> None:
        gone = [path for path, one in self._lookers.items() if any(is_of(each, id) for each in one.slots)]
        for path in gone:
            looker = self._lookers[path]
            self.stop(path)
            said = tr("{looker} was closed; {title} stopped there", looker=looker.title, title=as_part(self._title))
            self.stopped.emit(path, "" if self._services.feeds.closing else said)


def choices(feeds: Feeds) -> tuple[SourceChoice, ...]:
    """What can be looked at, in the order of the Sources panel. The tiles of a tiled source stand for it.

    Straightened pictures come after what they are made of.
    """
    return tuple(choice for id in feeds.ids() for choice in _of_feed(feeds, id))


def title_of(feeds: Feeds, path: str) -> str:
    """What the source at `path` is called; the path itself where there is none."""
    return feeds.title(path)


def _of_feed(feeds: Feeds, id: str) -> Iterator[SourceChoice]:
    tiles = tile_titles(feeds.feed(id).source)
    if not tiles:
        yield SourceChoice(id, feeds.title(id))
    for picture in (*tiles, *feeds.feed(id).children):
        yield SourceChoice(f"{id}/{picture}", feeds.title(f"{id}/{picture}"))
