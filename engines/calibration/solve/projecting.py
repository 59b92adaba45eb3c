"""Where the model puts a board's corners, with derivatives by pose and camera, for every lens model."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core import fisheye
from engines.core.lenses import ModelName

Floats = NDArray[np.float64]


def project_with_derivatives(
    model: ModelName, camera: Floats, pose: Floats, points: Floats
) -> tuple[Floats, Floats, Floats]:
    """N x 3 points under a pose (rvec, tvec) to N x 2 pixels; derivatives (2N rows) by the pose and by the camera.

    camera: fx, fy, cx, cy, then the distortion.
    """
    if model == "fisheye4":
        return _fisheye(camera, pose, points)
    fx, fy, cx, cy = camera[:4]
    matrix = np.array([[fx, 0.0, cx], [0.0, fy, cy], [0.0, 0.0, 1.0]])
    world = np.ascontiguousarray(points).reshape(-1, 1, 3)
    image, jacobian = cv2.projectPoints(world, pose[:3], pose[3:], matrix, camera[4:])
    whole = np.asarray(jacobian, dtype=np.float64)
    return np.asarray(image, dtype=np.float64).reshape(-1, 2), whole[:, :6], whole[:, 6 : 6 + len(camera)]


def _fisheye(camera: Floats, pose: Floats, points: Floats) -> tuple[Floats, Floats, Floats]:
    turn, by_rvec = (np.asarray(part, dtype=np.float64) for part in cv2.Rodrigues(pose[:3]))
    seen = points @ turn.T + pose[3:]
    places, by_point, by_terms = fisheye.project(seen, camera[4:])
    focal = camera[:2]
    by_point, by_terms = focal[:, None] * by_point, focal[:, None] * by_terms
    turned = np.einsum("nj,kij->nik", points, by_rvec.reshape(3, 3, 3))
    by_pose = np.concatenate([by_point @ turned, by_point], axis=2)
    by_focal = places[:, :, None] * np.eye(2)
    by_middle = np.broadcast_to(np.eye(2), by_focal.shape)
    by_camera = np.concatenate([by_focal, by_middle, by_terms], axis=2)
    return places * focal + camera[2:4], by_pose.reshape(-1, 6), by_camera.reshape(-1, 8)
