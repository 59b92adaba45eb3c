"""A film read frame by frame, as it is to be seen, each frame with its number and its time.

Numbers and times are those that a seek in the same file gives (`timeline`), so a label, a score and what is on screen
mean the same frame. Where a file has no time stamps, or gives one stamp to several frames, frames are counted and the
nominal rate tells the time.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType

import av
import av.video.reformatter
import numpy as np
from numpy.typing import NDArray

from engines.core.errors import BadInput
from engines.core.film_faults import REPAIR, check_file, explain, not_a_video
from engines.core.frames import Image, Size, size_of
from engines.core.timeline import Timeline, read_timeline

PATIENCE = 60.0
"""Seconds that reading the time stamps may take: some fifty hours of film."""
FAR = 250
"""Frames from which on a part is sought instead of decoding up to it."""


@dataclass(frozen=True, slots=True)
class FilmFrame:
    """index: number in the film, from 0; seconds: since its first frame; image: uint8 BGR, H x W x 3, upright."""

    index: int
    seconds: float
    image: Image


class Film:
    """One film, and what it says of itself. `frames` may be called again and again, also by several threads."""

    def __init__(self, path: Path, timeline: Timeline, size: Size) -> None:
        self.path, self.timeline, self.size = path, timeline, size
        self._timed = 0 < len(timeline.pts) == timeline.pictures

    @classmethod
    def open(cls, path: str | Path) -> Film:
        """Raises `BadInput` for what is no film or holds no frame that can be decoded, `SourceFailed` for no file."""
        path = Path(path)
        check_file(path)
        try:
            size = _first_size(path)
            return cls(path, read_timeline(str(path), PATIENCE), size)
        except (av.FFmpegError, ValueError) as error:
            raise explain(error, path) from error

    def __enter__(self) -> Film:
        return self

    def __exit__(self, *_: type[BaseException] | BaseException | TracebackType | None) -> None:
        """Nothing is held between two calls."""

    @property
    def rate(self) -> float:
        """Frames per second: nominal."""
        return self.timeline.rate

    @property
    def count(self) -> int | None:
        """How many frames there are; None where the file is too long to tell."""
        return self.timeline.pictures or None

    def frame_times(self) -> NDArray[np.float64]:
        """Seconds of each frame, (count,)."""
        line = self.timeline
        if self._timed:
            return np.array([line.seconds(stamp) for stamp in line.pts])
        return np.arange(self.count or 0) / line.rate

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[FilmFrame]:
        """Frames `start` up to `stop`, not included. A broken frame is left out; a file that breaks off just ends."""
        if stop is not None and stop <= start:
            return
        with av.open(str(self.path)) as container:
            stream = _stream(container)
            far = self._timed and start > FAR
            if far:
                container.seek(self.timeline.stamp(start), stream=stream)
            numbered = self._numbered(container, stream)
            first = next(numbered, None)
            if far and (first is None or first[0] > start):
                yield from self._from_the_start(start, stop)
            elif first is not None:
                yield from self._cut(first, numbered, start, stop)

    def _from_the_start(self, start: int, stop: int | None) -> Iterator[FilmFrame]:
        with av.open(str(self.path)) as container:
            numbered = self._numbered(container, _stream(container))
            first = next(numbered, None)
            if first is not None:
                yield from self._cut(first, numbered, start, stop)

    def _cut(
        self, first: tuple[int, av.VideoFrame], rest: Iterator[tuple[int, av.VideoFrame]], start: int, stop: int | None
    ) -> Iterator[FilmFrame]:
        converter = Converter()
        index, frame = first
        while stop is None or index < stop:
            if index >= start:
                yield FilmFrame(index, self._seconds(index, frame), converter.bgr(frame))
            following = next(rest, None)
            if following is None:
                return
            index, frame = following

    def _numbered(
        self, container: av.container.InputContainer, stream: av.VideoStream
    ) -> Iterator[tuple[int, av.VideoFrame]]:
        for count, frame in enumerate(_decoded(container, stream)):
            stamp = _stamp(frame)
            yield (self.timeline.index(stamp) if self._timed and stamp is not None else count), frame

    def _seconds(self, index: int, frame: av.VideoFrame) -> float:
        stamp = _stamp(frame)
        return self.timeline.seconds(stamp) if self._timed and stamp is not None else index / self.timeline.rate


class Converter:
    """From a decoded frame to the pixels that everyone reads. It keeps the scaler between frames: making one anew for
    each costs 2 ms at 1080p. One thread at a time.
    """

    def __init__(self) -> None:
        self._scaler = av.video.reformatter.VideoReformatter()

    def bgr(self, frame: av.VideoFrame) -> Image:
        """uint8 H x W x 3, turned upright when the recording says how it was held."""
        image = np.asarray(self._scaler.reformat(frame, format="bgr24").to_ndarray(), dtype=np.uint8)
        quarters = round(frame.rotation / 90) % 4
        return np.ascontiguousarray(np.rot90(image, quarters)) if quarters else image


def _first_size(path: Path) -> Size:
    with av.open(str(path)) as container:
        if not container.streams.video or container.format.name == "tty":
            raise not_a_video(path, "It holds no pictures")
        if container.streams.video[0].codec_context is None:
            raise not_a_video(path, "This video is coded in a way that cannot be read here")
        first = next(_decoded(container, _stream(container)), None)
        if first is None:
            raise BadInput("No picture in this video can be decoded", path=path, hint=REPAIR)
        return size_of(Converter().bgr(first))


def _stream(container: av.container.InputContainer) -> av.VideoStream:
    stream = container.streams.video[0]
    stream.thread_type = "AUTO"
    return stream


def _stamp(frame: av.VideoFrame) -> int | None:
    return frame.pts if frame.pts is not None else frame.dts


def _decoded(container: av.container.InputContainer, stream: av.VideoStream) -> Iterator[av.VideoFrame]:
    """Every frame that can be decoded; a broken packet is left out, as players do."""
    packets = container.demux(stream)
    while True:
        try:
            packet = next(packets, None)
        except av.FFmpegError:
            return
        if packet is None:
            return
        try:
            yield from stream.codec_context.decode(packet if packet.size else None)
        except av.error.EOFError:
            return
        except av.FFmpegError:
            continue
