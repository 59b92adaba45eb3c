"""The running feeds of the window: one thread each, named by id, and the readers that eyes look through.

A path names what can be looked at: `"feed"`, `"feed/tile"` for one picture of a tiled feed, or `"feed/child"` for a
straightened picture of either. Frames never travel in signals; a `FrameTap` is woken once and takes what is newest.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from PySide6.QtCore import QObject, Signal

from engines.cameras.sources.changes import opens_anew, tile_titles, view_title
from engines.cameras.sources.parsing import title
from engines.cameras.sources.tiles import TileGrid
from engines.cameras.types import Child, FeedState, FeedStatus, Source
from engines.core.errors import UsageError
from engines.core.frames import FeedItem
from engines.core.slots import Latest, Lossless, Slot
from engines.core.words import tr
from workbench.threads.engine_thread import EngineThread, Wake
from workbench.threads.supervisor import Supervisor

if TYPE_CHECKING:
    from engines.cameras.feed.running import Feed


FeedMaker: TypeAlias = Callable[[str, Source], "Feed"]
LATEST = Latest()


class FeedThread(EngineThread):
    """The life of one feed; its changes ring `wake`, which lives as long as this thread."""

    def __init__(self, feed: Feed, wake: Wake) -> None:
        super().__init__(f"feed {feed.id}")
        self.feed = feed
        self.wake = wake
        feed.on_change = wake.ring

    def work(self) -> None:
        self.feed.run()

    def request_stop(self) -> None:
        super().request_stop()
        self.feed.stop()


class Feeds(QObject):
    """All running feeds. Lives in the window's thread; `failed(id, Failure)` tells of a feed whose thread broke.

    `added` and `removed` carry an id, or the path of a child that came or went alone; see `is_of`.
    """

    added = Signal(str)
    removed = Signal(str)
    changed = Signal(str)
    failed = Signal(str, object)

    def __init__(self, supervisor: Supervisor, make: FeedMaker | None = None, parent: QObject | None = None) -> None:
        """`make(id, source)` builds a feed; left out, `engines.cameras.feed.running.Feed` is what is built."""
        super().__init__(parent)
        self._supervisor = supervisor
        self._make = make or _make_feed
        self._threads: dict[str, FeedThread] = {}
        self.closing = False
        """All are being closed at once: of none it is news that nobody looks at it any more."""

    def add(self, source: Source, id: str | None = None) -> str:
        """Run a source; its id, unique and free of "/"."""
        name = id or self._free_id(source)
        if name in self._threads or "/" in name:
            raise UsageError(
                tr("A source named '{name}' is already open", name=name)
                if name in self._threads
                else tr("'{name}' has a /", name=name)
            )
        feed = self._make(name, source)
        wake = Wake(lambda: self.changed.emit(name))
        thread = FeedThread(feed, wake)
        thread.failed.connect(lambda failure: self.failed.emit(name, failure))
        self._threads[name] = thread
        self._supervisor.adopt(thread)
        thread.start()
        self.added.emit(name)
        return name

    def add_child(self, id: str, name: str, child: Child) -> str:
        """Offer a straightened picture of a feed; its path. Raises `UsageError` for an impossible name or setting."""
        self.feed(id).add_child(name, child)
        path = f"{id}/{name}"
        self.added.emit(path)
        return path

    def child(self, path: str) -> Child | None:
        """What `"feed/child"` stands for; None for anything else."""
        id, _, name = path.partition("/")
        return self.feed(id).children.get(name) if id in self._threads else None

    def children(self, id: str) -> dict[str, Child]:
        """The straightened pictures of a feed by path."""
        return {f"{id}/{name}": child for name, child in self.feed(id).children.items()}

    def remove(self, id: str) -> None:
        """Stop a feed, or offer a child no more. It is gone at once for everyone here; a thread ends soon after."""
        if self.child(id) is not None:
            self.feed(id.partition("/")[0]).remove_child(id.partition("/")[2])
            self.removed.emit(id)
            return
        thread = self._threads.pop(id, None)
        if thread is None:
            return
        thread.wake.close()
        thread.request_stop()
        self.removed.emit(id)

    def change(self, id: str, source: Source) -> None:
        """Another source under the same id, in the same place. Where the same pictures come, nothing is opened anew;
        else whoever looked hears that it was removed and added, and its straightened pictures are gone.
        """
        feed, order = self.feed(id), self.ids()
        if not opens_anew(feed.source, source):
            feed.describe(source)
            self.changed.emit(id)
            return
        TileGrid.of(source)
        self.remove(id)
        self.add(source, id)
        self.arrange(order)

    def arrange(self, ids: Sequence[str]) -> None:
        """Have them in this order; those that are not named come last."""
        order = [id for id in ids if id in self._threads] + [id for id in self._threads if id not in ids]
        self._threads = {id: self._threads[id] for id in order}

    def clear(self) -> None:
        """Close all of them."""
        self.closing = True
        try:
            for id in self.ids():
                self.remove(id)
        finally:
            self.closing = False

    def ids(self) -> list[str]:
        """In the order of the Sources panel: as they were added, or as the user put them."""
        return list(self._threads)

    def paths(self, id: str) -> list[str]:
        """Everything that can be looked at of a feed: itself, its tiles, its straightened pictures; [] without it."""
        if id not in self._threads:
            return []
        tiles = (f"{id}/{tile}" for tile in tile_titles(self.feed(id).source))
        return [id, *tiles, *self.children(id)]

    def feed(self, id: str) -> Feed:
        """Raises `UsageError` when there is none of that id."""
        thread = self._threads.get(id)
        if thread is None:
            raise UsageError(tr("This source is not open any more"))
        return thread.feed

    def title(self, path: str) -> str:
        """What people call the feed, tile or straightened picture at a path; the path where there is none."""
        id, _, view = path.partition("/")
        if id not in self._threads:
            return path
        name = title(self.feed(id).source)
        return f"{name} · {self.view_title(path)}" if view else name

    def view_title(self, path: str) -> str:
        """What a tile or straightened picture is called within its source."""
        id, _, view = path.partition("/")
        child = self.child(path)
        return view_title(self.feed(id).source, view, child.of if child else "")

    def state(self, path: str) -> FeedState:
        """Of `"feed"` or `"feed/tile"`; closed when there is none."""
        id = path.partition("/")[0]
        return self.feed(id).status().state if id in self._threads else FeedState.CLOSED

    def status(self, path: str) -> FeedStatus:
        """Of a feed; of a child that gives no pictures, why. Raises `UsageError` when there is none of that id."""
        id, _, name = path.partition("/")
        status = self.feed(id).status()
        problem = self.feed(id).problem(name) if name else ""
        return replace(status, state=FeedState.FAILED, message=problem) if problem else status

    def plays(self, path: str) -> bool:
        """It gives new pictures now."""
        return self.state(path) is FeedState.PLAYING

    def subscribe(self, path: str, policy: Latest | Lossless = LATEST, wake: Callable[[], None] | None = None) -> Slot:
        """A slot of its own for one reader of `"feed"` or `"feed/tile"`."""
        id, _, tile = path.partition("/")
        return self.feed(id).subscribe(policy, wake, tile)

    def unsubscribe(self, path: str, slot: Slot) -> None:
        """Give a slot back. Fine for a feed that is already gone."""
        slot.close()
        thread = self._threads.get(path.partition("/")[0])
        if thread is not None:
            thread.feed.unsubscribe(slot)

    def _free_id(self, source: Source) -> str:
        number = 1
        while f"{source.kind}{number}" in self._threads:
            number += 1
        return f"{source.kind}{number}"


class FrameTap(QObject):
    """Reads one feed or tile for the window. On `ready`, call `take()` until it gives None."""

    ready = Signal()

    def __init__(
        self, feeds: Feeds, path: str, policy: Latest | Lossless = LATEST, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self.path = path
        self._feeds = feeds
        self._wake = Wake(self.ready, self)
        self._slot = feeds.subscribe(path, policy, self._wake.ring)
        self._open = True

    @property
    def dropped(self) -> int:
        """Frames replaced unread since the tap was opened."""
        return self._slot.dropped

    def take(self) -> FeedItem | None:
        """The next unread frame, gap or end; None when there is none."""
        return self._slot.take()

    def close(self) -> None:
        """Read no more; may be called again."""
        if self._open:
            self._open = False
            self._wake.close()
            self._feeds.unsubscribe(self.path, self._slot)


def is_of(path: str, gone: str) -> bool:
    """Whether a path is `gone` or one of its pictures."""
    return path == gone or path.startswith(f"{gone}/")


def play_or_pause(feed: Feed) -> None:
    """Play what stands still, pause what plays."""
    (feed.pause if feed.status().state is FeedState.PLAYING else feed.play)()


def _make_feed(id: str, source: Source) -> Feed:
    from engines.cameras.feed.running import Feed

    return Feed(id, source)
