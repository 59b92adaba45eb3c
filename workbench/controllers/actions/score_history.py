"""The history of scores of one watched source: one line of scores by media time, and the events in it.

However a film is watched (with jumps, over and over, stopped and begun again), a moment has one row of scores. A run is
a stretch that was watched without a jump; it remembers the film from its first frame on. Where two runs saw the same
moment, the one that remembers more stands, and of two that remember as much the newer one: so whatever was watched from
the beginning on is what a run over the whole film gives. Events are found in this line and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from engines.actions.features.chunks import LONGEST
from engines.actions.streaming.events import Levels, events_of, rows_apart
from engines.actions.types import Decision, Event, Watched, WatchSettings
from widgets.timeline.state import ScoreTrack

MOST = 1 << 17
"""Decisions kept: more than three hours at 10 per second; older ones go, half of them at a time."""
FIRST = 1024
MOST_EVENTS = 5000
"""Kept of decisions that went."""
CLOSE = 1e-6
VERSIONS = count(1)


@dataclass(slots=True)
class ScoreHistory:
    """Decisions by time. `add` takes what is new of a result; `track` is what there is, without copying it."""

    model: str = ""
    digest: str = ""
    classes: tuple[str, ...] = ()
    horizons: tuple[float, ...] = ()
    version: int = 0
    changed_from: int = 0
    """The first row that is another than when this was set last."""
    _count: int = 0
    _last: int = -1
    _now: float = 0.0
    _run: float = 0.0
    _at: float = np.inf
    """Time of the newest decision where it stands, else infinity."""
    _times: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    _since: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    _scores: NDArray[np.float32] = field(default_factory=lambda: np.zeros((0, 0), np.float32))
    _ahead: tuple[tuple[float, ...], ...] = ()
    _levels: Levels = Levels(0.5, 0.3, 0.2)
    _gone: tuple[Event, ...] = ()
    """Events of decisions that went."""
    _settled: tuple[int, tuple[Event, ...]] = (0, ())
    """A row after which nothing lasts of what came before, and the events that ended before it."""
    _made: tuple[object, ScoreTrack] = (None, ScoreTrack())

    @classmethod
    def of(
        cls, head: Mapping[str, Any], times: NDArray[np.float64], since: NDArray[np.float64],
        scores: NDArray[np.float32],
    ) -> ScoreHistory:  # fmt: skip
        """What `head` and `stretch` gave. Raises `ValueError` where these do not belong together."""
        classes = tuple(str(name) for name in head["classes"])
        fits = len(times) == len(since) == len(scores) and scores.shape[1:] == (len(classes),)
        if not fits or not np.isfinite(times).all() or (np.diff(times) < 0).any():
            raise ValueError("rows that do not belong together")
        horizons = tuple(float(seconds) for seconds in head["horizons"])
        made = cls(str(head["model"]), str(head["digest"]), classes, horizons, version=1, changed_from=len(times))
        made._times, made._since, made._scores = times.copy(), since.copy(), scores.copy()
        made._count, made._now, made._run = len(times), float(times[-1]), float(since[-1])
        return made

    def head(self) -> dict[str, Any]:
        """What is known beside the rows, as JSON values."""
        return {
            "model": self.model,
            "digest": self.digest,
            "classes": list(self.classes),
            "horizons": list(self.horizons),
            "rows": self._count,
        }

    @property
    def rows(self) -> int:
        return self._count

    def stretch(self, first: int, last: int) -> tuple[NDArray[Any], ...]:
        """Times, beginnings of runs and scores of these rows."""
        rows = slice(first, min(last, self._count))
        return self._times[rows], self._since[rows], self._scores[rows]

    def add(self, watched: Watched) -> bool:
        """Whether anything was new. Another model begins anew."""
        if (watched.digest, watched.classes) != (self.digest, self.classes):
            self._begin(watched)
        fresh = [decision for decision in watched.decisions if decision.number > self._last]
        if watched.decisions and watched.decisions[-1].number < self._last:
            fresh = list(watched.decisions)
        for decision in fresh:
            self._put(decision)
        self.version += bool(fresh)
        return bool(fresh)

    def track(self, settings: WatchSettings, going: bool = False) -> ScoreTrack:
        """The whole history with its events by the thresholds of `settings`; arrays are views that must not be changed.

        going: it is being watched, so what lasts in the newest decision has no end yet.
        """
        levels = Levels.of(settings)
        if levels != self._levels:
            self._levels, self._settled = levels, (0, ())
        key = self.version, levels, going
        if key != self._made[0]:
            self._made = key, self._track(going)
        return self._made[1]

    def _track(self, going: bool) -> ScoreTrack:
        rows, ahead = slice(0, self._count), np.asarray(self._ahead, np.float32)
        jumped = bool((self._since[rows] > LONGEST).any())
        return ScoreTrack(
            Path(self.model).stem, self.classes, self._times[rows], self._scores[rows],
            self._now + np.asarray(self.horizons[: len(ahead)]), ahead, self._events(going), next(VERSIONS), jumped,
            self._now,
        )  # fmt: skip

    def _events(self, going: bool) -> tuple[Event, ...]:
        """Only what came after the settled row is looked through."""
        start, ended = self._settled
        rows = slice(start, self._count)
        times, scores, until = self._times[rows], self._scores[rows], self._at if going else np.inf
        apart = rows_apart(times, self._since[rows])
        found = (*ended, *events_of(self.classes, times, scores, *self._levels, apart=apart, going=until))
        quiet = np.flatnonzero((scores[:, 1:] < self._levels.release).all(axis=1) & ~(times > until))
        if quiet.size:
            row = int(quiet[-1])
            over = tuple(each for each in found if each.end is not None and each.end <= times[row])
            self._settled = start + row, over
        return (*self._gone, *found)

    def _begin(self, watched: Watched) -> None:
        self.model, self.digest = watched.model, watched.digest
        self.classes, self.horizons = watched.classes, watched.horizons
        self._times, self._since = np.zeros((2, FIRST))
        self._scores = np.zeros((FIRST, len(watched.classes)), np.float32)
        self._count, self._last, self._ahead = 0, -1, ()
        self._gone, self._settled, self._at = (), (0, ()), np.inf
        self.changed_from = 0

    def _put(self, decision: Decision) -> None:
        """Instead of what is known of the same time, unless an earlier run remembers more there."""
        goes_on = decision.since == self._run and decision.time >= self._now and self._last >= 0
        after = min(self._now + CLOSE, decision.time - CLOSE) if goes_on else decision.time - CLOSE
        self._last, self._now, self._run, self._ahead = decision.number, decision.time, decision.since, decision.ahead
        known = self._times[: self._count]
        low, high = (int(place) for place in np.searchsorted(known, (after, decision.time + CLOSE)))
        stands = self._least_since(low, high) >= decision.since - CLOSE
        self._at = decision.time if stands else np.inf
        if stands:
            self._replace(low, high, decision)

    def _least_since(self, low: int, high: int) -> float:
        """Where the run began that remembers most of what these rows are about, infinity for none. Between two rows of
        one run that run saw it.
        """
        around = self._since[max(low - 1, 0) : min(high + 1, self._count)]
        if low == high and len(around) == 2 and around[0] == around[1]:
            gap = self._times[low] - self._times[low - 1]
            return float(around[0]) if gap <= LONGEST else np.inf
        return float(self._since[low:high].min(initial=np.inf))

    def _replace(self, low: int, high: int, decision: Decision) -> None:
        """Rows low to high by this one. New arrays but at the end: what was handed out stays as it was."""
        self.changed_from = min(self.changed_from, low)
        if low < self._count:
            self._part(low, high)
        elif self._count == len(self._times):
            self._make_room()
            low = self._count
        self._times[low], self._since[low], self._scores[low] = decision.time, decision.since, decision.probabilities
        self._count += 1
        if low < self._settled[0]:
            self._settled = (0, ())

    def _part(self, low: int, high: int) -> None:
        """Without the rows low to high, but with room for one there."""
        rows = np.r_[0 : low + 1, high : self._count]
        self._take(rows, FIRST)
        self._count = len(rows) - 1

    def _make_room(self) -> None:
        """Twice as much, or without the older half, of which the events stay."""
        kept = slice(self._count // 2 if self._count >= MOST else 0, self._count)
        if kept.start:
            first = self._times[kept.start]
            self._gone = tuple(e for e in self._events(False) if e.end is not None and e.end < first)[-MOST_EVENTS:]
        self._take(kept, max(self._count - kept.start, FIRST))
        self._count, self._settled = self._count - kept.start, (0, ())
        self.changed_from = 0 if kept.start else self.changed_from

    def _take(self, rows: slice | NDArray[np.int64], more: int) -> None:
        """These rows, in new arrays, and room for more."""
        self._times, self._since = (np.concatenate([each[rows], np.zeros(more)]) for each in (self._times, self._since))
        empty = np.zeros((more, self._scores.shape[1]), np.float32)
        self._scores = np.concatenate([self._scores[rows], empty])
