"""Rectification against exact geometry and beside OpenCV's."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest

from engines.calibration.rig.pairs.epipolar import agreement
from engines.calibration.rig.pairs.rectification import rectify, smaller, undistortions
from engines.calibration.rig.places import between
from engines.calibration.rig.types import RigPair, RigResult, RigView
from engines.core.errors import BadInput, UsageError
from engines.core.frames import Size
from engines.core.projection import camera_matrix, rays
from engines.core.undistortion import straightening
from tests.engines.calibration.rig.pairs.known_pair import (
    SIZE,
    camera,
    points_before,
    rig,
    seen,
    side_by_side,
    small,
    with_views,
)

UP = (0.0, 0.0, 0.0)
ABOVE = rig(camera("top", (0.02, 0.0, 0.01), UP), camera("bottom", (-0.03, 0.01, 0.0), (0.004, 0.09, 0.0)))
SWAPPED = rig(camera("right", (0.0, 0.0, 0.02), UP), camera("left", (0.0, 0.06, 0.0), (-0.1, 0.0, 0.01)))
PAIRS = pytest.mark.parametrize("pair", [side_by_side(), side_by_side("fisheye4"), ABOVE, SWAPPED])
ALPHAS = pytest.mark.parametrize("alpha", [-1.0, 0.0, 0.4, 1.0])


@PAIRS
@ALPHAS
def test_rows_match_and_disparity_is_focal_length_times_baseline_over_depth(pair: RigResult, alpha: float) -> None:
    how, points = rectify(pair, 0, 1, alpha), points_before()
    assert how.vertical == (pair is ABOVE)
    assert how.swapped == (pair is SWAPPED)
    shown, depths = [], []
    for one, turn, straight in zip(pair.cameras, how.rotations, how.straight, strict=True):
        ways = rays(one.lens, seen(one, points)) @ np.reshape(turn, (3, 3)).T
        shown.append(ways[:, :2] / ways[:, 2:] * straight.fx + [straight.cx, straight.cy])
        turned = (points @ cv2.Rodrigues(np.array(one.rvec))[0].T + one.tvec) @ np.reshape(turn, (3, 3)).T
        depths.append(turned[:, 2])
    along = int(how.vertical)
    np.testing.assert_allclose(shown[0][:, 1 - along], shown[1][:, 1 - along], atol=1e-6)
    np.testing.assert_allclose(depths[0], depths[1], atol=1e-12)
    first, second = ((straight.cx, straight.cy)[along] for straight in how.straight)
    disparity = (shown[0] - shown[1])[:, along] - (first - second)
    sign = -1 if how.swapped else 1
    np.testing.assert_allclose(disparity, sign * how.focal * how.baseline / depths[0], rtol=1e-6)


@pytest.mark.parametrize("pair", [side_by_side(), ABOVE, SWAPPED])
def test_both_turn_as_opencv_turns_them(pair: RigResult) -> None:
    one, other = pair.cameras
    step = between(one, other)
    lens = [(camera_matrix(each.intrinsics), np.array(each.distortion)) for each in (one, other)]
    turns = cv2.stereoRectify(*lens[0], *lens[1], (640, 480), step.rotation, step.shift[:, None], flags=0, alpha=-1)
    how = rectify(pair, 0, 1)
    for ours, theirs in zip(how.rotations, turns[:2], strict=True):
        np.testing.assert_allclose(np.reshape(ours, (3, 3)), theirs, atol=1e-9)
    assert how.focal == pytest.approx(turns[2][0, 0])
    assert how.straight[0].cx == pytest.approx(turns[2][0, 2], abs=6)


@PAIRS
def test_nothing_is_black_at_alpha_0_and_nothing_is_lost_at_1(pair: RigResult) -> None:
    crop, whole = ([straightening(how, SIZE) for how in undistortions(pair, rectify(pair, 0, 1, a))] for a in (0, 1))
    for maps in crop:
        assert maps.points.min() > -0.6
        assert (maps.points.reshape(-1, 2).max(axis=0) < (639.6, 479.6)).all()
    for maps in whole:
        inside = maps.points[(maps.points > -1).all(axis=2)]
        assert (inside.min(axis=0) < 4).all()
        assert (inside.max(axis=0) > (635, 475)).all()


@pytest.mark.parametrize("model", ["brown5", "fisheye4"])
def test_the_straightened_picture_shows_a_point_where_the_rectified_pinhole_has_it(model: str) -> None:
    pair, points = side_by_side(model), points_before(8)  # type: ignore[arg-type]
    how = rectify(pair, 0, 1, 0.5)
    for one, turn, straight, to in zip(
        pair.cameras, how.rotations, how.straight, undistortions(pair, how), strict=True
    ):
        maps = straightening(to, SIZE).points
        ways = rays(one.lens, seen(one, points)) @ np.reshape(turn, (3, 3)).T
        x, y = (ways[:, :2] / ways[:, 2:] * straight.fx + [straight.cx, straight.cy]).T.astype(np.float32)
        there = cv2.remap(maps, x[None], y[None], cv2.INTER_LINEAR)[0]
        np.testing.assert_allclose(there, seen(one, points), atol=0.02)


def test_cameras_of_different_resolutions_get_one_focal_length() -> None:
    pair = side_by_side()
    mixed = replace(pair, cameras=(pair.cameras[0], small(pair).cameras[1]))
    whole, how = rectify(pair, 0, 1), rectify(mixed, 0, 1)
    assert how.size == whole.size == SIZE
    assert how.focal == pytest.approx(whole.focal, rel=1e-6)
    assert how.straight[1].cx == pytest.approx(whole.straight[1].cx, abs=1.0)


def test_half_the_resolution_shows_the_same_directions() -> None:
    how = rectify(side_by_side(), 0, 1, 0.3)
    half = smaller(how, 0.5)
    assert half.size == Size(320, 240)
    pixel, whole = np.array([41.0, 80.0]), how.straight[1]
    least = half.straight[1]
    fine = (pixel + 0.5) * 2 - 0.5
    assert (pixel - [least.cx, least.cy]) / least.fx == pytest.approx((fine - [whole.cx, whole.cy]) / whole.fx)


def test_exact_corners_agree_and_noise_shows_at_its_own_size() -> None:
    pair = side_by_side()
    exact = agreement(with_views(pair, points_before(), 0.0), 0, 1)
    assert np.abs(exact.dy).max() < 1e-6
    assert np.abs(exact.epipolar).max() < 1e-6
    noisy = agreement(with_views(pair, points_before(800), 0.2), 0, 1)
    rms = [float(np.sqrt(np.mean(values**2))) for values in (noisy.dy, noisy.epipolar)]
    assert rms == pytest.approx([0.2 * 2**0.5] * 2, rel=0.2)


def test_corners_that_are_not_believed_and_frames_of_one_camera_do_not_count() -> None:
    pair = with_views(side_by_side(), points_before(10), 0.0)
    one, other = pair.views
    wrong = replace(one, corners=((1.0, 1.0), *one.corners[1:]), weights=(0.0,) + (1.0,) * 9)
    alone = RigView("2", 0, "2.png", True, True, ids=(0,), corners=((5.0, 5.0),))
    shared = agreement(replace(pair, views=(wrong, other, alone)), 0, 1).shared
    assert shared.frames == ("1",) * 9


@pytest.mark.parametrize(
    ("second", "words"),
    [
        (camera("b", (0.0, 0.0, 0.0), UP), "no depth"),
        (camera("b", (0.0, 0.0, 0.0), (0.001, 0.0, 0.2)), "behind the other"),
        (camera("b", (0.0, 2.9, 0.0), (0.3, 0.0, 0.0)), "too far apart"),
    ],
)
def test_what_cannot_be_rectified_is_said(second: object, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        rectify(rig(camera("a", UP, UP), second), 0, 1)  # type: ignore[arg-type]


def test_a_distance_within_its_own_deviation_is_none() -> None:
    pair = replace(side_by_side(), pairs=(RigPair(0, 1, 0.11, 0.0, distance_std=0.05),))
    with pytest.raises(BadInput, match="± 50\u00a0mm"):
        rectify(pair, 0, 1)


@pytest.mark.parametrize("wrong", [{"alpha": 2.0}, {"alpha": -0.5}, {"second": 7}, {"second": 0}])
def test_impossible_wishes_are_refused(wrong: dict[str, float]) -> None:
    with pytest.raises(UsageError):
        rectify(side_by_side(), **({"first": 0, "second": 1} | wrong))  # type: ignore[arg-type]
