"""Clocks as functions that are handed in, so that tests move time by hand and never sleep."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeAlias

Clock: TypeAlias = Callable[[], float]
"""Seconds of a monotonic clock. On one machine it is the same clock in every process."""

monotonic: Clock = time.monotonic


class ManualClock:
    """A clock that moves when it is told to."""

    def __init__(self, now: float = 0.0) -> None:
        self.now = now

    def __call__(self) -> float:
        return self.now

    def advance(self, seconds: float) -> None:
        self.now += seconds
