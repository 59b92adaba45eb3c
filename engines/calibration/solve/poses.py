"""The pose of a board from the directions that its corners are seen in, also where they are more than 90 degrees apart
from the camera's axis."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.core.errors import WorkFailed
from engines.core.words import tr

Floats = NDArray[np.float64]


def pose_from_rays(points: Floats, ways: Floats) -> Floats:
    """(rvec, tvec) of N x 3 points seen along N x 3 unit directions; those that are NaN are left out.

    The bundle is turned to look straight ahead first, so that a plane before the camera holds it.
    Raises `WorkFailed` when there is no such pose.
    """
    known = np.isfinite(ways).all(axis=1)
    ahead = _to_the_front(ways[known].mean(axis=0)) if known.any() else np.eye(3)
    turned = ways[known] @ ahead.T
    use = turned[:, 2] > 0.05
    flat = np.ascontiguousarray(turned[use, :2] / turned[use, 2:]).reshape(-1, 1, 2)
    world = np.ascontiguousarray(points[known][use]).reshape(-1, 1, 3)
    if use.sum() < 4:
        raise WorkFailed(tr("The pose of a view could not be found"))
    found, rvec, tvec = cv2.solvePnP(world, flat, np.eye(3), None)
    if not found:
        raise WorkFailed(tr("The pose of a view could not be found"))
    rotation = ahead.T @ np.asarray(cv2.Rodrigues(rvec)[0])
    return np.concatenate([np.ravel(cv2.Rodrigues(rotation)[0]), np.ravel(ahead.T @ np.ravel(tvec))])


def _to_the_front(way: Floats) -> Floats:
    """The least rotation that turns a direction onto the z axis."""
    z = way / np.linalg.norm(way)
    axis = np.cross(z, [0.0, 0.0, 1.0])
    sine = float(np.linalg.norm(axis))
    angle = float(np.arctan2(sine, z[2]))
    vector = axis / sine * angle if sine > 1e-12 else np.zeros(3)
    return np.asarray(cv2.Rodrigues(vector)[0], dtype=np.float64)
