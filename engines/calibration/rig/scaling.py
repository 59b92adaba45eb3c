"""A rig for pictures of other sizes than those it was calibrated with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engines.calibration.rig.optics import POSE, covariance_of
from engines.calibration.rig.types import RigCamera, RigResult
from engines.core.frames import Size
from engines.core.lenses import PINHOLE_NAMES, scaled


def at_sizes(rig: RigResult, sizes: Sequence[Size]) -> RigResult:
    """The same cameras, each with pictures of its size; figures in pixels stay those of the calibration.

    Raises `UsageError` for pictures of another shape.
    """
    if all(camera.size == size for camera, size in zip(rig.cameras, sizes, strict=True)):
        return rig
    factors = []
    for camera, size in zip(rig.cameras, sizes, strict=True):
        factors += [*_factors(camera, size), *[1.0] * (len(camera.distortion) + POSE)]
    cameras = [camera_at(camera, size) for camera, size in zip(rig.cameras, sizes, strict=True)]
    covariance = covariance_of(rig)
    spread = () if covariance is None else tuple(map(tuple, (covariance * np.outer(factors, factors)).tolist()))
    return replace(rig, cameras=tuple(cameras), covariance=spread)


def camera_at(camera: RigCamera, size: Size) -> RigCamera:
    """One camera with pictures of another size. Raises `UsageError` for pictures of another shape."""
    lens, factors = (
        scaled(camera.lens, camera.size, size),
        dict(zip(PINHOLE_NAMES, _factors(camera, size), strict=True)),
    )
    std = {name: value * factors[name] for name, value in camera.std.items()}
    return replace(camera, size=size, intrinsics=lens.intrinsics, std=std)


def _factors(camera: RigCamera, size: Size) -> tuple[float, float, float, float]:
    """Of fx, fy, cx and cy."""
    across, down = size.width / camera.size.width, size.height / camera.size.height
    return across, down, across, down
