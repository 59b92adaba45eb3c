"""Joins frames of one moment from several slots.

The tiles of one feed share their index, so a set is complete when all have the same one; different feeds share no
index, so the newest of each stands for now. Gaps on the way are kept as resets, each reason once.
"""

from __future__ import annotations

from collections.abc import Sequence

from engines.core.frames import FeedItem, Frame, Gap, GapReason
from engines.core.live import Reset
from engines.core.slots import Slot

_RESETS = {GapReason.SEEK: Reset.SEEK, GapReason.LOOP: Reset.LOOP}


class FrameSync:
    """Takes from the slots; one thread."""

    def __init__(self, slots: Sequence[Slot]) -> None:
        self._slots = tuple(slots)
        self._held: list[Frame | None] = [None] * len(self._slots)
        self._fresh: set[int] = set()
        self._resets: list[Reset] = []

    @property
    def closed(self) -> bool:
        """A slot was closed: there is nothing more to wait for."""
        return any(slot.closed for slot in self._slots)

    def take(self, timeout: float) -> list[Frame] | None:
        """A complete set with something new in it; None when there is none after `timeout` seconds in any slot."""
        for number, slot in enumerate(self._slots):
            while (item := slot.take(0.0)) is not None:
                self._put(number, item)
        if not self._complete():
            number = self._missing()
            item = self._slots[number].take(timeout)
            if item is not None:
                self._put(number, item)
        return self._set() if self._complete() else None

    def standing(self) -> list[Frame] | None:
        """The set that was taken last, while no other has begun; None where frames are awaited."""
        return None if self._fresh or None in self._held or self._resets else self._set()

    def resets(self) -> list[Reset]:
        """Why earlier frames no longer hold, since this was last asked."""
        resets, self._resets = self._resets, []
        return list(dict.fromkeys(resets))

    def _put(self, number: int, item: FeedItem) -> None:
        if isinstance(item, Frame):
            self._held[number] = item
            self._fresh.add(number)
        elif isinstance(item, Gap):
            self._held[number] = None
            self._fresh.discard(number)
            self._resets.extend(_RESETS.get(reason, Reset.GAP) for reason in item.why)

    def _set(self) -> list[Frame]:
        self._fresh.clear()
        return [frame for frame in self._held if frame is not None]

    def _complete(self) -> bool:
        if not self._fresh or None in self._held:
            return False
        return not self._behind()

    def _behind(self) -> list[int]:
        """Slots whose frame is not of the newest moment of their own feed."""
        newest: dict[str, Frame] = {}
        for frame in self._held:
            if frame is not None:
                feed = _feed(frame)
                if feed not in newest or frame.stamp.captured_at > newest[feed].stamp.captured_at:
                    newest[feed] = frame
        return [
            number
            for number, frame in enumerate(self._held)
            if frame is not None and frame.stamp.index != newest[_feed(frame)].stamp.index
        ]

    def _missing(self) -> int:
        """The slot to wait for."""
        for number, frame in enumerate(self._held):
            if frame is None:
                return number
        behind = self._behind()
        return behind[0] if behind else 0


def _feed(frame: Frame) -> str:
    return frame.stamp.source.partition("/")[0]
