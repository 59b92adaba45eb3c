"""The context: all that a job or a live engine is told by, and tells, the outside.

The command line, the window's workers and a test each bring their own; the engine cannot tell which.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Event
from typing import Protocol

from engines.core.errors import Cancelled


@dataclass(frozen=True, slots=True)
class Lease:
    """The broker's grant: a device name ("cpu", "cuda:0"), bytes on it, and CPU threads."""

    device: str
    bytes: int
    threads: int


class Context(Protocol):
    """Progress, partial results, cancelling and resources for one run."""

    def progress(self, done: float, total: float, note: str = "") -> None:
        """`done` of `total` is finished; `note` says in words what is going on."""
        ...

    def emit(self, key: str, event: object) -> None:
        """Show a preview or partial result. Only the latest per key is kept, so it cannot flood."""
        ...

    def check(self) -> None:
        """Raise `Cancelled` when the user has asked for an end."""
        ...

    @contextmanager
    def lease(self, device: str = "cpu", bytes: int = 0, threads: int = 1) -> Iterator[Lease]:
        """Hold memory and threads for as long as the block runs; waits for its turn."""
        ...


@dataclass(frozen=True, slots=True)
class Part:
    """A part of some work, `done` of `count` before it: its progress is the whole's, under one note, and what it emits
    is shown to nobody.
    """

    whole: Context
    done: float
    count: int
    note: str

    def progress(self, done: float, total: float, note: str = "") -> None:
        self.whole.progress(self.done + done / max(total, 1e-9), self.count, self.note)

    def emit(self, key: str, event: object) -> None:
        pass

    def check(self) -> None:
        self.whole.check()

    @contextmanager
    def lease(self, device: str = "cpu", bytes: int = 0, threads: int = 1) -> Iterator[Lease]:
        with self.whole.lease(device, bytes, threads) as lease:
            yield lease


class PlainContext:
    """A context for scripts and tests: remembers what was said, can be cancelled, grants everything."""

    def __init__(self) -> None:
        self.cancelled = Event()
        self.done = 0.0
        self.total = 0.0
        self.note = ""
        self.events: dict[str, object] = {}

    def progress(self, done: float, total: float, note: str = "") -> None:
        self.done, self.total, self.note = done, total, note

    def emit(self, key: str, event: object) -> None:
        self.events[key] = event

    def check(self) -> None:
        if self.cancelled.is_set():
            raise Cancelled

    @contextmanager
    def lease(self, device: str = "cpu", bytes: int = 0, threads: int = 1) -> Iterator[Lease]:
        yield Lease(device=device, bytes=bytes, threads=threads)
