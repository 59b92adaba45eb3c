"""Small jobs and live engines that the tests run in workers by their dotted path."""

from __future__ import annotations

import ctypes
import logging
import os
import signal
import sys
import warnings
from dataclasses import dataclass, field
from threading import Event

import numpy as np
from numpy.typing import NDArray

from engines.core.context import Context
from engines.core.errors import BadInput
from engines.core.frames import FrameSet, Stamp
from engines.core.live import Reset


@dataclass(frozen=True, slots=True)
class CountSpec:
    to: int = 10
    names: tuple[str, ...] = ()
    path: str = ""


@dataclass(frozen=True, slots=True)
class CountResult:
    total: int
    names: tuple[str, ...]
    pid: int


@dataclass(frozen=True, slots=True)
class Numbers:
    """A result with a large array, which has no JSON form."""

    values: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))


def count(spec: CountSpec, ctx: Context) -> CountResult:
    """Add up the numbers below `to`, with progress."""
    total = 0
    for number in range(spec.to):
        ctx.check()
        total += number
        ctx.progress(number + 1, spec.to, "adding")
    return CountResult(total, spec.names, os.getpid())


def flood(spec: CountSpec, ctx: Context) -> CountResult:
    """Emit and report far more often than anyone can look."""
    for number in range(spec.to):
        ctx.emit("number", number)
        ctx.progress(number + 1, spec.to)
    return CountResult(spec.to, (), os.getpid())


def patient(spec: CountSpec, ctx: Context) -> CountResult:
    """Never done, but it listens."""
    ctx.emit("pid", os.getpid())
    while True:
        ctx.check()
        Event().wait(0.01)


def deaf(spec: CountSpec, ctx: Context) -> CountResult:
    """Never done, and it does not listen."""
    ctx.emit("pid", os.getpid())
    while True:
        Event().wait(1.0)


def wrong(spec: CountSpec, ctx: Context) -> CountResult:
    raise ZeroDivisionError("nothing to divide by")


def bad_input(spec: CountSpec, ctx: Context) -> CountResult:
    raise BadInput("The file is empty", path="/a/file.png", hint="Choose another")


def crash(spec: CountSpec, ctx: Context) -> CountResult:
    """Die in native code."""
    ctypes.string_at(0)
    return CountResult(0, (), 0)


def shot(spec: CountSpec, ctx: Context) -> CountResult:
    os.kill(os.getpid(), signal.SIGKILL)
    return CountResult(0, (), 0)


def talk(spec: CountSpec, ctx: Context) -> CountResult:
    """Write to everything a library may write to."""
    print("said to stdout")
    print("said to stderr", file=sys.stderr)
    os.write(1, b"said by native code\n")
    logging.getLogger("samples").warning("said to the log")
    warnings.warn("said as a warning", stacklevel=1)
    return CountResult(0, (), 0)


def large(spec: CountSpec, ctx: Context) -> Numbers:
    """Previews and a result of `to` numbers each."""
    for step in range(5):
        ctx.emit(f"preview {step}", np.full(spec.to, float(step)))
    return Numbers(np.arange(spec.to, dtype=np.float64))


def heavy(spec: CountSpec, ctx: Context) -> CountResult:
    """Hold every thread of the machine until cancelled, or return at once for `to` = 0."""
    with ctx.lease(threads=10_000) as lease:
        ctx.emit("holds", lease.threads)
        while spec.to:
            ctx.check()
            Event().wait(0.01)
        return CountResult(lease.threads, (), os.getpid())


@dataclass(frozen=True, slots=True)
class MeanSettings:
    scale: float = 1.0
    fail_at: int = -1
    hold: float = 0.0
    reopen: str = ""


@dataclass(frozen=True, slots=True)
class MeanResult:
    stamps: tuple[Stamp, ...]
    means: tuple[float, ...]
    resets: tuple[str, ...]
    opened: int
    pid: int

    @property
    def wants_capture(self) -> bool:
        """White pictures are worth keeping."""
        return all(mean == 255.0 for mean in self.means)


class Mean:
    """A live engine: the mean of each picture times a scale."""

    opened = 0

    def open(self, settings: MeanSettings, ctx: Context) -> None:
        ctx.check()
        ctx.progress(1, 1, "open")
        type(self).opened += 1
        self.settings = settings
        self.resets: list[str] = []

    def configure(self, settings: MeanSettings) -> bool:
        if settings.reopen != self.settings.reopen:
            return False
        self.settings = settings
        return True

    def process(self, frames: FrameSet) -> MeanResult:
        if self.settings.hold:
            Event().wait(self.settings.hold)
        if frames[0].stamp.index == self.settings.fail_at:
            raise ValueError("this frame is too much")
        means = tuple(float(frame.image.mean()) * self.settings.scale for frame in frames)
        stamps = tuple(frame.stamp for frame in frames)
        return MeanResult(stamps, means, tuple(self.resets), type(self).opened, os.getpid())

    def reset(self, why: Reset) -> None:
        self.resets.append(why.value)

    def close(self) -> None:
        self.settings = MeanSettings()


class MeanAgain(Mean):
    """Says it again of a picture that stands still, once its settings are others."""

    def process(self, frames: FrameSet) -> MeanResult:
        self.said = frames, self.settings
        return super().process(frames)

    def again(self) -> MeanResult | None:
        frames, settings = self.said
        return None if settings == self.settings else self.process(frames)
