"""Kannala and Brandt's fisheye with four terms: directions to the picture's plane and back, beyond 90 degrees too.

A direction at angle t from the axis appears at the radius t (1 + k1 t^2 + k2 t^4 + k3 t^6 + k4 t^8), in focal lengths.
Kannala and Brandt, "A generic camera model and calibration method for conventional, wide-angle, and fish-eye lenses"
(2006), in OpenCV's form, which itself ends where z does.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
_ODD = np.array([1, 3, 5, 7, 9])
_NEAR_AXIS = 1e-9
_TABLE, _NEWTON = 2000, 4


def radius(angle: Floats, terms: Sequence[float] | Floats) -> tuple[Floats, Floats]:
    """Radii in focal lengths for angles in radians, and their derivatives by the angle."""
    square = angle * angle
    k1, k2, k3, k4 = terms
    bent = angle * (1 + square * (k1 + square * (k2 + square * (k3 + square * k4))))
    slope = 1 + square * (3 * k1 + square * (5 * k2 + square * (7 * k3 + square * (9 * k4))))
    return bent, slope


def project(points: Floats, terms: Sequence[float] | Floats) -> tuple[Floats, Floats, Floats]:
    """N x 3 points before the camera to N x 2 places in focal lengths, their derivatives by the point (N x 2 x 3) and
    by the terms (N x 2 x 4)."""
    flat, z = points[:, :2], points[:, 2]
    across = np.linalg.norm(flat, axis=1)
    axial = across < _NEAR_AXIS * np.abs(z)
    r = np.where(axial, 1.0, across)
    angle = np.arctan2(across, z)
    bent, slope = radius(angle, terms)
    gain = np.where(axial, 1.0 / np.where(axial, z, 1.0), bent / r)
    toward = flat / r[:, None]
    square = across**2 + z**2
    by_flat = (slope * z / square / r - bent / r**2)[:, None] * toward
    by_depth = np.where(axial, -(gain**2), -slope * across / square / r)
    by_gain = np.concatenate([np.where(axial[:, None], 0.0, by_flat), by_depth[:, None]], axis=1)
    by_point = flat[:, :, None] * by_gain[:, None, :]
    by_point[:, 0, 0] += gain
    by_point[:, 1, 1] += gain
    by_terms = np.where(axial[:, None], 0.0, toward)[:, :, None] * (angle[:, None] ** _ODD[1:])[:, None, :]
    return flat * gain[:, None], by_point, by_terms


def directions(places: Floats, terms: Sequence[float] | Floats) -> Floats:
    """N x 2 places in focal lengths to N x 3 unit directions; NaN where the lens shows nothing."""
    wanted = np.linalg.norm(places, axis=1)
    angle = _angles(wanted, terms)
    away = np.where(wanted < _NEAR_AXIS, 1.0, wanted)
    return np.column_stack([np.sin(angle)[:, None] * places / away[:, None], np.cos(angle)])


def _angles(wanted: Floats, terms: Sequence[float] | Floats) -> Floats:
    """The smallest angle with each radius: from a table, then by Newton's method, where the radius still grows."""
    table = np.linspace(0.0, largest_angle(terms), _TABLE)
    drawn, _ = radius(table, terms)
    angle = np.interp(wanted, drawn, table)
    for _ in range(_NEWTON):
        bent, slope = radius(angle, terms)
        angle = np.clip(angle - (bent - wanted) / np.where(slope > 1e-9, slope, np.inf), 0.0, table[-1])
    return np.where(wanted <= drawn[-1] * (1 + 1e-12), angle, np.nan)


def largest_angle(terms: Sequence[float] | Floats) -> float:
    """Up to where the radius grows with the angle, pi at most: the slope's first root."""
    k1, k2, k3, k4 = terms
    roots = np.roots([9 * k4, 7 * k3, 5 * k2, 3 * k1, 1.0])
    real = roots.real[(np.abs(roots.imag) < 1e-9 * np.abs(roots)) & (roots.real > 0)]
    return float(np.sqrt(np.min([np.pi**2, *real])))
