"""Video files: every picture in order, or exactly the one that is asked for, and plain words for broken files."""

from __future__ import annotations

from collections import deque

from engines.cameras.readers.reader import Reader, ReaderItem, TimedPicture
from engines.cameras.types import FeedInfo, FileSource
from engines.core.frames import End, Gap, GapReason, size_of
from engines.core.video.ends import claimed, cut_short, kind_of
from engines.core.video.film import Converter
from engines.core.video.order import Shown
from engines.core.video.passes import Pictures
from engines.core.words import tr

REMEMBERED = 12
"""Decoded pictures kept so that stepping back does not decode from the last key picture each time."""
NEAR = 12
"""Pictures ahead that are reached by decoding on instead of by seeking."""


class FileReader(Reader):
    """Numbers and times are those of `Pictures`, so a seek gives exactly what playing gives."""

    def __init__(self, source: FileSource) -> None:
        self._path = source.path
        self._converter = Converter()
        self._pictures: Pictures | None = None
        self._ready: deque[Shown] = deque()
        self._recent: deque[Shown] = deque(maxlen=REMEMBERED)
        self._next = 0
        self._whole = 0

    def open(self) -> FeedInfo:
        """Raises `BadInput` for what is not a video, `SourceFailed` for what cannot be read."""
        pictures = self._pictures = Pictures(self._path)
        first = self._advance()
        assert first is not None
        self._ready.append(first)
        return self._info(pictures, first)

    def _info(self, pictures: Pictures, first: Shown) -> FeedInfo:
        line, stream = pictures.timeline, pictures.stream
        size = size_of(self._converter.bgr(first.frame, pictures.codec))
        detail = tr(
            "{codec_context} in {kind_of}, {size}, {rate:g} per second",
            codec_context=stream.codec_context.name,
            kind_of=kind_of(pictures),
            size=size,
            rate=line.rate,
        )
        frames, duration = line.count or stream.frames or None, line.duration or claimed(pictures)
        return FeedInfo(size, line.rate, frames, duration, seekable=True, live=False, detail=detail)

    def read(self) -> ReaderItem:
        shown = self._ready.popleft() if self._ready else self._advance()
        if shown is None:
            return End("", cut_short(self._opened, self._next))
        missing = shown.index - self._next
        if missing > 0 and self._opened.damaged > self._whole:
            self._ready.appendleft(shown)
            self._next, self._whole = shown.index, self._opened.damaged
            return Gap("", missing, GapReason.DAMAGED)
        self._next = shown.index + 1
        return TimedPicture(self._converter.bgr(shown.frame, self._opened.codec), shown.index, shown.seconds)

    def locate(self, seconds: float) -> int:
        return self._opened.timeline.at(seconds)

    def seek(self, index: int) -> None:
        """Nearest key picture before, then decode on: the pictures are those that playing gives."""
        known = [shown for shown in self._recent if shown.index >= index]
        if known and known[0].index == index:
            self._ready = deque(known)
        else:
            self._ready.clear()
            self._go_to(index)
        self._next, self._whole = self._ready[0].index if self._ready else index, self._opened.damaged

    def _go_to(self, index: int) -> None:
        """The picture `index`, the next one there is, or else the last one."""
        if not (self._recent and 0 < index - self._recent[-1].index <= NEAR):
            self._recent.clear()
            self._opened.seek(index)
        while not self._ready or self._ready[0].index < index:
            shown = self._advance()
            if shown is None:
                self._ready = deque(list(self._recent)[-1:])
                return
            self._ready = deque([shown])

    def close(self) -> None:
        self._ready.clear()
        self._recent.clear()
        if self._pictures is not None:
            self._pictures.close()

    def _advance(self) -> Shown | None:
        shown = self._opened.read()
        if shown is not None:
            self._recent.append(shown)
        return shown

    @property
    def _opened(self) -> Pictures:
        assert self._pictures is not None
        return self._pictures
