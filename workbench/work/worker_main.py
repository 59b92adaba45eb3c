"""The process that runs jobs and hosted live engines beside the window. Started by `workbench.work.workers`.

The main thread works, a second one listens (so that a cancel, or the death of the window, is noticed in the middle
of a computation), a third sends progress and previews, the latest of each and at most thirty times a second. What is
written to stdout and stderr goes to the window's log. Nothing heavy is imported before it is asked for.
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import logging
import os
import queue
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any

from engines.core.context import Lease
from engines.core.errors import Cancelled, OutOfResources
from engines.core.live import LooksAgain
from engines.core.spec import from_json, resolve, spec_type, to_json
from engines.core.words import tr
from workbench.work.failure import Failure
from workbench.work.languages import ENGLISH, speak_in
from workbench.work.messages import (
    Attach,
    Attached,
    Call,
    Cancel,
    Event,
    Failed,
    Freed,
    Granted,
    LeaseReturned,
    LeaseWanted,
    Progress,
    Quit,
    Ready,
    Reply,
    RoomWanted,
    Said,
    Stopped,
)
from workbench.work.shared import Inlet, Outlet, Packed, Ring

PERIOD = 1 / 30
"""Seconds between two sendings of progress and previews."""
KEYS = 256
"""Previews under more keys than this, unsent at once, lose the oldest."""
LINES = 500

log = logging.getLogger(__name__)


def main(pipe: Connection, output: Connection | None, preload: tuple[str, ...], language: str = ENGLISH) -> None:
    """Serve until the window says `Quit` or is gone; errors and notes are in the window's language."""
    began = time.monotonic()
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _redirect(output)
    sender = Sender(pipe)
    logging.basicConfig(handlers=[_LogHandler(sender)], level=logging.INFO, force=True)
    logging.captureWarnings(True)
    sender.send(Ready(os.getpid(), time.monotonic() - began))
    session = Session(pipe, sender)
    speak_in(language)
    for module in preload:
        importlib.import_module(module)
    session.serve()


class Sender:
    """Everything that leaves the worker. What may flood is kept back and sent by a thread, the latest of each."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe
        self._lock = threading.RLock()
        self._outlet = Outlet(lambda size: self.send(RoomWanted(size)))
        self._news = threading.Condition()
        self._progress: Progress | None = None
        self._events: dict[tuple[int, str], object] = {}
        self._lines: deque[Said] = deque()
        self._lines_lost = 0
        threading.Thread(target=self._flush_for_ever, name="sender", daemon=True).start()

    def send(self, message: object) -> None:
        """Send now. The window being gone ends the worker."""
        with self._lock:
            try:
                self._pipe.send(message)
            except OSError:
                os._exit(1)

    def send_value(self, value: object, message: Callable[[Packed], object]) -> None:
        """Pack and send in one go, so that the ring is never changed in between."""
        with self._lock:
            self.send(message(self._outlet.pack(value)))

    def attach(self, name: str, size: int) -> None:
        with self._lock:
            self._outlet.use(Ring.attach(name, size))
            self.send(Attached(name))

    def freed(self, end: int, name: str) -> None:
        self._outlet.free(end, name)

    def progress(self, news: Progress) -> None:
        with self._news:
            self._progress = news
            self._news.notify()

    def event(self, number: int, key: str, event: object) -> None:
        with self._news:
            self._events.pop((number, key), None)
            self._events[number, key] = event
            if len(self._events) > KEYS:
                del self._events[next(iter(self._events))]
            self._news.notify()

    def line(self, line: Said) -> None:
        with self._news:
            if len(self._lines) < LINES:
                self._lines.append(line)
            else:
                self._lines_lost += 1
            self._news.notify()

    def flush(self) -> None:
        """Send what is kept back; before an answer, so that the last state is never later than the result."""
        with self._lock:
            with self._news:
                progress, self._progress = self._progress, None
                events, self._events = self._events, {}
                lines, self._lines = self._lines, deque()
                lost, self._lines_lost = self._lines_lost, 0
            for line in lines:
                self.send(line)
            if lost:
                self.send(Said(logging.WARNING, __name__, f"{lost} log lines were too many at once and are lost"))
            if progress is not None:
                self.send(progress)
            for (number, key), event in events.items():
                self._send_event(number, key, event)

    def _send_event(self, number: int, key: str, event: object) -> None:
        try:
            self.send_value(event, lambda packed: Event(number, key, packed))
        except Exception as error:
            self.send(Said(logging.ERROR, __name__, f"The preview '{key}' cannot be sent: {error}"))

    def _flush_for_ever(self) -> None:
        while True:
            with self._news:
                self._news.wait_for(lambda: self._progress or self._events or self._lines)
            self.flush()
            time.sleep(PERIOD)


class Session:
    """Takes calls one after the other; listens meanwhile."""

    def __init__(self, pipe: Connection, sender: Sender) -> None:
        self._pipe = pipe
        self._sender = sender
        self._calls: queue.SimpleQueue[Call | Attach] = queue.SimpleQueue()
        self._inlet = Inlet()
        self._context = CallContext(sender)
        self._engine: Any = None
        threading.Thread(target=self._listen, name="listener", daemon=True).start()

    def serve(self) -> None:
        while True:
            message = self._calls.get()
            if isinstance(message, Attach):
                self._inlet.use(Ring.attach(message.name, message.size))
                self._sender.send(Attached(message.name))
            else:
                self._answer(message)

    def _listen(self) -> None:
        while True:
            try:
                message = self._pipe.recv()
            except (EOFError, OSError):
                os._exit(1)
            self._hear(message)

    def _hear(self, message: object) -> None:
        match message:
            case Cancel(number):
                self._context.cancel(number)
            case Granted():
                self._context.granted(message)
            case Freed(name, end):
                self._sender.freed(end, name)
            case Attach("out", name, size):
                self._sender.attach(name, size)
            case Attach() | Call():
                if isinstance(message, Call):
                    self._context.expect(message.number)
                self._calls.put(message)
            case Quit():
                _flush_streams()
                os._exit(0)

    def _answer(self, call: Call) -> None:
        number = call.number
        try:
            self._context.begin(number)
            value, text = self._do(call)
            self._sender.flush()
            self._sender.send_value(value, lambda packed: Reply(number, packed, text))
        except Cancelled:
            self._sender.flush()
            self._sender.send(Stopped(number))
        except BaseException as error:
            self._sender.flush()
            self._sender.send(Failed(number, Failure.of(_out_of_memory(error))))
        _flush_streams()

    def _do(self, call: Call) -> tuple[object, str]:
        argument = self._inlet.unpack(call.payload)
        if call.payload.end:
            self._sender.send(Freed(self._inlet.name, call.payload.end))
        match call.verb:
            case "run":
                job, spec = argument
                result = resolve(job)(from_json(spec_type(job), spec), self._context)
                return result, _as_json(job, result)
            case "open":
                self._close()
                path, settings = argument
                self._engine = resolve(path)()
                self._engine.open(settings, self._context)
                return isinstance(self._engine, LooksAgain), ""
            case "configure":
                return self._engine.configure(argument), ""
            case "process":
                return self._engine.process(argument), ""
            case "again":
                return self._engine.again(), ""
            case "reset":
                self._engine.reset(argument)
            case "close":
                self._close()
        return None, ""

    def _close(self) -> None:
        engine, self._engine = self._engine, None
        if engine is not None:
            engine.close()


class CallContext:
    """The `Context` of whatever the worker does now."""

    def __init__(self, sender: Sender) -> None:
        self._sender = sender
        self._number = 0
        self._cancelled: set[int] = set()
        self._leases: dict[int, queue.SimpleQueue[Granted]] = {}
        self._next_lease = 0

    def begin(self, number: int) -> None:
        self._number = number
        self.check()

    def expect(self, number: int) -> None:
        """Cancels of calls before this one are history."""
        self._cancelled = {other for other in self._cancelled if other >= number}

    def cancel(self, number: int) -> None:
        self._cancelled = self._cancelled | {number}

    def granted(self, answer: Granted) -> None:
        box = self._leases.get(answer.number)
        if box is not None:
            box.put(answer)

    def progress(self, done: float, total: float, note: str = "") -> None:
        self._sender.progress(Progress(self._number, float(done), float(total), note))

    def emit(self, key: str, event: object) -> None:
        self._sender.event(self._number, key, event)

    def check(self) -> None:
        if self._number in self._cancelled:
            raise Cancelled

    @contextmanager
    def lease(self, device: str = "cpu", bytes: int = 0, threads: int = 1) -> Iterator[Lease]:
        self._next_lease += 1
        number = self._next_lease
        box = self._leases[number] = queue.SimpleQueue()
        self._sender.send(LeaseWanted(number, device, bytes, threads))
        try:
            yield self._wait_for(box)
        finally:
            del self._leases[number]
            self._sender.send(LeaseReturned(number))

    def _wait_for(self, box: queue.SimpleQueue[Granted]) -> Lease:
        while True:
            self.check()
            try:
                answer = box.get(timeout=0.05)
            except queue.Empty:
                continue
            if answer.lease is None:
                raise OutOfResources(answer.refusal)
            return answer.lease


class _LogHandler(logging.Handler):
    """Sends records to the window's log."""

    def __init__(self, sender: Sender) -> None:
        super().__init__()
        self._sender = sender

    def emit(self, record: logging.LogRecord) -> None:
        try:
            details = getattr(record, "details", "")
            if record.exc_info and record.exc_info[1] is not None:
                details = Failure.of(record.exc_info[1]).traceback
            self._sender.line(Said(record.levelno, record.name, record.getMessage(), details))
        except Exception:
            self.handleError(record)


def _redirect(output: Connection | None) -> None:
    """Send stdout and stderr, also those of native code, through `output`; a crash leaves its stacks there."""
    if output is None:
        return
    os.dup2(output.fileno(), 1)
    os.dup2(output.fileno(), 2)
    sys.stdout = os.fdopen(1, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)
    sys.stderr = os.fdopen(2, "w", buffering=1, encoding="utf-8", errors="replace", closefd=False)
    output.close()
    faulthandler.enable()
    if hasattr(signal, "SIGUSR1"):
        faulthandler.register(signal.SIGUSR1, all_threads=True)


def _flush_streams() -> None:
    for stream in (sys.stdout, sys.stderr):
        if stream is not None:
            stream.flush()


def _as_json(job: str, result: object) -> str:
    if result is None:
        return ""
    try:
        return json.dumps(to_json(result), ensure_ascii=False)
    except Exception as error:
        log.warning(
            "The result of %s has no JSON form and is not kept in the history: %s", job, str(error).partition("\n")[0]
        )
        return ""


def _out_of_memory(error: BaseException) -> BaseException:
    """Running out of memory said in the user's words; every other error as it is."""
    if isinstance(error, MemoryError) or type(error).__name__ == "OutOfMemoryError":
        words = OutOfResources(tr("The memory is not enough for this"), hint=tr("Use fewer or smaller inputs"))
        words.__cause__ = error
        return words
    return error
