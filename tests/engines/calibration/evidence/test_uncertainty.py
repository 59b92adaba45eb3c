"""The uncertainty over the picture, against the spread of many calibrations of the same poses with other noise."""

from __future__ import annotations

import numpy as np
import pytest

from engines.calibration.evidence.uncertainty import points_at, uncertainty_map
from engines.calibration.solve.adjustment import Fit, Observation, State, adjust
from engines.calibration.solve.fit import fit_camera
from engines.calibration.solve.setup import Setup
from engines.calibration.targets.target import Target
from engines.core.lenses import Intrinsics, Lens
from engines.core.projection import project
from tests.engines.calibration import known_scene as known

SCENE = known.Scene()
ROUNDS = 40
GRID = (4, 3)


def motion(lens: Lens, points: np.ndarray, pixels: np.ndarray, free: int) -> np.ndarray:
    """The camera's turn and shift under which `lens` shows the points where they were, by Gauss and Newton."""
    pose, steps = np.zeros(6), 1e-6 * np.eye(6)[:free]
    for _ in range(3):
        off = (project(lens, points, pose[:3], pose[3:]) - pixels).ravel()
        ahead = [(project(lens, points, (pose + s)[:3], (pose + s)[3:]) - pixels).ravel() - off for s in steps]
        pose[:free] -= np.linalg.lstsq(np.array(ahead).T / 1e-6, off, rcond=None)[0]
    return pose


@pytest.fixture(scope="module")
def calibrations() -> tuple[Fit, list[Observation], list[Lens]]:
    """One fit, what it is made of, and the lenses from the same poses with other noise."""
    truth = known.views(SCENE, 10, noise=0.1, seed=500)
    fit = fit_camera(truth, Setup(Target((SCENE.board,)), known.SIZE))
    again = (known.views(SCENE, 10, noise=0.1, seed=seed) for seed in range(ROUNDS))
    return fit, truth, [adjust(fit.state, views).state.lens for views in again]


@pytest.mark.parametrize(("distance", "free"), [(0.35, 6), (0.0, 3)])
def test_it_is_the_spread_of_calibrations_less_the_cameras_own_motion(
    calibrations: tuple[Fit, list[Observation], list[Lens]], distance: float, free: int
):
    fit, truth, others = calibrations
    seen = np.concatenate([view.corners for view in truth])
    told = uncertainty_map(fit.state, fit.camera_covariance, seen, known.SIZE, distance, GRID)
    pixels = np.stack(np.meshgrid((np.arange(4) + 0.5) * 160 - 0.5, (np.arange(3) + 0.5) * 160 - 0.5), -1).reshape(
        -1, 2
    )
    points, region = points_at(SCENE.optics, pixels, distance), points_at(SCENE.optics, seen, distance)
    moves = []
    for lens in others:
        pose = motion(lens, region, seen, free)
        moves.append(project(lens, points, pose[:3], pose[3:]) - pixels)
    spread = np.einsum("kni,knj->nij", moves, moves) / ROUNDS
    ratios = np.array(told.sigma) / np.sqrt(np.linalg.eigvalsh(spread)[:, -1])
    assert 0.85 < np.median(ratios) < 1.15
    assert ((ratios > 0.7) & (ratios < 1.35)).all()


def test_it_grows_where_no_view_was_and_is_unknown_where_the_lens_has_no_ray():
    left = [view for view in known.views(SCENE, 60, seed=1) if view.corners[:, 0].max() < 420]
    fit = fit_camera(left, Setup(Target((SCENE.board,)), known.SIZE))
    seen = np.concatenate([view.corners for view in left])
    sigma = np.array(uncertainty_map(fit.state, fit.camera_covariance, seen, known.SIZE, 0.0).sigma).reshape(24, 32)
    assert np.median(sigma[:, -4:]) > 3 * np.median(sigma[:, 4:16])
    camera = np.array([300.0, 300.0, 319.5, 239.5, -0.45, 0.0, 0.0, 0.0, 0.0])
    folded = State(camera, fit.state.poses, fit.state.points)
    corners = np.array(uncertainty_map(folded, np.eye(9), seen, known.SIZE, 0.0).sigma).reshape(24, 32)
    assert corners[0, 0] == -1.0
    assert corners[12, 16] > 0
    assert Lens("brown5", Intrinsics(300.0, 300.0, 319.5, 239.5), tuple(camera[4:])) == folded.lens
