"""The decoded pictures of a film one after the other, from its start or from any picture on."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator
from contextlib import closing
from itertools import chain
from pathlib import Path
from typing import Any

import av

from engines.core.errors import BadInput
from engines.core.video.faults import REPAIR, check_file, explain, not_a_video
from engines.core.video.order import Numbering, Shown, stamp_of
from engines.core.video.timeline import BUDGET, SETTLED, Key, Timeline, codec_of, is_picture, mark_of, read_timeline
from engines.core.words import tr

BACK = (0, 1, 4, 16, 64)
"""Seconds to go back from a picture that is sought, until one before it comes out whole."""


class Pictures:
    """One pass over a film. `timeline` where it is known, else it is read (`budget` as in `read_timeline`).

    damaged: packets that could not be decoded; broken: why the file cannot be read any further, in words; latest: end
    in seconds of what was read of the file so far, its sound too, by the file's own clock. beside: gets every packet of
    the other streams.
    """

    def __init__(self, path: str | Path, timeline: Timeline | None = None, budget: float = BUDGET) -> None:
        """Raises `BadInput` for what is no film or holds no picture that can be decoded, `SourceFailed` for no file."""
        self.path = Path(path)
        self.damaged, self.broken, self.latest = 0, "", 0.0
        self.beside: Callable[[av.Packet[Any]], None] | None = None
        self._ready: Shown | None = None
        self._units: dict[int, float] = {}
        check_file(self.path)
        try:
            self._open()
            self._numbering = Numbering(timeline or read_timeline(self.path, budget), codec_of(self.stream))
            self._decoded = self._decode(self.container.demux())
            if timeline is None:
                self._begin()
        except (av.FFmpegError, ValueError) as error:
            raise explain(error, self.path) from error

    @property
    def codec(self) -> str:
        """FFmpeg's name of how the pictures are coded."""
        return codec_of(self.stream)

    @property
    def timeline(self) -> Timeline:
        return self._numbering.line

    def read(self) -> Shown | None:
        """The next picture; None at the end."""
        shown, self._ready = self._ready, None
        while shown is None:
            frame = next(self._decoded, None)
            if frame is None:
                return None
            shown = self._numbering.place(frame)
        return shown

    def seek(self, index: int) -> None:
        """Go to `index` or a little before it: reading on from there gives what reading from the start gives."""
        self.broken = ""
        if not (self._seek_counted(index) if self.timeline.counted else self._seek_stamped(index)):
            self._from_the_start()

    def close(self) -> None:
        self._ready, self._decoded = None, iter(())
        self.container.close()

    def _open(self) -> None:
        self.container = av.open(str(self.path.absolute()))
        if not self.container.streams.video or self.container.format.name == "tty":
            raise not_a_video(self.path, tr("It holds no pictures"))
        self.stream = self.container.streams.video[0]
        if self.stream.codec_context is None:
            raise not_a_video(self.path, tr("This video is coded in a way that cannot be read here"))
        self.stream.thread_type = "AUTO"

    def _begin(self) -> None:
        """The first picture that can be decoded is number 0; what comes before it in the file was never whole."""
        first = next(self._decoded, None)
        if first is None:
            raise BadInput(tr("No picture in this video can be decoded"), path=self.path, hint=REPAIR)
        stamp = stamp_of(first)
        if stamp is not None:
            self._numbering.line = self._without_lead(self.timeline.beginning(stamp))
        self._ready = self._numbering.place(first)

    def _without_lead(self, line: Timeline) -> Timeline:
        """Where a film was cut out of another, what follows its first key packet and is shown before it is not whole
        either: so much is missing when the second one comes.
        """
        second = next((key.number for key in line.keys if key.number > line.before), 0)
        bare = self.container.duration is None
        if not second or not (bare or line.before):
            return line
        with closing(Pictures(self.path, line)) as ahead:
            for count in range(second + SETTLED):
                shown = ahead.read()
                if shown is None or shown.index > count:
                    return line if shown is None else line.beginning(shown.index - count)
        return line

    def _seek_stamped(self, index: int) -> bool:
        target, second = self.timeline.stamp(index), round(1 / self.timeline.unit)
        return any(self._leap(target - back * second) and self._comes_before(index) for back in BACK)

    def _leap(self, stamp: int) -> bool:
        try:
            self.container.seek(stamp, stream=self.stream)
        except av.FFmpegError:
            return False
        self._numbering.leap()
        self._decoded = self._decode(self.container.demux())
        return True

    def _comes_before(self, index: int) -> bool:
        self._ready = None
        self._ready = self.read()
        return self._ready is not None and self._ready.index <= index

    def _seek_counted(self, index: int) -> bool:
        """Begin one key packet earlier than needed: where the second one is shown tells the number."""
        keys = self.timeline.keys
        place = bisect_right(keys, index + self.timeline.before - SETTLED, key=lambda key: key.number) - 2
        return place > 0 and (self._leap_to(keys[place]) or self._walk_to(keys[place])) and self._comes_before(index)

    def _leap_to(self, key: Key) -> bool:
        """By the file's index, where that leads to this very packet."""
        if key.stamp is None or not self._leap(key.stamp):
            return False
        packets = self.container.demux()
        first = next((packet for packet in packets if self._is_picture(packet)), None)
        return first is not None and mark_of(first) == key.mark and self._go_on(key, first, packets)

    def _walk_to(self, key: Key) -> bool:
        """Through every packet before, none of which is decoded."""
        self._open_again()
        packets = self.container.demux()
        pictures = (packet for packet in packets if self._is_picture(packet))
        first = next((packet for number, packet in enumerate(pictures) if number == key.number), None)
        return first is not None and self._go_on(key, first, packets)

    def _go_on(self, key: Key, first: av.Packet[Any], rest: Iterator[av.Packet[Any]]) -> bool:
        self._numbering.leap(key.number)
        self._decoded = self._decode(chain((first,), rest))
        return True

    def _is_picture(self, packet: av.Packet[Any]) -> bool:
        return packet.stream_index == self.stream.index and is_picture(packet, codec_of(self.stream))

    def _from_the_start(self) -> None:
        self._open_again()
        self._numbering = Numbering(self.timeline, codec_of(self.stream))
        self._decoded = self._decode(self.container.demux())

    def _open_again(self) -> None:
        self._ready = None
        self.container.close()
        self._open()

    def _decode(self, packets: Iterator[av.Packet[Any]]) -> Iterator[av.VideoFrame]:
        """Every picture that can be decoded from here on; a broken packet is left out, a broken file ends it."""
        while (packet := self._packet(packets)) is not None:
            if packet.stream_index != self.stream.index:
                if self.beside is not None:
                    self.beside(packet)
            elif packet.size:
                self._numbering.send(packet)
                yield from self._given(packet)
        yield from self._given(None)

    def _packet(self, packets: Iterator[av.Packet[Any]]) -> av.Packet[Any] | None:
        try:
            packet = next(packets, None)
        except av.FFmpegError as error:
            self.broken = error.strerror or tr("the file cannot be read any further")
            return None
        if packet is not None and (stamp := packet.pts) is not None:
            self.latest = max(self.latest, (stamp + (packet.duration or 0)) * self._unit(packet))
        return packet

    def _unit(self, packet: av.Packet[Any]) -> float:
        """Seconds of one step of the clock of the packet's stream."""
        unit = self._units.get(packet.stream_index)
        if unit is None:
            unit = self._units[packet.stream_index] = float(packet.time_base or 0)
        return unit

    def _given(self, packet: av.Packet[Any] | None) -> list[av.VideoFrame]:
        try:
            return self.stream.codec_context.decode(packet)
        except av.error.EOFError:
            return []
        except av.FFmpegError:
            self.damaged += 1
            return []
