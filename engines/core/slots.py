"""Slots by which readers take frames from a feed; each says what happens when its reader is slow.

`Latest` is for eyes and live engines: an unread frame is replaced and counted as dropped. `Lossless` is for
recording, training and evaluation: a file waits for the reader, a camera that overflows leaves a `Gap`.
Frames never travel in signals; a reader is woken once and then takes what is newest.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition

from engines.core.frames import FeedItem, Frame, Gap, GapReason


@dataclass(frozen=True, slots=True)
class Latest:
    """Keep only the newest frame."""


@dataclass(frozen=True, slots=True)
class Lossless:
    """Keep every frame, up to `maxsize` unread ones."""

    maxsize: int = 64


MOST_NOTICES = 8
"""Unread gaps and ends that a slot for the latest frame keeps."""


class Slot:
    """One reader's view of a feed. Any thread may put; one thread takes."""

    def __init__(self, policy: Latest | Lossless, wake: Callable[[], None] | None = None) -> None:
        """`wake` is called from the feed's thread when an empty slot gets something; it must not block."""
        self.policy = policy
        self.dropped = 0
        self.taken = 0
        self.closed = False
        self._wake = wake
        self._items: deque[FeedItem] = deque()
        self._changed = Condition()

    def put(self, item: FeedItem, *, may_wait: Callable[[], bool] | None = None) -> None:
        """Hand over an item. A full lossless slot waits while `may_wait()` holds, then drops it and marks a gap."""
        with self._changed:
            if self.closed:
                return
            was_empty = not self._items
            if isinstance(self.policy, Latest):
                self._put_latest(item)
            else:
                self._put_lossless(item, self.policy.maxsize, may_wait)
            self._changed.notify_all()
        if was_empty and self._wake is not None:
            self._wake()

    def take(self, timeout: float | None = 0.0) -> FeedItem | None:
        """The next item; None after `timeout` seconds without one (None waits for ever) or once closed."""
        with self._changed:
            self._changed.wait_for(lambda: bool(self._items) or self.closed, timeout)
            if not self._items:
                return None
            item = self._items.popleft()
            self.taken += isinstance(item, Frame)
            self._changed.notify_all()
            return item

    def clear(self) -> None:
        """Forget what is unread (after a seek)."""
        with self._changed:
            self._items.clear()
            self._changed.notify_all()

    def close(self) -> None:
        """No more items; a waiting reader or feed returns at once."""
        with self._changed:
            self.closed = True
            self._items.clear()
            self._changed.notify_all()

    def _put_latest(self, item: FeedItem) -> None:
        if isinstance(item, Frame):
            for index, old in enumerate(self._items):
                if isinstance(old, Frame):
                    del self._items[index]
                    self.dropped += 1
                    break
        elif len(self._items) >= MOST_NOTICES:
            self.dropped += isinstance(self._items.popleft(), Frame)
        self._items.append(item)

    def _put_lossless(self, item: FeedItem, maxsize: int, may_wait: Callable[[], bool] | None) -> None:
        while len(self._items) >= maxsize and isinstance(item, Frame):
            if may_wait is None or not may_wait() or self.closed:
                self.dropped += 1
                item = Gap(item.stamp.source, 1, GapReason.SLOW)
                break
            self._changed.wait(0.1)
        if self.closed:
            return
        if isinstance(item, Gap) and len(self._items) >= maxsize and isinstance(self._items[-1], Gap):
            item = _joined(self._items.pop(), item)
        self._items.append(item)


def _joined(first: FeedItem, second: Gap) -> FeedItem:
    """Two gaps with no frame between them as one, so that a reader that has stopped costs no memory."""
    if not isinstance(first, Gap):
        return second
    return Gap(second.source, first.lost + second.lost, first.why | second.why, first.file or second.file)
