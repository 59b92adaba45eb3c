"""Where a rig's cameras are and look: rotations, centres, and how any two stand to each other."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.calibration.rig.types import RigCamera, RigPair, Vector

Floats = NDArray[np.float64]


def vector(values: ArrayLike) -> Vector:
    """Three numbers of any shape as a value that can be kept."""
    x, y, z = (float(value) for value in np.asarray(values, dtype=np.float64).ravel())
    return x, y, z


def turn_of(camera: RigCamera) -> Floats:
    """The 3 x 3 rotation from the rig's coordinates to the camera's; its last row is the viewing direction."""
    return np.asarray(cv2.Rodrigues(np.array(camera.rvec, dtype=np.float64))[0], dtype=np.float64)


def centre_of(camera: RigCamera) -> Floats:
    """Its place in the rig's coordinates, metres."""
    return np.asarray(-turn_of(camera).T @ np.array(camera.tvec, dtype=np.float64))


def angle_between(one: Floats, other: Floats) -> float:
    """Degrees between two directions."""
    return float(np.degrees(np.arctan2(np.linalg.norm(np.cross(one, other)), one @ other)))


def pairs_of(cameras: Sequence[RigCamera]) -> tuple[RigPair, ...]:
    """Distance and angle of every two cameras, without deviations."""
    centres, ways = [centre_of(one) for one in cameras], [turn_of(one)[2] for one in cameras]
    return tuple(
        RigPair(a, b, float(np.linalg.norm(centres[a] - centres[b])), angle_between(ways[a], ways[b]))
        for a, b in combinations(range(len(cameras)), 2)
    )
