"""Probabilities over time to events: a class begins at one threshold and ends below a lower one (hysteresis).

One decision at a time for a stream (`EventFinder`), or all that is known of a recording at once (`events_of`): the same
events, whichever way a film was watched.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.actions.evaluation.grouping import held
from engines.actions.evaluation.truth import runs
from engines.actions.features.chunks import LONGEST
from engines.actions.types import Decision, Event, WatchSettings

ROUNDING = 1e-6
"""Seconds that times are known to."""
Floats = NDArray[np.float64]


class Levels(NamedTuple):
    """Probability at which an event starts, below which it ends (never above), seconds that it lasts at least."""

    threshold: float
    release: float
    least: float

    @classmethod
    def of(cls, settings: WatchSettings) -> Levels:
        return cls(settings.threshold, min(settings.release, settings.threshold), settings.least)


class EventFinder:
    """classes: background first, which has no events. threshold: probability at which one starts; release: below which
    it ends, never above the threshold. least: seconds it lasts, or it was none. keep: the newest ones kept, None all.

    An event lasts from the decision that starts it to the one that ends it. Classes are apart: several may
    last at once.
    """

    def __init__(
        self,
        classes: Sequence[str],
        threshold: float = 0.5,
        release: float = 0.3,
        least: float = 0.2,
        keep: int | None = None,
    ) -> None:
        self.classes = tuple(classes)
        self._keep = keep
        self.configure(threshold, release, least)
        self.reset()

    def configure(self, threshold: float, release: float, least: float) -> None:
        """From the next decision on."""
        self.threshold, self.release, self.least = threshold, min(release, threshold), least

    def reset(self) -> None:
        """Forget all."""
        actions = max(len(self.classes) - 1, 0)
        self._ended: deque[tuple[int, Event]] = deque(maxlen=self._keep)
        self._order, self._begun = np.zeros(actions, int), 0
        self._lasts = np.zeros(actions, bool)
        self._start, self._sum, self._peak = np.zeros((3, actions))
        self._count = np.zeros(actions, int)
        self._time = 0.0

    def push(self, decision: Decision) -> None:
        self.push_row(decision.time, decision.probabilities)

    def push_row(self, time: float, probabilities: ArrayLike) -> None:
        """probabilities (C,): of each class, in the order of `classes`."""
        values = np.asarray(probabilities, float)[1:]
        self._time = time
        self._end(self._lasts & (values < self.release), time)
        self._begin(~self._lasts & (values >= self.threshold), time)
        self._sum += np.where(self._lasts, values, 0.0)
        self._count += self._lasts
        np.maximum(self._peak, values, out=self._peak, where=self._lasts)

    def close(self) -> None:
        """End what lasts, with the newest decision: the film is over, or jumps."""
        self._end(self._lasts.copy(), self._time)

    @property
    def events(self) -> tuple[Event, ...]:
        """As they began; those that still last have no end, and show once they have lasted `least`."""
        lasting = [
            (int(self._order[row]), self._event(row, None))
            for row in np.flatnonzero(self._lasts).tolist()
            if self._long_enough(self._time - float(self._start[row]))
        ]
        found = [event for _, event in sorted((*self._ended, *lasting), key=lambda one: one[0])]
        return tuple(found if self._keep is None else found[max(len(found) - self._keep, 0) :])

    def _begin(self, rows: NDArray[np.bool_], time: float) -> None:
        if rows.any():
            self._lasts |= rows
            self._start[rows] = time
            self._sum[rows] = self._peak[rows] = 0.0
            self._count[rows] = 0
            many = int(rows.sum())
            self._order[rows] = range(self._begun, self._begun + many)
            self._begun += many

    def _end(self, rows: NDArray[np.bool_], time: float) -> None:
        if rows.any():
            ended = [(int(self._order[row]), self._event(row, time)) for row in np.flatnonzero(rows).tolist()]
            self._ended.extend(one for one in ended if self._long_enough(time - one[1].start))
            self._lasts &= ~rows

    def _long_enough(self, seconds: float) -> bool:
        return seconds >= self.least - ROUNDING

    def _event(self, row: int, end: float | None) -> Event:
        mean = float(self._sum[row] / max(self._count[row], 1))
        return Event(self.classes[row + 1], float(self._start[row]), end, mean, float(self._peak[row]))


def events_of(
    classes: Sequence[str],
    times: ArrayLike,
    probabilities: ArrayLike,
    threshold: float = 0.5,
    release: float = 0.3,
    least: float = 0.2,
    *,
    apart: ArrayLike | None = None,
    going: float | None = None,
) -> tuple[Event, ...]:
    """All events of what was watched of a recording at once, as `EventFinder` finds them.

    times (n,): seconds, ascending; probabilities (n, C): of the decisions that stand.

    apart (n,): rows that do not follow on the one before: what lasts there ended with that one. going: time of the row
    up to which it is being watched: what lasts there has no end. What lasts elsewhere ends with its last row.
    """
    seconds, rows = np.asarray(times, np.float64), np.asarray(probabilities, np.float64)
    borders = [0, *(np.flatnonzero(apart).tolist() if apart is not None else ()), len(seconds)]
    found: list[tuple[int, int, Event]] = []
    for first, stop in pairwise(borders):
        if stop > first:
            lasting = going is not None and abs(float(seconds[stop - 1]) - going) < ROUNDING
            part = seconds[first:stop], rows[first:stop]
            made = _within(classes, *part, Levels(threshold, min(release, threshold), least), lasting)
            found += [(first + row, column, event) for row, column, event in made]
    return tuple(event for _, _, event in sorted(found, key=lambda one: one[:2]))


def rows_apart(times: ArrayLike, since: ArrayLike) -> NDArray[np.bool_]:
    """Rows (n,) of decisions that do not follow on the one before: another run (`Decision.since`) that begins more than
    `LONGEST` after it.
    """
    far = np.diff(np.asarray(times, np.float64)) > LONGEST
    other = np.abs(np.diff(np.asarray(since, np.float64))) > ROUNDING
    return np.concatenate([np.zeros(min(len(far) + 1, 1), bool), far & other])


def _within(
    classes: Sequence[str], times: Floats, rows: Floats, levels: Levels, lasting: bool
) -> Iterator[tuple[int, int, Event]]:
    """Events of rows that follow on one another, each with its first row and its column."""
    threshold, release, least = levels
    for column in range(1, len(classes)):
        values = rows[:, column]
        for start, stop in runs(held(values, threshold, release)):
            ends = float(times[min(stop, len(times) - 1)])
            if ends - times[start] >= least - ROUNDING:
                end = None if lasting and stop == len(times) else ends
                mean, peak = float(values[start:stop].mean()), float(values[start:stop].max())
                yield start, column, Event(classes[column], float(times[start]), end, mean, peak)
