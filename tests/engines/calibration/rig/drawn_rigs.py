"""Rigs with exactly known cameras, the same rigs as a calibration with a stated covariance would give them, and what
their cameras see of points in space."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.rig.optics import eyes_of
from engines.calibration.rig.places import vector
from engines.calibration.rig.types import NamedPoint, RigCamera, RigResult
from engines.cameras.scene.optics import CameraTruth
from engines.cameras.scene.rig import rig as scene_rig
from engines.cameras.types import SceneSource
from engines.core.lenses import Intrinsics, ModelName

Floats = NDArray[np.float64]
_FISHEYE = (0.02, -0.004, 0.001, -0.0002)


def true_rig(cameras: Literal[2, 4] = 4, fisheye: bool = False, source: SceneSource | None = None) -> RigResult:
    """That of the sample project's scene, or of another one."""
    there = scene_rig(source or SceneSource(cameras=cameras))
    return RigResult(tuple(_camera(one, fisheye) for one in there), (), 0.1, "", (), 0)


def _camera(truth: CameraTruth, fisheye: bool) -> RigCamera:
    model: ModelName = "fisheye4" if fisheye else "brown5"
    terms = _FISHEYE if fisheye else truth.distortion
    middle = Intrinsics(truth.fx, truth.fy, truth.cx, truth.cy)
    return RigCamera(truth.name, truth.size, model, middle, terms, truth.rvec, truth.tvec, {})


def stated_covariance(rig: RigResult, seed: int = 0) -> Floats:
    """Deviations of a usual calibration, all correlated; the first camera's pose is held."""
    rows: list[float] = []
    for number, camera in enumerate(rig.cameras):
        bend = [2e-3, 4e-3, 2e-4, 2e-4, 4e-3][: len(camera.distortion)]
        rows += [1.0, 1.0, 1.2, 1.2, *bend, *([8e-4] * 3 + [5e-4] * 3 if number else [0.0] * 6)]
    mixed = np.random.default_rng(seed).normal(size=(len(rows), 2 * len(rows)))
    mixed /= np.linalg.norm(mixed, axis=1, keepdims=True)
    return np.asarray(np.outer(rows, rows) * (mixed @ mixed.T))


def drawn(rig: RigResult, covariance: Floats, rng: np.random.Generator) -> RigResult:
    """What a calibration with this covariance may give for a true rig."""
    values, ways = np.linalg.eigh(covariance)
    off, cameras, first = ways @ (np.sqrt(np.maximum(values, 0.0)) * rng.normal(size=len(values))), [], 0
    for camera in rig.cameras:
        last = first + 10 + len(camera.distortion)
        cameras.append(_moved(camera, off[first:last]))
        first = last
    return replace(rig, cameras=tuple(cameras), covariance=tuple(map(tuple, covariance.tolist())))


def _moved(camera: RigCamera, off: Floats) -> RigCamera:
    lens = camera.intrinsics
    fx, fy, cx, cy = (np.array([lens.fx, lens.fy, lens.cx, lens.cy]) + off[:4]).tolist()
    terms = np.array(camera.distortion) + off[4:-6]
    turn = cv2.Rodrigues(off[-6:-3])[0] @ cv2.Rodrigues(np.array(camera.rvec))[0]
    rvec, tvec = cv2.Rodrigues(turn)[0].ravel(), np.array(camera.tvec) + off[-3:]
    lens = Intrinsics(fx, fy, cx, cy)
    rvec, tvec = vector(rvec), vector(tvec)
    return replace(camera, intrinsics=lens, distortion=tuple(terms.tolist()), rvec=rvec, tvec=tvec)


def seen(
    rig: RigResult, places: Floats, rng: np.random.Generator, sigma: float = 0.3, share: float = 1.0
) -> list[NamedPoint]:
    """N x 3 points, called by their numbers, as the cameras see them with noise; each sees a share of them."""
    return [
        NamedPoint(str(name), camera, *(pixel + rng.normal(0, sigma, 2)).tolist(), sigma)
        for camera, eye in enumerate(eyes_of(rig))
        for name, pixel in enumerate(eye.see(places))
        if rng.random() < share
    ]


def cloud(rng: np.random.Generator, count: int) -> Floats:
    """Points that all cameras of the scene see."""
    return rng.uniform(-0.09, 0.09, (count, 3))
