"""The camera models: which parameters each has, and the maps that they give. Everything is OpenCV's convention.

Pixels count from the centre of the first pixel; distortion is in the order of `DISTORTION_NAMES`, which is
OpenCV's own (k1 k2 p1 p2 k3 [k4 k5 k6]).
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.calibration.types import DISTORTION_NAMES, Intrinsics, ModelName
from engines.core.errors import UsageError
from engines.core.frames import Image, Size

Floats = NDArray[np.float64]

_FLAGS: dict[ModelName, int] = {"brown5": 0, "rational8": cv2.CALIB_RATIONAL_MODEL}


def calibration_flags(model: ModelName) -> int:
    """What `cv2.calibrateCamera` wants to hear. Raises `UsageError` for an unknown model."""
    if model not in _FLAGS:
        raise UsageError(f"'{model}' is not a camera model", hint="Use " + " or ".join(_FLAGS))
    return _FLAGS[model]


def distortion_count(model: ModelName) -> int:
    return len(DISTORTION_NAMES[model])


def camera_matrix(intrinsics: Intrinsics) -> Floats:
    """The 3 x 3 matrix K."""
    return np.array(
        [[intrinsics.fx, 0.0, intrinsics.cx], [0.0, intrinsics.fy, intrinsics.cy], [0.0, 0.0, 1.0]], dtype=np.float64
    )


def intrinsics_of(matrix: ArrayLike) -> Intrinsics:
    """The four parameters of a 3 x 3 matrix K."""
    k = np.asarray(matrix, dtype=np.float64)
    return Intrinsics(fx=float(k[0, 0]), fy=float(k[1, 1]), cx=float(k[0, 2]), cy=float(k[1, 2]))


def project(
    intrinsics: Intrinsics, distortion: Sequence[float], points: ArrayLike, rvec: ArrayLike, tvec: ArrayLike
) -> Floats:
    """Where N x 3 board points (metres) appear, N x 2 pixels, for a board at pose (rvec, tvec)."""
    world = np.asarray(points, dtype=np.float64).reshape(-1, 1, 3)
    pose = np.asarray(rvec, dtype=np.float64).reshape(3, 1), np.asarray(tvec, dtype=np.float64).reshape(3, 1)
    image, _ = cv2.projectPoints(world, *pose, camera_matrix(intrinsics), np.asarray(distortion, dtype=np.float64))
    return np.asarray(image, dtype=np.float64).reshape(-1, 2)


def undistort_points(intrinsics: Intrinsics, distortion: Sequence[float], pixels: ArrayLike) -> Floats:
    """N x 2 pixels to N x 2 normalised coordinates (x/z, y/z), iterated to 1e-12."""
    flat = np.asarray(pixels, dtype=np.float64).reshape(-1, 1, 2)
    stop = (cv2.TERM_CRITERIA_COUNT | cv2.TERM_CRITERIA_EPS, 200, 1e-12)
    matrix, coefficients = camera_matrix(intrinsics), np.asarray(distortion, dtype=np.float64)
    rays = cv2.undistortPoints(flat, matrix, coefficients, criteria=stop)
    return np.asarray(rays, dtype=np.float64).reshape(-1, 2)


def undistort_maps(
    intrinsics: Intrinsics, distortion: Sequence[float], size: Size, *, keep: float = 0.0
) -> tuple[NDArray[np.int16], NDArray[np.uint16], Intrinsics]:
    """Fixed-point maps for `cv2.remap`, and the intrinsics of the straightened picture of the same size.

    keep: 0 shows only pixels that exist (no black border), 1 keeps every pixel of the original.
    """
    matrix, coefficients = camera_matrix(intrinsics), np.asarray(distortion, dtype=np.float64)
    shape = (size.width, size.height)
    straight, _ = cv2.getOptimalNewCameraMatrix(matrix, coefficients, shape, keep, shape)
    first, second = cv2.initUndistortRectifyMap(matrix, coefficients, np.eye(3), straight, shape, cv2.CV_16SC2)
    return np.asarray(first, dtype=np.int16), np.asarray(second, dtype=np.uint16), intrinsics_of(straight)


def undistort(image: Image, maps: tuple[NDArray[np.int16], NDArray[np.uint16], Intrinsics]) -> Image:
    """A straightened copy of `image`, with maps of its size."""
    return np.asarray(cv2.remap(image, maps[0], maps[1], cv2.INTER_LINEAR), dtype=np.uint8)
