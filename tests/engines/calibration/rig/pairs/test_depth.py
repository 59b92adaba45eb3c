"""Depth of a rendered scene against its exact geometry, and what is said of its uncertainty."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.calibration.rig.pairs.cloud import VERTEX, header, write_cloud
from engines.calibration.rig.pairs.depth import DepthFinder, DepthWish, Seen
from engines.calibration.rig.pairs.depth_noise import Placed, RigNoise
from engines.calibration.rig.pairs.disparity import Matcher, offset, span
from engines.calibration.rig.pairs.rectification import rectify
from engines.calibration.rig.places import between
from engines.calibration.rig.types import Rectification, RigResult
from engines.core.errors import BadInput, UsageError
from engines.core.projection import project, undistort_points
from tests.engines.calibration.rig.drawn_rigs import drawn, stated_covariance, true_rig
from tests.engines.calibration.rig.pairs.known_depth import BOX, WALL, depth_of, photograph
from tests.engines.calibration.rig.pairs.known_pair import camera, rig, side_by_side, small

UP = (0.0, 0.0, 0.0)
WISH = DepthWish(0.5, 3.0)
ABOVE = small(rig(camera("top", (0.02, 0.0, 0.01), UP), camera("bottom", (-0.03, 0.01, 0.0), (0.004, 0.09, 0.0))))
SWAPPED = small(rig(camera("right", (0.0, 0.0, 0.02), UP), camera("left", (0.0, 0.06, 0.0), (-0.1, 0.0, 0.01))))


FISHEYES, PAIR = small(side_by_side("fisheye4")), small(side_by_side())
PICTURES: dict[int, list[NDArray[np.uint8]]] = {}


def pictures(pair: RigResult) -> list[NDArray[np.uint8]]:
    """Rendered once."""
    if id(pair) not in PICTURES:
        PICTURES[id(pair)] = [photograph(one, seed=number) for number, one in enumerate(pair.cameras)]
    return PICTURES[id(pair)]


def found(pair: RigResult) -> Seen:
    return DepthFinder(pair, rectify(pair, 0, 1, 0.0), WISH).find(*pictures(pair))


@pytest.mark.parametrize("pair", [PAIR, FISHEYES, ABOVE, SWAPPED])
def test_depth_is_true_within_what_is_said(pair: RigResult) -> None:
    depth = found(pair).depth
    truth, known = depth_of(depth.how, pair.cameras[0]), np.isfinite(depth.metres)
    assert known.mean() > 0.75
    errors = ((depth.metres - truth) / depth.std)[known]
    assert 0.5 < np.median(np.abs(errors)) / 0.6745 < 1.1
    assert (np.abs(errors) < 3).mean() > 0.99
    assert np.median(np.abs(depth.metres - truth)[known]) < 0.006


def test_a_look_from_both_sides_mistakes_less_than_one() -> None:
    how = rectify(PAIR, 0, 1, 0.0)
    truth, wrong = depth_of(how, PAIR.cameras[0]), []
    for twice in (True, False):
        depth = DepthFinder(PAIR, how, WISH, twice).find(*pictures(PAIR)).depth
        off = how.focal * how.baseline * (1 / depth.metres - 1 / truth)
        wrong.append(float((np.abs(off[np.isfinite(off)]) > 1).mean()))
    assert wrong[0] < wrong[1] < 0.01


def test_what_only_one_camera_sees_is_not_known() -> None:
    """Beside the box the wall is hidden from the other camera; there nothing is said, and nothing is 0."""
    depth = found(PAIR).depth
    truth = depth_of(depth.how, PAIR.cameras[0])
    columns = np.flatnonzero(truth[120] < 0.9)
    hidden = depth.metres[100:140, columns[0] - 9 : columns[0] - 3]
    assert np.isnan(hidden).mean() > 0.9
    assert not (depth.metres == 0).any()
    assert depth.at(columns[0] - 5, 120) is None
    assert depth.at(-1, 0) is None
    metres, std = depth.at(columns.mean(), 120) or (0.0, 0.0)
    assert metres == pytest.approx(truth[120, round(columns.mean())], abs=4 * std)


def test_without_texture_nothing_is_said() -> None:
    pair = PAIR
    how = rectify(pair, 0, 1, 0.0)
    rng = np.random.default_rng(0)
    plain = [np.clip(rng.normal(120, 2, (240, 320, 3)), 0, 255).astype(np.uint8) for _ in range(2)]
    seen = DepthFinder(pair, how, WISH).find(*plain)
    assert seen.depth.share < 0.02
    assert DepthFinder(pair, how, WISH).find(*[np.zeros_like(plain[0])] * 2).depth.share == 0


def test_only_depths_that_were_asked_for_are_said() -> None:
    pair = PAIR
    how = rectify(pair, 0, 1, 0.0)
    depth = DepthFinder(pair, how, DepthWish(1.0, 3.0)).find(*pictures(pair)).depth
    assert np.nanmin(depth.metres) >= 1.0


def test_the_range_follows_from_baseline_focal_length_and_depths() -> None:
    how = rectify(PAIR, 0, 1, -1.0)
    looked, unit = span(how, 0.5, 3.0), how.focal * how.baseline
    assert looked.count % 16 == 0
    assert looked.first <= unit / 3.0 + offset(how) < looked.first + 1
    assert looked.first + looked.count - 1 >= unit / 0.5 + offset(how) > looked.first + looked.count - 18


@pytest.mark.parametrize(("near", "far", "words"), [(2.0, 1.0, "cannot be"), (0.0, 1.0, "cannot"), (0.05, 1, "little")])
def test_depths_that_cannot_be_looked_through_are_refused(near: float, far: float, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        span(rectify(PAIR, 0, 1, -1.0), near, far)


def uncertain(pair: RigResult, **std: float) -> RigResult:
    """With independent deviations: of the first camera's fx ("fx"), the second's turn about y and place along x."""
    count = sum(4 + len(one.distortion) + 6 for one in pair.cameras)
    half = count // 2
    variances = np.zeros(count)
    for name, place in (("fx", 0), ("turn", half + 4 + 5 + 1), ("x", half + 4 + 5 + 3)):
        variances[place] = std.get(name, 0.0) ** 2
    return replace(pair, covariance=tuple(map(tuple, np.diag(variances))))


def test_a_baseline_that_is_off_by_a_share_is_depth_off_by_that_share() -> None:
    pair = rig(camera("left", UP, UP), camera("right", UP, (0.1, 0.0, 0.0)))
    how = rectify(pair, 0, 1, -1.0)
    noise = RigNoise(uncertain(pair, x=0.001), how, span(how, 0.5, 3.0))
    disparity = np.full((how.size.height, how.size.width), how.focal * how.baseline / 1.2, np.float32)
    np.testing.assert_allclose(noise.std(disparity) / disparity, 0.01, rtol=0.02)


@pytest.mark.parametrize("roll", [0.0, 1.0])
def test_a_turn_about_its_own_axis_moves_disparities_by_focal_length_times_angle(roll: float) -> None:
    """However the rig's coordinates are turned against the cameras'."""
    x, y = 0.1 * np.cos(roll), -0.1 * np.sin(roll)
    pair = rig(camera("left", (0.0, 0.0, roll), UP), camera("right", (0.0, 0.0, roll), (x, y, 0.0)))
    how = rectify(pair, 0, 1, -1.0)
    noise = RigNoise(uncertain(pair, turn=1e-3), how, span(how, 0.5, 3.0))
    far = np.full((how.size.height, how.size.width), how.focal * how.baseline / 3.0, np.float32)
    assert noise.std(far)[236, 331] == pytest.approx(how.focal * 1e-3, rel=0.03)


def test_depth_says_what_the_rig_does_not_know() -> None:
    """Depth measured with a rig that is wrong by what it says of itself stays within what is said."""
    pair = PAIR
    told = uncertain(pair, turn=1.5e-3, x=5e-4)
    second = Placed.of(told.cameras[1]).moved(10, 1.5e-3).moved(12, -5e-4)
    rvec, tvec = (tuple(map(float, each)) for each in (cv2.Rodrigues(second.turn)[0].ravel(), second.shift))
    wrong = replace(told, cameras=(told.cameras[0], replace(told.cameras[1], rvec=rvec, tvec=tvec)))
    how = rectify(wrong, 0, 1, 0.0)
    depth = DepthFinder(wrong, how, WISH).find(*pictures(pair)).depth
    known = np.isfinite(depth.metres)
    errors = (depth.metres - depth_of(how, pair.cameras[0]))[known]
    assert depth.rig_known
    assert 0.3 < np.median(np.abs(errors) / depth.std[known]) < 1.6
    assert np.median(np.abs(errors)) > 2 * np.median(np.sqrt(depth.std**2 - depth.rig_std**2)[known])


def test_a_rig_that_does_not_say_adds_nothing_and_is_told() -> None:
    depth = found(PAIR).depth
    assert not depth.rig_known
    assert np.nanmax(depth.rig_std) == 0


def test_a_cloud_holds_places_of_the_rig_with_colours(tmp_path: Path) -> None:
    pair, seen = PAIR, found(PAIR)
    count = write_cloud(tmp_path / "a.ply", seen.depth, seen.first, pair)
    data = (tmp_path / "a.ply").read_bytes()
    assert data.startswith(header(count))
    points = np.frombuffer(data[len(header(count)) :], VERTEX)
    assert len(points) == count == np.isfinite(seen.depth.metres).sum()
    places = np.column_stack([points[name] for name in "xyz"])
    away = np.min([np.abs(places @ np.array(p.normal) - p.distance) / np.linalg.norm(p.normal) for p in (WALL, BOX)], 0)
    assert np.median(away) < 0.006
    assert points["red"][0] == seen.first[np.isfinite(seen.depth.metres)][0, 2]
    assert (points["quality"] > 0).all()


def test_a_cloud_replaces_no_other_file_and_is_not_empty(tmp_path: Path) -> None:
    pair, seen = PAIR, found(PAIR)
    (tmp_path / "a.ply").write_text("mine")
    with pytest.raises(BadInput, match="not a point cloud"):
        write_cloud(tmp_path / "a.ply", seen.depth, seen.first, pair)
    empty = replace(seen.depth, metres=np.full_like(seen.depth.metres, np.nan))
    with pytest.raises(BadInput, match="No depth"):
        write_cloud(tmp_path / "b.ply", empty, seen.first, pair)


def test_a_matcher_is_the_same_for_both_orders() -> None:
    """Swapping the cameras of a pair turns the picture that depth is told of, not the depth of what both see."""
    pair = PAIR
    middles = []
    for order in ((0, 1), (1, 0)):
        how = rectify(pair, *order, 0.0)
        seen = DepthFinder(pair, how, WISH).find(*(pictures(pair)[number] for number in order))
        truth = depth_of(how, pair.cameras[order[0]])
        middles.append(float(np.nanmedian(seen.depth.metres - truth)))
    assert middles == pytest.approx([0.0, 0.0], abs=0.002)
    assert Matcher(rectify(pair, 1, 0, 0.0), 0.5, 3.0).how.swapped


def test_the_rigs_share_is_the_spread_of_what_rigs_of_its_covariance_measure() -> None:
    """Disparities of fixed pixels, measured with many rigs as a calibration may give them."""
    true = true_rig(cameras=2)
    covariance, rng = stated_covariance(true), np.random.default_rng(3)
    how = rectify(true, 0, 1, 0.0)
    points = np.column_stack([*rng.uniform(-0.08, 0.08, (2, 12)), rng.uniform(-0.05, 0.05, 12)])
    pixels = [project(one.lens, points, one.rvec, one.tvec) for one in true.cameras]
    measured = np.array([_along(drawn(true, covariance, rng), pixels, how) for _ in range(150)])
    depth = _along(true, pixels, how)
    off = how.focal * how.baseline * (1 / measured - 1 / depth)
    noise = RigNoise(replace(true, covariance=tuple(map(tuple, covariance))), how, span(how, 0.3, 1.5))
    said = noise.std(np.full((how.size.height, how.size.width), how.focal * how.baseline / depth.mean(), np.float32))
    x, y = _shown(true, points, how)
    stated = said[np.rint(y).astype(int), np.rint(x).astype(int)]
    assert np.sqrt(np.mean((off / stated) ** 2)) == pytest.approx(1.0, abs=0.12)
    assert (off.std(axis=0) / stated) == pytest.approx(np.ones(12), abs=0.25)


def _along(rig: RigResult, pixels: list[NDArray[np.float64]], how: Rectification) -> NDArray[np.float64]:
    """Depth of N pairs of pixels along the first rectified axis, triangulated by OpenCV."""
    first, second = rig.cameras
    step = between(first, second)
    rows = [undistort_points(one.lens, at).T for one, at in zip(rig.cameras, pixels, strict=True)]
    found = cv2.triangulatePoints(np.eye(3, 4), np.column_stack([step.rotation, step.shift]), *rows)
    return np.asarray(np.reshape(how.rotations[0], (3, 3))[2] @ (found[:3] / found[3]))


def _shown(rig: RigResult, points: NDArray[np.float64], how: Rectification) -> NDArray[np.float64]:
    """Pixels of points in the first rectified picture, 2 x N."""
    camera, straight = rig.cameras[0], how.straight[0]
    seen = (points @ cv2.Rodrigues(np.array(camera.rvec))[0].T + camera.tvec) @ np.reshape(how.rotations[0], (3, 3)).T
    return np.asarray((seen[:, :2] / seen[:, 2:] * straight.fx + [straight.cx, straight.cy]).T)
