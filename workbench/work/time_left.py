"""Estimates the time a job still takes from its progress: smoothed, and silent until it knows something."""

from __future__ import annotations

from engines.core.clock import Clock, monotonic

WARM_UP = 1.0
"""Seconds of progress before anything is said."""
HORIZON = 10.0
"""Seconds over which the pace is averaged: old paces fade with this time constant."""


class TimeLeft:
    """Feed it the fraction done whenever it changes."""

    def __init__(self, clock: Clock = monotonic) -> None:
        self._clock = clock
        self._began = self._last = clock()
        self._fraction = 0.0
        self._pace: float | None = None

    def update(self, fraction: float) -> None:
        """`fraction` done, 0 to 1. Going back, as a new stage does, begins anew."""
        now = self._clock()
        if fraction < self._fraction:
            self._began, self._pace = now, None
        elif now > self._last and fraction > self._fraction:
            self._learn((fraction - self._fraction) / (now - self._last), now - self._last)
        else:
            return
        self._last, self._fraction = now, fraction

    def seconds(self) -> float | None:
        """Seconds left from now; None while it cannot be told."""
        now = self._clock()
        if self._pace is None or now - self._began < WARM_UP:
            return None
        return max(0.0, (1.0 - self._fraction) / self._pace - (now - self._last))

    def _learn(self, pace: float, passed: float) -> None:
        if self._pace is None:
            self._pace = pace
            return
        weight = min(1.0, passed / HORIZON)
        self._pace += weight * (pace - self._pace)
