"""Kannala and Brandt's fisheye: the equation by hand, OpenCV in front, finite differences, and back again."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.core.fisheye import angle_of, derivatives, image_of, largest_angle, rays_of

CAMERA = np.array([300.0, 302.0, 320.0, 241.0, 0.02, -0.003, 0.001, -0.0002])


def directions(largest: float, count: int = 400, seed: int = 2) -> np.ndarray:
    rng = np.random.default_rng(seed)
    theta, phi = np.radians(rng.uniform(0, largest, count)), rng.uniform(0, 2 * np.pi, count)
    return np.column_stack([np.sin(theta) * np.cos(phi), np.sin(theta) * np.sin(phi), np.cos(theta)])


@pytest.mark.parametrize("degrees", [0.0, 30.0, 89.999, 90.0, 110.0])
def test_the_equation_written_out(degrees: float):
    theta = np.radians(degrees)
    k1, k2, k3, k4 = CAMERA[4:]
    radius = theta + k1 * theta**3 + k2 * theta**5 + k3 * theta**7 + k4 * theta**9
    point = 2.5 * np.array([[np.sin(theta) * 0.6, np.sin(theta) * 0.8, np.cos(theta)]])
    assert image_of(point, CAMERA)[0] == pytest.approx([320 + 300 * 0.6 * radius, 241 + 302 * 0.8 * radius], abs=1e-9)


def test_in_front_it_is_opencvs():
    points = directions(80.0)
    matrix = np.array([[300.0, 0, 320], [0, 302, 241], [0, 0, 1]])
    theirs, _ = cv2.fisheye.projectPoints(points[:, None], np.zeros(3), np.zeros(3), matrix, CAMERA[4:])
    assert image_of(points, CAMERA) == pytest.approx(theirs.reshape(-1, 2), abs=1e-9)


def test_derivatives_are_finite_differences():
    points = directions(120.0, 60) * np.linspace(0.3, 2, 60)[:, None]
    image, by_point, by_camera = derivatives(points, CAMERA)
    assert image == pytest.approx(image_of(points, CAMERA), abs=1e-12)
    for axis in range(3):
        step = 1e-6 * np.eye(3)[axis]
        differences = (image_of(points + step, CAMERA) - image_of(points - step, CAMERA)) / 2e-6
        assert by_point[:, :, axis] == pytest.approx(differences, abs=2e-5)
    for number in range(8):
        step = 1e-6 * np.eye(8)[number]
        differences = (image_of(points, CAMERA + step) - image_of(points, CAMERA - step)) / 2e-6
        assert by_camera[:, :, number] == pytest.approx(differences, abs=2e-5)


def test_on_the_axis_there_is_no_hole():
    image, by_point, _ = derivatives(np.array([[0.0, 0.0, 2.0]]), CAMERA)
    assert image[0].tolist() == [320.0, 241.0]
    assert by_point[0] == pytest.approx(np.array([[150.0, 0, 0], [0, 151.0, 0]]), abs=1e-9)
    assert rays_of(np.array([[320.0, 241.0]]), CAMERA)[0].tolist() == [0.0, 0.0, 1.0]


def test_rays_are_the_way_back_beyond_ninety_degrees():
    ways = directions(130.0)
    assert ways[:, 2].min() < -0.5
    assert rays_of(image_of(ways, CAMERA), CAMERA) == pytest.approx(ways, abs=1e-9)


def test_outside_the_circle_that_the_lens_draws_there_is_no_ray():
    terms = np.array([-0.1, 0.0, 0.0, 0.0])
    assert largest_angle(terms) == pytest.approx(np.sqrt(1 / 0.3))
    assert np.isnan(angle_of(np.array([1.3]), terms)).all()
    assert np.isnan(rays_of(np.array([[1000.0, 240.0]]), np.array([300.0, 300, 320, 240, *terms]))).all()
