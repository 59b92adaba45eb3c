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
from engines.calibration.rig.pairs.rectification import rectify, smaller
from engines.calibration.rig.types import RigResult
from engines.core.errors import BadInput, UsageError
from tests.engines.calibration.rig.pairs.known_depth import BOX, WALL, depth_of, photograph
from tests.engines.calibration.rig.pairs.known_pair import camera, rig, side_by_side

UP = (0.0, 0.0, 0.0)
WISH = DepthWish(0.5, 3.0)
ABOVE = rig(camera("top", (0.02, 0.0, 0.01), UP), camera("bottom", (-0.03, 0.01, 0.0), (0.004, 0.09, 0.0)))
SWAPPED = rig(camera("right", (0.0, 0.0, 0.02), UP), camera("left", (0.0, 0.06, 0.0), (-0.1, 0.0, 0.01)))


FISHEYES, PAIR = side_by_side("fisheye4"), side_by_side()
PICTURES: dict[int, list[NDArray[np.uint8]]] = {}


def pictures(pair: RigResult) -> list[NDArray[np.uint8]]:
    """Rendered once."""
    if id(pair) not in PICTURES:
        PICTURES[id(pair)] = [photograph(one, seed=number) for number, one in enumerate(pair.cameras)]
    return PICTURES[id(pair)]


def found(pair: RigResult) -> Seen:
    return DepthFinder(pair, smaller(rectify(pair, 0, 1, 0.0), 0.5), WISH).find(*pictures(pair))


@pytest.mark.parametrize("pair", [PAIR, FISHEYES, ABOVE, SWAPPED])
def test_depth_is_true_within_what_is_said(pair: RigResult) -> None:
    depth = found(pair).depth
    truth, known = depth_of(depth.how, pair.cameras[0]), np.isfinite(depth.metres)
    assert known.mean() > 0.75
    errors = ((depth.metres - truth) / depth.std)[known]
    assert 0.6 < np.median(np.abs(errors)) / 0.6745 < 1.1
    assert (np.abs(errors) < 3).mean() > 0.99
    assert np.median(np.abs(depth.metres - truth)[known]) < 0.006


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
    how = smaller(rectify(pair, 0, 1, 0.0), 0.5)
    rng = np.random.default_rng(0)
    plain = [np.clip(rng.normal(120, 2, (480, 640, 3)), 0, 255).astype(np.uint8) for _ in range(2)]
    seen = DepthFinder(pair, how, WISH).find(*plain)
    assert seen.depth.share < 0.02
    assert DepthFinder(pair, how, WISH).find(*[np.zeros_like(plain[0])] * 2).depth.share == 0


def test_only_depths_that_were_asked_for_are_said() -> None:
    pair = PAIR
    how = smaller(rectify(pair, 0, 1, 0.0), 0.5)
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


def test_a_turn_moves_disparities_by_focal_length_times_angle() -> None:
    pair = rig(camera("left", UP, UP), camera("right", UP, (0.1, 0.0, 0.0)))
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
    how = smaller(rectify(wrong, 0, 1, 0.0), 0.5)
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
        how = smaller(rectify(pair, *order, 0.0), 0.5)
        seen = DepthFinder(pair, how, WISH).find(*(pictures(pair)[number] for number in order))
        truth = depth_of(how, pair.cameras[order[0]])
        middles.append(float(np.nanmedian(seen.depth.metres - truth)))
    assert middles == pytest.approx([0.0, 0.0], abs=0.002)
    assert Matcher(rectify(pair, 1, 0, 0.0), 0.5, 3.0).how.swapped
