"""One owner of every thread and worker: it asks all to end, waits with a deadline, and says which is stuck and where.

`closeEvent`, `aboutToQuit` and `atexit` all come through here, in any order and more than once. A thread that does
not end cannot be destroyed (Qt aborts the process) and is never terminated: what must be saved is saved, the log
says where it hangs, and the process leaves hard.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
from collections.abc import Callable
from typing import Protocol

from engines.core.clock import Clock, monotonic

log = logging.getLogger(__name__)

DEADLINE = 3.0
"""Seconds that everything together has to end."""


class Supervised(Protocol):
    """What a thread or worker must offer to be owned."""

    @property
    def name(self) -> str: ...

    @property
    def ended(self) -> bool:
        """It ran and has ended; false before it started."""
        ...

    def request_stop(self) -> None:
        """Ask for an end, from any thread; returns at once."""
        ...

    def join(self, seconds: float) -> bool:
        """Wait for the end; False when it has not come. True for what never started."""
        ...

    def where(self) -> str:
        """Where it is now, as a stack."""
        ...


class Supervisor:
    """Owns threads and workers from `adopt` until they have ended.

    `save` is called, at most once, before the process leaves hard.
    """

    def __init__(self, save: Callable[[], None] | None = None, clock: Clock = monotonic) -> None:
        self.save = save
        self._clock = clock
        self._lock = threading.RLock()
        self._owned: list[Supervised] = []
        self._closed = False
        self._saved = False

    @property
    def closed(self) -> bool:
        return self._closed

    def names(self) -> list[str]:
        """What has not ended yet."""
        return [item.name for item in self.owned()]

    def owned(self) -> list[Supervised]:
        """What has not ended yet, itself."""
        with self._lock:
            return [item for item in self._owned if not item.ended]

    def adopt(self, item: Supervised) -> None:
        """Own `item` from now on. After a shutdown it is asked to stop at once."""
        with self._lock:
            self._owned = [old for old in self._owned if not old.ended]
            self._owned.append(item)
            closed = self._closed
        if closed:
            item.request_stop()

    def shutdown(self, deadline: float = DEADLINE) -> list[str]:
        """Ask all to end and wait `deadline` seconds in all; the names of those that have not. May be called again."""
        with self._lock:
            self._closed = True
            owned = list(self._owned)
        for item in owned:
            item.request_stop()
        end = self._clock() + deadline
        stuck = [item for item in owned if not item.join(max(0.0, end - self._clock()))]
        with self._lock:
            self._owned = [item for item in self._owned if item in stuck or item not in owned]
        for item in stuck:
            log.error("%s did not end within %.0f s", item.name, deadline, extra={"details": item.where()})
        return [item.name for item in stuck]

    def leave(self, code: int = 0, deadline: float = DEADLINE) -> int:
        """The exit code, when all has ended; otherwise what must be saved is saved and the process ends here."""
        if not self.shutdown(deadline):
            return code
        self._save_once()
        _flush()
        os._exit(code or 1)

    def _save_once(self) -> None:
        if self.save is None or self._saved:
            return
        self._saved = True
        try:
            self.save()
        except Exception:
            log.exception("Saving before a hard end failed")


def _flush() -> None:
    for handler in logging.getLogger().handlers:
        handler.flush()
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()
