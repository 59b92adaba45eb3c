"""Native calls that can be walked away from.

Opening a camera or a stream, and waiting for its next picture, are calls into libraries that may not come back
for seconds, or ever. They are made on a daemon thread of their own, so that whoever waits can stop waiting.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from queue import SimpleQueue
from threading import Condition, Thread
from typing import Generic, TypeVar

T = TypeVar("T")


class Abandoned(Exception):
    """Whoever waited was told to stop; the call may still be running."""


class Stalled(Exception):
    """The call did not come back within its limit."""


class _Outcome(Generic[T]):
    __slots__ = ("error", "value")

    def __init__(self, value: T | None, error: BaseException | None) -> None:
        self.value = value
        self.error = error


class Hand:
    """One daemon thread that makes calls one at a time. `bell` rings when a call has come back."""

    def __init__(self, name: str, bell: Condition) -> None:
        self._bell = bell
        self._work: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._outcome: _Outcome[object] | None = None
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def call(self, work: Callable[[], T], stopping: Callable[[], bool], limit: float | None = None) -> T:
        """What `work()` gives, or raises. `Abandoned` once `stopping()` (ring the bell), `Stalled` after `limit` seconds.

        After either of the two the hand may still be busy: only `leave` it.
        """
        self._outcome = None
        self._work.put(work)
        until = None if limit is None else time.monotonic() + limit
        with self._bell:
            while self._outcome is None:
                if stopping():
                    raise Abandoned
                left = None if until is None else until - time.monotonic()
                if left is not None and left <= 0:
                    raise Stalled
                self._bell.wait(left)
            outcome, self._outcome = self._outcome, None
        if outcome.error is not None:
            raise outcome.error
        return outcome.value  # type: ignore[return-value]

    def leave(self, last: Callable[[], object], limit: float) -> bool:
        """Make one last call (closing) when the present one is back, then end. False: not within `limit` seconds."""
        self._work.put(last)
        self._work.put(None)
        self._thread.join(limit)
        return not self._thread.is_alive()

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            outcome = _attempt(work)
            del work
            with self._bell:
                self._outcome = outcome
                self._bell.notify_all()
            del outcome


def _attempt(work: Callable[[], object]) -> _Outcome[object]:
    try:
        return _Outcome(work(), None)
    except BaseException as error:  # handed to whoever waits
        return _Outcome(None, error)
