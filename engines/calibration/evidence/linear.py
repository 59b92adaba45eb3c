"""The fit's residuals and their derivatives, view by view, for questions about what would lessen them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from engines.calibration.solve.adjustment import Floats, Observation, State
from engines.calibration.solve.projecting import project_with_derivatives


@dataclass(frozen=True, slots=True)
class Linear:
    """One view near the fit, its N corners as 2N weighted numbers: error, and its derivatives by pose and camera."""

    error: Floats
    by_pose: Floats
    by_camera: Floats


def linearised(state: State, views: Sequence[Observation]) -> tuple[Linear, ...]:
    return tuple(_one(state, pose, view) for pose, view in zip(state.poses, views, strict=True))


def _one(state: State, pose: Floats, view: Observation) -> Linear:
    image, by_pose, by_camera = project_with_derivatives(state.model, state.camera, pose, state.points[view.ids])
    weights = np.ones(len(view.ids)) if view.weights is None else view.weights
    root = np.sqrt(np.repeat(weights, 2))[:, None]
    return Linear(root[:, 0] * (image - view.corners).ravel(), root * by_pose, root * by_camera)


def rest_of(error: Floats, by: Floats) -> Floats:
    """What of `error` (n or n x m) no combination of the columns of `by` (n x k) explains."""
    scale = np.linalg.norm(by, axis=0)
    basis = np.linalg.qr(by / np.where(scale > 0, scale, 1.0))[0]
    return np.asarray(error - basis @ (basis.T @ error))
