"""A thread that keeps a live engine busy with the newest frames of one or more slots.

The engine is named by its dotted path and does not know where it is: in this thread, for what releases the
interpreter lock, or in a worker process, for everything else. Results never queue: there is a newest one and a bell.
"""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from PySide6.QtCore import QObject, Signal

from engines.core.clock import Clock, monotonic
from engines.core.context import Lease
from engines.core.errors import Cancelled
from engines.core.frames import Frame
from engines.core.live import Live, LooksAgain, Reset, WantsCapture
from engines.core.slots import Slot
from engines.core.spec import resolve
from engines.core.words import tr
from workbench.threads.engine_thread import EngineThread, Wake
from workbench.threads.frame_sync import FrameSync
from workbench.work.broker import Broker
from workbench.work.messages import Verb
from workbench.work.workers import Listener, Worker

Host = Literal["thread", "worker"]
WINDOW = 2.0
"""Seconds over which rate and milliseconds are taken."""
_BROKER = Broker()


@dataclass(frozen=True, slots=True)
class Seen:
    """A result and the very frames it is of."""

    result: Any
    frames: tuple[Frame, ...]


class LiveThread(EngineThread):
    """`opened()`: the engine is ready. `updated()`: there is something newer to read. `failed(Failure)`: it ended."""

    opened = Signal()
    updated = Signal()

    def __init__(
        self,
        engine: str,
        settings: object,
        slots: Sequence[Slot],
        host: Host = "thread",
        *,
        broker: Broker | None = None,
        preload: tuple[str, ...] = (),
        sent: Callable[[Frame], Frame] | None = None,
        clock: Clock = monotonic,
        parent: QObject | None = None,
    ) -> None:
        """`slots` belong to this thread from now on and are closed when it ends; give them back to their feeds then.

        sent: what of a frame a worker is given, where it needs less than all.
        """
        super().__init__(f"live {engine.rpartition(':')[2]}", parent)
        self.slots = tuple(slots)
        self._path = engine
        self._settings = settings
        self._host: Host = host
        self._broker = broker or _BROKER
        self._preload = preload
        self._sent = sent or _whole
        self._clock = clock
        self._wake = Wake(self.updated, self)
        self._lock = threading.Lock()
        self._latest: Any = None
        self._seen: Seen | None = None
        self._wanted_seen: Seen | None = None
        self._events: dict[str, object] = {}
        self._note = tr("Opening")
        self._wanted: object | None = None
        self._resets: list[Reset] = []
        self._done: deque[tuple[float, float]] = deque(maxlen=1000)
        self._hosted: HostedEngine | None = None

    # --- any thread

    def latest(self) -> Any:
        """The newest result; None before the first."""
        with self._lock:
            return self._latest

    def seen(self) -> Seen | None:
        """The newest result with the frames that it is of."""
        with self._lock:
            return self._seen

    def wanted(self) -> Seen | None:
        """The same of the newest result that asks for its frames to be captured, which later ones do not replace."""
        with self._lock:
            return self._wanted_seen

    def events(self) -> dict[str, object]:
        """The newest of what the engine emitted, by key."""
        with self._lock:
            return dict(self._events)

    @property
    def note(self) -> str:
        """What it is doing, in words; empty while it simply works."""
        with self._lock:
            return self._note

    @property
    def dropped(self) -> int:
        """Frames that came while it was busy."""
        return sum(slot.dropped for slot in self.slots)

    @property
    def rate(self) -> float:
        """Results per second over the last two seconds."""
        with self._lock:
            times = [at for at, _ in self._done if at > self._clock() - WINDOW]
        return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 and times[-1] > times[0] else 0.0

    @property
    def milliseconds(self) -> float:
        """Median time for one frame over the last two seconds."""
        with self._lock:
            took = [seconds for at, seconds in self._done if at > self._clock() - WINDOW]
        return float(np.median(took)) * 1000 if took else 0.0

    def configure(self, settings: object) -> None:
        """Take new settings before the next frame; the engine is opened anew where it cannot simply change."""
        with self._lock:
            self._wanted = settings

    def reset(self, why: Reset) -> None:
        """Forget earlier frames before the next one."""
        with self._lock:
            self._resets.append(why)

    def request_stop(self) -> None:
        super().request_stop()
        for slot in self.slots:
            slot.close()
        hosted = self._hosted
        if hosted is not None:
            hosted.worker.request_stop()

    # --- the thread

    def work(self) -> None:
        engine = self._make()
        try:
            self._open(engine, self._settings)
            self.opened.emit()
            sync = FrameSync(self.slots)
            while not self.stopping and not sync.closed:
                self._step(engine, sync)
        finally:
            try:
                engine.close()
            finally:
                self._let_go()

    def _step(self, engine: Live[Any, Any], sync: FrameSync) -> None:
        frames = sync.take(0.1)
        opened = self._reconfigure(engine)
        if frames is None and opened:
            frames = sync.standing()
        if frames is None:
            self._look_again(engine)
            return
        for why in self._due(sync):
            engine.reset(why)
        start = self._clock()
        result = engine.process(frames)
        end = self._clock()
        seen = Seen(result, tuple(frames))
        with self._lock:
            self._done.append((end, end - start))
            self._seen = seen
            if isinstance(result, WantsCapture) and result.wants_capture:
                self._wanted_seen = seen
        self._have(result)

    def _look_again(self, engine: Live[Any, Any]) -> None:
        """The picture stands still; what is said of it follows what it depends on."""
        result = engine.again() if isinstance(engine, LooksAgain) else None
        if result is not None:
            self._have(result)

    def _have(self, result: object) -> None:
        with self._lock:
            self._latest = result
        self._wake.ring()

    def _reconfigure(self, engine: Live[Any, Any]) -> bool:
        """Whether the engine was opened anew."""
        with self._lock:
            wanted, self._wanted = self._wanted, None
        if wanted is None or engine.configure(wanted):
            return False
        engine.close()
        self._open(engine, wanted)
        return True

    def _due(self, sync: FrameSync) -> list[Reset]:
        """Every reason to forget earlier frames, once."""
        with self._lock:
            resets, self._resets = self._resets, []
        return list(dict.fromkeys([*resets, *sync.resets()]))

    def _open(self, engine: Live[Any, Any], settings: object) -> None:
        self._say(tr("Opening"))
        engine.open(settings, LiveContext(self, self._broker))
        self._say("")

    def _make(self) -> Live[Any, Any]:
        if self._host == "thread":
            return resolve(self._path)()
        worker = Worker(self.name, self._broker, self._preload)
        worker.start()
        listener = Listener(lambda _done, _total, note: self._say(note), self._show, self._say)
        self._hosted = HostedEngine(self._path, worker, listener, self._sent)
        if self.stopping:
            worker.request_stop()
        return self._hosted

    def _let_go(self) -> None:
        for slot in self.slots:
            slot.close()
        if self._hosted is not None:
            self._hosted.worker.close()

    def _say(self, note: str) -> None:
        with self._lock:
            changed, self._note = self._note != note, note
        if changed:
            self._wake.ring()

    def _show(self, key: str, event: object) -> None:
        with self._lock:
            self._events[key] = event
        self._wake.ring()


class HostedEngine:
    """A live engine in a worker process, as its thread sees it."""

    def __init__(self, path: str, worker: Worker, listener: Listener, sent: Callable[[Frame], Frame]) -> None:
        self.worker, self._sent = worker, sent
        self._path = path
        self._listener = listener

    def open(self, settings: object, ctx: object) -> None:
        self._looks_again = bool(self._call("open", (self._path, settings)))

    def configure(self, settings: object) -> bool:
        return bool(self._call("configure", settings))

    def process(self, frames: Sequence[Frame]) -> Any:
        return self._call("process", [self._sent(frame) for frame in frames])

    def again(self) -> Any:
        return self._call("again", None) if self._looks_again else None

    def reset(self, why: Reset) -> None:
        self._call("reset", why)

    def close(self) -> None:
        if self.worker.alive and self.worker.ready:
            try:
                self._call("close", None)
            except Cancelled:
                return

    def _call(self, verb: Verb, argument: object) -> Any:
        return self.worker.call(verb, argument, listener=self._listener)


class LiveContext:
    """The `Context` of an engine in the thread itself."""

    def __init__(self, thread: LiveThread, broker: Broker) -> None:
        self._thread = thread
        self._broker = broker

    def progress(self, done: float, total: float, note: str = "") -> None:
        self._thread._say(note)

    def emit(self, key: str, event: object) -> None:
        self._thread._show(key, event)

    def check(self) -> None:
        if self._thread.stopping:
            raise Cancelled

    @contextmanager
    def lease(self, device: str = "cpu", bytes: int = 0, threads: int = 1) -> Iterator[Lease]:
        name, note = self._thread.name, self._thread._say
        with self._broker.lease(name, device, bytes, threads, self.check, note) as lease:
            note("")
            yield lease


def _whole(frame: Frame) -> Frame:
    """A frame in one piece of memory: a tile is a view with gaps, which would not go through shared memory."""
    if frame.image.flags.c_contiguous:
        return frame
    return Frame(np.ascontiguousarray(frame.image), frame.stamp)
