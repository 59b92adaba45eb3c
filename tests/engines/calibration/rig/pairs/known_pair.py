"""Two cameras that are exactly known, and a rig of them."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.rig.scaling import at_sizes
from engines.calibration.rig.types import RigCamera, RigPair, RigResult, RigView
from engines.core.frames import Size
from engines.core.lenses import DISTORTION_NAMES, Intrinsics, ModelName
from engines.core.projection import project

SIZE = Size(640, 480)
BROWN = (-0.28, 0.08, 0.001, -0.0005, -0.01)
FISHEYE = (-0.02, 0.004, -0.001, 0.0002)


def camera(
    name: str, rvec: tuple[float, float, float], centre: tuple[float, float, float], model: ModelName = "brown5",
    focal: float = 530.0,
) -> RigCamera:  # fmt: skip
    """At `centre` (metres of the rig), turned by `rvec` from the rig to the camera."""
    turn = cv2.Rodrigues(np.array(rvec))[0]
    x, y, z = (float(value) for value in -turn @ np.array(centre))
    lens = {"brown5": BROWN, "fisheye4": FISHEYE}.get(model, (0.0,) * len(DISTORTION_NAMES[model]))
    return RigCamera(
        name, SIZE, model, Intrinsics(focal, 1.003 * focal, 331.0, 236.0), lens, rvec, (x, y, z),
        dict.fromkeys(("fx", "fy", "cx", "cy"), 0.0),
    )  # fmt: skip


def rig(first: RigCamera, second: RigCamera) -> RigResult:
    return RigResult((first, second), (RigPair(0, 1, 0.1, 0.0),), 0.0, "", (), 0.0)


def small(pair: RigResult) -> RigResult:
    """The same cameras with half as many pixels a side."""
    half = Size(SIZE.width // 2, SIZE.height // 2)
    return at_sizes(pair, (half, half))


def side_by_side(model: ModelName = "brown5") -> RigResult:
    """11 cm apart, turned a little to each other and rolled a little."""
    one = camera("left", (0.01, 0.05, 0.02), (0.0, 0.0, 0.0), model)
    return rig(one, camera("right", (-0.02, -0.04, -0.01), (0.11, 0.004, -0.006), model, 541.0))


def seen(camera: RigCamera, points: NDArray[np.float64]) -> NDArray[np.float64]:
    """N x 2 pixels of N x 3 points of the rig."""
    return project(camera.lens, points, camera.rvec, camera.tvec)


def points_before(count: int = 60, seed: int = 1) -> NDArray[np.float64]:
    """In metres of the rig, seen by both."""
    rng = np.random.default_rng(seed)
    return np.column_stack([rng.uniform(-0.2, 0.3, count), rng.uniform(-0.2, 0.2, count), rng.uniform(0.6, 1.6, count)])


def with_views(result: RigResult, points: NDArray[np.float64], noise: float, seed: int = 0) -> RigResult:
    """What both cameras see of points, in one frame."""
    rng = np.random.default_rng(seed)
    views = []
    for number, one in enumerate(result.cameras):
        pixels = seen(one, points) + rng.normal(0, noise, (len(points), 2))
        corners = tuple((float(x), float(y)) for x, y in pixels)
        ids = tuple(range(len(points)))
        views.append(RigView("1", number, "1.png", True, True, ids=ids, corners=corners, weights=(1.0,) * len(ids)))
    return replace(result, views=tuple(views))
