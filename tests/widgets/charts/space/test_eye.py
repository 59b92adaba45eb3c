"""The eye in space against closed forms: what it projects, what stays in place while it moves, and what fits."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from widgets.charts.space.eye import Compass, Eye, about

SIZE = (800.0, 500.0)
POINTS = np.random.default_rng(0).normal(0, 0.4, (50, 3)) + (0.3, -0.2, 2.0)


def test_a_level_eye_projects_as_a_pinhole_does() -> None:
    eye = Eye(np.array([0.0, 0.0, 2.0]), distance=2.0, reach=(0.4, 0.4))
    focal = 500 / 0.8
    expected = POINTS[:, :2] / POINTS[:, 2:] * focal + (400, 250)
    np.testing.assert_allclose(eye.project(POINTS, SIZE), expected)


def test_without_perspective_depth_does_not_matter() -> None:
    eye = replace(Compass().home(), perspective=False, distance=3.0)
    moved = POINTS + 0.7 * eye.turn[2]
    np.testing.assert_allclose(eye.project(POINTS, SIZE), eye.project(moved, SIZE))
    across = POINTS + 0.1 * eye.turn[0]
    moved = eye.project(across, SIZE) - eye.project(POINTS, SIZE)
    np.testing.assert_allclose(moved, [[0.1 * eye.scale(SIZE), 0]] * len(POINTS), atol=1e-9)


@pytest.mark.parametrize("perspective", [True, False])
def test_a_pixel_leads_back_to_its_point(perspective: bool) -> None:
    eye = replace(Compass().home(), perspective=perspective, target=np.array([0.2, 0.1, 2.0]), offset=(0.02, -0.05))
    depth = eye.seen(POINTS)[:, 2]
    back = [eye.under(tuple(flat), SIZE, far) for flat, far in zip(eye.project(POINTS, SIZE), depth, strict=True)]
    np.testing.assert_allclose(back, POINTS, atol=1e-12)


@pytest.mark.parametrize(("aside", "down"), [(0.3, 0.0), (-0.7, 0.4), (0.1, -9.0), (5.0, 9.0)])
def test_turning_leaves_the_target_and_upright_in_place(aside: float, down: float) -> None:
    eye = replace(Compass().home(), target=np.array([0.2, 0.1, 2.0]), distance=1.7)
    turned = eye.orbited(aside, down)
    np.testing.assert_allclose(turned.project(eye.target[None], SIZE), [[400, 250]], atol=1e-9)
    assert np.linalg.norm(turned.place - eye.target) == pytest.approx(1.7)
    np.testing.assert_allclose(turned.turn @ turned.turn.T, np.eye(3), atol=1e-12)
    assert turned.turn[0] @ eye.up == pytest.approx(0, abs=1e-12)
    assert abs(turned.height) < math.radians(89.1)


def test_what_is_near_follows_the_pointer() -> None:
    eye = replace(Compass().home(), distance=2.0)
    near = (eye.target - 0.3 * eye.turn[2])[None]
    before, after = eye.project(near, SIZE)[0], eye.orbited(0.1, 0.05).project(near, SIZE)[0]
    assert after[0] > before[0] + 1
    assert after[1] > before[1] + 1


@pytest.mark.parametrize("perspective", [True, False])
def test_zooming_keeps_the_point_under_the_pointer(perspective: bool) -> None:
    eye = replace(Compass().home(), target=np.array([0.2, 0.1, 2.0]), distance=3.0, perspective=perspective)
    nearer = eye.zoomed(1.6, POINTS[7])
    np.testing.assert_allclose(nearer.project(POINTS[7:8], SIZE), eye.project(POINTS[7:8], SIZE), atol=1e-9)
    assert nearer.scale(SIZE) == pytest.approx(1.6 * eye.scale(SIZE))


def test_moving_goes_by_pixels_at_the_target() -> None:
    eye = replace(Compass().home(), target=np.array([0.2, 0.1, 2.0]))
    moved = eye.panned(30, -12, SIZE)
    np.testing.assert_allclose(moved.project(eye.target[None], SIZE), [[430, 238]], atol=1e-9)


@pytest.mark.parametrize("perspective", [True, False])
def test_what_is_fitted_fills_the_drawing_and_no_more(perspective: bool) -> None:
    eye = replace(Compass().home(), perspective=perspective).fitted(POINTS, SIZE)
    flat = eye.project(POINTS, SIZE)
    low, high = flat.min(axis=0), flat.max(axis=0)
    assert (low >= -1).all()
    assert (high <= np.array(SIZE) + 1).all()
    assert max((high - low) / SIZE) > 0.75
    np.testing.assert_allclose((low + high) / 2, np.array(SIZE) / 2, atol=8)


def test_the_sides_of_a_tilted_space_are_square_to_its_up() -> None:
    up = np.array([0.2, -0.9, 0.3]) / np.linalg.norm([0.2, -0.9, 0.3])
    compass = Compass.of(2 * up, np.array([0.0, 0.0, 1.0]))
    for eye in (compass.front(), compass.side(), compass.top()):
        assert np.linalg.det(eye.turn) == pytest.approx(1)
    assert compass.top().turn[2] @ up == pytest.approx(-1)
    assert compass.front().turn[2] @ up == pytest.approx(0, abs=1e-12)
    assert compass.side().turn[2] @ compass.ahead == pytest.approx(0, abs=1e-12)
    assert Compass.of(up, up).ahead @ up == pytest.approx(0, abs=1e-12)


def test_a_turn_about_an_axis_is_the_known_matrix() -> None:
    np.testing.assert_allclose(about((0, 0, 1), math.pi / 2) @ [1, 0, 0], [0, 1, 0], atol=1e-15)
