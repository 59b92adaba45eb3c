"""Lenses: the values of a calibrated camera, shared by whoever measures, straightens or renders.

Plain values; what projects with them is in `engines.core.projection`. Pixels count from the centre of the first pixel.
Models and the order of their parameters are OpenCV's: Brown's (`brown5`), rational (`rational8`), with thin prism
(`thinprism12`), with a tilted sensor (`tilted14`), and Kannala and Brandt's fisheye with four terms (`fisheye4`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

from engines.core.errors import UsageError
from engines.core.frames import Size
from engines.core.words import tr

ModelName: TypeAlias = Literal["brown5", "rational8", "thinprism12", "tilted14", "fisheye4"]

_BROWN = ("k1", "k2", "p1", "p2", "k3")
_RATIONAL = (*_BROWN, "k4", "k5", "k6")
_PRISM = (*_RATIONAL, "s1", "s2", "s3", "s4")
DISTORTION_NAMES: dict[ModelName, tuple[str, ...]] = {
    "brown5": _BROWN,
    "rational8": _RATIONAL,
    "thinprism12": _PRISM,
    "tilted14": (*_PRISM, "tau_x", "tau_y"),
    "fisheye4": ("k1", "k2", "k3", "k4"),
}
PINHOLE_NAMES = ("fx", "fy", "cx", "cy")


@dataclass(frozen=True, slots=True)
class Intrinsics:
    """Pinhole parameters in pixels; (0, 0) is the centre of the first pixel."""

    fx: float
    fy: float
    cx: float
    cy: float


@dataclass(frozen=True, slots=True)
class Lens:
    """How a camera projects: intrinsics in pixels, distortion in the order of `DISTORTION_NAMES[model]`."""

    model: ModelName
    intrinsics: Intrinsics
    distortion: tuple[float, ...]

    @classmethod
    def of(cls, model: ModelName, values: Iterable[float]) -> Lens:
        """From what `values` gives."""
        fx, fy, cx, cy, *distortion = (float(value) for value in values)
        return cls(model, Intrinsics(fx, fy, cx, cy), tuple(distortion))

    @property
    def values(self) -> tuple[float, ...]:
        """fx, fy, cx, cy, then the distortion."""
        pinhole = self.intrinsics
        return pinhole.fx, pinhole.fy, pinhole.cx, pinhole.cy, *self.distortion

    @property
    def is_fisheye(self) -> bool:
        return self.model == "fisheye4"


def pinhole(intrinsics: Intrinsics) -> Lens:
    """A lens without distortion, as that of straightened pictures."""
    return Lens("brown5", intrinsics, (0.0,) * 5)


def same_shape(one: Size, other: Size) -> bool:
    """Whether pictures of the one size can be the other ones made larger or smaller, up to a row."""
    return abs(one.height * other.width / one.width - other.height) <= 1


def scaled(lens: Lens, size: Size, to: Size) -> Lens:
    """A lens of pictures of `size` for pictures of the size `to` that show the same.

    The picture's corner is a pixel's corner, so c becomes (c + 1/2) s - 1/2; the distortion has no scale.
    Raises `UsageError` for another shape: those pictures were cut, and how is not known.
    """
    if not same_shape(size, to):
        raise UsageError(
            tr("This lens was calibrated at {size} pixels, which is another shape than {to}", size=size, to=to),
            hint=tr("Calibrate at the resolution that is used"),
        )
    across, down, old = to.width / size.width, to.height / size.height, lens.intrinsics
    middle = (old.cx + 0.5) * across - 0.5, (old.cy + 0.5) * down - 0.5
    return replace(lens, intrinsics=Intrinsics(old.fx * across, old.fy * down, *middle))
