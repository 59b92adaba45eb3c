"""The readers of a feed: one slot each, for the whole frame, one tile of it or a straightened picture."""

from __future__ import annotations

from collections.abc import Callable
from threading import RLock

from engines.cameras.feed.views import Seen, Views
from engines.core.frames import End, FeedItem, Frame
from engines.core.slots import Latest, Lossless, Slot


class Subscribers:
    """Hands items to every slot. Slots come and go from any thread; one thread publishes."""

    def __init__(self, views: Views) -> None:
        self._views = views
        self._lock = RLock()
        self._seats: list[tuple[Slot, str]] = []
        self._still: Frame | None = None
        self._end: End | None = None

    def join(self, policy: Latest | Lossless, wake: Callable[[], None] | None, view: str) -> Slot:
        """A new slot. While nothing moves it gets the present picture at once, and the end if there was one."""
        slot = Slot(policy, wake)
        with self._lock:
            self._views.check(view)
            self._seats.append((slot, view))
            for item in (self._still, self._end):
                if item is not None and (seen := self._views.seen(view, {"": item})) is not None:
                    slot.put(seen)
        return slot

    def part(self, slot: Slot) -> None:
        with self._lock:
            self._seats = [seat for seat in self._seats if seat[0] is not slot]
        slot.close()

    def renew(self, view: str) -> None:
        """Show a picture that stands still anew: it is made another way now."""
        with self._lock:
            slots = [slot for slot, name in self._seats if name == view]
            seen = self._views.seen(view, {"": self._still}) if slots and self._still is not None else None
        if seen is not None:
            for slot in slots:
                slot.put(seen)

    def dismiss(self, view: str) -> None:
        """Close the slots of a picture that is no more."""
        with self._lock:
            gone = [slot for slot, name in self._seats if name == view]
        for slot in gone:
            self.part(slot)

    def publish(self, item: FeedItem, may_wait: Callable[[], bool] | None = None) -> None:
        """Give an item to everyone: first to those who want the latest, then to those a recording may wait for.

        What has to be computed is so once, when its first reader's turn comes, after those of pictures as they are.
        """
        with self._lock:
            seats = sorted(self._seats, key=self._turn)
            self._end = item if isinstance(item, End) else None
            if self._still is not None and isinstance(item, Frame):
                self._still = item
        made: Seen = {"": item}
        for slot, view in seats:
            if (seen := self._views.seen(view, made)) is not None:
                slot.put(seen, may_wait=may_wait)

    def hold(self, frame: Frame | None) -> None:
        """`frame` stands still (paused, ended): whoever joins sees it. None: pictures are moving."""
        with self._lock:
            self._still = frame

    def _turn(self, seat: tuple[Slot, str]) -> tuple[bool, bool]:
        slot, view = seat
        return isinstance(slot.policy, Lossless), self._views.costs(view)
