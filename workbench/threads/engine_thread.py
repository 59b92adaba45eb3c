"""Threads that do work beside the window, and the one way they tell the window something.

`EngineThread` is a subclass whose `run()` does the work and whose signals live on the thread object: with a worker
object moved to a thread, a plain method connected to its signal runs in that thread even when queued. Stopping is
cooperative; `terminate()` is never called. `Wake` is the coalesced bell that every producer of values rings.
"""

from __future__ import annotations

import logging
import sys
import threading
import traceback as tracebacks
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QDeadlineTimer, QObject, Qt, QThread, QTimer, Signal, SignalInstance

from engines.core.errors import Cancelled
from workbench.work.failure import Failure

__all__ = ["EngineThread", "Failure", "Wake", "stack_of"]

log = logging.getLogger(__name__)

_running: set[EngineThread] = set()
"""A destroyed running QThread aborts the process, so every running one is referenced here."""


class EngineThread(QThread):
    """Overwrite `work()`; leave it soon after `request_stop()`.

    `failed(Failure)` is emitted for every exception but `Cancelled`. The thread object lives in the thread that made
    it, so whatever is connected to its signals runs there.
    """

    failed = Signal(object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.failure: Failure | None = None
        self._name = name
        self._ident: int | None = None
        self._stop = threading.Event()
        self.finished.connect(self._forget)

    @property
    def name(self) -> str:
        return self._name

    @property
    def ended(self) -> bool:
        return self.isFinished()

    @property
    def stopping(self) -> bool:
        return self._stop.is_set()

    def work(self) -> None:
        """What the thread does, in the thread."""
        raise NotImplementedError

    def start(self, priority: QThread.Priority = QThread.Priority.InheritPriority) -> None:
        """Start working. A thread that was already asked to stop stays away."""
        if not self._stop.is_set():
            _running.add(self)
            super().start(priority)

    def run(self) -> None:
        self._ident = threading.get_ident()
        try:
            self.work()
        except Cancelled:
            pass
        except Exception as error:
            self.fail(Failure.of(error))
        finally:
            self._ident = None

    def fail(self, failure: Failure) -> None:
        """Tell of a failure; from the thread itself."""
        self.failure = failure
        log.error("%s: %s", self._name, failure, extra={"details": failure.traceback})
        self.failed.emit(failure)

    def request_stop(self) -> None:
        """Ask for an end, from any thread; returns at once."""
        self._stop.set()

    def join(self, seconds: float) -> bool:
        """Wait for the end; False when it has not come after `seconds`."""
        done = self.wait(QDeadlineTimer(max(0, int(seconds * 1000))))
        if done:
            _running.discard(self)
        return done

    def where(self) -> str:
        """The Python stack the thread is in now."""
        return stack_of(self._ident)

    def _forget(self) -> None:
        """Let go of the reference, but not here: the last one must not fall while Qt is in this very object."""
        self.wait()
        QTimer.singleShot(0, partial(_running.discard, self))


class Wake(QObject):
    """A bell that any thread rings and that the owner's thread hears once, however often it was rung.

    `rung` comes through the event loop of the thread this object lives in. At most one ring is ever under way, so a
    window that is blocked finds one event, not a queue of them.
    """

    rung = Signal()
    _rope = Signal()

    def __init__(
        self, heard: Callable[[], object] | SignalInstance | None = None, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._under_way = False
        self._closed = False
        self._rope.connect(self._hear, Qt.ConnectionType.QueuedConnection)
        if heard is not None:
            self.rung.connect(heard)

    def ring(self) -> None:
        """From any thread; never blocks."""
        with self._lock:
            if self._under_way or self._closed:
                return
            self._under_way = True
            self._rope.emit()

    def close(self) -> None:
        """Ring no more. A ring under way is not heard."""
        with self._lock:
            self._closed = True

    def _hear(self) -> None:
        with self._lock:
            self._under_way = False
            if self._closed:
                return
        self.rung.emit()


def stack_of(ident: int | None) -> str:
    """The Python stack of a thread, innermost call last; a sentence when there is none."""
    frame = None if ident is None else sys._current_frames().get(ident)
    return "not in Python code" if frame is None else "".join(tracebacks.format_stack(frame))
