"""What a lens does to straight lines and to distances from its axis, as figures to draw."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from engines.core.frames import Size
from engines.core.lenses import Lens
from engines.core.optics import off_axis
from engines.core.projection import project, undistort_points

Floats = NDArray[np.float64]
LINES, STEPS, RADII, WAYS = 15, 160, 60, 72
RETURNS = 0.5
"""Pixels within which a ray comes back from where it is seen; where it does not, the model's curve has folded back."""
STEEPEST = 6.0
"""Lines are drawn on a plane before the lens as far as this, in distances of the plane: about 80 degrees."""


@dataclass(frozen=True, eq=False)
class Bent:
    """One straight line of the world. seen: (n, 2) pixels through the lens, nan where it has no ray; straight: without
    its distortion."""

    seen: Floats
    straight: Floats


def grid_lines(lens: Lens, size: Size) -> list[Bent]:
    """Lines of a square grid before the camera, upright to its axis, that fill the picture."""
    left, top, right, bottom = _reach(lens, size)
    pitch = max(right - left, bottom - top) / LINES
    xs, ys = (_rounds(low, high, pitch) for low, high in ((left, right), (top, bottom)))
    along_x, along_y = np.linspace(left, right, STEPS), np.linspace(top, bottom, STEPS)
    flat = [np.column_stack([np.full(STEPS, x), along_y]) for x in xs]
    flat += [np.column_stack([along_x, np.full(STEPS, y)]) for y in ys]
    return [_bent(lens, line) for line in flat]


@dataclass(frozen=True, eq=False)
class Displacement:
    """Over the distance from the axis in pixels, up to the farthest corner: outwards and sideways, pixels.

    radial: the mean over all directions; tangential: the largest. nan where the lens has no ray.
    """

    radius: Floats
    radial: Floats
    tangential: Floats


def displacement(lens: Lens, size: Size) -> Displacement:
    """How far the lens puts points from where a pinhole would, a fisheye from where an equidistant one would."""
    one = lens.intrinsics
    corners = np.array([(0, 0), (size.width - 1, 0), (0, size.height - 1), (size.width - 1, size.height - 1)], float)
    most = float(np.linalg.norm(corners - (one.cx, one.cy), axis=1).max())
    radius, angle = np.linspace(0, most, RADII), np.linspace(0, 2 * np.pi, WAYS, endpoint=False)
    way = np.stack([np.cos(angle), np.sin(angle)], axis=-1)
    away = radius[:, None, None] * way
    moved = away - _ideal(lens, away.reshape(-1, 2)).reshape(away.shape)
    inside = ((away + (one.cx, one.cy) >= -0.5) & (away + (one.cx, one.cy) <= (size.width, size.height))).all(axis=-1)
    outward = np.where(inside, (moved * way).sum(axis=-1), np.nan)
    sideways = np.where(inside, np.abs(moved[..., 0] * way[:, 1] - moved[..., 1] * way[:, 0]), np.nan)
    known = np.isfinite(outward).any(axis=1)
    radial, tangential = np.full(RADII, np.nan), np.full(RADII, np.nan)
    radial[known] = np.nanmean(outward[known], axis=1)
    tangential[known] = np.nanmax(sideways[known], axis=1)
    return Displacement(radius, radial, tangential)


def _ideal(lens: Lens, away: Floats) -> Floats:
    """Offsets from the principal point of the same rays without distortion."""
    one = lens.intrinsics
    focal = np.array([one.fx, one.fy])
    pixels = away + (one.cx, one.cy)
    if not lens.is_fisheye:
        return np.asarray(undistort_points(lens, pixels) * focal)
    distance = np.linalg.norm(away / focal, axis=1, keepdims=True)
    return np.asarray(away * off_axis(lens, pixels)[:, None] / np.maximum(distance, 1e-12))


def _bent(lens: Lens, flat: Floats) -> Bent:
    one = lens.intrinsics
    seen = project(lens, np.column_stack([flat, np.ones(len(flat))]), np.zeros(3), np.zeros(3))
    back = undistort_points(lens, np.nan_to_num(seen))
    seen[~(np.linalg.norm(back - flat, axis=1) * one.fx < RETURNS)] = np.nan
    return Bent(seen, flat * (one.fx, one.fy) + (one.cx, one.cy))


def _reach(lens: Lens, size: Size) -> tuple[float, float, float, float]:
    """Left, top, right and bottom of what the picture's border sees, on a plane at distance 1."""
    x, y = np.linspace(0, size.width - 1, 60), np.linspace(0, size.height - 1, 60)
    border = [np.column_stack([x, np.full(60, row)]) for row in (0, size.height - 1)]
    border += [np.column_stack([np.full(60, column), y]) for column in (0, size.width - 1)]
    flat = np.clip(np.nan_to_num(undistort_points(lens, np.concatenate(border)), nan=0.0), -STEEPEST, STEEPEST)
    (left, top), (right, bottom) = flat.min(axis=0), flat.max(axis=0)
    return float(left), float(top), float(right), float(bottom)


def _rounds(low: float, high: float, pitch: float) -> Floats:
    return np.arange(np.ceil(low / pitch), np.floor(high / pitch) + 1) * pitch
