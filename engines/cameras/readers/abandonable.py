"""Native calls that can be walked away from.

Opening a camera or a stream, and waiting for its next picture, are calls into libraries that may not come back
for seconds, or ever. They are made on a daemon thread of their own, so that whoever waits can stop waiting.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from functools import partial
from queue import SimpleQueue
from threading import Condition, Thread
from typing import NoReturn, TypeVar

T = TypeVar("T")


class Abandoned(Exception):
    """Whoever waited was told to stop; the call may still be running."""


class Stalled(Exception):
    """The call did not come back within its limit."""


class Hand:
    """One daemon thread that makes calls one at a time. `bell` rings when a call has come back."""

    def __init__(self, name: str, bell: Condition) -> None:
        self._bell = bell
        self._work: SimpleQueue[Callable[[], object] | None] = SimpleQueue()
        self._thread = Thread(target=self._run, name=name, daemon=True)
        self._thread.start()

    @property
    def alive(self) -> bool:
        return self._thread.is_alive()

    def call(self, work: Callable[[], T], stopping: Callable[[], bool], limit: float | None = None) -> T:
        """What `work()` gives, or raises; `Abandoned` once `stopping()`, `Stalled` after `limit` seconds.

        After either of the two the hand may still be busy: only `leave` it. Ring the bell when `stopping` changes.
        """
        answers: list[Callable[[], T]] = []
        self._work.put(lambda: self._answer(work, answers))
        until = None if limit is None else time.monotonic() + limit
        with self._bell:
            while not answers:
                if stopping():
                    raise Abandoned
                left = None if until is None else until - time.monotonic()
                if left is not None and left <= 0:
                    raise Stalled
                self._bell.wait(left)
        return answers.pop()()

    def leave(self, last: Callable[[], object], limit: float) -> bool:
        """Make one last call (closing) when the present one is back, then end. False: not within `limit` seconds."""
        self._work.put(last)
        self._work.put(None)
        return self.join(limit)

    def join(self, limit: float | None = None) -> bool:
        """Wait for the thread of a hand that was left; False: still busy after `limit` seconds."""
        self._thread.join(limit)
        return not self._thread.is_alive()

    def _answer(self, work: Callable[[], T], answers: list[Callable[[], T]]) -> None:
        answer = _attempt(work)
        with self._bell:
            answers.append(answer)
            self._bell.notify_all()

    def _run(self) -> None:
        while (work := self._work.get()) is not None:
            _attempt(work)
            del work


def _attempt(work: Callable[[], T]) -> Callable[[], T]:
    """Do it; what it gave, or raised, as a call that gives or raises the same."""
    try:
        value = work()
    except BaseException as error:  # handed to whoever waits
        return partial(_throw, error)
    return lambda: value


def _throw(error: BaseException) -> NoReturn:
    raise error
