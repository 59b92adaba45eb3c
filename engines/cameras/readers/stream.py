"""Network streams (RTSP, HTTP and others), shown as they come and with as little delay as they allow."""

from __future__ import annotations

import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import av

from engines.cameras.readers.reader import Reader, ReaderItem, TimedPicture
from engines.cameras.sources.parsing import check_address
from engines.cameras.types import FeedInfo, StreamSource
from engines.core.addresses import bare
from engines.core.clock import Clock, monotonic
from engines.core.errors import BadInput, SourceFailed, UsageError
from engines.core.frames import End, Gap, GapReason, Size
from engines.core.video.film import Converter
from engines.core.video.timeline import codec_of, said_rate
from engines.core.words import tr

READ_LIMIT = 5.0
"""Seconds of silence after which a stream counts as broken."""


class StreamReader(Reader):
    """A stream with an end (a video on a server) is paced like a file; one without is shown as it comes."""

    reconnects = True

    def __init__(self, source: StreamSource, clock: Clock = monotonic) -> None:
        self.paced = False
        self.open_limit = source.timeout + 1.0
        self.read_limit = min(READ_LIMIT, source.timeout) + 1.0
        self._source = source
        self._clock = clock
        self._converter = Converter()
        self._container: av.container.InputContainer | None = None
        self._decoded: Iterator[av.VideoFrame | Gap] = iter(())
        self._index = 0
        self._first_stamp: int | None = None
        self._started = 0.0
        self._last_time = -1.0
        self._why = ""

    def open(self) -> FeedInfo:
        """Raises `BadInput` for an address that cannot be one, `SourceFailed` when nobody answers in time."""
        try:
            check_address(self._source.url)
        except UsageError as error:
            raise BadInput(error.message, hint=error.hint) from None
        scheme = urlsplit(self._source.url).scheme.lower()
        read_limit = min(READ_LIMIT, self._source.timeout)
        asked = time.monotonic()
        try:
            container = av.open(self._source.url, timeout=(self._source.timeout, read_limit), options=_options(scheme))
        except (av.FFmpegError, ValueError) as error:
            silent = time.monotonic() - asked > 0.9 * self._source.timeout
            raise self._explain(av.error.TimeoutError(0, "") if silent else error) from None
        self._container = container
        if not container.streams.video:
            raise BadInput(tr("The stream holds no pictures"), path=self.address)
        self._stream = container.streams.video[0]
        self._stream.thread_type = "SLICE"
        self._started = self._clock()
        self._decoded = self._decode()
        return self._info(container)

    def read(self) -> ReaderItem:
        frame = next(self._decoded, None)
        if frame is None:
            return End("", self._why or ("" if self.paced else tr("The stream ended")))
        if isinstance(frame, Gap):
            return frame
        index, self._index = self._index, self._index + 1
        return TimedPicture(self._converter.bgr(frame, codec_of(self._stream)), index, self._time(frame))

    def close(self) -> None:
        self._decoded = iter(())
        if self._container is not None:
            self._container.close()
            self._container = None

    @property
    def address(self) -> str:
        """The address without a password."""
        return bare(self._source.url)

    def _info(self, container: av.container.InputContainer) -> FeedInfo:
        context = self._stream.codec_context
        rate = said_rate(self._stream)
        duration = None if container.duration is None or container.duration <= 0 else container.duration / 1e6
        self.paced = duration is not None or "hls" in container.format.name
        detail = tr(
            "{context} over {scheme}, {width}x{height}",
            context=context.name,
            scheme=urlsplit(self._source.url).scheme,
            width=context.width,
            height=context.height,
        )
        return FeedInfo(
            Size(context.width, context.height), rate, duration=duration, seekable=False, live=duration is None,
            detail=detail,
        )  # fmt: skip

    def _time(self, frame: av.VideoFrame) -> float:
        """Seconds from the first picture by the stream's own stamps; by the clock when they are missing or run back."""
        if frame.pts is not None and frame.time_base is not None:
            self._first_stamp = frame.pts if self._first_stamp is None else self._first_stamp
            moment = float((frame.pts - self._first_stamp) * frame.time_base)
        else:
            moment = self._clock() - self._started
        if moment <= self._last_time:
            moment = max(self._clock() - self._started, self._last_time + 1e-3)
        self._last_time = moment
        return moment

    def _decode(self) -> Iterator[av.VideoFrame | Gap]:
        assert self._container is not None
        packets = self._container.demux(self._stream)
        while True:
            try:
                packet = next(packets, None)
                if packet is None:
                    return
                yield from self._stream.codec_context.decode(packet if packet.size else None)
            except av.error.EOFError:
                return
            except av.error.InvalidDataError:
                yield Gap("", 1, GapReason.DAMAGED)
            except av.FFmpegError as error:
                self._why = self._explain(error).message
                return

    def _explain(self, error: Exception) -> SourceFailed:
        seconds = f"{self._source.timeout:g} s"
        for kinds, message, hint in _REASONS:
            if isinstance(error, kinds):
                return SourceFailed(message.format(seconds=seconds), path=self.address, hint=hint)
        reason = getattr(error, "strerror", None) or str(error).replace(self._source.url, self.address)
        return SourceFailed(
            tr("The stream does not open: {reason}", reason=reason), path=self.address, hint=tr("Check the address")
        )


_Reason = tuple[tuple[type[Exception], ...], str, str]
_REASONS: tuple[_Reason, ...] = (
    ((av.error.TimeoutError, av.error.ExitError), tr("No answer within {seconds}"),
     tr("Check the address, and that the camera is switched on and in this network")),
    ((av.error.ConnectionRefusedError,), tr("The address answers, but no stream is "
"offered there"), tr("Check the port")),
    ((av.error.HTTPUnauthorizedError, av.error.HTTPForbiddenError), tr("The stream asks for a name and password"),
     tr("Write them into the address, before the host: name, colon, password, @")),
    ((av.error.HTTPNotFoundError,), tr("There is no stream of this name"), tr("Check the part after the host")),
    ((av.error.InvalidDataError,), tr("What comes from this address is not a video stream"), tr("Check the address")),
    ((av.error.ConnectionResetError, av.error.BrokenPipeError), tr("The connection broke"), ""),
)  # fmt: skip


def _options(scheme: str) -> dict[str, str]:
    """FFmpeg's own options for little delay. What it read while it looked is kept: it is shown at once, in a burst."""
    options = {"flags": "low_delay", "max_delay": "200000", "analyzeduration": "1000000"}
    if scheme.startswith("rtsp"):
        options["rtsp_transport"] = "tcp"
    return options
