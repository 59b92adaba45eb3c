"""Joins the Sources panel to the feeds: adding, removing with undo, dropping, and the figures of each row."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QCursor, QUndoCommand, QUndoStack

from engines.cameras.feed.running import Feed
from engines.cameras.sources.parsing import dump, sample_source, source_from, title
from engines.cameras.sources.tiles import tile_names
from engines.cameras.sources.usb import list_cameras
from engines.cameras.types import Child, FeedState, FeedStatus, Source
from engines.core.errors import KinoscopeError
from engines.core.spec import from_json, to_json
from widgets.sources.panel import SourceRow, SourcesPanel, TileRow
from workbench.commands import Actions
from workbench.controllers.shell.passwords import Passwords
from workbench.controllers.shell.viewer import ViewerController, play_or_pause
from workbench.feeds.passwords import ASKS, has_password
from workbench.feeds.running import is_of
from workbench.services import Services
from workbench.threads.engine_thread import EngineThread
from workbench.work.failure import Failure

REFRESH_MS = 400
CHILD = "child"
"""Kind of the project's items that are straightened pictures, by path."""
KINDS = ("usb", "file", "folder", "stream", "tiled", "scene")
TROUBLE = {FeedState.FAILED: "bad", FeedState.RECONNECTING: "warn"}


class SourcesController(QObject):
    """Sources as the user sees them: the project remembers them, the feeds run them, the viewer shows them."""

    def __init__(self, panel: SourcesPanel, viewer: ViewerController, services: Services, actions: Actions) -> None:
        super().__init__(panel)
        self._panel, self._viewer, self._services, self._actions = panel, viewer, services, actions
        self.passwords = Passwords(panel, services)
        self._said: dict[str, str] = {}
        self._clock = QTimer(self, interval=REFRESH_MS)
        self._clock.timeout.connect(self.refresh)
        self._clock.start()
        for kind in KINDS:
            actions.bind(f"source.add-{kind}", lambda kind=kind: panel.open_form(kind))
        actions.bind("source.remove", lambda: self.remove(self._current()))
        actions.bind("source.retry", lambda: self.retry(self._current()))
        actions.bind("source.play", self.play_or_pause)
        actions.bind("source.step-back", lambda: self.step(-1))
        actions.bind("source.step-forward", lambda: self.step(1))
        actions.bind("file.open-sample", self.open_sample)
        panel.sourceMade.connect(self.add)
        panel.removed.connect(self.remove)
        panel.retried.connect(self.retry)
        panel.activated.connect(viewer.show)
        panel.dropped.connect(self.add_dropped)
        panel.sampleWanted.connect(self.open_sample)
        panel.camerasWanted.connect(self.list_cameras)
        viewer.grid.addWanted.connect(self._offer)
        for signal in (services.feeds.added, services.feeds.removed):
            signal.connect(lambda _id: self.refresh())
        services.feeds.changed.connect(self._changed)
        services.feeds.failed.connect(self._broke)

    def add(self, source: Source) -> None:
        """Run a source and show it; Undo takes it away again."""
        self._services.undo.push(_Add(self, source))

    def add_dropped(self, dropped: Sequence[str]) -> None:
        """Files, folders and addresses, each as a source; what cannot be one is said."""
        for text in dropped:
            try:
                self.add(source_from(text))
            except KinoscopeError as error:
                self._services.notify(str(error), "bad")

    def remove(self, id: str) -> None:
        """Close a source ("feed/tile" closes the whole feed), or a straightened picture; Undo brings it back."""
        feed = id.partition("/")[0]
        if (child := self._services.feeds.child(id)) is not None:
            name, undo = self.title(id), self._services.undo
            undo.push(_RemoveChild(self, id, child))
            self._services.notify(f"Removed {name}", "info", "Undo", undo_just_this(undo))
        elif feed in self._services.feeds.ids():
            name, undo = self.title(feed), self._services.undo
            undo.push(_Remove(self, feed, self._services.feeds.feed(feed).source, self._services.feeds.children(feed)))
            self._services.notify(f"Closed {name}", "info", "Undo", undo_just_this(undo))

    def retry(self, id: str) -> None:
        feed = id.partition("/")[0]
        if feed in self._services.feeds.ids():
            self._services.feeds.feed(feed).retry()

    def open_sample(self) -> None:
        """The rendered rig: its four pictures get a tile each. A sample that is open already is only shown."""
        sample = sample_source()
        open_ = [id for id in self._services.feeds.ids() if self._services.feeds.feed(id).source == sample]
        id = open_[0] if open_ else self.start(sample)
        self._viewer.show_all([row.id for row in self._tiles(id) if not row.straight])

    def start(self, source: Source, id: str | None = None) -> str:
        """Run a source and remember it, without showing it; its id."""
        made = self._services.feeds.add(source, id)
        self._services.project.put("source", made, dump(source) | ({ASKS: True} if has_password(source) else {}))
        self.passwords.keep(source)
        return made

    def straighten(self, path: str, child: Child) -> None:
        """Offer a straightened picture under this path, or change it, and remember it. Raises `UsageError`."""
        id, _, name = path.partition("/")
        self._services.feeds.add_child(id, name, child)
        self._services.project.put(CHILD, path, to_json(child))

    def bring_back(self, source: Source, id: str) -> None:
        """Run a source that the project remembers, with its straightened pictures; those that are damaged are said."""
        self._services.feeds.add(source, id)
        for path, value in self._services.project.items(CHILD).items():
            if path.partition("/")[0] == id:
                try:
                    self._services.feeds.add_child(id, path.partition("/")[2], from_json(Child, value))
                except KinoscopeError as error:
                    self._services.notify(f"{path} could not be brought back: {error}", "warn")

    def drop_child(self, path: str) -> None:
        """Offer a straightened picture no more, and forget it."""
        self._services.feeds.remove(path)
        self._services.project.drop(CHILD, path)

    def ask_password(self, id: str) -> None:
        """Ask for the password of a stream, and open it with that where it is shown."""
        if id not in self._services.feeds.ids():
            return
        whole = self.passwords.ask(self._services.feeds.feed(id).source)
        if whole is not None:
            tiles, children = self.tiles_of(id), self._services.feeds.children(id)
            self.stop(id)
            self.start(whole, id)
            for path, child in children.items():
                self.straighten(path, child)
            self.show_at(tiles)

    def stop(self, id: str) -> None:
        """Close a source with its straightened pictures and forget them."""
        for path in self._services.feeds.children(id):
            self._services.project.drop(CHILD, path)
        self._services.feeds.remove(id)
        self._services.project.drop("source", id)

    def show_new(self, id: str) -> None:
        """Show a source that was just added: its tiles where it has any, else itself."""
        paths = [row.id for row in self._tiles(id) if not row.straight] or [id]
        self._viewer.make_room(len(paths))
        for path, tile in zip(paths, self._viewer.free_tiles() or [None], strict=False):
            self._viewer.show(path, tile)

    def tiles_of(self, id: str) -> dict[int, str]:
        """Which tiles show a source or its pictures: paths by tile."""
        return {tile: path for tile, path in self._viewer.shown().items() if is_of(path, id)}

    def show_at(self, tiles: dict[int, str]) -> None:
        """Show paths where they were, or in a place of their own where another is shown there by now."""
        self._viewer.make_room(len(tiles))
        there = self._viewer.shown().values()
        for tile, path in tiles.items():
            if path not in there:
                self._viewer.show(path, tile if tile in self._viewer.free_tiles() else None)

    def play_or_pause(self) -> None:
        """Play or pause the source in the selected tile."""
        if feed := self._feed_of_selected():
            play_or_pause(feed)

    def step(self, frames: int) -> None:
        if feed := self._feed_of_selected():
            feed.step(frames)

    def title(self, path: str) -> str:
        """A path in words: the source's name, and the tile's."""
        feed, _, tile = path.partition("/")
        if feed not in self._services.feeds.ids():
            return path
        name = title(self._services.feeds.feed(feed).source)
        return f"{name} · {tile}" if tile else name

    def list_cameras(self) -> None:
        """Ask the system for its cameras, beside the window: that may take seconds."""
        search = CameraSearch()
        search.found.connect(self._panel.set_cameras)
        self._services.supervisor.adopt(search)
        search.start()

    def refresh(self) -> None:
        """Show the sources as they are now."""
        rows = [self._row(id) for id in self._services.feeds.ids()]
        self._panel.show_rows(rows)
        choices = [(path, self.title(path)) for row in rows for path in (row.id, *(tile.id for tile in row.tiles))]
        self._viewer.grid.set_sources(choices)
        for id in ("source.play", "source.step-back", "source.step-forward", "source.remove", "source.retry"):
            self._actions.enable(id, bool(rows))

    def close(self) -> None:
        self._clock.stop()
        self._services.feeds.clear()

    def _row(self, id: str) -> SourceRow:
        feed = self._services.feeds.feed(id)
        status = feed.status()
        return SourceRow(
            id=id,
            kind=feed.source.kind,
            title=self.title(id),
            state=status.state.value,
            level=_level(status),
            message=status.message,
            fps=status.fps,
            dropped=self._viewer.dropped(id) + status.lost,
            latency_ms=self._viewer.latency_ms(id),
            tiles=tuple(self._tiles(id)),
            note=self._services.calibrations.words(id),
        )

    def _tiles(self, id: str) -> list[TileRow]:
        source = self._services.feeds.feed(id).source
        names = tile_names(source.tiles, source.rows * source.columns) if source.kind == "tiled" else ()
        straight = self._services.feeds.children(id)
        paths = [*(f"{id}/{name}" for name in names), *straight]
        return [self._tile(path, path in straight) for path in paths]

    def _tile(self, path: str, straight: bool) -> TileRow:
        dropped, late = self._viewer.dropped(path), self._viewer.latency_ms(path)
        note = "" if straight else self._services.calibrations.words(path)
        return TileRow(path, path.partition("/")[2], dropped, late, straight, note)

    def _offer(self, tile: int) -> None:
        """The menu of what can be added, for a tile that shows nothing."""
        self._viewer.select(tile)
        self._panel.add_button.menu().popup(QCursor.pos())

    def _current(self) -> str:
        return self._panel.list.current() or self._viewer.selected_path()

    def _feed_of_selected(self) -> Feed | None:
        path = self._viewer.selected_path() or self._panel.list.current()
        feed = path.partition("/")[0]
        return self._services.feeds.feed(feed) if feed in self._services.feeds.ids() else None

    def _changed(self, id: str) -> None:
        status = self._services.feeds.feed(id).status()
        if status.state is FeedState.FAILED and self._said.get(id) != status.message:
            self._services.notify(f"{self.title(id)}: {status.message}", "bad", "Try again", lambda: self.retry(id))
        self._said[id] = status.message if status.state is FeedState.FAILED else ""
        self.refresh()

    def _broke(self, id: str, failure: Failure) -> None:
        self._services.notify(f"{self.title(id)}: {failure}", "bad")


class CameraSearch(EngineThread):
    """Lists the cameras of this machine once."""

    found = Signal(list)

    def __init__(self) -> None:
        super().__init__("camera search")

    def work(self) -> None:
        self.found.emit(list_cameras())


class _Add(QUndoCommand):
    def __init__(self, sources: SourcesController, source: Source) -> None:
        super().__init__(f"Add {title(source)}")
        self._sources, self._source, self._id = sources, source, ""

    def redo(self) -> None:
        self._id = self._sources.start(self._source, self._id or None)
        self._sources.show_new(self._id)

    def undo(self) -> None:
        self._sources.stop(self._id)


class _RemoveChild(QUndoCommand):
    def __init__(self, sources: SourcesController, path: str, child: Child) -> None:
        super().__init__(f"Remove {sources.title(path)}")
        self._sources, self._path, self._child = sources, path, child
        self._tiles: dict[int, str] = {}

    def redo(self) -> None:
        self._tiles = self._sources.tiles_of(self._path)
        self._sources.drop_child(self._path)

    def undo(self) -> None:
        self._sources.straighten(self._path, self._child)
        self._sources.show_at(self._tiles)


class _Remove(QUndoCommand):
    def __init__(self, sources: SourcesController, id: str, source: Source, children: dict[str, Child]) -> None:
        super().__init__(f"Close {title(source)}")
        self._sources, self._source, self._id, self._children = sources, source, id, children
        self._tiles: dict[int, str] = {}

    def redo(self) -> None:
        self._tiles = self._sources.tiles_of(self._id)
        self._sources.stop(self._id)

    def undo(self) -> None:
        self._sources.start(self._source, self._id)
        for path, child in self._children.items():
            self._sources.straighten(path, child)
        self._sources.show_at(self._tiles)


def undo_just_this(undo: QUndoStack) -> Callable[[], None]:
    """Takes the newest change back, and does nothing once there is a newer one or it was taken back already."""
    mark = undo.index()

    def take_back() -> None:
        if undo.index() == mark:
            undo.undo()

    return take_back


def _level(status: FeedStatus) -> str:
    if status.state in TROUBLE:
        return TROUBLE[status.state]
    if status.state is FeedState.PLAYING:
        return "warn" if status.message else "good"
    return ""
