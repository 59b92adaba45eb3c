"""Projection and its derivatives for every lens model, there and back, beyond 90 degrees for the fisheye."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.calibration.solve.poses import pose_from_rays
from engines.calibration.solve.projecting import project_with_derivatives
from engines.core import fisheye
from engines.core.lenses import DISTORTION_NAMES, Intrinsics, Lens, ModelName
from engines.core.projection import camera_matrix, project, rays

INNER = Intrinsics(534.0, 536.0, 326.0, 244.0)
TERMS: dict[ModelName, tuple[float, ...]] = {
    "brown5": (-0.28, 0.08, 0.001, -0.0005, -0.01),
    "rational8": (0.9, 0.35, 0.0005, -0.0003, 0.02, 1.3, 0.62, 0.08),
    "thinprism12": (0.9, 0.35, 0.0005, -0.0003, 0.02, 1.3, 0.62, 0.08, 0.002, -0.001, 0.001, 0.0005),
    "tilted14": (0.9, 0.35, 0.0005, -0.0003, 0.02, 1.3, 0.62, 0.08, 0.002, -0.001, 0.001, 0.0005, 0.02, -0.03),
    "fisheye4": (0.03, -0.01, 0.004, -0.001),
}
POSE = np.array([0.3, -0.4, 0.2, -0.05, 0.03, 0.5])
POINTS = np.random.default_rng(1).uniform(-0.15, 0.15, (12, 3)) * [1, 1, 0.1]
MODELS = list(DISTORTION_NAMES)


@pytest.mark.parametrize("model", MODELS)
def test_derivatives_are_those_of_differences(model: ModelName):
    camera = np.array([INNER.fx, INNER.fy, INNER.cx, INNER.cy, *TERMS[model]])
    _, by_pose, by_camera = project_with_derivatives(model, camera, POSE, POINTS)
    both, split = np.concatenate([POSE, camera]), len(POSE)

    def seen(values: np.ndarray) -> np.ndarray:
        return project_with_derivatives(model, values[split:], values[:split], POINTS)[0].ravel()

    for place, given in enumerate(np.concatenate([by_pose, by_camera], axis=1).T):
        step = np.zeros(len(both))
        step[place] = 1e-6 * max(1.0, abs(both[place]))
        slope = (seen(both + step) - seen(both - step)) / (2 * step[place])
        assert given == pytest.approx(slope, rel=2e-5, abs=2e-4)


@pytest.mark.parametrize("model", MODELS)
def test_a_pixels_ray_is_seen_at_that_pixel(model: ModelName):
    lens = Lens(model, INNER, TERMS[model])
    pixels = np.stack(np.meshgrid(np.linspace(0, 639, 9), np.linspace(0, 479, 7)), axis=-1).reshape(-1, 2)
    ways = rays(lens, pixels)
    assert np.linalg.norm(ways, axis=1) == pytest.approx(np.ones(63))
    assert project(lens, 3 * ways, np.zeros(3), np.zeros(3)) == pytest.approx(pixels, abs=1e-6)


def test_the_fisheye_is_opencvs_before_the_camera():
    matrix, terms = camera_matrix(INNER), np.array(TERMS["fisheye4"])
    theirs, _ = cv2.fisheye.projectPoints(POINTS.reshape(-1, 1, 3), POSE[:3], POSE[3:], matrix, terms)
    ours = project(Lens("fisheye4", INNER, TERMS["fisheye4"]), POINTS, POSE[:3], POSE[3:])
    assert ours == pytest.approx(theirs.reshape(-1, 2), abs=1e-9)


def test_the_fisheye_goes_on_beyond_a_right_angle():
    angles = np.radians([0.0, 30, 80, 90, 100, 115])
    ways = np.column_stack([np.sin(angles), 0 * angles, np.cos(angles)])
    places, _, _ = fisheye.project(ways, (0.0,) * 4)
    assert places[:, 0] == pytest.approx(angles)
    bent, _, _ = fisheye.project(ways, TERMS["fisheye4"])
    assert fisheye.directions(bent, TERMS["fisheye4"]) == pytest.approx(ways, abs=1e-9)
    ends = (-0.3, 0.0, 0.0, 0.0)
    top = fisheye.largest_angle(ends)
    assert top == pytest.approx(np.sqrt(1 / 0.9), abs=2e-3)
    assert np.isnan(fisheye.directions(np.array([[0.9, 0.0]]), ends)).any()


@pytest.mark.parametrize("aside", [0.0, 1.2, 1.7, 2.2])
def test_a_pose_comes_back_from_the_directions_of_its_corners(aside: float):
    """Also for a board beside or behind the camera."""
    turn = cv2.Rodrigues(np.array([0.0, aside, 0.0]))[0]
    rotation = turn @ cv2.Rodrigues(np.array([0.4, -0.3, 0.1]))[0]
    shift = turn @ np.array([0.02, -0.01, 0.4])
    board = POINTS * [1, 1, 0]
    seen = board @ rotation.T + shift
    pose = pose_from_rays(board, seen / np.linalg.norm(seen, axis=1, keepdims=True))
    assert cv2.Rodrigues(pose[:3])[0] == pytest.approx(rotation, abs=1e-5)
    assert pose[3:] == pytest.approx(shift, abs=1e-5)
