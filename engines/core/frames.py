"""Frames: a picture and its moment, given by every feed and taken by every live engine."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Flag, auto
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Image: TypeAlias = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Stamp:
    """Which picture this is.

    source: id of the feed; a tile's is `feed/tile`.
    index: frame number within the source, from 0.
    captured_at: seconds of the monotonic clock at capture; differences to now are latencies.
    media_time: seconds within the recording; live sources count from their start.
    turn: how the camera was held, as EXIF counts, where that turned the picture upright; 1: it stands as the sensor
    gave it, which is what can be measured in.
    """

    source: str
    index: int
    captured_at: float
    media_time: float
    turn: int = 1


@dataclass(frozen=True, slots=True)
class Frame:
    """`image` is uint8 BGR, H x W x 3, read-only: it is shared by every reader and never copied."""

    image: Image
    stamp: Stamp

    def __post_init__(self) -> None:
        self.image.flags.writeable = False


FrameSet: TypeAlias = Sequence[Frame]
"""One view, or N views of the same moment."""


class GapReason(Flag):
    """Why the frames before and after a gap do not follow each other; joined gaps have all their reasons."""

    SEEK = auto()
    """The user jumped to another time."""
    LOOP = auto()
    """The recording began again."""
    REOPENED = auto()
    RESIZED = auto()
    """The pictures have another size from here on."""
    DAMAGED = auto()
    """Pictures that cannot be read were left out."""
    SLOW = auto()
    """The reader took frames too slowly."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Frames are missing here: `lost` of them (0: not known), and why. file: the picture that cannot be read."""

    source: str
    lost: int
    why: GapReason
    file: str = ""


@dataclass(frozen=True, slots=True)
class End:
    """The source gives no more frames. `why` is empty at a regular end, else says where it broke."""

    source: str
    why: str = ""


FeedItem: TypeAlias = Frame | Gap | End


@dataclass(frozen=True, slots=True)
class Size:
    """Width and height in pixels, in that order everywhere."""

    width: int
    height: int

    def __str__(self) -> str:
        return f"{self.width}x{self.height}"


def size_of(image: NDArray[np.generic]) -> Size:
    """Size of an H x W or H x W x C image."""
    return Size(width=int(image.shape[1]), height=int(image.shape[0]))


@dataclass(slots=True)
class FrameRing:
    """The last `depth` frames, so that a late result is drawn on the picture it was computed from."""

    depth: int = 8
    frames: list[Frame] = field(default_factory=list)

    def push(self, frame: Frame) -> None:
        self.frames.append(frame)
        del self.frames[: -self.depth]

    def find(self, stamp: Stamp) -> Frame | None:
        return next((frame for frame in reversed(self.frames) if frame.stamp == stamp), None)

    @property
    def newest(self) -> Frame | None:
        return self.frames[-1] if self.frames else None

    def clear(self) -> None:
        self.frames.clear()
