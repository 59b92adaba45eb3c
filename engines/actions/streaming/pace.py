"""How many frames are let through, and how many there were: a cap in media time, a rate in the clock's."""

from __future__ import annotations

from collections import deque

BURST = 2.0
"""Frames that may follow each other closer than the cap's rate: time stamps jitter."""
WINDOW = 2.0
"""Seconds over which a rate is taken."""
LONGEST = 256


class Cap:
    """Lets `rate` frames per second of media time through at most, as evenly as they come. 0 or less: all."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.reset()

    def reset(self) -> None:
        """The next frame is let through."""
        self._saved, self._newest = BURST, 0.0

    def lets(self, seconds: float) -> bool:
        if self.rate <= 0:
            return True
        passed, self._newest = seconds - self._newest, seconds
        self._saved = BURST if passed < 0 else min(self._saved + passed * self.rate, BURST)
        if self._saved < 1.0 - 1e-6:
            return False
        self._saved -= 1.0
        return True


class Pace:
    """Events per second over the last two seconds."""

    def __init__(self) -> None:
        self._times: deque[float] = deque(maxlen=LONGEST)

    def tick(self, now: float) -> None:
        self._times.append(now)

    def rate(self, now: float) -> float:
        """0 before the second one, and when nothing came for longer than the window."""
        times = self._times
        while times and times[0] < now - WINDOW:
            times.popleft()
        return (len(times) - 1) / (times[-1] - times[0]) if len(times) > 1 and times[-1] > times[0] else 0.0
