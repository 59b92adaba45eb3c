"""Projection and its way back: the same pixel over the whole picture for every model, and nothing where nothing is."""

from __future__ import annotations

import numpy as np
import pytest

from engines.core.brown import radial_table
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, Lens
from engines.core.projection import camera_matrix, project, rays, undistort_maps, undistort_points

SIZE = Size(640, 480)
CAMERA = Intrinsics(534.0, 536.0, 326.0, 244.0)
RATIONAL = (0.9, 0.35, 0.0005, -0.0003, 0.02, 1.3, 0.62, 0.08)
PRISM = (*RATIONAL, 0.004, -0.002, 0.003, 0.001)
LENSES = [
    Lens("brown5", CAMERA, (-0.28, 0.08, 0.001, -0.0005, -0.01)),
    Lens("brown5", Intrinsics(330.0, 330.0, 310.0, 250.0), (-0.25, 0.06, 0.002, -0.001, -0.005)),
    Lens("brown5", CAMERA, (0.4, 0.3, 0.001, -0.0005, 0.2)),
    Lens("rational8", CAMERA, RATIONAL),
    Lens("thinprism12", CAMERA, PRISM),
    Lens("tilted14", CAMERA, (*PRISM, 0.06, -0.04)),
    Lens("fisheye4", Intrinsics(180.0, 181.0, 322.0, 238.0), (0.02, -0.003, 0.001, -0.0001)),
]
NAMES = [f"{lens.model}-{number}" for number, lens in enumerate(LENSES)]


def pixels(step: int = 7) -> np.ndarray:
    x, y = np.meshgrid(np.arange(0, SIZE.width, step, dtype=float), np.arange(0, SIZE.height, step, dtype=float))
    return np.column_stack([x.ravel(), y.ravel()])


@pytest.mark.parametrize("lens", LENSES, ids=NAMES)
def test_every_pixel_comes_back(lens: Lens):
    ways = rays(lens, pixels())
    assert np.linalg.norm(ways, axis=1) == pytest.approx(np.ones(len(ways)), abs=1e-12)
    assert np.abs(project(lens, 2.5 * ways, np.zeros(3), np.zeros(3)) - pixels()).max() < 1e-7
    ahead = ways[:, 2] > 1e-9
    assert ahead.all() != lens.is_fisheye
    straight = undistort_points(lens, pixels())
    assert straight[ahead] == pytest.approx(ways[ahead, :2] / ways[ahead, 2:], abs=1e-9)
    assert np.isnan(straight[~ahead]).all()


@pytest.mark.parametrize("lens", LENSES, ids=NAMES)
def test_directions_and_neighbours_are_in_order(lens: Lens):
    """The way back stays on one branch: along every row the directions turn the same way."""
    ways = rays(lens, pixels(10)).reshape(48, 64, 3)
    across = np.arctan2(ways[..., 0], np.hypot(ways[..., 1], ways[..., 2]))
    middle = ways[24]
    assert (np.diff(np.unwrap(np.arctan2(middle[:, 0], middle[:, 2]))) > 0).all()
    assert np.isfinite(across).all()


def test_a_lens_that_folds_shows_nothing_beyond_its_fold():
    lens = Lens("brown5", Intrinsics(300.0, 300.0, 320.0, 240.0), (-0.5, 0.0, 0.0, 0.0, 0.0))
    radii, drawn = radial_table(np.array(lens.distortion))
    assert radii[-1] == pytest.approx(np.sqrt(1 / 1.5), abs=2e-3)
    far = 300.0 * drawn[-1]
    seen = undistort_points(lens, [[320 + 0.999 * far, 240.0], [320 + 1.01 * far, 240.0], [639.0, 479.0]])
    assert 0.7 < seen[0, 0] < radii[-1] + 1e-3
    assert np.isnan(seen[1:]).all()


def test_what_is_behind_is_not_seen_and_a_fisheye_sees_it():
    behind = [[0.3, 0.1, -0.2]]
    assert np.isnan(project(LENSES[0], behind, np.zeros(3), np.zeros(3))).all()
    assert np.isfinite(project(LENSES[-1], behind, np.zeros(3), np.zeros(3))).all()


@pytest.mark.parametrize("lens", LENSES, ids=NAMES)
def test_maps_send_each_straight_pixel_to_where_the_lens_puts_it(lens: Lens):
    maps = undistort_maps(lens, SIZE)
    at = np.array([[100, 80], [320, 240], [500, 400], [50, 300]])
    plane = (at - [maps.straight.cx, maps.straight.cy]) / [maps.straight.fx, maps.straight.fy]
    there = project(lens, np.column_stack([plane, np.ones(len(at))]), np.zeros(3), np.zeros(3))
    assert maps.points[at[:, 1], at[:, 0]] == pytest.approx(there, abs=1e-3)
    assert camera_matrix(maps.straight)[0, 0] > 20
