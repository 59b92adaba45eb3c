"""Rectification: turns two cameras of a rig until what one shows in a row the other shows in the same row.

Both cameras are turned half way to each other and then, together, until the line between them lies along the rows (or
the columns, for cameras above one another), which bends each picture as little as can be. Bouguet's way, as described
in Bradski and Kaehler, "Learning OpenCV" (2008), chapter 12. Any lens: what is turned are directions, not pixels.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.rig.places import Between, between
from engines.calibration.rig.types import Rectification, RigCamera, RigResult
from engines.core.errors import BadInput, UsageError
from engines.core.frames import Size
from engines.core.lenses import Intrinsics
from engines.core.projection import border
from engines.core.undistortion import Undistortion
from engines.core.words import tr

Floats = NDArray[np.float64]
LEAST_AHEAD = float(np.cos(np.radians(70)))
"""A camera is turned by less than 70 degrees: beyond, its picture would be stretched to nothing."""
SIGNIFICANT = 3.0
"""A distance of fewer standard deviations than this is none."""


def rectify(result: RigResult, first: int, second: int, alpha: float = -1.0, size: Size | None = None) -> Rectification:
    """Rectify two cameras by number. alpha: as `StereoSpec.alpha`; size: of what comes out, else the first camera's.

    Raises `UsageError` for an impossible alpha or number, `BadInput` for cameras at one place, one behind the other, or
    that look apart.
    """
    _check(result, first, second, alpha)
    one, other = result.cameras[first], result.cameras[second]
    _check_apart(result, first, second)
    rotations, vertical, swapped = _rotations(between(one, other), one.name, other.name)
    onto = size or one.size
    straight = _straight((one, other), rotations, onto, 1 if vertical else 0, alpha)
    return Rectification(
        first=first,
        second=second,
        rotations=(_row_by_row(rotations[0]), _row_by_row(rotations[1])),
        straight=straight,
        size=onto,
        vertical=vertical,
        baseline=between(one, other).baseline,
        focal=straight[0].fx,
        swapped=swapped,
        alpha=alpha,
    )


def undistortions(result: RigResult, how: Rectification) -> tuple[Undistortion, Undistortion]:
    """How the pictures of both cameras are straightened so that they are rectified."""
    first, second = (
        Undistortion(
            lens=result.cameras[number].lens,
            size=result.cameras[number].size,
            width=how.size.width,
            height=how.size.height,
            mirrored=result.mirrored,
            mirror=result.mirrored,
            rotation=rotation,
            straight=straight,
        )
        for number, rotation, straight in zip((how.first, how.second), how.rotations, how.straight, strict=True)
    )
    return first, second


def smaller(how: Rectification, share: float) -> Rectification:
    """The same at `share` of its resolution. Corners of pixels stay corners."""
    size = Size(max(int(how.size.width * share), 2), max(int(how.size.height * share), 2))
    first, second = (
        Intrinsics(how.focal * share, how.focal * share, (each.cx + 0.5) * share - 0.5, (each.cy + 0.5) * share - 0.5)
        for each in how.straight
    )
    return replace(how, size=size, straight=(first, second), focal=how.focal * share)


def check_alpha(alpha: float) -> None:
    """Raises `UsageError` for one that cannot be."""
    if not (alpha == -1 or 0 <= alpha <= 1):
        raise UsageError(
            tr("An alpha of {alpha:g} is not possible", alpha=alpha),
            hint=tr("-1 (own focal length), or 0 (crop) to 1 (all)"),
        )


def _check(result: RigResult, first: int, second: int, alpha: float) -> None:
    check_alpha(alpha)
    for number in (first, second):
        if not 0 <= number < len(result.cameras):
            raise UsageError(
                tr("This rig has no camera number {number}", number=number),
                hint=tr("It has {count}, from 0", count=len(result.cameras)),
            )


def _check_apart(result: RigResult, first: int, second: int) -> None:
    if first == second:
        raise UsageError(tr("A camera cannot be rectified with itself"), hint=tr("Choose two cameras"))
    baseline = between(result.cameras[first], result.cameras[second]).baseline
    std = next((one.distance_std for one in result.pairs if {one.first, one.second} == {first, second}), None) or 0.0
    if not baseline > max(SIGNIFICANT * std, 1e-6):
        apart = f"{1000 * baseline:.2g}" + (f" ± {1000 * std:.2g}" if std else "")
        raise BadInput(
            tr(
                "{first} and {second} are {apart}\u00a0mm apart: there is no depth in that",
                first=result.cameras[first].name,
                second=result.cameras[second].name,
                apart=apart,
            ),
            hint=tr("Choose cameras at different places"),
        )


def _rotations(step: Between, first: str, second: str) -> tuple[tuple[Floats, Floats], bool, bool]:
    """Both rotations, whether columns match instead of rows, and whether the second camera comes first along them."""
    half = np.asarray(cv2.Rodrigues(np.asarray(cv2.Rodrigues(step.rotation)[0]) / 2)[0], dtype=np.float64)
    way = -half.T @ step.shift / step.baseline
    vertical = abs(way[1]) > abs(way[0])
    along = 1 if vertical else 0
    swapped = bool(way[along] < 0)
    axis = np.eye(3)[along] * (-1.0 if swapped else 1.0)
    together = shortest_turn(way, axis)
    turns = together @ half, together @ half.T
    if min(turn[2, 2] for turn in turns) < LEAST_AHEAD:
        raise BadInput(
            tr(
                "{first} and {second} cannot be rectified: they look too far apart, or one stands behind the other",
                first=first,
                second=second,
            ),
            hint=tr("Choose cameras that look the same way, side by side or above one another"),
        )
    return turns, bool(vertical), swapped


def shortest_turn(way: Floats, onto: Floats) -> Floats:
    """The smallest rotation, 3 x 3, that takes one unit vector to another, which is not its opposite."""
    axis, cosine = np.cross(way, onto), float(way @ onto)
    sine = float(np.linalg.norm(axis))
    if sine < 1e-15:
        return np.eye(3)
    return np.asarray(cv2.Rodrigues(axis / sine * np.arctan2(sine, cosine))[0], dtype=np.float64)


def _straight(
    cameras: tuple[RigCamera, RigCamera], turns: tuple[Floats, Floats], onto: Size, along: int, alpha: float
) -> tuple[Intrinsics, Intrinsics]:
    """The pinholes: one focal length, one middle across the baseline, along it a middle for each."""
    boxes = [border(camera.lens, camera.size, turn) for camera, turn in zip(cameras, turns, strict=True)]
    inner, outer = np.array([box[0] for box in boxes]), np.array([box[1] for box in boxes])
    whole = _fitted(outer, onto, along, (min, max), min)
    if alpha == -1:
        own = [(one.intrinsics.fx, one.intrinsics.fy)[1 - along] * onto.width / one.size.width for one in cameras]
        focal = float(np.mean(own))
        middles = whole[1]
    else:
        crop = _fitted(inner, onto, along, (max, min), max)
        focal = 1 / ((1 - alpha) / crop[0] + alpha / whole[0])
        middles = (1 - alpha) * crop[1] + alpha * whole[1]
    first, second = (
        Intrinsics(
            focal, focal, float((onto.width - 1) / 2 - focal * x), float((onto.height - 1) / 2 - focal * y)
        )
        for x, y in middles
    )  # fmt: skip
    return first, second


Choose = Callable[..., float]


def _fitted(boxes: Floats, onto: Size, along: int, ends: tuple[Choose, Choose], choose: Choose) -> tuple[float, Floats]:
    """The focal length by which two boxes (2 x 2 x 2: camera, end, axis) fill a picture, and their middles, 2 x 2.

    Across the baseline both have the rows from the one end to the other.
    """
    across, spans = 1 - along, np.array([onto.width - 1, onto.height - 1])
    joint = boxes.copy()
    joint[:, 0, across] = ends[0](boxes[:, 0, across])
    joint[:, 1, across] = ends[1](boxes[:, 1, across])
    sides = joint[:, 1] - joint[:, 0]
    if not (sides > 1e-6).all():
        raise BadInput(
            tr("What these two cameras see has no rows in common"), hint=tr("Choose an alpha of 1 or other cameras")
        )
    return float(choose((spans / sides).ravel())), joint.mean(axis=1)


def _row_by_row(turn: Floats) -> tuple[float, ...]:
    return tuple(float(value) for value in turn.ravel())
