"""Named points that an engine sees in a picture, in the form in which others take them."""

from __future__ import annotations

from dataclasses import dataclass

from engines.core.frames import Stamp


@dataclass(frozen=True, slots=True)
class SeenPoint:
    """In pixels of the picture. sigma: one standard deviation along one axis, pixels, as far as it is known."""

    name: str
    x: float
    y: float
    sigma: float


@dataclass(frozen=True, slots=True)
class Subject:
    """Somebody, or something, with points. key: the same from frame to frame of one source, "" where that is not known.

    bones: names of points between which a line is drawn.
    """

    points: tuple[SeenPoint, ...]
    key: str = ""
    bones: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Seen:
    """All that is seen in one frame."""

    stamp: Stamp
    subjects: tuple[Subject, ...]
