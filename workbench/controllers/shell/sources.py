"""Joins the Sources panel to the feeds: adding, removing with undo, dropping, and the figures of each row."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QCursor, QUndoStack

from engines.cameras.feed.running import Feed
from engines.cameras.sources.changes import file_of, in_place_of, opens_anew, renamed, tile_renamed, tile_titles
from engines.cameras.sources.parsing import sample_source, source_from
from engines.cameras.sources.usb import list_cameras
from engines.cameras.types import Child, FeedState, Source, TiledSource
from engines.core.errors import KinoscopeError
from engines.core.names import tidy_name
from engines.core.words import tr, tr_count
from widgets.sources.panel import SourceRow, SourcesPanel, TileRow
from widgets.sources.told import told
from workbench.commands import Actions
from workbench.controllers.shell.open_sources import OpenSources
from workbench.controllers.shell.passwords import Passwords
from workbench.controllers.shell.source_changes import (
    AddSource,
    ChangeSource,
    MoveSource,
    RemoveSource,
    RemoveStraight,
    SwapTiles,
)
from workbench.controllers.shell.viewer import ViewerController
from workbench.feeds.running import play_or_pause
from workbench.services import Services
from workbench.threads.engine_thread import EngineThread
from workbench.work.failure import Failure

REFRESH_MS = 400
LATER_MS = 3000
"""After which the rigs that are kept are looked up: the window is there by then, and what reads them is imported."""
OF_SOURCES = ("source.play", "source.step-back", "source.step-forward", "source.remove", "source.retry")
"""Commands that need a source."""
KINDS = ("usb", "file", "folder", "stream", "tiled", "scene")

SETTLED = (FeedState.PLAYING, FeedState.PAUSED, FeedState.ENDED, FeedState.CLOSED)
"""A source in one of these is no trouble any more."""


LONGEST = 200
"""Letters of a source's name."""
MOST_SAID = 3
"""Notices of sources that are not there, one each; the project tells of more of them in one."""


class SourcesController(QObject):
    """Sources as the user sees them: the project remembers them, the feeds run them, the viewer shows them."""

    locateWanted = Signal(str)
    refreshed = Signal()

    def __init__(self, panel: SourcesPanel, viewer: ViewerController, services: Services, actions: Actions) -> None:
        super().__init__(panel)
        self._panel, self._viewer, self._services, self._actions = panel, viewer, services, actions
        self.passwords = Passwords(panel, services)
        self.open = OpenSources(viewer, services, self.passwords)
        self._said: dict[str, str] = {}
        self._remembered: set[str] = set()
        """Sources of the project that have not been there yet: it tells of those that are gone, in one notice."""
        self._chosen = ""
        """What was chosen in the viewer, until the list has it as its own."""
        self._clock = QTimer(self, interval=REFRESH_MS)
        self._clock.timeout.connect(self.refresh)
        self._held = False
        self._refresh_soon = QTimer(self, singleShot=True, interval=0)
        self._refresh_soon.timeout.connect(self.refresh)
        self._clock.start()
        self._in_rigs: dict[str, int] = {}
        """How many cameras the rig has that is kept for a path and others."""
        QTimer.singleShot(LATER_MS, services.rigs, services.rigs.look_up)
        for kind in KINDS:
            actions.bind(f"source.add-{kind}", lambda kind=kind: panel.open_form(kind))
        actions.bind("source.remove", lambda: self.remove(self.current()))
        actions.bind("source.retry", lambda: self.retry(self.current()))
        actions.bind("source.play", self.play_or_pause)
        actions.bind("source.step-back", lambda: self.step(-1))
        actions.bind("source.step-forward", lambda: self.step(1))
        actions.bind("file.open-sample", self.open_sample)
        self._enable(False)
        panel.sourceMade.connect(self.add)
        panel.removed.connect(self.remove)
        panel.retried.connect(self.retry)
        panel.activated.connect(viewer.show)
        panel.dropped.connect(self.add_dropped)
        panel.sampleWanted.connect(self.open_sample)
        panel.camerasWanted.connect(self.list_cameras)
        viewer.grid.addWanted.connect(self._offer)
        viewer.grid.swapWanted.connect(lambda one, other: services.undo.push(SwapTiles(viewer, one, other)))
        viewer.locateWanted.connect(self.locateWanted)
        viewer.selectedChanged.connect(self._follow)
        services.feeds.removed.connect(self._settle)
        for signal in (services.feeds.added, services.feeds.removed):
            signal.connect(lambda _id: self.refresh())
        services.undo.indexChanged.connect(lambda _index: self.refresh())
        services.feeds.changed.connect(self._changed)
        services.feeds.failed.connect(self._broke)

    def add(self, source: Source) -> None:
        """Run a source and show it; Undo takes it away again."""
        self._services.undo.push(AddSource(self.open, source))

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
            undo.push(RemoveStraight(self.open, id, child))
            self._services.notify(tr("Removed {source}", source=name), "info", tr("Undo"), undo_just_this(undo))
        elif feed in self._services.feeds.ids():
            name, undo = self.title(feed), self._services.undo
            undo.push(RemoveSource(self.open, feed))
            self._services.host.settle(f"source {feed}")
            self._services.notify(tr("Closed {source}", source=name), "info", tr("Undo"), undo_just_this(undo))

    def replace(self, id: str, source: Source) -> None:
        """Have another source under this id: where it was shown, under its name, split as it was. Undo takes it back.

        Raises `UsageError` where there is no source of this id.
        """
        old = self._services.feeds.feed(id).source
        self.change(id, in_place_of(source, old), tr("Replace {source}", source=self.title(id)))

    def change(self, id: str, source: Source, text: str) -> None:
        """Have a source as it was edited; `text` names that for Undo. What does not fit any more is said."""
        if source == self._services.feeds.feed(id).source:
            return
        command = ChangeSource(self.open, id, source, text)
        self._services.undo.push(command)
        if lost := len(command.lost):
            words = tr_count(
                lost,
                "A straightened picture belonged to the split of before and was closed",
                "{n} straightened pictures belonged to the split of before and were closed",
            )
            self._services.notify(words, "warn", tr("Undo"), undo_just_this(self._services.undo))

    def rename(self, path: str, name: str) -> None:
        """Call a source or one of its tiles something else; "" gives it the name back that it had at first."""
        id, _, tile = path.partition("/")
        source, name = self._services.feeds.feed(id).source, tidy_name(name)[:LONGEST]
        if tile and isinstance(source, TiledSource) and tile in tile_titles(source):
            changed: Source = tile_renamed(source, tile, name)
        elif not tile:
            changed = renamed(source, name)
        else:
            return
        self.change(id, changed, tr("Rename {source}", source=self.title(path)))

    def duplicate(self, id: str) -> None:
        """A second source of the same, with its straightened pictures."""
        now = self.open.standing(id)
        copy = renamed(now.source, tr("{source} copy", source=self.title(id)))
        children = {path.partition("/")[2]: child for path, child in now.children.items()}
        text = tr("Duplicate {source}", source=self.title(id))
        self._services.undo.push(AddSource(self.open, copy, text, children))

    def move(self, id: str, place: int) -> None:
        """Have a source at this place of the list, from 0."""
        order = [each for each in self.open.ids() if each != id]
        order.insert(min(max(place, 0), len(order)), id)
        if order != self.open.ids():
            self._services.undo.push(MoveSource(self.open, id, order))

    def retry(self, id: str) -> None:
        feed = id.partition("/")[0]
        if feed in self._services.feeds.ids():
            self._services.feeds.feed(feed).retry()

    def open_sample(self) -> None:
        """The rendered rig: its four pictures get a tile each. A sample that is open already is only shown."""
        sample, feeds = sample_source(), self._services.feeds
        open_ = [id for id in feeds.ids() if not opens_anew(feeds.feed(id).source, sample)]
        id = open_[0] if open_ else self.open.start(sample)
        self._viewer.show_all([row.id for row in self._tiles(id) if not row.straight])

    def straighten(self, path: str, child: Child) -> None:
        """Offer a straightened picture under this path, or change it, and remember it. Raises `UsageError`."""
        self.open.straighten(path, child)

    def bring_back(self, source: Source, id: str) -> None:
        """Run a source that the project remembers, with its straightened pictures; those that are damaged are said."""
        self._remembered.add(id)
        self.open.bring_back(source, id)

    def ask_password(self, id: str) -> None:
        """Ask for the password of a stream, and open it with that where it is shown."""
        if id not in self._services.feeds.ids():
            return
        whole = self.passwords.ask(self._services.feeds.feed(id).source)
        if whole is not None:
            self.open.become(id, whole)

    def play_or_pause(self) -> None:
        """Play or pause the source in the selected tile."""
        if feed := self._feed_of_selected():
            play_or_pause(feed)

    def step(self, frames: int) -> None:
        if feed := self._feed_of_selected():
            feed.step(frames)

    def title(self, path: str) -> str:
        """A path in words: the source's name, and the tile's."""
        return self._services.feeds.title(path)

    def list_cameras(self) -> None:
        """Ask the system for its cameras, beside the window: that may take seconds."""
        search = CameraSearch()
        search.found.connect(self._panel.set_cameras)
        self._services.supervisor.adopt(search)
        search.start()

    @contextmanager
    def all_at_once(self) -> Iterator[None]:
        """Show what changes within once it has all changed."""
        self._held = True
        try:
            yield
        finally:
            self._held = False
            self.refresh()

    def refresh(self) -> None:
        """Show the sources as they are now."""
        if self._held:
            return
        self._in_rigs = {path: len(rig.paths) for rig in self._services.rigs.looked_up() for path in rig.paths}
        rows = [self._row(id) for id in self._services.feeds.ids()]
        self._panel.show_rows(rows)
        self._follow(self._chosen)
        choices = [(path, self.title(path)) for row in rows for path in (row.id, *(tile.id for tile in row.tiles))]
        self._viewer.grid.set_sources(choices)
        self._enable(bool(rows))
        self.refreshed.emit()

    def close(self) -> None:
        self._clock.stop()
        self.clear()

    def clear(self) -> None:
        """Close all of them; the project goes on knowing them."""
        with self.all_at_once():
            self._services.feeds.clear()

    def _row(self, id: str) -> SourceRow:
        feed = self._services.feeds.feed(id)
        status = feed.status()
        said = told(status)
        return SourceRow(
            id=id,
            kind=feed.source.kind,
            title=self.title(id),
            state=said.word,
            level=said.level,
            message=said.message,
            fps=status.fps,
            dropped=self._viewer.dropped(id) + status.lost,
            latency_ms=self._viewer.latency_ms(id),
            tiles=tuple(self._tiles(id)),
            note=self._note(id),
            file=bool(file_of(feed.source)),
            gone=status.gone,
        )

    def _tiles(self, id: str) -> list[TileRow]:
        straight = self._services.feeds.children(id)
        return [self._tile(path, path in straight) for path in self._services.feeds.paths(id)[1:]]

    def _tile(self, path: str, straight: bool) -> TileRow:
        dropped, late = self._viewer.dropped(path), self._viewer.latency_ms(path)
        note = "" if straight else self._note(path)
        return TileRow(path, self._services.feeds.view_title(path), dropped, late, straight, note)

    def _note(self, path: str) -> str:
        """What is known of the lens there."""
        cameras = self._in_rigs.get(path, 0)
        in_rig = tr("calibrated as one of {cameras} cameras", cameras=cameras) if cameras else ""
        return self._services.calibrations.words(path) or in_rig

    def _offer(self, tile: int) -> None:
        """The menu of what can be added, for a tile that shows nothing."""
        self._viewer.select(tile)
        self._panel.add_button.menu().popup(QCursor.pos())

    def current(self) -> str:
        """The path that is chosen in the list, else what the selected tile shows; "" for none."""
        return self._panel.list.current() or self._viewer.selected_path()

    def _settle(self, id: str) -> None:
        self._services.host.settle(key=f"source {id}")

    def _enable(self, on: bool) -> None:
        for id in OF_SOURCES:
            self._actions.enable(id, on)

    def _follow(self, path: str) -> None:
        """What commands are for is marked in the list, also when it was chosen in the viewer."""
        there = not path or self._panel.list.row_of(path) is not None
        self._chosen = "" if there else path
        if path and there and self._panel.list.current() != path:
            self._panel.list.select(path)

    def _feed_of_selected(self) -> Feed | None:
        path = self._viewer.selected_path() or self._panel.list.current()
        feed = path.partition("/")[0]
        return self._services.feeds.feed(feed) if feed in self._services.feeds.ids() else None

    def _changed(self, id: str) -> None:
        status = self._services.feeds.feed(id).status()
        if status.state in SETTLED:
            self._remembered.discard(id)
        known = status.gone and id in self._remembered
        if status.state is FeedState.FAILED and self._said.get(id) != status.message and not known:
            text = f"{self.title(id)}: {status.message}"
            word, act = (tr("Locate"), self.locateWanted.emit) if status.gone else (tr("Try again"), self.retry)
            self._services.notify(text, "bad", word, lambda: act(id), key=f"source {id}")
        elif status.state in SETTLED:
            self._services.host.settle(f"source {id}")
        self._said[id] = status.message if status.state is FeedState.FAILED else ""
        self._refresh_soon.start()

    def _broke(self, id: str, failure: Failure) -> None:
        self._services.notify(f"{self.title(id)}: {failure}", "bad")


class CameraSearch(EngineThread):
    """Lists the cameras of this machine once."""

    found = Signal(list)

    def __init__(self) -> None:
        super().__init__(tr("camera search"))

    def work(self) -> None:
        self.found.emit(list_cameras())


def undo_just_this(undo: QUndoStack) -> Callable[[], None]:
    """Takes the newest change back, and does nothing once there is a newer one or it was taken back already."""
    mark = undo.index()
    step = undo.command(mark - 1)

    def take_back() -> None:
        if undo.index() == mark and undo.command(mark - 1) is step:
            undo.undo()

    return take_back
