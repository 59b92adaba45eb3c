"""How uncertain the place is where a point is seen, over the picture: the covariance of the camera in pixels.

A change of the camera's parameters that a small turn or shift of the whole camera undoes changes no measurement: it is
fitted over the region that the views have seen and taken away, before what is left is told as uncertainty. The idea is
mrcal's, https://mrcal.secretsauce.net/uncertainty.html; its rotation is fitted to the boards, ours to the corners'
rays at the distance that is asked about. At infinity a shift changes nothing, and only the turn is allowed for.
"""

from __future__ import annotations

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.solve.adjustment import Floats, State
from engines.calibration.solve.projecting import project_with_derivatives
from engines.calibration.types import UncertaintyMap
from engines.core.frames import Size
from engines.core.lenses import Lens
from engines.core.projection import project, rays

COLUMNS, ROWS = 32, 24
UNKNOWN = -1.0
"""Stands where the lens model has no ray for the pixel."""
_MOST_CORNERS = 500
_FAR = 1e6
_MISSED = 0.5


def uncertainty_map(
    state: State, covariance: Floats, seen: Floats, size: Size, distance: float, grid: tuple[int, int] = (COLUMNS, ROWS)
) -> UncertaintyMap:
    """Standard deviations at the middles of the grid's cells. covariance: of the camera, P x P.

    seen: N x 2 corners, pixels, that say which region the views have seen. distance: metres, 0 for infinity.
    """
    region = seen[:: max(1, len(seen) // _MOST_CORNERS)]
    back = _own_motion(state, region, distance)
    pixels = _middles(grid, size)
    by_camera, by_motion = derivatives(state, pixels, distance)
    change = by_camera - by_motion @ back
    spread = np.einsum("nip,pq,njq->nij", change, covariance, change)
    known = np.isfinite(spread).all(axis=(1, 2))
    worst = np.linalg.eigvalsh(np.where(known[:, None, None], spread, 0.0))[:, -1]
    sigma = np.where(known, np.sqrt(np.maximum(worst, 0.0)), UNKNOWN)
    return UncertaintyMap(*grid, distance, tuple(float(value) for value in sigma))


def derivatives(state: State, pixels: Floats, distance: float) -> tuple[Floats, Floats]:
    """Of where the points are seen that `pixels` (N x 2) show at `distance`: by the camera's P parameters, N x 2 x P,
    and by its motion, N x 2 x 6 (at infinity N x 2 x 3, the turn alone); NaN where there is no ray."""
    points = points_at(state.lens, pixels, distance)
    known = np.isfinite(points).all(axis=1)
    by_camera = np.full((len(points), 2, len(state.camera)), np.nan)
    by_motion = np.full((len(points), 2, 3 if distance == 0 else 6), np.nan)
    _, motion, camera = project_with_derivatives(state.model, state.camera, np.zeros(6), points[known])
    by_camera[known] = camera.reshape(-1, 2, by_camera.shape[2])
    by_motion[known] = motion.reshape(-1, 2, 6)[:, :, : by_motion.shape[2]]
    return by_camera, by_motion


def points_at(lens: Lens, pixels: Floats, distance: float) -> Floats:
    """The points, N x 3 metres, that `pixels` show at `distance` (0: so far that it makes no difference).

    NaN where the lens has no such ray: its own projection must lead back to the pixel.
    """
    points = (distance or _FAR) * rays(lens, pixels)
    missed = np.linalg.norm(project(lens, np.nan_to_num(points, nan=1.0), np.zeros(3), np.zeros(3)) - pixels, axis=1)
    points[~(missed < _MISSED)] = np.nan
    return points


def _own_motion(state: State, region: Floats, distance: float) -> Floats:
    """The camera's motion that best undoes a change of its parameters, 6 x P or 3 x P."""
    by_camera, by_motion = derivatives(state, region, distance)
    known = np.isfinite(by_camera).all(axis=(1, 2))
    motion = by_motion[known].reshape(-1, by_motion.shape[2])
    return np.asarray(np.linalg.lstsq(motion, by_camera[known].reshape(len(motion), -1), rcond=None)[0])


def _middles(grid: tuple[int, int], size: Size) -> Floats:
    x = (np.arange(grid[0]) + 0.5) * size.width / grid[0] - 0.5
    y = (np.arange(grid[1]) + 0.5) * size.height / grid[1] - 0.5
    return np.stack(np.meshgrid(x, y), axis=-1).reshape(-1, 2)


def nearest_distance(state: State, ids: Sequence[NDArray[np.int64]]) -> float:
    """From the camera to the middle of the nearest board, metres. ids: of each view's corners."""
    middles = (
        cv2.Rodrigues(pose[:3])[0] @ state.points[shown].mean(axis=0) + pose[3:]
        for pose, shown in zip(state.poses, ids, strict=True)
    )
    return min(float(np.linalg.norm(middle)) for middle in middles)
