"""The time axis: which seconds are in view, where their ticks are, and which frame lies where.

Plain arithmetic without Qt. A frame is shown from its own time up to the next frame's, so frames have edges: edge k is
where frame k begins, and the edge after the last frame is the end. Segments start and end on edges.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

STEPS = (
    *(0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 30.0),
    *(60.0, 120.0, 300.0, 600.0, 900.0, 1800.0, 3600.0, 7200.0, 14400.0, 43200.0, 86400.0),
)
"""Seconds between two ticks, as clocks have them."""
FRAME_STEPS = (1, 2, 5, 10, 20, 50, 100)
LEAST_SPAN = 0.2
FRAME_ROOM = 9.0
"""Pixels from which on a frame has a tick of its own."""
FALLBACK_RATE = 25.0


@dataclass(frozen=True, slots=True)
class TimeAxis:
    """Seconds from `start` on at `scale` seconds a pixel, over `width` pixels."""

    start: float = 0.0
    scale: float = 0.01
    width: float = 1.0

    @classmethod
    def over(cls, low: float, high: float, width: float) -> TimeAxis:
        """Exactly from `low` to `high`."""
        width = max(width, 1.0)
        return cls(low, max(high - low, LEAST_SPAN) / width, width)

    @property
    def span(self) -> float:
        return self.scale * self.width

    @property
    def end(self) -> float:
        return self.start + self.span

    def x(self, seconds: float) -> float:
        return (seconds - self.start) / self.scale

    def time(self, x: float) -> float:
        return self.start + x * self.scale

    def zoomed(self, factor: float, seconds: float, most: float) -> TimeAxis:
        """`factor` times as many seconds in view, at most `most`; `seconds` stays where it is."""
        span = min(max(self.span * factor, LEAST_SPAN), max(most, LEAST_SPAN))
        share = (seconds - self.start) / self.span
        return replace(self, start=seconds - share * span, scale=span / self.width)

    def panned(self, pixels: float) -> TimeAxis:
        """Moved to the right by so many pixels."""
        return replace(self, start=self.start + pixels * self.scale)

    def within(self, low: float, high: float) -> TimeAxis:
        """Shifted, and narrowed where it must be, so that nothing outside is in view."""
        if self.span >= high - low:
            return TimeAxis.over(low, high, self.width)
        return replace(self, start=min(max(self.start, low), high - self.span))

    def with_at(self, seconds: float, share: float) -> TimeAxis:
        """`seconds` stands at this share of the width."""
        return replace(self, start=seconds - share * self.span)


@dataclass(frozen=True, slots=True)
class Tick:
    """A line on the ruler; without words where it is a minor one."""

    seconds: float
    words: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class FrameClock:
    """When each frame of a video is shown. times: seconds of each frame where they are known, else `rate` tells."""

    times: NDArray[np.float64] = field(default_factory=lambda: np.zeros(0))
    rate: float = 0.0
    duration: float | None = None

    @property
    def pace(self) -> float:
        """Frames per second, for what lies beyond the known times."""
        if self.rate > 0:
            return self.rate
        if len(self.times) > 1 and self.times[-1] > self.times[0]:
            return (len(self.times) - 1) / float(self.times[-1] - self.times[0])
        return FALLBACK_RATE

    @property
    def count(self) -> int:
        """Frames of the video, 0 not known."""
        return len(self.times) or max(round((self.duration or 0.0) * self.pace), 0)

    def edge(self, frame: int) -> float:
        """Where frame number `frame` begins, in seconds; beyond the known ones by the pace."""
        if not len(self.times):
            return frame / self.pace
        if frame < 0:
            return float(self.times[0]) + frame / self.pace
        if frame < len(self.times):
            return float(self.times[frame])
        return float(self.times[-1]) + (frame - len(self.times) + 1) / self.pace

    def at(self, seconds: float) -> int:
        """The frame that is shown at this time, within the video."""
        slack = 1e-6
        if len(self.times):
            return self._fit(int(np.searchsorted(self.times, seconds + slack, "right")) - 1)
        return self._fit(math.floor(seconds * self.pace + slack * self.pace))

    def nearest_edge(self, seconds: float) -> int:
        """The edge that lies nearest: 0 to the number of frames."""
        frame = self.at(seconds)
        nearer = seconds - self.edge(frame) > self.edge(frame + 1) - seconds
        return frame + 1 if nearer else frame

    def between(self, low: float, high: float) -> range:
        """Frames whose edge lies between two times, one more on either side."""
        last = self.at(high) + 1
        return range(max(self.at(low) - 1, 0), last + 1)

    def _fit(self, frame: int) -> int:
        last = self.count - 1 if self.count else frame
        return max(min(frame, last), 0)


def ticks(axis: TimeAxis, frames: FrameClock | None = None, room: float = 84.0) -> list[Tick]:
    """Ticks in view, words at least `room` pixels apart; on frames, with their numbers, where those are wide enough."""
    if frames is not None and 1.0 / frames.pace / axis.scale >= FRAME_ROOM:
        return _frame_ticks(axis, frames, room + 24.0)
    step = next((step for step in STEPS if step / axis.scale >= room), STEPS[-1])
    minor = step / (5 if step / axis.scale >= 60 else 2)
    first, last = math.ceil(max(axis.start, 0.0) / minor - 1e-9), math.floor(axis.end / minor + 1e-9)
    every = round(step / minor)
    return [Tick(n * minor, "" if n % every else clock(n * minor, step)) for n in range(first, last + 1)]


def _frame_ticks(axis: TimeAxis, frames: FrameClock, room: float) -> list[Tick]:
    wide = 1.0 / frames.pace / axis.scale
    every = next((step for step in FRAME_STEPS if step * wide >= room), FRAME_STEPS[-1])
    return [
        Tick(frames.edge(frame), "" if frame % every else f"{clock(frames.edge(frame), 0.01)}  f {frame}")
        for frame in frames.between(axis.start, axis.end)
    ]


def clock(seconds: float, step: float = 0.1) -> str:
    """'1:05', '0:07.3', '1:02:03': with as many decimals as a step of `step` seconds needs."""
    places = 0 if step >= 1 else max(-math.floor(math.log10(step) + 1e-9), 1)
    scaled = round(abs(seconds) * 10**places)
    whole, part = divmod(scaled, 10**places)
    minutes, rest = divmod(whole, 60)
    hours, minutes = divmod(minutes, 60)
    words = f"{hours}:{minutes:02d}:{rest:02d}" if hours else f"{minutes}:{rest:02d}"
    sign = "-" if seconds < 0 and scaled else ""
    return f"{sign}{words}.{part:0{places}d}" if places else f"{sign}{words}"
