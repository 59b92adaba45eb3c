"""Kannala and Brandt's fisheye, exact for every angle: points to pixels, pixels to rays, and the derivatives.

The radius in the picture is a polynomial of the angle from the optical axis, so directions at and behind 90 degrees
project like any other. OpenCV's functions divide by z and stop there.
Kannala and Brandt 2006, "A generic camera model and calibration method", equation 6 with its first five terms, the
first of them held in the focal length.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from engines.core.lenses import Lens

Floats = NDArray[np.float64]

_POWERS = np.array([3, 5, 7, 9])
_STEPS = 2000
_ROUNDS = 8


def parameters_of(lens: Lens) -> Floats:
    """fx, fy, cx, cy, k1 to k4."""
    inner = lens.intrinsics
    return np.array([inner.fx, inner.fy, inner.cx, inner.cy, *lens.distortion])


def image_of(points: Floats, camera: Floats) -> Floats:
    """Pixels (N x 2) of N x 3 points in the camera's coordinates; camera: as `parameters_of`."""
    across, theta = _polar(points)
    scale = radius_of(theta, camera[4:])[0] / across
    return np.asarray(camera[:2] * points[:, :2] * scale[:, None] + camera[2:4])


def derivatives(points: Floats, camera: Floats) -> tuple[Floats, Floats, Floats]:
    """Pixels (N x 2), and their derivatives by the points (N x 2 x 3) and by the camera's parameters (N x 2 x 8)."""
    across, theta = _polar(points)
    radius, rise = radius_of(theta, camera[4:])
    scale, flat, focal = radius / across, points[:, :2], camera[:2]
    by_square = rise / (across**2 + points[:, 2] ** 2)
    outward = (by_square * points[:, 2] - scale) / across**2
    by_point = np.empty((len(points), 2, 3))
    by_point[:, :, :2] = outward[:, None, None] * flat[:, :, None] * flat[:, None, :]
    by_point[:, [0, 1], [0, 1]] += scale[:, None]
    by_point[:, :, 2] = -flat * by_square[:, None]
    by_camera = np.zeros((len(points), 2, 8))
    by_camera[:, [0, 1], [0, 1]] = flat * scale[:, None]
    by_camera[:, [0, 1], [2, 3]] = 1.0
    powers = theta[:, None] ** _POWERS / across[:, None]
    by_camera[:, :, 4:] = (focal * flat)[:, :, None] * powers[:, None, :]
    return focal * flat * scale[:, None] + camera[2:4], by_point * focal[:, None], by_camera


def rays_of(pixels: Floats, camera: Floats) -> Floats:
    """Unit directions (N x 3) that N x 2 pixels look in; NaN outside the circle that the lens draws."""
    flat = (pixels - camera[2:4]) / camera[:2]
    radius = np.linalg.norm(flat, axis=1)
    theta = angle_of(radius, camera[4:])
    with np.errstate(invalid="ignore"):
        sine = np.where(radius > 0, np.sin(theta) / np.maximum(radius, 1e-300), 1.0)
    return np.column_stack([flat * sine[:, None], np.cos(theta)])


def radius_of(theta: Floats, terms: Floats) -> tuple[Floats, Floats]:
    """The radius for a focal length of 1, and its rise by the angle."""
    square = theta**2
    k1, k2, k3, k4 = terms
    radius = theta * (1 + square * (k1 + square * (k2 + square * (k3 + square * k4))))
    rise = 1 + square * (3 * k1 + square * (5 * k2 + square * (7 * k3 + square * 9 * k4)))
    return radius, rise


def angle_of(radius: Floats, terms: Floats) -> Floats:
    """The smallest angle from the axis with this radius; NaN where no angle up to 180 degrees has it."""
    grid = np.linspace(0.0, largest_angle(terms), _STEPS)
    drawn = radius_of(grid, terms)[0]
    theta = np.interp(radius, drawn, grid)
    for _ in range(_ROUNDS):
        there, rise = radius_of(theta, terms)
        theta = np.clip(theta - (there - radius) / np.where(rise > 1e-12, rise, np.inf), 0.0, grid[-1])
    return np.where(radius <= drawn[-1] * (1 + 1e-12), theta, np.nan)


def largest_angle(terms: Floats) -> float:
    """Up to where the radius rises with the angle, at most 180 degrees, in radians."""
    k1, k2, k3, k4 = terms
    roots = np.roots([9 * k4, 7 * k3, 5 * k2, 3 * k1, 1.0])
    squares = [float(root.real) for root in roots if abs(root.imag) < 1e-9 * max(abs(root), 1.0) and root.real > 0]
    return float(np.sqrt(min([np.pi**2, *squares])))


def _polar(points: Floats) -> tuple[Floats, Floats]:
    """Distance from the axis, kept off zero so that ratios on the axis have their limits, and the angle to the axis."""
    across = np.maximum(np.hypot(points[:, 0], points[:, 1]), 1e-12 * np.abs(points[:, 2]))
    return across, np.arctan2(across, points[:, 2])
