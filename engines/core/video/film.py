"""A film read frame by frame, as it is to be seen, each frame with its number and its time.

Numbers and times are those that a seek in the same file gives (`film_order`), so a label, a score and what is on screen
mean the same frame.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Any

import av
import av.video.reformatter
import numpy as np
from av.sidedata.sidedata import Type as SideData
from numpy.typing import NDArray

from engines.core.frames import Image, Size, size_of
from engines.core.video.passes import Pictures
from engines.core.video.timeline import PATIENCE, Timeline

NAMING = frozenset({"png", "apng"})
"""Their colour profiles have names. PyAV frees such a name together with the picture's own: the process would end."""
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

    @classmethod
    def open(cls, path: str | Path) -> Film:
        """Raises `BadInput` for what is no film or holds no frame that can be decoded, `SourceFailed` for no file."""
        with closing(Pictures(path, budget=PATIENCE)) as pictures:
            first = pictures.read()
            assert first is not None
            return cls(Path(path), pictures.timeline, size_of(Converter().bgr(first.frame, pictures.codec)))

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
        return self.timeline.count

    def frame_times(self) -> NDArray[np.float64]:
        """Seconds of each frame, (count,)."""
        return np.array([self.timeline.seconds(stamp) for stamp in self.timeline.pts])

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[FilmFrame]:
        """Frames `start` up to `stop`, not included. A broken frame is left out; a file that breaks off just ends."""
        if stop is not None and stop <= start:
            return
        converter = Converter()
        with closing(Pictures(self.path, self.timeline)) as pictures:
            if start > FAR:
                pictures.seek(start)
            while (shown := pictures.read()) is not None and (stop is None or shown.index < stop):
                if shown.index >= start:
                    yield FilmFrame(shown.index, shown.seconds, converter.bgr(shown.frame, pictures.codec))


class Converter:
    """From a decoded frame to the pixels that everyone reads. It keeps the scaler between frames: making one anew for
    each costs 2 ms at 1080p. One thread at a time.
    """

    def __init__(self) -> None:
        self._scaler = av.video.reformatter.VideoReformatter()

    def bgr(self, frame: av.VideoFrame, codec: str) -> Image:
        """uint8 H x W x 3, turned and mirrored as the recording says it was held. codec: FFmpeg's name of its own."""
        image = np.asarray(self._scaler.reformat(frame, format="bgr24").to_ndarray(), dtype=np.uint8)
        matrix = display_matrix(frame, codec)
        return image if matrix is None else upright(image, matrix)


def display_matrix(frame: av.VideoFrame, codec: str) -> NDArray[np.int32] | None:
    """a b u c d v x y w: right goes to (a, b), down to (c, d), in 1/65536; None for a picture shown as it is stored."""
    if codec in NAMING:
        return _turning(frame.rotation)
    try:
        beside: Any = frame.side_data
        return np.frombuffer(bytes(beside[SideData.DISPLAYMATRIX]), np.int32)
    except KeyError:
        return None
    except ValueError:  # beside it lies something that PyAV has no name for
        return _turning(frame.rotation)


def _turning(degrees: int) -> NDArray[np.int32]:
    cos, sin = np.cos(np.deg2rad(degrees)), np.sin(np.deg2rad(degrees))
    return np.array([round(65536 * part) for part in (cos, -sin, 0, sin, cos, 0, 0, 0, 1)], np.int32)


def upright(image: Image, matrix: NDArray[np.int32]) -> Image:
    """An image as a display matrix shows it, to the nearest quarter turn."""
    a, b, c, d = (int(matrix[place]) for place in (0, 1, 3, 4))
    if abs(a) + abs(d) < abs(b) + abs(c):
        image, a, d = image.swapaxes(0, 1), c, b
    return np.ascontiguousarray(image[:: -1 if d < 0 else 1, :: -1 if a < 0 else 1])
