"""The readers of a feed: one slot each, for the whole frame or for one tile of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import RLock

from engines.cameras.sources.tiles import TileGrid
from engines.core.errors import UsageError
from engines.core.frames import End, FeedItem, Frame
from engines.core.slots import Latest, Lossless, Slot


class Subscribers:
    """Hands items to every slot. Slots come and go from any thread; one thread publishes."""

    def __init__(self, grid: TileGrid | None) -> None:
        self._grid = grid
        self._lock = RLock()
        self._seats: list[tuple[Slot, str]] = []
        self._still: Frame | None = None
        self._end: End | None = None
        self._pause: Frame | None = None

    def join(self, policy: Latest | Lossless, wake: Callable[[], None] | None, tile: str) -> Slot:
        """A new slot. While nothing moves it gets the present picture at once, and the end if there was one."""
        if tile and (self._grid is None or tile not in self._grid.names):
            known = ", ".join(self._grid.names) if self._grid else "this source is not tiled"
            raise UsageError(f"There is no tile '{tile}'", hint=f"Tiles: {known}")
        slot = Slot(policy, wake)
        with self._lock:
            self._seats.append((slot, tile))
            for item in (self._still, self._end):
                if item is not None:
                    slot.put(self._seen_from(item, tile))
        return slot

    def part(self, slot: Slot) -> None:
        with self._lock:
            self._seats = [seat for seat in self._seats if seat[0] is not slot]
        slot.close()

    def publish(self, item: FeedItem, may_wait: Callable[[], bool] | None = None) -> None:
        """Give an item to everyone: first to those who want the latest, then to those a recording may wait for."""
        with self._lock:
            seats = sorted(self._seats, key=lambda seat: isinstance(seat[0].policy, Lossless))
            self._end = item if isinstance(item, End) else None
            if self._still is not None and isinstance(item, Frame):
                self._still = item
        tiles: dict[str, FeedItem] = {"": item}
        for slot, tile in seats:
            if tile not in tiles:
                tiles[tile] = self._seen_from(item, tile)
            slot.put(tiles[tile], may_wait=may_wait)

    def hold(self, frame: Frame | None) -> None:
        """`frame` stands still (paused, ended): whoever joins sees it. None: pictures are moving."""
        with self._lock:
            self._still = frame

    def _seen_from(self, item: FeedItem, tile: str) -> FeedItem:
        if not tile or self._grid is None:
            return item
        if isinstance(item, Frame):
            return self._grid.frame(item, tile)
        return replace(item, source=f"{item.source}/{tile}")
