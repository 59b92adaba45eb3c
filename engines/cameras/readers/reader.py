"""The base class of readers, one for each kind of source: open, read, go to a picture, close."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

from engines.cameras.types import FeedInfo
from engines.core.frames import End, Gap, Image


@dataclass(frozen=True, slots=True)
class TimedPicture:
    """`image`: uint8 BGR, H x W x 3, not written to again. `index` from 0; `media_time` in seconds from the first.

    turn: how the camera was held, as EXIF counts, for an image that was turned upright; 1 for one that was not.
    """

    image: Image
    index: int
    media_time: float
    turn: int = 1


ReaderItem: TypeAlias = TimedPicture | Gap | End
"""Gaps and ends leave `source` empty: the feed knows its own name."""


class Reader:
    """One opened source. Every method is called from one thread, and may block; a feed walks away if it must.

    paced: pictures have a due time; False: they come when they come.
    reconnects: a break is a passing thing (cameras, streams), not the end.
    open_limit, read_limit: seconds after which a call is given up; None: only when the feed stops.
    note: what the user should know about what was read so far, in words.
    """

    paced: bool = True
    reconnects: bool = False
    open_limit: float | None = None
    read_limit: float | None = None
    note: str = ""

    def open(self) -> FeedInfo:
        """Raises a `KinoscopeError` with words for the user."""
        raise NotImplementedError

    def read(self) -> ReaderItem:
        """The next picture, or what is missing, or the end (again and again)."""
        raise NotImplementedError

    def locate(self, seconds: float) -> int:
        """Index of the picture that is shown at a media time. Only when seekable."""
        raise NotImplementedError

    def seek(self, index: int) -> None:
        """The next `read` gives the picture `index`, or the nearest there is. Only when seekable."""
        raise NotImplementedError

    def close(self) -> None:
        """Give everything back. Also after a failed `open`."""
        raise NotImplementedError
