"""Takes from measured circles what their projection adds: the middle of a circle's image is not its middle's image.

Under perspective a circle becomes an ellipse whose centroid lies nearer to the camera's side than the image of its
middle, and a lens moves it further (Heikkilä 2000, "Geometric camera calibration using circular control points").
Given a camera and poses, what the finder measures (the centroid of the imaged disc) is computed by sending the rim
through the lens; its distance from the projected middle is taken from what was seen, and the fit repeated until the
corners stay. The diameter is the one that was printed, as the images' areas tell it where the finder measured them:
ink spreads, and boards are described without it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from engines.calibration.solve.adjustment import Fit, Floats, Observation, State, adjust, free_coordinates
from engines.calibration.solve.fit import fit_camera, one_thread_each, pose_of
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.target import Target
from engines.core.projection import project

_RIM = 128
_ROUNDS = 12
_STILL = 1e-4
"""Pixels: corrections that move less are the last."""


def has_circles(target: Target) -> bool:
    return any(board.kind in ("circles", "acircles") for board in target.boards)


def fit_unbiased(views: Sequence[Observation], setup: Setup) -> tuple[Fit, tuple[Observation, ...]]:
    """As `fit_camera`, and the views it holds for: those of circles with their middles instead of their centroids.

    Raises as `fit_camera`.
    """
    fit, seen = fit_camera(views, setup), tuple(views)
    if not has_circles(setup.target):
        return fit, seen
    free = free_coordinates(setup.target, views) if setup.free_board else None
    with one_thread_each():
        for _ in range(_ROUNDS):
            before, seen = seen, unbiased(fit.state, views, setup.target)
            fit = adjust(fit.state, seen, free, basis=setup.freedom.basis)
            if max(float(np.abs(a.corners - b.corners).max()) for a, b in zip(before, seen, strict=True)) < _STILL:
                break
    return fit, seen


def pose_unbiased(state: State, view: Observation, target: Target) -> tuple[Fit, Observation]:
    """As `pose_of`, and the view it holds for."""
    fit, seen = pose_of(state, view), view
    if has_circles(target):
        for _ in range(2):
            (seen,) = unbiased(fit.state, [view], target)
            fit = pose_of(state, seen)
    return fit, seen


def unbiased(state: State, views: Sequence[Observation], target: Target) -> tuple[Observation, ...]:
    """The views with the bias of projected circles, as `state` tells it, taken from their corners."""
    diameters = printed_diameters(state, views, target)
    corrected = []
    for number, view in enumerate(views):
        diameter = diameters[_board_of(view, target)]
        bias = circle_bias(state, number, view, diameter) if diameter else 0.0
        corrected.append(replace(view, corners=view.corners - bias))
    return tuple(corrected)


def printed_diameters(state: State, views: Sequence[Observation], target: Target) -> tuple[float, ...]:
    """Of each board's circles in metres, from their images' areas or, without these, as described; 0: no circles."""
    found: list[float] = []
    for index, board in enumerate(target.boards):
        if board.kind not in ("circles", "acircles"):
            found.append(0.0)
            continue
        shares = [
            view.extent / _image(state, number, view, board.marker)[1]
            for number, view in enumerate(views)
            if view.extent is not None and _board_of(view, target) == index
        ]
        found.append(board.marker * float(np.median(np.concatenate(shares))) if shares else board.marker)
    return tuple(found)


def circle_bias(state: State, number: int, view: Observation, diameter: float) -> Floats:
    """Centroids of the imaged circles less the images of their middles, N x 2 pixels."""
    middles = project(state.lens, state.points[view.ids], state.poses[number, :3], state.poses[number, 3:])
    return np.asarray(_image(state, number, view, diameter)[0] - middles)


def _image(state: State, number: int, view: Observation, diameter: float) -> tuple[Floats, Floats]:
    """Centroids (N x 2) and diameters by area (N) of the circles' images: a polygon's, put right for its corners.

    The polygon's moments fall short of the smooth rim's by the same factors as a regular polygon's of a circle.
    """
    angles = 2 * np.pi * np.arange(_RIM) / _RIM
    rim = diameter / 2 * np.stack([np.cos(angles), np.sin(angles), 0 * angles], axis=1)
    world = (state.points[view.ids][:, None] + rim).reshape(-1, 3)
    pose = state.poses[number]
    ring = project(state.lens, world, pose[:3], pose[3:]).reshape(len(view.ids), _RIM, 2)
    start = ring.mean(axis=1, keepdims=True)
    a, b = ring - start, np.roll(ring, -1, axis=1) - start
    cross = a[..., 0] * b[..., 1] - a[..., 1] * b[..., 0]
    area = cross.sum(axis=1) / 2
    middle = start[:, 0] + (cross[..., None] * (a + b)).sum(axis=1) / (6 * area[:, None])
    regular = np.sin(2 * np.pi / _RIM) / (2 * np.pi / _RIM)
    return middle, np.sqrt(4 * np.abs(area) / regular / np.pi)


def _board_of(view: Observation, target: Target) -> int:
    return int(np.searchsorted(target.starts, view.ids[0], side="right")) - 1
