"""Times a feed: when the next picture is due, the rate of the last second, the wait before another attempt."""

from __future__ import annotations

from collections import deque

from engines.core.clock import Clock

LATE = 0.25
"""Seconds behind which a recording slows down instead of rushing to catch up."""

ROUNDING = 1e-6
"""Seconds that do not count."""


class Pacer:
    """Maps media time to the clock. A speed of 0 means as fast as the readers take."""

    def __init__(self, clock: Clock, speed: float = 1.0) -> None:
        self._clock = clock
        self._speed = speed
        self._anchor: tuple[float, float] | None = None
        self._shown: tuple[float, float] | None = None
        self._start: float | None = None

    def set_speed(self, speed: float) -> None:
        """Go on from the picture that is shown, at another speed."""
        if speed != self._speed:
            self._speed = speed
            self._anchor = self._shown

    def restart(self) -> None:
        """The next picture is due at once, whatever its time."""
        self._anchor = self._start = None

    def wrap(self, interval: float) -> None:
        """The recording begins again: its first picture follows the last one after `interval` seconds."""
        self.restart()
        if self._shown is not None and self._speed > 0:
            self._start = self._shown[0] + interval / self._speed

    def wait(self, media_time: float) -> float:
        """Seconds until the picture of `media_time` is due; 0: now."""
        if self._speed <= 0:
            return 0.0
        now = self._clock()
        if self._anchor is None:
            self._anchor = (now if self._start is None else self._start, media_time)
        due = self._anchor[0] + (media_time - self._anchor[1]) / self._speed
        if now - due > LATE:
            self._anchor, due = (now, media_time), now
        return due - now if due - now > ROUNDING else 0.0

    def shown(self, media_time: float) -> None:
        """The picture of `media_time` was just shown."""
        now = self._clock()
        if self._anchor is None or self._speed <= 0:
            self._anchor = (now, media_time)
        due = self._anchor[0] + (media_time - self._anchor[1]) / self._speed if self._speed > 0 else now
        self._shown = (min(due, now), media_time)


class RateMeter:
    """Pictures per second over the last second, or over the last two pictures when they are slower."""

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._times: deque[float] = deque(maxlen=1024)

    def tick(self) -> None:
        now = self._clock()
        self._times.append(now)
        while len(self._times) > 2 and self._times[0] < now - 1.0:
            self._times.popleft()

    def clear(self) -> None:
        self._times.clear()

    @property
    def rate(self) -> float:
        times = list(self._times)
        if len(times) < 2 or times[-1] <= times[0]:
            return 0.0
        interval = (times[-1] - times[0]) / (len(times) - 1)
        silent = self._clock() - times[-1] > max(1.0, 2.5 * interval)
        return 0.0 if silent else 1.0 / interval


def backoff(attempt: int) -> float:
    """Seconds to wait before attempt 1, 2, 3, ...: half a second, doubling up to ten."""
    return min(0.5 * 2.0 ** (min(attempt, 10) - 1), 10.0)
