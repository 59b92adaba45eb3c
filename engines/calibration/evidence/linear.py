"""The fit's residuals and their derivatives, view by view, for questions about what would lessen them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from engines.calibration.solve.adjustment import Floats, Observation, State, project_view

_STEP = 1e-6


@dataclass(frozen=True, slots=True)
class Linear:
    """One view near the fit, its N corners as 2N weighted numbers: error, and its derivatives by pose and camera."""

    error: Floats
    by_pose: Floats
    by_camera: Floats


def linearised(state: State, views: Sequence[Observation]) -> tuple[Linear, ...]:
    """Every view; derivatives by differences, so that they hold for every lens."""
    return tuple(_one(state, number, view) for number, view in enumerate(views))


def _one(state: State, number: int, view: Observation) -> Linear:
    alone = replace(state, poses=state.poses[number : number + 1])
    camera, pose = state.camera, state.poses[number]
    by_camera = [
        _slope(replace(alone, camera=camera + step), replace(alone, camera=camera - step), view) / (2 * step.max())
        for step in np.diag(_STEP * np.maximum(np.abs(camera), 1.0))
    ]
    by_pose = [
        _slope(replace(alone, poses=(pose + step)[None]), replace(alone, poses=(pose - step)[None]), view) / (2 * _STEP)
        for step in np.eye(6) * _STEP
    ]
    weight = np.ones(len(view.ids)) if view.weights is None else view.weights
    root = np.sqrt(np.repeat(weight, 2))
    error = (project_view(alone, 0, view.ids) - view.corners).ravel()
    return Linear(root * error, root[:, None] * np.array(by_pose).T, root[:, None] * np.array(by_camera).T)


def _slope(ahead: State, behind: State, view: Observation) -> Floats:
    return (project_view(ahead, 0, view.ids) - project_view(behind, 0, view.ids)).ravel()


def rest_of(error: Floats, by: Floats) -> Floats:
    """What of `error` (n or n x m) no combination of the columns of `by` (n x k) explains."""
    scale = np.linalg.norm(by, axis=0)
    basis = np.linalg.qr(by / np.where(scale > 0, scale, 1.0))[0]
    return np.asarray(error - basis @ (basis.T @ error))
