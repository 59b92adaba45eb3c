"""Depth: what two rectified cameras show together, in metres, each with its own standard deviation.

Depth is focal length x baseline / disparity, so its deviation grows with its square. It holds both what the matching
does not know and what the rig does not.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.calibration.rig.pairs.depth_noise import RigNoise
from engines.calibration.rig.pairs.disparity import Disparity, Floats, Matcher
from engines.calibration.rig.pairs.rectification import undistortions
from engines.calibration.rig.places import turn_of
from engines.calibration.rig.types import Rectification, RigResult
from engines.core.frames import Image, size_of
from engines.core.projection import Maps
from engines.core.undistortion import Straightener

Bools = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class DepthWish:
    """near, far: metres that are looked through."""

    near: float = 0.3
    far: float = 5.0


@dataclass(frozen=True, slots=True, eq=False)
class Depth:
    """Of the first camera's rectified picture, H x W: metres along its axis, one standard deviation, and the part of
    that which is the rig's; NaN where nothing is known. rig_known: the rig says how certain it is.
    """

    how: Rectification
    metres: Floats
    std: Floats
    rig_std: Floats
    rig_known: bool

    @property
    def share(self) -> float:
        """Of the picture whose depth is known."""
        return float(np.isfinite(self.metres).mean())

    def at(self, x: float, y: float) -> tuple[float, float] | None:
        """Depth and its standard deviation at a pixel, metres; None where nothing is known."""
        column, row = round(x), round(y)
        if not (0 <= row < self.metres.shape[0] and 0 <= column < self.metres.shape[1]):
            return None
        value, std = float(self.metres[row, column]), float(self.std[row, column])
        return (value, std) if np.isfinite(value) else None

    def points(self, result: RigResult) -> tuple[NDArray[np.float64], Bools]:
        """What is known as N x 3 points of the rig, metres, row by row, and where those are, H x W."""
        known = np.isfinite(self.metres)
        rows, columns = np.nonzero(known)
        straight, z = self.how.straight[0], self.metres[known].astype(np.float64)
        seen = np.column_stack([(columns - straight.cx) * z, (rows - straight.cy) * z, straight.fx * z]) / straight.fx
        camera = result.cameras[self.how.first]
        own = seen @ np.reshape(self.how.rotations[0], (3, 3))
        return np.asarray((own - np.array(camera.tvec)) @ turn_of(camera)), known


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """A rectified pair, BGR, and its depth."""

    first: Image
    second: Image
    depth: Depth


class DepthFinder:
    """Rectifies pairs of pictures as the cameras give them and finds their depth. Not for two threads at once."""

    def __init__(self, result: RigResult, how: Rectification, wish: DepthWish, twice: bool = True) -> None:
        """twice: as of `Matcher`. Raises as `disparity.span` does."""
        self.how = how
        self._straighteners = [Straightener(one) for one in undistortions(result, how)]
        self._matcher = Matcher(how, wish.near, wish.far, twice)
        self._noise = RigNoise(result, how, self._matcher.span)
        self._least = how.focal * how.baseline / wish.far, how.focal * how.baseline / wish.near

    def find(self, first: Image, second: Image) -> Seen:
        """Raises `UsageError` for pictures of a shape that their camera's lens does not fit."""
        one, other = (by.image(image) for by, image in zip(self._straighteners, (first, second), strict=True))
        maps = self._straighteners[0].maps(size_of(first))
        return Seen(one, other, self._depth(self._matcher.match(one, other, shown(maps, first))))

    def rectified(self, first: Image, second: Image) -> tuple[Image, Image]:
        """The pictures alone."""
        one, other = (by.image(image) for by, image in zip(self._straighteners, (first, second), strict=True))
        return one, other

    def _depth(self, found: Disparity) -> Depth:
        least, most = self._least
        with np.errstate(invalid="ignore"):
            value = np.where((found.value >= least) & (found.value <= most), found.value, np.nan).astype(np.float32)
        metres = np.float32(self.how.focal * self.how.baseline) / value
        slope = metres / value
        by_rig = self._noise.std(value) * slope
        return Depth(self.how, metres, np.hypot(found.std * slope, by_rig), by_rig, self._noise.known)


def shown(maps: Maps, image: Image) -> Bools:
    """Where a straightened picture shows anything, H x W."""
    points = maps.points
    high, wide = image.shape[:2]
    return np.asarray(
        (points[..., 0] >= 0) & (points[..., 0] <= wide - 1) & (points[..., 1] >= 0) & (points[..., 1] <= high - 1)
    )
