"""What a live engine has decided so far along one source, as the timeline draws it: it grows, and never without end."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from engines.actions.types import Decision, Event, Watched
from widgets.actions_state import ScoreTrack

MOST = 1 << 17
"""Decisions kept: more than three hours at 10 per second; older ones go, half of them at a time."""
FIRST = 1024
MOST_EVENTS = 5000
CLOSE = 1e-6


@dataclass(slots=True)
class ScoreHistory:
    """Decisions by time. `add` takes what is new of a result; `track` is what there is, without copying it."""

    name: str = ""
    classes: tuple[str, ...] = ()
    horizons: tuple[float, ...] = ()
    version: int = 0
    _count: int = 0
    _last: int = -1
    _times: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    _scores: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    _ahead: tuple[tuple[float, ...], ...] = ()
    _events: list[Event] = field(default_factory=list)
    _passed: set[tuple[str, float]] = field(default_factory=set)
    """Events of an earlier pass over the same time, which the engine still tells."""

    def add(self, watched: Watched) -> bool:
        """Whether anything was new. Another model's classes begin anew."""
        if watched.classes != self.classes:
            self._begin(watched)
        fresh = [decision for decision in watched.decisions if decision.number > self._last]
        if watched.decisions and watched.decisions[-1].number < self._last:
            fresh = list(watched.decisions)
        for decision in fresh:
            self._put(decision)
        if fresh:
            self._merge(watched.events)
            self.version += 1
        return bool(fresh)

    def track(self) -> ScoreTrack:
        """The whole history; its arrays are views that must not be changed."""
        count = self._count
        ahead = np.asarray(self._ahead, np.float32)
        now = self._times[count - 1] if count else 0.0
        return ScoreTrack(
            self.name, self.classes, self._times[:count], self._scores[:count],
            now + np.asarray(self.horizons[: len(ahead)]), ahead, tuple(self._events), self.version,
        )  # fmt: skip

    def _begin(self, watched: Watched) -> None:
        self.classes, self.horizons = watched.classes, watched.horizons
        self._times, self._scores = np.zeros(FIRST), np.zeros((FIRST, len(watched.classes)), np.float32)
        self._count, self._last, self._ahead = 0, -1, ()
        self._events.clear()
        self._passed.clear()

    def _put(self, decision: Decision) -> None:
        """At its time; what was decided for that time or later in an earlier pass is replaced."""
        if self._count and decision.time <= self._times[self._count - 1] + CLOSE:
            self._cut(decision.time)
        if self._count == len(self._times):
            self._make_room()
        self._times[self._count], self._scores[self._count] = decision.time, decision.probabilities
        self._count, self._last, self._ahead = self._count + 1, decision.number, decision.ahead

    def _cut(self, time: float) -> None:
        self._count = int(np.searchsorted(self._times[: self._count], time - CLOSE))
        self._times, self._scores = self._times.copy(), self._scores.copy()
        self._passed |= {_key(event) for event in self._events}
        self._events = [event for event in self._events if event.start < time - CLOSE]

    def _make_room(self) -> None:
        """Twice as much, or without the older half. New arrays: what was handed out stays as it was."""
        kept = slice(self._count // 2 if self._count >= MOST else 0, self._count)
        times, scores = self._times[kept], self._scores[kept]
        self._times = np.concatenate([times, np.zeros(max(len(times), FIRST))])
        self._scores = np.concatenate([scores, np.zeros((max(len(scores), FIRST), scores.shape[1]), np.float32)])
        self._count = len(times)

    def _merge(self, events: Sequence[Event]) -> None:
        """The engine tells its newest events again and again while they last."""
        told = {_key(event) for event in events}
        self._passed &= told
        events = [event for event in events if _key(event) not in self._passed]
        if not events:
            return
        first = min(event.start for event in events)
        kept = [event for event in self._events if event.start < first - CLOSE]
        self._events = [*kept, *sorted(events, key=lambda event: event.start)][-MOST_EVENTS:]


def _key(event: Event) -> tuple[str, float]:
    return event.action, event.start
