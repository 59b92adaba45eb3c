"""A point that somebody shows in the pictures of a rig: where it can be in the others, and where it is in space."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from engines.calibration.rig.points.curves import epipolar_curve
from engines.calibration.rig.points.intersection import Floats
from engines.calibration.rig.points.triangulation import Triangulator
from engines.calibration.rig.types import NamedPoint, SpacePoint
from engines.calibration.types import Point

CLICK = 1.0
"""Pixels: the deviation of a click."""
_NAME = "point"


@dataclass(frozen=True, slots=True)
class Pick:
    """clicks: pixels by camera. curves: by camera, where the first click can be. point: from two clicks on, None where
    they are not of one point, with the reason in `why`. seen: where it is in every camera's picture that has it."""

    clicks: Mapping[int, Point]
    curves: Mapping[int, tuple[Floats, ...]]
    point: SpacePoint | None = None
    why: str = ""
    seen: Mapping[int, Point] | None = None


def pick(triangulator: Triangulator, clicks: Mapping[int, Point], sigma: float = CLICK) -> Pick:
    """What follows from clicks, in the order in which they were made. Raises `BadInput` for a camera that is not there.

    sigma: of a click along one axis, in pixels.
    """
    points = [NamedPoint(_NAME, camera, x, y, sigma) for camera, (x, y) in clicks.items()]
    if len(points) < 2:
        return Pick(clicks, _curves(triangulator, clicks))
    placed = triangulator.place(points)
    if not placed.points:
        return Pick(clicks, _curves(triangulator, clicks), why=placed.left_out[0].why)
    point = placed.points[0]
    return Pick(clicks, _curves(triangulator, clicks), point, point.note, _seen(triangulator, point))


def _curves(triangulator: Triangulator, clicks: Mapping[int, Point]) -> dict[int, tuple[Floats, ...]]:
    eyes = triangulator.eyes
    first = next(iter(clicks), None)
    if first is None:
        return {}
    others = (number for number in range(len(eyes)) if number != first)
    return {number: epipolar_curve(eyes[first], clicks[first], eyes[number]) for number in others}


def _seen(triangulator: Triangulator, point: SpacePoint) -> dict[int, Point]:
    seen = {}
    for number, eye in enumerate(triangulator.eyes):
        x, y = eye.see(np.array([point.place]))[0].tolist()
        if -0.5 <= x < eye.size.width - 0.5 and -0.5 <= y < eye.size.height - 0.5:
            seen[number] = (x, y)
    return seen
