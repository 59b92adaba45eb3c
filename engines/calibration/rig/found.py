"""What was found in the pictures of all cameras, as values."""

from __future__ import annotations

from dataclasses import dataclass

from engines.calibration.targets.shots import Shot
from engines.core.frames import Size
from engines.core.pictures.files import LeftOut


@dataclass(frozen=True, slots=True)
class RigShot:
    """One board (or its absence) as one camera saw it in one frame."""

    frame: str
    camera: int
    shot: Shot


@dataclass(frozen=True, slots=True)
class Found:
    """names, sizes: of the cameras, in order. frames: in order; shots: of one frame after the other, none of a camera
    that has no picture of that moment. mirrored: all were flipped left to right before the boards were looked for.
    notes: what there is to know, in words.
    """

    names: tuple[str, ...]
    sizes: tuple[Size, ...]
    frames: tuple[str, ...]
    shots: tuple[RigShot, ...]
    left_out: tuple[LeftOut, ...] = ()
    mirrored: bool = False
    notes: tuple[str, ...] = ()
