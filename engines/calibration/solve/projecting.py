"""Where the model puts a board's corners, with derivatives, for every lens model."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core import fisheye
from engines.core.lenses import ModelName

Floats = NDArray[np.float64]
_STILL = np.zeros(3)


def project_seen(model: ModelName, camera: Floats, seen: Floats) -> Floats:
    """N x 3 points in the camera's coordinates to N x 2 pixels. camera: fx, fy, cx, cy, then the distortion."""
    if not len(seen):
        return np.zeros((0, 2))
    if model == "fisheye4":
        places = fisheye.project(seen, camera[4:])[0]
        return np.asarray(places * camera[:2] + camera[2:4])
    image = cv2.projectPoints(seen.reshape(-1, 1, 3), _STILL, _STILL, _matrix(camera), camera[4:])[0]
    return np.asarray(image, dtype=np.float64).reshape(-1, 2)


def project_seen_with_derivatives(model: ModelName, camera: Floats, seen: Floats) -> tuple[Floats, Floats, Floats]:
    """As `project_seen`; derivatives by the points, N x 2 x 3, and by the camera's P parameters, N x 2 x P."""
    if not len(seen):
        return np.zeros((0, 2)), np.zeros((0, 2, 3)), np.zeros((0, 2, len(camera)))
    if model == "fisheye4":
        return _fisheye(camera, seen)
    image, jacobian = cv2.projectPoints(seen.reshape(-1, 1, 3), _STILL, _STILL, _matrix(camera), camera[4:])
    whole = np.asarray(jacobian, dtype=np.float64).reshape(len(seen), 2, -1)
    return np.asarray(image, dtype=np.float64).reshape(-1, 2), whole[:, :, 3:6], whole[:, :, 6 : 6 + len(camera)]


def project_with_derivatives(
    model: ModelName, camera: Floats, pose: Floats, points: Floats
) -> tuple[Floats, Floats, Floats]:
    """N x 3 points under a pose (rvec, tvec) to N x 2 pixels; derivatives (2N rows) by the pose and by the camera."""
    turn, by_rvec = (np.asarray(part, dtype=np.float64) for part in cv2.Rodrigues(pose[:3]))
    seen = points @ turn.T + pose[3:]
    places, by_point, by_camera = project_seen_with_derivatives(model, camera, seen)
    turned = np.einsum("nj,kij->nik", points, by_rvec.reshape(3, 3, 3))
    by_pose = np.concatenate([by_point @ turned, by_point], axis=2)
    return places, by_pose.reshape(-1, 6), by_camera.reshape(-1, len(camera))


def _matrix(camera: Floats) -> Floats:
    fx, fy, cx, cy = camera[:4]
    return np.array([[fx, 0.0, cx], [0.0, fy, cy], [0.0, 0.0, 1.0]])


def _fisheye(camera: Floats, seen: Floats) -> tuple[Floats, Floats, Floats]:
    places, by_point, by_terms = fisheye.project(seen, camera[4:])
    focal = camera[:2]
    by_point, by_terms = focal[:, None] * by_point, focal[:, None] * by_terms
    by_focal = places[:, :, None] * np.eye(2)
    by_middle = np.broadcast_to(np.eye(2), by_focal.shape)
    by_camera = np.concatenate([by_focal, by_middle, by_terms], axis=2)
    return places * focal + camera[2:4], by_point, by_camera
