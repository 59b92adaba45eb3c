"""A rig for pictures of other sizes than those it was calibrated with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engines.calibration.rig.optics import POSE, covariance_of
from engines.calibration.rig.types import RigCamera, RigResult
from engines.core.frames import Size
from engines.core.lenses import scaled


def at_sizes(rig: RigResult, sizes: Sequence[Size]) -> RigResult:
    """The same cameras, each with pictures of its size; figures in pixels stay those of the calibration.

    Raises `UsageError` for pictures of another shape.
    """
    if all(camera.size == size for camera, size in zip(rig.cameras, sizes, strict=True)):
        return rig
    factors, cameras = [], []
    for camera, size in zip(rig.cameras, sizes, strict=True):
        across, down = size.width / camera.size.width, size.height / camera.size.height
        factors += [across, down, across, down, *[1.0] * (len(camera.distortion) + POSE)]
        cameras.append(_at(camera, size, across, down))
    covariance = covariance_of(rig)
    spread = () if covariance is None else tuple(map(tuple, (covariance * np.outer(factors, factors)).tolist()))
    return replace(rig, cameras=tuple(cameras), covariance=spread)


def _at(camera: RigCamera, size: Size, across: float, down: float) -> RigCamera:
    lens, by_name = scaled(camera.lens, camera.size, size), {"fx": across, "cx": across, "fy": down, "cy": down}
    std = {name: value * by_name.get(name, 1.0) for name, value in camera.std.items()}
    return replace(camera, size=size, intrinsics=lens.intrinsics, std=std)
