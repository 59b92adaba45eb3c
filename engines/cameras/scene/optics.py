"""The lens of a rendered camera: Brown's model with five coefficients, forwards and exactly backwards."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.polynomial.chebyshev import chebvander
from numpy.typing import NDArray

from engines.core.frames import Size

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CameraTruth:
    """What is exactly known of a rendered camera.

    fx, fy, cx, cy in pixels, (0, 0) the centre of the first pixel; distortion: k1, k2, p1, p2, k3 as in OpenCV.
    rvec, tvec: rotation vector and translation in metres from the world to the camera (x right, y down, z forward).
    """

    name: str
    fx: float
    fy: float
    cx: float
    cy: float
    distortion: tuple[float, float, float, float, float]
    rvec: tuple[float, float, float]
    tvec: tuple[float, float, float]
    size: Size

    @property
    def matrix(self) -> Floats:
        """The 3 x 3 camera matrix."""
        return np.array([[self.fx, 0.0, self.cx], [0.0, self.fy, self.cy], [0.0, 0.0, 1.0]])

    @property
    def rotation(self) -> Floats:
        """World to camera, 3 x 3."""
        return turn(self.rvec)

    @property
    def centre(self) -> Floats:
        """Where the camera is in the world, in metres."""
        return np.asarray(-self.rotation.T @ np.array(self.tvec))

    def project(self, points: Floats) -> Floats:
        """N x 3 points of the world, in metres, to N x 2 pixels."""
        seen = points @ self.rotation.T + np.array(self.tvec)
        bent = distort(seen[:, :2] / seen[:, 2:], self.distortion)
        return np.asarray(bent * [self.fx, self.fy] + [self.cx, self.cy])

    def rays(self) -> Floats:
        """Undistorted direction (x, y, with z = 1) of every pixel, H x W x 2.

        Undistortion is so smooth that its Chebyshev interpolation from a few nodes is exact to 1e-12 for these lenses.
        """
        columns, across = _interpolation(self.size.width)
        rows, down = _interpolation(self.size.height)
        nodes = np.stack(np.meshgrid((columns - self.cx) / self.fx, (rows - self.cy) / self.fy))
        few = undistort(np.moveaxis(nodes, 0, -1), self.distortion)
        return np.stack([_product(_product(down, few[..., axis]), across.T) for axis in range(2)], axis=-1)


def _product(a: Floats, b: Floats) -> Floats:
    """Matrix product in this thread alone: on a busy machine the threads of `@` wait for one another (16 ms, not 1)."""
    return np.asarray(cv2.gemm(np.ascontiguousarray(a), np.ascontiguousarray(b), 1.0, np.empty(0), 0.0))


@lru_cache(maxsize=8)
def _interpolation(count: int, nodes: int = 32) -> tuple[Floats, Floats]:
    """Chebyshev nodes among the pixels 0 to count - 1, and the matrix from values there to values at all pixels."""
    places = np.cos(np.pi * (np.arange(nodes) + 0.5) / nodes)
    scale = (count - 1) / 2
    everywhere = chebvander(np.arange(count) / scale - 1.0, nodes - 1)
    return (places + 1.0) * scale, np.asarray(everywhere @ np.linalg.inv(chebvander(places, nodes - 1)))


@lru_cache(maxsize=64)
def turn(rvec: tuple[float, float, float]) -> Floats:
    """`rotation`, remembered: the same few are asked for many times a frame. Read-only."""
    matrix = rotation(np.array(rvec))
    matrix.flags.writeable = False
    return matrix


def rotation(vector: Floats) -> Floats:
    """Rotation matrix of a rotation vector (Rodrigues)."""
    angle = float(np.linalg.norm(vector))
    if angle < 1e-12:
        return np.eye(3)
    x, y, z = vector / angle
    cross = np.array([[0.0, -z, y], [z, 0.0, -x], [-y, x, 0.0]])
    return np.asarray(np.eye(3) + np.sin(angle) * cross + (1.0 - np.cos(angle)) * cross @ cross)


def rotation_vector(matrix: Floats) -> tuple[float, float, float]:
    """Rotation vector of a rotation matrix by less than half a turn."""
    angle = float(np.arccos(np.clip((np.trace(matrix) - 1.0) / 2.0, -1.0, 1.0)))
    axis = np.array([matrix[2, 1] - matrix[1, 2], matrix[0, 2] - matrix[2, 0], matrix[1, 0] - matrix[0, 1]])
    vector = axis * (0.5 if angle < 1e-9 else angle / (2.0 * np.sin(angle)))
    return float(vector[0]), float(vector[1]), float(vector[2])


def distort(points: Floats, distortion: tuple[float, ...]) -> Floats:
    """Brown's model on normalised image points, ... x 2."""
    k1, k2, p1, p2, k3 = distortion
    x, y = points[..., 0], points[..., 1]
    r2 = x * x + y * y
    radial = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3))
    return np.stack(
        [x * radial + 2 * p1 * x * y + p2 * (r2 + 2 * x * x), y * radial + p1 * (r2 + 2 * y * y) + 2 * p2 * x * y],
        axis=-1,
    )


def undistort(points: Floats, distortion: tuple[float, ...], tolerance: float = 1e-12) -> Floats:
    """The inverse of `distort` by Newton's method, ... x 2, to about `tolerance` where the model is one to one.

    Each step squares the error, so the last one is taken when what is wrong is its square root.
    """
    k1, k2, p1, p2, k3 = distortion
    found = points.copy()
    for _ in range(12):
        wrong = distort(found, distortion) - points
        x, y = found[..., 0], found[..., 1]
        r2 = x * x + y * y
        radial = 1.0 + r2 * (k1 + r2 * (k2 + r2 * k3))
        slope = 2.0 * (k1 + r2 * (2.0 * k2 + 3.0 * k3 * r2))
        xx = radial + x * x * slope + 2 * p1 * y + 6 * p2 * x
        yy = radial + y * y * slope + 6 * p1 * y + 2 * p2 * x
        xy = x * y * slope + 2 * p1 * x + 2 * p2 * y
        determinant = xx * yy - xy * xy
        found[..., 0] -= (yy * wrong[..., 0] - xy * wrong[..., 1]) / determinant
        found[..., 1] -= (xx * wrong[..., 1] - xy * wrong[..., 0]) / determinant
        if np.abs(wrong).max() < 0.3 * tolerance**0.5:
            break
    return found
