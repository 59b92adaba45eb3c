"""Figures of a lens for people: how much it sees, and its focal length in millimetres."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.core.errors import UsageError
from engines.core.frames import Size
from engines.core.lenses import Lens
from engines.core.projection import rays
from engines.core.words import tr


@dataclass(frozen=True, slots=True)
class FieldOfView:
    """Angles in degrees from edge to edge of the outermost pixels; a fisheye's may be over 180."""

    horizontal: float
    vertical: float
    diagonal: float


def field_of_view(lens: Lens, size: Size) -> FieldOfView:
    """What a lens sees through pictures of `size`; the larger of the two diagonals.

    NaN where the model gives no direction for an edge: its curve folds back before.
    """
    x, y, right, bottom = lens.intrinsics.cx, lens.intrinsics.cy, size.width - 0.5, size.height - 0.5
    edges = [
        (-0.5, y),
        (right, y),
        (x, -0.5),
        (x, bottom),
        (-0.5, -0.5),
        (right, bottom),
        (right, -0.5),
        (-0.5, bottom),
    ]
    pairs = np.degrees(off_axis(lens, np.array(edges))).reshape(4, 2).sum(axis=1)
    return FieldOfView(float(pairs[0]), float(pairs[1]), float(max(pairs[2:])))


def off_axis(lens: Lens, pixels: NDArray[np.float64]) -> NDArray[np.float64]:
    """Angles in radians between the axis and where N x 2 pixels look; NaN where the lens has no direction for one."""
    ways = rays(lens, pixels)
    return np.asarray(np.arctan2(np.hypot(ways[:, 0], ways[:, 1]), ways[:, 2]))


def focal_mm(lens: Lens, size: Size, sensor_width: float) -> float:
    """Focal length in mm for a sensor that is `sensor_width` mm wide. Raises `UsageError` unless that is above 0."""
    if not sensor_width > 0:
        raise UsageError(tr("A sensor's width must be above 0 mm"), hint=tr("It stands in the camera's data sheet"))
    return lens.intrinsics.fx * sensor_width / size.width
