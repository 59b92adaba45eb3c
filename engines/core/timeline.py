"""Which picture is shown when: the bridge between a video file's time stamps and picture numbers.

The time stamps are read once from the packets, without decoding (about .04 ms each). A file so long that this would
keep the user waiting falls back to its nominal rate, which is exact for recordings of constant rate.
"""

from __future__ import annotations

import time
from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from fractions import Fraction

import av

BUDGET = 0.5
"""Seconds that reading the time stamps may take."""


@dataclass(frozen=True, slots=True)
class Timeline:
    """pts: sorted, in units of `unit` seconds; empty when unknown, then `rate` tells.

    pictures: packets that were counted, 0 not known. More than there are stamps: some had none, or one of another.
    """

    pts: tuple[int, ...]
    start: int
    unit: Fraction
    rate: float
    pictures: int = 0

    @property
    def count(self) -> int | None:
        return len(self.pts) or None

    @property
    def duration(self) -> float | None:
        """Seconds to the end of the last picture."""
        return self.seconds(self.pts[-1]) + 1.0 / self.rate if self.pts else None

    def seconds(self, pts: int) -> float:
        """Media time, from the first picture."""
        return float((pts - self.start) * self.unit)

    def index(self, pts: int) -> int:
        """Number of the picture with this time stamp (the nearest from above)."""
        if self.pts:
            return min(bisect_left(self.pts, pts), len(self.pts) - 1)
        return round(self.seconds(pts) * self.rate)

    def stamp(self, index: int) -> int:
        """Time stamp of a picture; the last one's beyond the end."""
        if self.pts:
            return self.pts[min(max(index, 0), len(self.pts) - 1)]
        return self.start + round(index / self.rate / self.unit)

    def at(self, seconds: float) -> int:
        """Number of the picture that is shown at a media time."""
        slack = 0.02 / self.rate
        if self.pts:
            return max(bisect_right(self.pts, self.start + float((seconds + slack) / self.unit)) - 1, 0)
        return max(int((seconds + slack) * self.rate), 0)


def read_timeline(path: str, budget: float = BUDGET) -> Timeline:
    """Read the time stamps of the first picture stream; the rate alone when `budget` seconds do not suffice."""
    with av.open(path) as container:
        stream = container.streams.video[0]
        rate = float(stream.average_rate or stream.guessed_rate or 25)
        unit = stream.time_base or Fraction(1, 1000)
        stamps, pictures = _stamps(container, stream, time.monotonic() + budget)
        start = stamps[0] if stamps else stream.start_time or 0
        return Timeline(tuple(stamps), start, unit, rate, pictures)


def clock_text(seconds: float) -> str:
    """A time within a recording: 1:02.5."""
    minutes, rest = divmod(max(seconds, 0.0), 60.0)
    return f"{int(minutes)}:{rest:04.1f}"


def _stamps(container: av.container.InputContainer, stream: av.VideoStream, until: float) -> tuple[list[int], int]:
    stamps: list[int] = []
    pictures = 0
    try:
        for packet in container.demux(stream):
            stamp = packet.pts if packet.pts is not None else packet.dts
            if packet.is_discard or (stamp is None and not packet.size):
                continue
            pictures += 1
            if stamp is not None:
                stamps.append(stamp)
            if time.monotonic() > until:
                return [], 0
    except av.FFmpegError:
        pass  # a broken end: what was read before it is what there is
    return sorted(set(stamps)), pictures
