"""Requests to a feed (play, pause, seek, step): made from any thread, carried out by the feed's own."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from threading import Condition
from typing import Literal, TypeAlias

from engines.core.errors import UsageError
from engines.core.words import tr


@dataclass(frozen=True, slots=True)
class SeekTo:
    """Show the picture at this media time."""

    seconds: float


@dataclass(frozen=True, slots=True)
class StepBy:
    """Show the picture this many further on (or back) and stay there."""

    frames: int


@dataclass(frozen=True, slots=True)
class Again:
    """Play from the start."""


Move: TypeAlias = SeekTo | StepBy | Again
Switch: TypeAlias = Literal["stopping", "paused", "loop"]


class PlaybackRequests:
    """The bell rings, and `version` grows, with every change."""

    def __init__(self, loop: bool, speed: float) -> None:
        self.bell = Condition()
        self.version = 0
        self.stopping = False
        self.paused = False
        self.loop = loop
        self.speed = speed
        self._reopen = False
        self._moves: deque[Move] = deque()

    def set(self, switch: Switch, on: bool) -> None:
        with self.bell:
            setattr(self, switch, on)
            self._ring()

    def set_speed(self, factor: float) -> None:
        """Raises `UsageError` for a speed below 0 or above 1000."""
        if not 0 <= factor <= 1000:
            raise UsageError(
                tr("A speed of {factor:g} is not possible", factor=factor),
                hint=tr("0 is as fast as can be, 1 is real time"),
            )
        with self.bell:
            self.speed = factor
            self._ring()

    def reopen(self) -> None:
        with self.bell:
            self._reopen = True
            self._moves.clear()
            self._ring()

    def move(self, move: Move) -> None:
        """A seek replaces what was not yet done; steps add up."""
        with self.bell:
            if isinstance(move, StepBy):
                self.paused = True
                if self._moves and isinstance(last := self._moves[-1], StepBy):
                    self._moves.pop()
                    move = StepBy(last.frames + move.frames)
            else:
                self._moves.clear()
            self._moves.append(move)
            self._ring()

    def take_move(self) -> Move | None:
        with self.bell:
            return self._moves.popleft() if self._moves else None

    def take_reopen(self) -> bool:
        with self.bell:
            wanted, self._reopen = self._reopen, False
            return wanted

    @property
    def restless(self) -> bool:
        """Something waits to be done before the next picture."""
        return self.stopping or self._reopen or bool(self._moves)

    def wait(self, seen: int, timeout: float | None = None, until: Callable[[], bool] | None = None) -> bool:
        """Wait for a change after version `seen` (or `until()`); False after `timeout` seconds without."""
        with self.bell:
            return self.bell.wait_for(lambda: self.version != seen or (until is not None and until()), timeout)

    def _ring(self) -> None:
        self.version += 1
        self.bell.notify_all()
