"""Projection through a lens and back, and the maps that straighten its pictures. Everything is OpenCV's convention."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.core import fisheye
from engines.core.frames import Image, Size
from engines.core.lenses import Intrinsics, Lens
from engines.core.straightening import straightened

Floats = NDArray[np.float64]
_SIDEWAYS = 1e-6
"""The least z of a direction that a plane before the camera can hold."""


@dataclass(frozen=True, slots=True)
class Maps:
    """Fixed-point maps for `cv2.remap` from a straightened picture to the one that was taken.

    straight: the intrinsics of the straightened picture, a pinhole's without distortion.
    """

    first: NDArray[np.int16]
    second: NDArray[np.uint16]
    straight: Intrinsics


def camera_matrix(intrinsics: Intrinsics) -> Floats:
    """The 3 x 3 matrix K."""
    return np.array(
        [[intrinsics.fx, 0.0, intrinsics.cx], [0.0, intrinsics.fy, intrinsics.cy], [0.0, 0.0, 1.0]], dtype=np.float64
    )


def intrinsics_of(matrix: ArrayLike) -> Intrinsics:
    """The four parameters of a 3 x 3 matrix K."""
    k = np.asarray(matrix, dtype=np.float64)
    return Intrinsics(fx=float(k[0, 0]), fy=float(k[1, 1]), cx=float(k[0, 2]), cy=float(k[1, 2]))


def project(lens: Lens, points: ArrayLike, rvec: ArrayLike, tvec: ArrayLike) -> Floats:
    """Where N x 3 points (metres) appear, N x 2 pixels, for a board at pose (rvec, tvec).

    NaN for what is not in front of the camera; a fisheye sees up to 180 degrees from its axis.
    """
    world = np.asarray(points, dtype=np.float64).reshape(-1, 3)
    turn, shift = np.asarray(rvec, dtype=np.float64).reshape(3, 1), np.asarray(tvec, dtype=np.float64).reshape(3, 1)
    seen = world @ np.asarray(cv2.Rodrigues(turn)[0]).T + shift.T
    if lens.is_fisheye:
        return _pixels(lens.intrinsics, fisheye.project(seen, lens.distortion)[0])
    if not len(world):
        return np.zeros((0, 2))
    matrix, distortion = camera_matrix(lens.intrinsics), np.asarray(lens.distortion, dtype=np.float64)
    image, _ = cv2.projectPoints(world.reshape(-1, 1, 3), turn, shift, matrix, distortion)
    return np.where(seen[:, 2:] > 0, np.asarray(image, dtype=np.float64).reshape(-1, 2), np.nan)


def rays(lens: Lens, pixels: ArrayLike) -> Floats:
    """Unit directions (x right, y down, z forward) that N x 2 pixels look in, N x 3; NaN where there is nothing."""
    flat = np.asarray(pixels, dtype=np.float64).reshape(-1, 2)
    if lens.is_fisheye:
        return fisheye.directions(_places(lens.intrinsics, flat), lens.distortion)
    straight = straightened(flat, camera_matrix(lens.intrinsics), np.asarray(lens.distortion, dtype=np.float64))
    ways = np.column_stack([straight, np.ones(len(flat))])
    return np.asarray(ways / np.linalg.norm(ways, axis=1, keepdims=True))


def undistort_points(lens: Lens, pixels: ArrayLike) -> Floats:
    """N x 2 pixels to N x 2 normalised coordinates (x/z, y/z), which project back to 1e-7 px.

    NaN where no direction in front of the camera is seen there: outside what the lens draws, or where a fisheye looks
    sideways or backwards.
    """
    ways = rays(lens, pixels)
    ahead = ways[:, 2:] > _SIDEWAYS
    return np.asarray(np.where(ahead, ways[:, :2] / np.where(ahead, ways[:, 2:], 1.0), np.nan))


def _pixels(intrinsics: Intrinsics, places: Floats) -> Floats:
    """From focal lengths around the middle to pixels."""
    return np.asarray(places * [intrinsics.fx, intrinsics.fy] + [intrinsics.cx, intrinsics.cy])


def _places(intrinsics: Intrinsics, pixels: Floats) -> Floats:
    return np.asarray((pixels - [intrinsics.cx, intrinsics.cy]) / [intrinsics.fx, intrinsics.fy])


def undistort_maps(lens: Lens, size: Size, *, keep: float = 0.0) -> Maps:
    """Maps for pictures of `size`, and the intrinsics of the straightened picture of the same size.

    keep: 0 shows only pixels that exist (no black border), 1 keeps every pixel of the original.
    """
    matrix, distortion = camera_matrix(lens.intrinsics), np.asarray(lens.distortion, dtype=np.float64)
    shape = (size.width, size.height)
    if lens.is_fisheye:
        straight = cv2.fisheye.estimateNewCameraMatrixForUndistortRectify(
            matrix, distortion, shape, np.eye(3), balance=keep
        )
        maps = cv2.fisheye.initUndistortRectifyMap(matrix, distortion, np.eye(3), straight, shape, cv2.CV_16SC2)
    else:
        straight, _ = cv2.getOptimalNewCameraMatrix(matrix, distortion, shape, keep, shape)
        maps = cv2.initUndistortRectifyMap(matrix, distortion, np.eye(3), straight, shape, cv2.CV_16SC2)
    return Maps(np.asarray(maps[0], dtype=np.int16), np.asarray(maps[1], dtype=np.uint16), intrinsics_of(straight))


def undistort(image: Image, maps: Maps) -> Image:
    """A straightened copy of `image`, with maps of its size."""
    return np.asarray(cv2.remap(image, maps.first, maps.second, cv2.INTER_LINEAR), dtype=np.uint8)
