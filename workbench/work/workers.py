"""Workers: processes that are spawned once, kept warm, and replaced when they are lost.

A worker belongs to one thread, which calls it and meanwhile hears what it says; any thread may cancel or stop it.
A crash in native code, running out of memory or a `kill -9` costs the worker and a message, never the window.
"""

from __future__ import annotations

import logging
import multiprocessing
import os
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from multiprocessing.connection import Connection, wait
from typing import Any

from engines.core.clock import Clock, monotonic
from engines.core.errors import Cancelled, WorkerLost
from engines.core.words import tr
from workbench.work import messages as say
from workbench.work import worker_main
from workbench.work.broker import Broker
from workbench.work.failure import RemoteFailure, exit_in_words
from workbench.work.languages import spoken
from workbench.work.leases import Leases
from workbench.work.rings import Rings

log = logging.getLogger(__name__)

CANCEL_DEADLINE = 2.0
"""Seconds a cancelled call has to see it before its worker is killed."""
QUIT_DEADLINE = 0.3


def _unheard(*_said: object) -> None:
    """Nobody is told."""


@dataclass(frozen=True, slots=True)
class Listener:
    """Who is told what a call says before it is done: progress(done, total, note), event(key, event), note(text).

    Called on the thread that calls the worker.
    """

    progress: Callable[[float, float, str], object] = _unheard
    event: Callable[[str, object], object] = _unheard
    note: Callable[[str], object] = _unheard


NOBODY = Listener()


class Worker:
    """One process. `start`, `call`, `serve` and `close` are for the owning thread; the rest for any."""

    def __init__(self, name: str, broker: Broker, preload: tuple[str, ...] = (), clock: Clock = monotonic) -> None:
        """`preload`: modules the process imports before its first call, such as ("torch",)."""
        self._name = name
        self._preload = preload
        self._clock = clock
        self._process: Any = None
        self._pipe: Connection | None = None
        self._output: Connection | None = None
        self._bell, self._rope = multiprocessing.Pipe(duplex=False)
        self._send_lock = threading.Lock()
        self._state = threading.Lock()
        self._rung = False
        self._stopping = False
        self._number = 0
        self._busy = 0
        self._cancelled_at: float | None = None
        self._cancel_told = False
        self.rings = Rings(self._send)
        self._leases = Leases(broker, self._send)
        self._title = name
        self._listener = NOBODY
        self._answer: Any = None
        self._tail: deque[str] = deque(maxlen=20)
        self._partial = b""
        self.ready = False
        self.json = ""
        """The last result of "run" as JSON text; "" where it has no such form."""

    # --- any thread

    @property
    def name(self) -> str:
        return self._name

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    @property
    def alive(self) -> bool:
        return self._process is not None and self._process.is_alive()

    @property
    def ended(self) -> bool:
        return self._process is not None and not self._process.is_alive()

    def cancel(self) -> None:
        """Ask the running call to end; past the deadline its worker is killed. Returns at once."""
        with self._state:
            if not self._busy or self._cancelled_at is not None:
                return
            self._cancelled_at = self._clock()
        self.ring()

    def request_stop(self) -> None:
        """Cancel what runs and take no more calls."""
        self._stopping = True
        self.cancel()
        self.ring()

    def ring(self) -> None:
        """Make `serve` return."""
        with self._state:
            if not self._rung and not self._rope.closed:
                self._rung = True
                self._rope.send_bytes(b".")

    def join(self, seconds: float) -> bool:
        if self._process is None:
            return True
        self._process.join(seconds)
        return not self._process.is_alive()

    def where(self) -> str:
        return tr("in process {pid}: {title}", pid=self.pid, title=self._title)

    # --- the owning thread

    def start(self) -> None:
        """Spawn the process; returns before it is ready. Takes tens of milliseconds: not for the window's thread."""
        context = multiprocessing.get_context("spawn")
        self._pipe, theirs = context.Pipe()
        written: Connection | None = None
        if os.name == "posix":
            self._output, written = context.Pipe(duplex=False)
        arguments = (theirs, written, self._preload, spoken())
        self._process = context.Process(target=worker_main.main, args=arguments, name=self._name, daemon=True)
        try:
            self._process.start()
        finally:
            theirs.close()
            if written is not None:
                written.close()

    def call(
        self,
        verb: say.Verb,
        argument: object = None,
        *,
        title: str = "",
        listener: Listener = NOBODY,
        unwanted: Callable[[], bool] = lambda: False,
    ) -> Any:
        """Do one thing in the worker and give its answer; for "run" also `self.json`.

        `unwanted` is asked once, when `cancel` has begun to work: it knows of a cancel that came before.
        Raises `Cancelled`, `WorkerLost`, or `RemoteFailure` with what was raised there.
        """
        if self._stopping:
            raise Cancelled
        self._title = title or self._name
        self._listener = listener
        self._answer = None
        self._number += 1
        with self._state:
            self._busy, self._cancelled_at, self._cancel_told = self._number, None, False
        if self._stopping or unwanted():
            self.cancel()
        try:
            self._send(say.Call(self._number, verb, self.rings.pack(argument)))
            while self._answer is None:
                self._hear(self._patience())
                self._enforce()
            return self._result(self._answer)
        finally:
            with self._state:
                self._busy = 0
            self._listener = NOBODY
            self._give_back()

    def serve(self, seconds: float | None = None) -> None:
        """While there is nothing to call: hear log lines and notice a death, until rung or `seconds` are over.

        Raises `WorkerLost`.
        """
        with self._state:
            rung, self._rung = self._rung, False
            if rung:
                self._bell.recv_bytes()
        if not rung:
            self._hear(seconds)

    def close(self) -> None:
        """End the process, kindly for a moment, then not. May be called again."""
        self._stopping = True
        if self._process is not None:
            self._send(say.Quit())
            self._process.join(QUIT_DEADLINE if self.ready else 0)
            if self._process.is_alive():
                self._process.kill()
            self._process.join()
        self._give_back()
        self.rings.close()
        with self._state:
            for end in (self._pipe, self._output, self._bell, self._rope):
                if end is not None:
                    end.close()

    def _patience(self) -> float | None:
        with self._state:
            cancelled = self._cancelled_at
        return None if cancelled is None else max(0.0, cancelled + CANCEL_DEADLINE - self._clock())

    def _enforce(self) -> None:
        """Pass a cancel on; past the deadline, kill."""
        left = self._patience()
        if left is None or self._answer is not None:
            return
        if not self._cancel_told:
            self._cancel_told = True
            self._send(say.Cancel(self._busy))
        if left == 0.0:
            self._process.kill()
            self._process.join()
            raise Cancelled(
                tr(
                    "It did not end within {seconds:.0f} s and was ended by force",
                    seconds=CANCEL_DEADLINE,
                )
            )

    def _result(self, answer: Any) -> Any:
        match answer:
            case say.Reply(_, payload, text):
                self.json = text
                return self.rings.unpack(payload)
            case say.Failed(_, failure):
                raise RemoteFailure(failure)
        raise Cancelled

    def _hear(self, seconds: float | None) -> None:
        """Wait for anything, take in what there is."""
        ends: list[Any] = [end for end in (self._pipe, self._output, self._bell) if end is not None]
        there = wait([*ends, self._process.sentinel], seconds)
        if self._bell in there:
            with self._state:
                self._rung = False
                self._bell.recv_bytes()
        if self._output in there:
            self._read_output()
        if self._pipe in there:
            self._read_pipe()
        elif self._process.sentinel in there:
            self._lost()

    def _read_pipe(self) -> None:
        assert self._pipe is not None
        try:
            self._take(self._pipe.recv())
            while self._answer is None and self._pipe.poll():
                self._take(self._pipe.recv())
        except (EOFError, OSError):
            self._lost()

    def _take(self, message: object) -> None:
        match message:
            case say.Progress(number, done, total, note) if number == self._busy:
                self._listener.progress(done, total, note)
            case say.Event(number, key, payload):
                event = self.rings.unpack(payload)
                if number == self._busy:
                    self._listener.event(key, event)
            case say.Reply() | say.Failed() | say.Stopped():
                if message.number == self._busy:
                    self._answer = message
            case say.Said():
                _relay(message)
            case say.LeaseWanted():
                if note := self._leases.request(self._title, message):
                    self._listener.note(note)
            case say.LeaseReturned(number):
                self._leases.release(number)
            case say.Attached() | say.Freed() | say.RoomWanted():
                self.rings.hear(message)
            case say.Ready():
                self.ready = True

    def _lost(self) -> None:
        self._process.join(1.0)
        self._read_rest()
        words = exit_in_words(self._process.exitcode)
        last = "\n".join(self._tail)
        log.error("The worker '%s' %s", self._name, words, extra={"details": last})
        raise WorkerLost(
            tr("The job's process {words}", words=words), hint=tr("Start it again; the log has its last words")
        )

    def _read_rest(self) -> None:
        while self._output is not None and self._output.poll():
            self._read_output()

    def _read_output(self) -> None:
        """Lines the worker wrote to stdout or stderr go to the log."""
        assert self._output is not None
        data = os.read(self._output.fileno(), 65536)
        if not data:
            self._output.close()
            self._output = None
            return
        *lines, self._partial = (self._partial + data)[-65536:].split(b"\n")
        for line in lines:
            text = line.decode("utf-8", "replace").rstrip()
            if text:
                self._tail.append(text)
                logging.getLogger(f"worker.{self._name}").info(text)

    def _send(self, message: object) -> None:
        """A worker that is gone does not hear; that it is gone is noticed where it is listened to."""
        with self._send_lock:
            try:
                if self._pipe is not None and not self._pipe.closed:
                    self._pipe.send(message)
            except OSError:
                log.debug("The worker '%s' did not hear %s", self._name, type(message).__name__)

    def _give_back(self) -> None:
        if not self.alive:
            self._leases.release_all()


def _relay(said: say.Said) -> None:
    logger = logging.getLogger(said.logger)
    if logger.isEnabledFor(said.level):
        extra = {"details": said.details}
        logger.handle(logger.makeRecord(said.logger, said.level, "", 0, said.text, (), None, None, extra))
