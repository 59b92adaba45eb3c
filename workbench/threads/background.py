"""Small pieces of work for a controller, one after another, beside the GUI thread.

Pictures and thumbnails are read, files saved and opened, galleries asked here, so that no disk ever delays painting.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition
from typing import Any, TypeVar

from PySide6.QtCore import QObject

from workbench.threads.engine_thread import EngineThread, Failure, Wake

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class _Errand:
    key: str
    work: Callable[[], Any]
    then: Callable[[Any], object]
    failed: Callable[[Failure], object]


class Errands(EngineThread):
    """`ask(work, then, failed)`: `work()` runs here, then `then(result)` or `failed(failure)` in the owner's thread."""

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(name, parent)
        self._waiting: deque[_Errand] = deque()
        self._done: deque[Callable[[], object]] = deque()
        self._changed = Condition()
        self._busy = False
        self._wake = Wake(self._hear, self)

    def ask(
        self,
        work: Callable[[], T],
        then: Callable[[T], object],
        failed: Callable[[Failure], object],
        *,
        key: str = "",
        first: bool = False,
    ) -> None:
        """Queue one errand. Of those that wait under one `key` only the newest is kept; `first` jumps the queue."""
        errand = _Errand(key, work, then, failed)
        with self._changed:
            if key:
                self._waiting = deque(item for item in self._waiting if item.key != key)
            if first:
                self._waiting.appendleft(errand)
            else:
                self._waiting.append(errand)
            self._changed.notify()
        if not self.isRunning():
            self.start()

    @property
    def idle(self) -> bool:
        """Nothing waits, runs or is to be reported."""
        with self._changed:
            return not (self._waiting or self._done or self._busy)

    def request_stop(self) -> None:
        """Answers are wanted no more: who asked may be gone before they come."""
        super().request_stop()
        self._wake.close()
        with self._changed:
            self._changed.notify()

    def work(self) -> None:
        """Runs until it is asked to stop; what then still waits to be written is written first."""
        while self._work_one():
            self._wake.ring()

    def _work_one(self) -> bool:
        """False when there is no more to do.

        Nothing of an errand stays here once it is done: what its functions hold, windows among it, goes in the thread
        of its owner.
        """
        errand = self._next()
        if errand is None:
            return False
        done = [_carry_out(errand)]
        del errand
        with self._changed:
            self._busy = False
            self._done.append(done.pop())
        return True

    def _next(self) -> _Errand | None:
        with self._changed:
            self._changed.wait_for(lambda: bool(self._waiting) or self.stopping)
            if self.stopping:
                self._waiting = deque(item for item in self._waiting if not item.key)
            self._busy = bool(self._waiting)
            return self._waiting.popleft() if self._waiting else None

    def _hear(self) -> None:
        while self._done:
            self._done.popleft()()


def _carry_out(errand: _Errand) -> Callable[[], object]:
    try:
        result = errand.work()
    except Exception as error:
        failure = Failure.of(error)
        return lambda: errand.failed(failure)
    return lambda: errand.then(result)
