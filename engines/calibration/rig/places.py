"""Where a rig's cameras are and look: rotations, centres, and how any two stand to each other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.calibration.rig.types import RigCamera, RigPair, Vector

Floats = NDArray[np.float64]


def vector(values: ArrayLike) -> Vector:
    """Three numbers of any shape as a value that can be kept."""
    x, y, z = (float(value) for value in np.asarray(values, dtype=np.float64).ravel())
    return x, y, z


class Posed(Protocol):
    """What has a pose: a rotation vector and a shift in metres, of a camera or a board."""

    @property
    def rvec(self) -> Vector: ...
    @property
    def tvec(self) -> Vector: ...


def turn_of(posed: Posed) -> Floats:
    """The 3 x 3 rotation of a pose. Of a camera, from the rig's coordinates to its own; the last row is the viewing
    direction."""
    return np.asarray(cv2.Rodrigues(np.array(posed.rvec, dtype=np.float64))[0], dtype=np.float64)


def centre_of(camera: Posed) -> Floats:
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


@dataclass(frozen=True, slots=True)
class Between:
    """How the second camera stands to the first: X2 = rotation X1 + shift, metres."""

    rotation: Floats
    shift: Floats

    @property
    def baseline(self) -> float:
        return float(np.linalg.norm(self.shift))

    @property
    def degrees(self) -> float:
        """Angle of the rotation."""
        return float(np.degrees(np.linalg.norm(cv2.Rodrigues(self.rotation)[0])))


def between(first: Posed, second: Posed) -> Between:
    """From the poses of two cameras in a rig."""
    turn = turn_of(second) @ turn_of(first).T
    return Between(turn, np.array(second.tvec) - turn @ np.array(first.tvec))
