"""Joins the viewer grid to the feeds: what each tile shows, what looks at it, overlays on the right frame."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject, QTimer, Signal

from engines.cameras.feed.running import Feed
from engines.cameras.types import FeedState
from engines.core.clock import monotonic
from engines.core.errors import UsageError
from engines.core.frames import Frame, Gap, Stamp
from engines.core.words import tr
from widgets.viewer.grid import LAYOUTS, ViewerGrid, layout_for, tiles_of
from widgets.viewer.overlays import Overlay
from widgets.viewer.recording_bar import RecordingShown
from workbench.controllers.shell.recordings import Recordings, file_title
from workbench.controllers.shell.seats import Seat
from workbench.feeds.running import FrameTap, is_of, play_or_pause
from workbench.feeds.snapshots import SnapshotWriter, covered
from workbench.services import Services

OVERLAY_WAIT = 0.25
"""Seconds that a tile with an engine on it waits for a result before it shows the bare picture."""
STATUS_MS = 400


class ViewerController(QObject):
    """Which path ("feed" or "feed/tile") each tile shows, and what is drawn on it.

    `recording(on)`: whether the selected tile is being recorded; `recorded(path)`: a film is there. `clicked(path, x,
    y)`: in pixels of the picture. `looked`, `guarded(engine, path, on)`: as the user wants it.
    """

    selectedChanged = Signal(str)
    clicked = Signal(str, float, float)
    engineToggled = Signal(str, str, bool)
    looked = Signal(str, str, bool)
    guarded = Signal(str, str, bool)
    changed = Signal()
    laidOut = Signal(str)
    recording = Signal(bool)
    recorded = Signal(object)
    locateWanted = Signal(str)

    def __init__(self, grid: ViewerGrid, services: Services) -> None:
        super().__init__(grid)
        self.grid = grid
        self._services = services
        self._seats: dict[int, Seat] = {}
        self.engines: dict[str, str] = {}
        self._running: dict[str, set[str]] = {}
        self._overlays: dict[tuple[str, str], tuple[Stamp, list[Overlay]]] = {}
        self._pinned: dict[tuple[str, str], list[Overlay]] = {}
        self._guards: dict[str, set[str]] = {}
        self.recordings = Recordings(services, lambda path: bool(self._guards.get(path)), self)
        self.recordings.changed.connect(self._recording_changed)
        self.recordings.told.connect(self._tell_recordings)
        self.recordings.recorded.connect(self.recorded)
        self.looks_again = False
        """`engineToggled` tells of what looked there before."""
        self._selected = 0
        self._layout = "1"
        self._clock = QTimer(self, interval=STATUS_MS)
        self._clock.timeout.connect(self._show_statuses)
        self._clock.start()
        grid.selected.connect(self._select)
        grid.clicked.connect(self._clicked)
        grid.sourceChosen.connect(self._choose)
        grid.engineToggled.connect(self._toggle)
        grid.snapshotWanted.connect(self.snapshot)
        grid.retryWanted.connect(lambda tile: self._with_feed(tile, lambda feed: feed.retry()))
        grid.locateWanted.connect(lambda tile: self._with_feed(tile, lambda feed: self.locateWanted.emit(feed.id)))
        grid.playToggled.connect(lambda tile: self._with_feed(tile, play_or_pause))
        grid.stepped.connect(lambda tile, frames: self._with_feed(tile, lambda feed: feed.step(frames)))
        grid.sought.connect(lambda tile, seconds: self._with_feed(tile, lambda feed: feed.seek(seconds)))
        grid.loopToggled.connect(lambda tile, on: self._with_feed(tile, lambda feed: feed.set_loop(on)))
        grid.speedChosen.connect(lambda tile, speed: self._with_feed(tile, lambda feed: feed.set_speed(speed)))
        services.feeds.removed.connect(self._feed_removed)
        services.feeds.changed.connect(lambda _id: self._show_statuses())

    def register_engine(self, id: str, title: str) -> None:
        """Offer an engine in the tiles' menus."""
        self.engines[id] = title
        self.grid.set_engines(list(self.engines.items()))

    def set_engine(self, id: str, path: str, on: bool, *, meant: bool = True) -> None:
        """Say that an engine looks, or no longer looks, at this path. meant: since the user wants it so."""
        running = self._running.setdefault(path, set())
        (running.add if on else running.discard)(id)
        if not on:
            self.clear_overlays(id, path)
        for tile, seat in self._seats.items():
            if seat.path == path:
                self.grid.tile(tile).set_engines_on(running)
        if meant:
            self.looked.emit(id, path, on)

    def engines_on(self, path: str) -> tuple[str, ...]:
        """Engines that look at this path."""
        return tuple(sorted(self._running.get(path, ())))

    def guard(self, engine: str, path: str, on: bool) -> None:
        """While on, frames of this path are shown and saved only with what this engine draws over them."""
        (self._guards.setdefault(path, set()).add if on else self._guards.setdefault(path, set()).discard)(engine)
        self.guarded.emit(engine, path, on)

    def show_overlays(self, engine: str, stamp: Stamp, overlays: list[Overlay]) -> None:
        """Draw on exactly the frame of this stamp, in every tile that shows it."""
        self._overlays[engine, stamp.source] = (stamp, overlays)
        for tile, seat in self._seats.items():
            if seat.path == stamp.source and (frame := seat.ring.find(stamp)) is not None:
                seat.overlaid_at = monotonic()
                self._paint(tile, seat, frame, self._overlays_of(seat.path, stamp))

    def pin_overlays(self, owner: str, path: str, overlays: list[Overlay]) -> None:
        """Draw these on whatever frame this path shows, [] to draw no more."""
        self._pinned[owner, path] = overlays
        self._show_again(path)

    def clear_overlays(self, engine: str, path: str) -> None:
        """Also from a picture that stands still; one that is guarded stays covered until the next comes."""
        if self._overlays.pop((engine, path), None) is None or self._guards.get(path):
            return
        self._show_again(path)

    def selected_path(self) -> str:
        """Path shown in the selected tile, "" when it is empty."""
        seat = self._seats.get(self._selected)
        return seat.path if seat else ""

    def shown(self) -> dict[int, str]:
        """Paths by tile."""
        return {tile: seat.path for tile, seat in sorted(self._seats.items())}

    def show(self, path: str, tile: int | None = None) -> None:
        """Put a path into a tile; without one into the first empty tile, else into the selected one."""
        index = self._free_tile() if tile is None else tile
        if index >= tiles_of(self._layout):
            self.set_layout(layout_for(index + 1))
        self.empty(index)
        try:
            tap = FrameTap(self._services.feeds, path, parent=self)
        except UsageError as error:
            self._services.notify(str(error), "warn")
            return
        seat = Seat(path, tap)
        self._seats[index] = seat
        tap.ready.connect(lambda: self._arrived(index, seat))
        self.grid.tile(index).set_source(path, self._services.feeds.title(path))
        self.grid.tile(index).set_engines_on(self._running.get(path, set()))
        self._services.project.put("tile", str(index), path)
        self._arrived(index, seat)
        self._show_statuses()
        if index == self._selected:
            self.selectedChanged.emit(path)
        self.changed.emit()

    def show_all(self, paths: Sequence[str]) -> None:
        """Show these where they are not shown yet, each in a place of its own."""
        self.make_room(len(set(paths) - set(self.shown().values())))
        for path in paths:
            if path not in self.shown().values():
                self.show(path)

    def swap(self, one: int, other: int) -> None:
        """Let two tiles show what the other does; either may show nothing."""
        shown = self.shown()
        for tile, path in ((one, shown.get(other)), (other, shown.get(one))):
            self.show(path, tile) if path else self.empty(tile)

    def empty(self, tile: int, *, forget: bool = True) -> None:
        """Show nothing in a tile; `forget` also on the next start."""
        seat = self._seats.pop(tile, None)
        if forget:
            self._services.project.drop("tile", str(tile))
        if seat is None:
            return
        seat.tap.close()
        seat.tap.deleteLater()
        self.grid.tile(tile).clear()
        if tile == self._selected:
            self.selectedChanged.emit("")
        self.changed.emit()

    def empty_selected(self) -> None:
        self.empty(self._selected)

    def select(self, tile: int) -> None:
        self.grid.select(tile)

    def set_layout(self, layout: str) -> None:
        """A name of `LAYOUTS`. Tiles that no longer fit rest, and come back with a larger layout."""
        self._layout = layout if layout in LAYOUTS else "2x2"
        for tile in [tile for tile in self._seats if tile >= tiles_of(self._layout)]:
            self.empty(tile, forget=False)
        self.grid.set_layout(self._layout)
        self.restore_tiles()
        self.laidOut.emit(self._layout)

    def restore_tiles(self) -> None:
        """Show again what the project remembers of tiles that are there and empty."""
        for tile, path in self._services.project.items("tile").items():
            there = self._services.feeds.paths(str(path).partition("/")[0])
            if path in there and int(tile) in self.free_tiles():
                self.show(str(path), int(tile))

    def free_tiles(self) -> list[int]:
        """Tiles of this layout that show nothing."""
        return [tile for tile in range(tiles_of(self._layout)) if tile not in self._seats]

    def make_room(self, count: int) -> None:
        """A larger layout where fewer than `count` tiles are free."""
        layout = layout_for(len(self._seats) + count)
        if len(self.free_tiles()) < count and layout != self._layout:
            self.set_layout(layout)

    @property
    def layout(self) -> str:
        return self._layout

    def newest(self, path: str) -> Frame | None:
        """The newest frame of a path that some tile shows."""
        return next((seat.ring.newest for seat in self._seats.values() if seat.path == path), None)

    def to_save(self, path: str) -> Frame | None:
        """The same as it may be kept: with what must not be seen covered."""
        return next((self._to_save(seat) for seat in self._seats.values() if seat.path == path), None)

    def dropped(self, path: str) -> int:
        """Frames of a path that no tile showed because a newer one was there."""
        return sum(seat.tap.dropped for seat in self._seats.values() if seat.path == path)

    def latency_ms(self, path: str) -> float | None:
        """Capture to screen, the median of the last second or so; None while nothing is shown, or it stands still."""
        tiles = [tile for tile, seat in self._seats.items() if seat.path == path]
        return self.grid.tile(tiles[0]).latency_ms() if tiles and self._services.feeds.plays(path) else None

    def snapshot(self, tile: int) -> None:
        """Save a tile's picture at full resolution to the pictures folder, covered where faces are to be hidden."""
        seat = self._seats.get(tile)
        frame = self._to_save(seat) if seat else None
        if seat is None or frame is None:
            self._services.notify(tr("This tile shows no picture to save"), "warn")
            return
        title = file_title(self._services.feeds.title(seat.path))
        writer = SnapshotWriter(tr("{title} frame {index}.png", title=title, index=frame.stamp.index), frame)
        writer.written.connect(
            lambda path: self._services.notify(
                tr("Saved {path} to {parent}", path=path.name, parent=path.parent), "good"
            )
        )
        writer.failed.connect(
            lambda why: self._services.notify(tr("The snapshot could not be saved: {why}", why=why), "bad")
        )
        self._services.supervisor.adopt(writer)
        writer.start()

    def _to_save(self, seat: Seat) -> Frame | None:
        """The newest frame; of a guarded path the newest that was looked at, with what must not be seen covered."""
        if not self._guards.get(seat.path):
            return seat.ring.newest
        return covered(*seat.painted) if seat.painted else None

    def record_selected(self) -> None:
        """Record the selected tile, or end that."""
        if path := self.selected_path():
            self.record(path)
        else:
            self.recording.emit(False)
            self._services.notify(tr("This tile shows nothing to record"), "warn")

    def record_all(self) -> None:
        """Record every tile that shows something."""
        self.recordings.begin_all([path for tile, path in self.shown().items() if tile < self.grid.count])

    def records(self, path: str) -> bool:
        """Whether what this path shows is being recorded."""
        return path in self.recordings.paths()

    def record(self, path: str) -> None:
        """Record what a tile shows to the pictures folder, or end that; what is covered in view is covered there."""
        self.recordings.toggle(path)

    def _tell_recordings(self, shown: Sequence[RecordingShown]) -> None:
        told = {one.path: one.words for one in shown}
        for tile, seat in self._seats.items():
            self.grid.tile(tile).set_recording(told.get(seat.path))

    def _recording_changed(self) -> None:
        self.recording.emit(self.records(self.selected_path()))

    def snapshot_selected(self) -> None:
        self.snapshot(self._selected)

    def close(self) -> None:
        """Let go of every feed."""
        self._clock.stop()
        self.recordings.end_all()
        for seat in self._seats.values():
            seat.tap.close()
        self._seats.clear()

    def _arrived(self, tile: int, seat: Seat) -> None:
        if self._seats.get(tile) is not seat:
            return
        while (item := seat.tap.take()) is not None:
            if isinstance(item, Frame):
                seat.ring.push(item)
            elif isinstance(item, Gap) and item.lost == 0:
                seat.ring.clear()
        frame = seat.ring.newest
        if frame is None or self._guards.get(seat.path):
            return
        if not self._running.get(seat.path) or monotonic() - seat.overlaid_at > OVERLAY_WAIT:
            self._paint(tile, seat, frame, self._overlays_of(seat.path, frame.stamp))

    def _paint(self, tile: int, seat: Seat, frame: Frame, overlays: list[Overlay]) -> None:
        seat.shown += 1
        if self._guards.get(seat.path) and self.records(seat.path):
            self.recordings.painted(seat.path, covered(frame, overlays))
        self._show(tile, seat, frame, overlays)

    def _show(self, tile: int, seat: Seat, frame: Frame, overlays: list[Overlay]) -> None:
        seat.painted = (frame, overlays)
        self.grid.tile(tile).show_frame(frame, overlays, moving=self._services.feeds.plays(seat.path))

    def _show_again(self, path: str) -> None:
        for tile, seat in self._seats.items():
            if seat.path == path and seat.painted is not None:
                self._show(tile, seat, seat.painted[0], self._overlays_of(path, seat.painted[0].stamp))

    def _overlays_of(self, path: str, stamp: Stamp) -> list[Overlay]:
        found = (self._overlays.get((engine, path)) for engine in self._running.get(path, ()))
        seen = [overlay for made in found if made and made[0] == stamp for overlay in made[1]]
        return seen + [one for (_, at), made in self._pinned.items() if at == path for one in made]

    def _free_tile(self) -> int:
        return next(iter(self.free_tiles()), min(self._selected, tiles_of(self._layout) - 1))

    def _select(self, tile: int) -> None:
        self._selected = tile
        self._recording_changed()
        self.selectedChanged.emit(self.selected_path())

    def _clicked(self, tile: int, x: float, y: float) -> None:
        if (seat := self._seats.get(tile)) is not None:
            self.clicked.emit(seat.path, x, y)

    def _choose(self, tile: int, path: str) -> None:
        if path:
            self.show(path, tile)
        else:
            self.empty(tile)

    def _toggle(self, tile: int, engine: str, on: bool) -> None:
        seat = self._seats.get(tile)
        if seat is not None:
            self.engineToggled.emit(engine, seat.path, on)

    def _with_feed(self, tile: int, act: Callable[[Feed], object]) -> None:
        seat = self._seats.get(tile)
        feed = seat.path.partition("/")[0] if seat else ""
        if feed in self._services.feeds.ids():
            act(self._services.feeds.feed(feed))
            self._show_statuses()

    def _feed_removed(self, id: str) -> None:
        for tile in [tile for tile, seat in self._seats.items() if is_of(seat.path, id)]:
            self.empty(tile, forget=False)
        self.recordings.closed(id)

    def _show_statuses(self) -> None:
        now = monotonic()
        for tile, seat in self._seats.items():
            since, before = seat.shown_before
            if now - since >= STATUS_MS / 1000:
                rate = (seat.shown - before) / (now - since) if since else 0.0
                seat.shown_before = (now, seat.shown)
                self._show_status(tile, seat, rate)

    def _show_status(self, tile: int, seat: Seat, rate: float) -> None:
        feed = seat.path.partition("/")[0]
        if feed not in self._services.feeds.ids():
            return
        status = self._services.feeds.status(seat.path)
        self.grid.tile(tile).set_status(status, rate if status.state is FeedState.PLAYING else 0.0, seat.tap.dropped)
