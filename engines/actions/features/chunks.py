"""Frames to chunks, the steps of a head: the same rule for extraction, detection and the live engine, so that all
three give the same numbers whatever the frame rate.

Ticks lie 1/rate of media time apart, the first on the first frame. The frame that is nearest to a tick (taking the next
to come after the usual time) closes its chunk: the mean of all frames since the one before, this one included.
So nothing waits for what is yet to come.
"""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.core.errors import BadInput
from engines.core.words import tr

LONGEST = 1.0
"""Seconds without a frame that are bridged by repeating a chunk."""
PULL = 0.005
"""Most that a tick moves towards its frame, in chunks: follows 9.99 frames per second without skipping at 10."""
ROUNDING = 1e-6
"""Of a chunk: what time stamps are known to."""
MEMORY = 8
"""Frames over which the time between two is averaged: jitter does not decide which is nearest."""

Vector = NDArray[np.floating]


class Chunker:
    """rate: chunks per second. gap: with the newest frame the film jumped, back or by more than `LONGEST`: whoever
    remembers earlier chunks forgets them before taking this one.
    """

    def __init__(self, rate: float) -> None:
        if not (math.isfinite(rate) and rate > 0):
            raise BadInput(
                tr("A rate of {rate:g} chunks per second is not possible", rate=rate), hint=tr("Take one above 0")
            )
        self.rate = rate
        self.reset()

    def reset(self) -> None:
        """The next frame is the first."""
        self.gap = False
        self._due: float | None = None
        self._newest = -math.inf
        self._interval: float | None = None
        self._sum: NDArray[np.float64] = np.zeros(())
        self._count = 0

    def push(self, seconds: float, vector: Vector) -> list[Vector]:
        """The chunks (like `vector`) complete with this frame: one, none, or the same again for each tick before it
        that had no frame. Frames of a chunk that a gap cut off are forgotten. Raises `BadInput` for a time that is no
        number.
        """
        if not math.isfinite(seconds):
            raise BadInput(tr("A frame has no time"))
        gap = self._jumped(seconds)
        if gap:
            self.reset()
        self.gap = gap
        self._sum, self._count = self._sum + vector, self._count + 1
        ticks = self._ticks(seconds)
        self._newest = seconds
        if not ticks:
            return []
        chunk = (self._sum / self._count).astype(vector.dtype)
        self._sum, self._count = np.zeros(()), 0
        return [chunk] * ticks

    def _jumped(self, seconds: float) -> bool:
        if self._due is None:
            return False
        late = (seconds - self._due) * self.rate
        return seconds < self._newest or late > max(LONGEST * self.rate, 1.0) + 0.5

    def _ticks(self, seconds: float) -> int:
        """How many ticks this frame is the nearest frame of, or later than."""
        chunk = 1.0 / self.rate
        if self._due is None:
            self._due = seconds + chunk
            return 1
        late = (seconds - self._due) * self.rate
        ticks = 1 + math.floor(late + self._slack(seconds - self._newest) + ROUNDING)
        if ticks < 1:
            return 0
        off = late - (ticks - 1)
        self._due += (ticks + min(max(off, -PULL), PULL)) * chunk
        return ticks

    def _slack(self, passed: float) -> float:
        """Half of the usual time between two frames, in chunks, half a chunk at most."""
        if passed > 0:
            before = passed if self._interval is None else self._interval
            self._interval = before + (passed - before) / MEMORY
        return min(0.5 * (self._interval or 0.0) * self.rate, 0.5)


def decided(times: ArrayLike, rate: float) -> NDArray[np.bool_]:
    """Of frames at these seconds (n,), those with which a chunk is complete: a decision was made with them."""
    chunker, nothing = Chunker(rate), np.zeros(())
    return np.array([bool(chunker.push(float(time), nothing)) for time in np.asarray(times)], bool)
