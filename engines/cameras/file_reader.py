"""Video files: every picture in order, or exactly the one that is asked for, and plain words for broken files."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from pathlib import Path

import av

from engines.cameras.readers import Picture, ReaderItem
from engines.cameras.types import FeedInfo, FileSource
from engines.core.errors import BadInput
from engines.core.film import Converter
from engines.core.film_faults import REPAIR, check_file, explain, not_a_video
from engines.core.frames import End, Gap, size_of
from engines.core.timeline import clock_text, read_timeline

REMEMBERED = 12
"""Decoded pictures kept so that stepping back does not decode from the last key picture each time."""
NEAR = 12
"""Pictures ahead that are reached by decoding on instead of by seeking."""


class FileReader:
    """Pictures are numbered by their place in the file's own time stamps, so a seek gives exactly the same ones."""

    paced = True
    reconnects = False
    open_limit: float | None = None
    read_limit: float | None = None

    def __init__(self, source: FileSource) -> None:
        self.note = ""
        self._path = source.path
        self._converter = Converter()
        self._container: av.container.InputContainer | None = None
        self._decoded: Iterator[av.VideoFrame] = iter(())
        self._ready: deque[tuple[int, av.VideoFrame]] = deque()
        self._recent: deque[tuple[int, av.VideoFrame]] = deque(maxlen=REMEMBERED)
        self._next = 0
        self._damaged = 0
        self._broken = ""

    def open(self) -> FeedInfo:
        """Raises `BadInput` for what is not a video, `SourceFailed` for what cannot be read."""
        check_file(Path(self._path))
        try:
            return self._open()
        except av.FFmpegError as error:
            raise explain(error, Path(self._path)) from error

    def _open(self) -> FeedInfo:
        container = self._container = av.open(self._path)
        if not container.streams.video or container.format.name == "tty":
            raise not_a_video(Path(self._path), "It holds no pictures")
        self._stream = container.streams.video[0]
        self._stream.thread_type = "AUTO"
        self._timeline = read_timeline(self._path)
        self._decoded = self._decode()
        first = self._advance()
        if first is None:
            raise BadInput("No picture in this video can be decoded", path=self._path, hint=REPAIR)
        self._ready.append(first)
        return self._info(first[1], container.format.name)

    def _info(self, frame: av.VideoFrame, format: str) -> FeedInfo:
        size = size_of(self._converter.bgr(frame))
        rate = self._timeline.rate
        frames = self._timeline.count or self._stream.frames or None
        duration = self._timeline.duration or self._claimed
        codec = self._stream.codec_context.name
        detail = f"{codec} in {format.split(',')[0]}, {size}, {rate:g} per second"
        return FeedInfo(size, rate, frames, duration, seekable=True, live=False, detail=detail)

    def read(self) -> ReaderItem:
        entry = self._ready.popleft() if self._ready else self._advance()
        if entry is None:
            return End("", self._why_ended())
        index, frame = entry
        missing = index - self._next
        if missing > 0 and self._damaged:
            self._ready.appendleft(entry)
            self._next, self._damaged = index, 0
            return Gap("", missing, "damaged pictures were left out")
        self._next = index + 1
        return Picture(self._converter.bgr(frame), index, self._timeline.seconds(_stamp(frame)))

    def locate(self, seconds: float) -> int:
        return self._timeline.at(seconds)

    def seek(self, index: int) -> None:
        """Nearest key picture before, then decode on: the pictures are those that playing gives."""
        self._broken, self._damaged = "", 0
        known = [entry for entry in self._recent if entry[0] >= index]
        if known and known[0][0] == index:
            self._ready = deque(known)
        elif self._close_ahead(index):
            self._ready.clear()
        else:
            self._rewind(index)
            self._ready = deque(self._recent)
        while not self._ready or self._ready[0][0] < index:
            entry = self._advance()
            if entry is None:
                self._ready = deque(list(self._recent)[-1:])
                break
            self._ready = deque([entry])
        self._next = self._ready[0][0] if self._ready else index

    def close(self) -> None:
        self._ready.clear()
        self._recent.clear()
        self._decoded = iter(())
        if self._container is not None:
            self._container.close()
            self._container = None

    def _close_ahead(self, index: int) -> bool:
        return bool(self._recent) and 0 < index - self._recent[-1][0] <= NEAR

    def _rewind(self, index: int) -> None:
        """Bring the decoder to a picture at or before `index`; some files need to go further back than asked."""
        assert self._container is not None
        target = self._timeline.stamp(index)
        second = round(1 / self._timeline.unit)
        for stamp in (target, target - 2 * second, target - 10 * second, self._timeline.start - 10 * second):
            self._container.seek(max(stamp, self._timeline.start - 10 * second), stream=self._stream)
            self._recent.clear()
            self._decoded = self._decode()
            first = self._advance()
            if first is not None and first[0] <= index:
                return

    def _advance(self) -> tuple[int, av.VideoFrame] | None:
        frame = next(self._decoded, None)
        if frame is None:
            return None
        entry = (self._timeline.index(_stamp(frame)), frame)
        self._recent.append(entry)
        return entry

    def _decode(self) -> Iterator[av.VideoFrame]:
        """Every picture that can be decoded from here on; a broken packet is left out, a broken file ends it."""
        assert self._container is not None
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
            except av.FFmpegError as error:
                self._broken = error.strerror or "the file cannot be read any further"
                return
            if packet is None:
                return
            try:
                yield from self._stream.codec_context.decode(packet if packet.size else None)
            except av.error.EOFError:
                return
            except av.FFmpegError:
                self._damaged += 1

    @property
    def _claimed(self) -> float | None:
        """Seconds that the file says it lasts."""
        if self._stream.duration is not None and self._stream.time_base is not None:
            return float(self._stream.duration * self._stream.time_base)
        assert self._container is not None
        return None if self._container.duration is None else self._container.duration / 1e6

    def _why_ended(self) -> str:
        """Empty at a regular end; where it broke otherwise."""
        rate, claimed, count = self._timeline.rate, self._claimed, self._stream.frames
        short = claimed is not None and claimed - self._next / rate > max(3 / rate, 0.02 * claimed)
        if not self._broken and not (short and (not count or self._next + 2 < count)):
            return ""
        where = f"The file breaks off at {clock_text(self._next / rate)}"
        where += f" of {clock_text(claimed)}" if claimed else ""
        numbers = f" (picture {self._next} of {count})" if count else f" (after picture {self._next})"
        return f"{where}{numbers}: it was cut short or not copied whole"


def _stamp(frame: av.VideoFrame) -> int:
    if frame.pts is not None:
        return frame.pts
    return frame.dts or 0
