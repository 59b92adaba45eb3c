"""A textured wall, slanted, with a box before it, as two known cameras see it, and how far every pixel is."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.rig.places import turn_of
from engines.calibration.rig.types import Rectification, RigCamera
from engines.core.projection import rays

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Plane:
    """normal . X = distance in the rig's metres; where `half` is given only within it of `middle` (x and y)."""

    normal: tuple[float, float, float]
    distance: float
    middle: tuple[float, float] = (0.0, 0.0)
    half: float = float("inf")
    seed: int = 1


WALL = Plane((0.25, 0.1, 1.0), 1.4)
BOX = Plane((0.0, 0.05, 1.0), 0.8, (0.08, -0.02), 0.14, 2)
_TEXTURE, _SCALE = 1024, 350.0
"""Pixels of the texture, and to a metre."""


@lru_cache
def texture(seed: int) -> NDArray[np.uint8]:
    """Smooth noise of several scales."""
    rng, shape = np.random.default_rng(seed), (_TEXTURE, _TEXTURE)
    layers = [cv2.GaussianBlur(rng.standard_normal(shape).astype(np.float32), (0, 0), s) * s for s in (1.5, 4, 12)]
    total = np.asarray(sum(layers))
    return np.clip(128 + 48 * total / total.std(), 0, 255).astype(np.uint8)


def photograph(
    camera: RigCamera, planes: tuple[Plane, ...] = (WALL, BOX), noise: float = 2.0, seed: int = 0
) -> NDArray[np.uint8]:
    """BGR, as the camera gives it."""
    y, x = np.mgrid[: camera.size.height, : camera.size.width]
    ways = rays(camera.lens, np.column_stack([x.ravel(), y.ravel()])) @ turn_of(camera)
    where, which = _met(_centre(camera), ways, planes)
    at = ((np.nan_to_num(where[:, :2], posinf=0.0) * _SCALE + _TEXTURE / 2) % (_TEXTURE - 1)).astype(np.float32)
    across, down = at[:, 0].reshape(x.shape), at[:, 1].reshape(x.shape)
    image = np.zeros(x.shape, np.float32)
    for number, plane in enumerate(planes):
        drawn = cv2.remap(texture(plane.seed), across, down, cv2.INTER_LINEAR).astype(np.float32)
        image = np.where(which.reshape(x.shape) == number, drawn, image)
    image = image + np.random.default_rng(seed).normal(0, noise, x.shape)
    gray = np.clip(np.rint(image), 0, 255).astype(np.uint8)
    return np.dstack([gray, gray, gray])


def depth_of(how: Rectification, camera: RigCamera, planes: tuple[Plane, ...] = (WALL, BOX)) -> Floats:
    """True depth of the first camera's rectified picture, H x W metres."""
    straight, turn = how.straight[0], np.reshape(how.rotations[0], (3, 3))
    y, x = np.mgrid[: how.size.height, : how.size.width]
    flat = np.column_stack([(x.ravel() - straight.cx) / straight.fx, (y.ravel() - straight.cy) / straight.fy])
    ways = np.column_stack([flat, np.ones(len(flat))]) @ turn @ turn_of(camera)
    where, _ = _met(_centre(camera), ways, planes)
    seen = (where @ turn_of(camera).T + np.array(camera.tvec)) @ turn.T
    return np.asarray(seen[:, 2].reshape(y.shape))


def _centre(camera: RigCamera) -> Floats:
    return np.asarray(-turn_of(camera).T @ np.array(camera.tvec))


def _met(centre: Floats, ways: Floats, planes: tuple[Plane, ...]) -> tuple[Floats, NDArray[np.int64]]:
    """Where N rays first meet a plane, and which."""
    best, which = np.full(len(ways), np.inf), np.zeros(len(ways), dtype=np.int64)
    for number, plane in enumerate(planes):
        normal = np.array(plane.normal)
        far = (plane.distance - centre @ normal) / (ways @ normal)
        at = centre + far[:, None] * ways
        inside = (np.abs(at[:, :2] - plane.middle) <= plane.half).all(axis=1) & (far > 0) & (far < best)
        best[inside], which[inside] = far[inside], number
    return centre + best[:, None] * ways, which
