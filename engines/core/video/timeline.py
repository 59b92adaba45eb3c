"""The timeline of a film: the bridge between its time stamps, picture numbers and seconds.

Pictures are numbered in the order in which they are shown, from 0. Where a file's stamps tell that order, a stamp is
the number. Where they do not (an AVI's B-frames, bare H.264, stamps that repeat or run back), pictures are `counted`
as they are decoded, and what stamps there are tell only the times.

The stamps are read once from the packets, without decoding. A file so long that this would keep the user waiting
falls back to its nominal rate, as long as every stamp read so far agrees with it.
"""

from __future__ import annotations

import math
import time
from bisect import bisect_left, bisect_right
from dataclasses import dataclass, field, replace
from fractions import Fraction
from itertools import pairwise
from pathlib import Path
from statistics import median
from typing import Any, TypeAlias

import av

BUDGET = 0.5
"""Seconds that reading regular time stamps may take."""
PATIENCE = 60.0
"""Seconds that reading may take where nothing else tells which picture is which: some fifty hours of film."""
SETTLED = 16
"""Packets after which pictures that are shown earlier do not follow any more: the deepest reordering there is."""
ODD = 1.5
"""Factor by which a file's rate may differ from its stamps before they are believed instead."""
FINE = 1000
"""Parts of a file's unit of time, for pictures that share a stamp."""

Mark: TypeAlias = tuple[int | None, int | None, int]
"""A packet known again: decoding stamp, place in the file, bytes."""


@dataclass(frozen=True, slots=True)
class Key:
    """A packet from which decoding can begin. number: of the packet, in the order of the file."""

    number: int
    mark: Mark

    @property
    def stamp(self) -> int | None:
        """The time stamp to seek for, in the file's own unit."""
        return self.mark[0]


@dataclass(frozen=True, slots=True)
class Timeline:
    """pts: when each picture is shown, in this order, in units of `unit` seconds; empty: unknown, then `rate` tells.

    counted: stamps in the file do not tell which picture is which. keys, before: then, where decoding can begin, and
    how many packets come before the first picture that can be shown.
    """

    pts: tuple[int, ...]
    start: int
    unit: Fraction
    rate: float
    counted: bool = False
    keys: tuple[Key, ...] = ()
    before: int = 0

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

    def time(self, index: int) -> float:
        """Media time of a picture; by the rate beyond what is known."""
        if index < len(self.pts):
            return self.seconds(self.pts[index])
        beyond = index - len(self.pts) + 1
        return (self.seconds(self.pts[-1]) + beyond / self.rate) if self.pts else index / self.rate

    def index(self, pts: int) -> int:
        """Number of the picture with this time stamp (the nearest from above)."""
        if self.pts:
            return min(bisect_left(self.pts, pts), len(self.pts) - 1)
        return round(self.seconds(pts) * self.rate)

    def knows(self, pts: int) -> bool:
        """Whether a picture has exactly this stamp; True where stamps are not known."""
        return not self.pts or self.pts[self.index(pts)] == pts

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

    def beginning(self, first: int) -> Timeline:
        """The line from the first whole picture on: its stamp, or where they are counted, how many come before it."""
        gone = first if self.counted else bisect_left(self.pts, first)
        pts = self.pts[gone:]
        start = pts[0] if pts else self.start if self.counted else first
        return replace(self, pts=pts, start=start, before=self.before + gone if self.counted else 0)


@dataclass(slots=True)
class _Packets:
    """Times of a film's packets, in the order of the file. reorders: its decoder may show them in another one."""

    unit: Fraction
    rate: float
    reorders: bool
    pts: list[int | None] = field(default_factory=list)
    dts: list[int | None] = field(default_factory=list)
    keys: list[Key] = field(default_factory=list)

    def add(self, packet: av.Packet[Any]) -> None:
        if packet.is_keyframe:
            self.keys.append(Key(len(self.pts), mark_of(packet)))
        shown, decoded = packet.pts, packet.dts
        self.pts.append(decoded if shown is None and not self.reorders else shown)
        self.dts.append(decoded)

    def order(self) -> list[int] | None:
        """Stamps in the order in which pictures are shown; None where stamps do not tell it."""
        stamps = [stamp for stamp in self.pts if stamp is not None]
        told = sorted(set(stamps))
        if len(told) < len(self.pts) or (self.reorders and stamps == told) or not self._in_turn(stamps):
            return None
        return told

    def _in_turn(self, stamps: list[int]) -> bool:
        """What lies before a key packet is shown before it."""
        newest, place = -math.inf, 0
        for key in self.keys:
            newest, place = max(newest, max(stamps[place : key.number], default=-math.inf)), key.number
            if stamps[key.number] <= newest:
                return False
        return True

    def regular(self, told: list[int]) -> bool:
        """Whether the rate alone gives every picture that is settled its number."""
        step = float(1 / self.rate / self.unit)
        return all(round((stamp - told[0]) / step) == place for place, stamp in enumerate(told[:-SETTLED]))

    def line(self) -> Timeline:
        told = self.order()
        if told is not None:
            return Timeline(tuple(told), told[0] if told else 0, self.unit, _rate(self.rate, told, self.unit))
        times = next((risen for each in (self.pts, self.dts) if (risen := self._risen(each))), None)
        if times is None:
            pace = Fraction(self.rate).limit_denominator(1001 * 1000)
            return Timeline(tuple(range(len(self.pts))), 0, 1 / pace, self.rate, True, tuple(self.keys))
        rate = _rate(self.rate, times, self.unit / FINE)
        return Timeline(tuple(times), times[0], self.unit / FINE, rate, True, tuple(self.keys))

    def _risen(self, given: list[int | None]) -> list[int] | None:
        """Times that rise, in parts of `FINE`, from stamps that are all there but repeat or run back."""
        stamps = [stamp for stamp in given if stamp is not None]
        if not stamps or len(stamps) < len(given):
            return None
        return _spread(self._shown(stamps), round(FINE / self.rate / self.unit))

    def _shown(self, stamps: list[int]) -> list[int]:
        """Stamps sorted, from one key packet that runs back to the next."""
        shown: list[int] = []
        starts = {key.number for key in self.keys}
        begin, newest = 0, -math.inf
        for number, stamp in enumerate(stamps):
            if number in starts and stamp <= newest:
                shown += sorted(stamps[begin:number])
                begin, newest = number, -math.inf
            newest = max(newest, stamp)
        return shown + sorted(stamps[begin:])


def mark_of(packet: av.Packet[Any]) -> Mark:
    """The mark by which a packet is known when it comes again."""
    return packet.dts, packet.pos, packet.size


def is_picture(packet: av.Packet[Any], codec: str) -> bool:
    """Whether a packet of a film's pictures is one that is shown: not cut away by the file, not empty, not one that
    VP8 only makes others from.
    """
    if not packet.size or packet.is_discard:
        return False
    return codec != "vp8" or bool(memoryview(packet)[0] & 0x10)


def codec_of(stream: av.VideoStream) -> str:
    """FFmpeg's name of how pictures are coded, "" where it knows none."""
    return "" if stream.codec_context is None else str(stream.codec_context.name)


def said_rate(stream: av.VideoStream) -> float:
    """Pictures per second as the file says, or what FFmpeg guesses where it says what no camera does."""
    average, guessed = float(stream.average_rate or 0), float(stream.guessed_rate or 0)
    if average > ODD * 240 and 0 < guessed < average:
        return guessed
    return average or guessed or 25.0


def read_timeline(path: str | Path, budget: float = BUDGET, patience: float = PATIENCE) -> Timeline:
    """Read the time stamps of the first picture stream; the rate alone when `budget` seconds do not suffice and every
    stamp so far agrees with it, or when `patience` ends.
    """
    with av.open(str(Path(path).absolute())) as container:
        stream = container.streams.video[0]
        packets = _Packets(stream.time_base or Fraction(1, 1000), said_rate(stream), _reorders(container, stream))
        if _read(container, stream, packets, time.monotonic(), budget, patience):
            return packets.line()
        return _blind(packets, stream)


def clock_text(seconds: float) -> str:
    """A time within a recording: 1:02.5."""
    minutes, rest = divmod(max(seconds, 0.0), 60.0)
    return f"{int(minutes)}:{rest:04.1f}"


def _read(
    container: av.container.InputContainer, stream: av.VideoStream, packets: _Packets, began: float,
    budget: float, patience: float,
) -> bool:  # fmt: skip
    """False when it was broken off because of the time."""
    until, codec = began + budget, codec_of(stream)
    try:
        for packet in container.demux(stream):
            if not is_picture(packet, codec):
                continue
            packets.add(packet)
            if not len(packets.pts) % (4 * SETTLED) and time.monotonic() > until:
                told = packets.order()
                if until >= began + patience or (told and packets.regular(told)):
                    return False
                until = began + patience
    except av.FFmpegError:
        pass  # a broken end: what was read before it is what there is
    return True


def _blind(packets: _Packets, stream: av.VideoStream) -> Timeline:
    told = packets.order()
    if told is None:
        return Timeline((), 0, 1 / Fraction(packets.rate).limit_denominator(1001 * 1000), packets.rate, True)
    start = told[0] if told else stream.start_time or 0
    return Timeline((), start, packets.unit, _rate(packets.rate, told, packets.unit))


def _reorders(container: av.container.InputContainer, stream: av.VideoStream) -> bool:
    context = stream.codec_context
    return context is not None and bool(context.has_b_frames)


def _rate(said: float, stamps: list[int], unit: Fraction) -> float:
    """The rate that the file says, unless its stamps usually and on average stand at quite another distance."""
    gaps = [later - earlier for earlier, later in pairwise(stamps)]
    if len(gaps) < 2:
        return said
    usual = median(gaps)
    mean = (stamps[-1] - stamps[0]) / len(gaps)
    if any(1 / ODD < said * float(Fraction(gap) * unit) < ODD for gap in (usual, mean)):
        return said
    near = [gap for gap in gaps if usual / ODD < gap < usual * ODD] or gaps
    return float(len(near) / (sum(near) * unit))


def _spread(stamps: list[int], step: int) -> list[int]:
    """Rising times in parts of `FINE`: those that share a stamp share the time up to the next one, and one that runs
    back follows the one before it at the usual distance.
    """
    times: list[int] = []
    base, place = 0, 0
    while place < len(stamps):
        stop = place
        while stop < len(stamps) and stamps[stop] == stamps[place]:
            stop += 1
        now = stamps[place] * FINE + base
        if times and now <= times[-1]:
            base += times[-1] + step - now
            now = times[-1] + step
        following = stamps[stop] * FINE + base if stop < len(stamps) else 0
        room = following - now if following > now else step * (stop - place)
        times += [now + room * i // (stop - place) for i in range(stop - place)]
        place = stop
    return times
