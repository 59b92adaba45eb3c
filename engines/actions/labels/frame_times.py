"""Frames and seconds of labels: a segment begins when its first frame does and ends when the frame after it begins.

So the seconds say all, also with a variable frame rate, and come back to the same frames exactly, even rounded to the
millisecond.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.core.errors import BadInput
from engines.core.words import tr


@dataclass(frozen=True, slots=True, eq=False)
class Moments:
    """Begins of a video's frames. begins (n + 1,): seconds, the last one is the end of the last frame.

    Before and after, frames go on at the first and last interval.
    """

    begins: NDArray[np.float64]

    @classmethod
    def of(cls, film_times: ArrayLike | None, rate: float = 0.0) -> Moments | None:
        """From the times of a video's frames (n,), or from a constant rate alone; None when neither is known."""
        if film_times is not None:
            times = np.asarray(film_times, np.float64)
            if times.size == 0 or not np.isfinite(times).all() or (np.diff(times) <= 0).any():
                raise BadInput(tr("The times of the video's frames do not ascend"))
            last = times[-1] - times[-2] if times.size > 1 else 1.0 / (rate or 25.0)
            return cls(np.append(times, times[-1] + last))
        return cls(np.array([0.0, 1.0 / rate])) if rate > 0 else None

    @property
    def rate(self) -> float:
        """Frames per second, on average."""
        return float((self.begins.size - 1) / (self.begins[-1] - self.begins[0]))

    def seconds(self, start: int, end: int) -> tuple[float, float]:
        """When frame `start` begins and frame `end` is over."""
        return self._begin(start), self._begin(end + 1)

    def frames(self, start: float, end: float) -> tuple[int, int]:
        """The frames nearest to these seconds, both inclusive, at least one if `end` is after `start`."""
        first, after = self._nearest(start), self._nearest(end)
        return first, max(after - 1, first) if end > start else after - 1

    def _begin(self, frame: int) -> float:
        last = self.begins.size - 1
        if frame > last:
            return float(self.begins[-1] + (frame - last) * (self.begins[-1] - self.begins[-2]))
        if frame < 0:
            return float(self.begins[0] + frame * (self.begins[1] - self.begins[0]))
        return float(self.begins[frame])

    def _nearest(self, seconds: float) -> int:
        last = self.begins.size - 1
        if seconds >= self.begins[-1]:
            return last + round(float((seconds - self.begins[-1]) / (self.begins[-1] - self.begins[-2])))
        if seconds <= self.begins[0]:
            return round(float((seconds - self.begins[0]) / (self.begins[1] - self.begins[0])))
        after = int(np.searchsorted(self.begins, seconds))
        before = after - 1
        return before if seconds - self.begins[before] <= self.begins[after] - seconds else after
