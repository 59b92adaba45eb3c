"""Numbers and times of a film's decoded pictures.

This is the one place that decides it: what is on screen, a label, a score and a copy all number through it, so a
picture has the same number and time whether it was played up to or sought.
"""

from __future__ import annotations

import math
from collections import deque
from dataclasses import dataclass
from typing import Any

import av

from engines.core.video.timeline import SETTLED, Timeline, is_picture

READING = 2
"""Of the order, times and turns that films are read in. Raised with every change, so that nothing kept is mixed."""


@dataclass(frozen=True, slots=True)
class Shown:
    """index: number in the film, from 0; seconds: since its first picture; frame: as it was decoded."""

    index: int
    seconds: float
    frame: av.VideoFrame


def stamp_of(frame: av.VideoFrame) -> int | None:
    """The stamp that came with a picture's packet."""
    return frame.pts if frame.pts is not None else frame.dts


class Numbering:
    """Every packet goes through `send` before the decoder gets it, every picture through `place` as it comes out.

    It begins at the start of a film, or after `leap` somewhere else. line: may be made more exact meanwhile.
    """

    def __init__(self, timeline: Timeline, codec: str) -> None:
        self.line, self._codec = timeline, codec
        self._keys = frozenset(key.number for key in timeline.keys)
        self._begin(0, known=True)

    def leap(self, packet: int = 0) -> None:
        """The next packet is another one: number `packet` of the film where pictures are counted."""
        self._begin(packet, known=False)

    def _begin(self, packet: int, *, known: bool) -> None:
        self._packet, self._known, self._next = packet, known, 0
        self._whole_from = -math.inf if known else math.inf
        self._out: deque[int] = deque(maxlen=2 * SETTLED)
        self._key_before = False

    def send(self, packet: av.Packet[Any]) -> None:
        """Mark a packet of the pictures on its way to the decoder."""
        if self.line.counted:
            number = self._packet if is_picture(packet, self._codec) else None
            self._packet += number is not None
            packet.pts = packet.dts = number
        elif packet.is_keyframe and self._whole_from == math.inf and packet.pts is not None:
            self._whole_from = packet.pts

    def place(self, frame: av.VideoFrame) -> Shown | None:
        """None for a picture whose number is not certain yet, or that lacks what it is made from."""
        if self.line.counted:
            self._count(frame)
            index, seconds = self._next, self.line.time(self._next)
        else:
            stamp = self._settle(frame)
            index, seconds = self.line.index(stamp), self.line.seconds(stamp)
        if not self._known:
            return None
        self._next = index + 1
        return Shown(index, seconds, frame)

    def _settle(self, frame: av.VideoFrame) -> int:
        """The picture's stamp. After a leap, the first one counts that follows a key picture and is in the line."""
        stamp = stamp_of(frame)
        if stamp is None:
            return self.line.stamp(self._next)
        if not self._known:
            self._known = stamp >= self._whole_from and self.line.knows(stamp)
        return stamp

    def _count(self, frame: av.VideoFrame) -> None:
        """Packets before a key packet are shown before it; of those behind it, the ones that came out before it. From
        the second key picture on, those have all that they are made from. Each one also tells what was lost before it.
        """
        packet = frame.pts
        if packet is None:
            return
        if packet in self._keys:
            number = packet + sum(other > packet for other in self._out) - self.line.before
            if not self._known and frame.key_frame and self._key_before:
                self._next, self._known = number, True
            elif self._known and not frame.interlaced_frame:  # whose two halves may have come in two packets
                self._next = max(self._next, number)
            self._key_before = frame.key_frame
        self._out.append(packet)
