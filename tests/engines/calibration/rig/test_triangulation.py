"""Points are where they are said to be, as far as it is said: rigs drawn from their stated covariance are the truth."""

from __future__ import annotations

from dataclasses import replace

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.calibration.rig.optics import Eye, eyes_of
from engines.calibration.rig.points.triangulation import ALONE, APART, Triangulator, triangulate
from engines.calibration.rig.types import NamedPoint, RigResult, SpacePoint
from engines.core.errors import BadInput
from engines.core.lenses import Intrinsics
from engines.core.projection import undistort_points
from tests.engines.calibration.rig.drawn_rigs import cloud, drawn, seen, stated_covariance, true_rig, vector

Floats = NDArray[np.float64]
RIG = true_rig()


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(5)


def off(points: tuple[SpacePoint, ...], places: Floats) -> Floats:
    """Errors in stated deviations, N x 3."""
    return np.array([(np.array(one.place) - places[int(one.name)]) / one.std for one in points])


@pytest.mark.parametrize("fisheye", [False, True])
def test_what_is_stated_of_points_is_true_of_rigs_that_are_as_stated(fisheye: bool) -> None:
    rig, rng = true_rig(fisheye=fisheye), np.random.default_rng(1)
    covariance, errors = stated_covariance(rig), []
    for _ in range(150):
        places = cloud(rng, 5)
        made = triangulate(drawn(rig, covariance, rng), seen(rig, places, rng, share=0.8))
        errors.append(off(made, places))
    deviations = np.concatenate(errors)
    assert (np.abs(deviations) <= 3).all(axis=1).mean() >= 0.98
    assert np.sqrt((deviations**2).mean(axis=0)) == pytest.approx(1.0, abs=0.1)


def test_without_the_rigs_uncertainty_that_of_the_pixels_is_stated(rng: np.random.Generator) -> None:
    places = cloud(rng, 400)
    deviations = off(triangulate(RIG, seen(RIG, places, rng)), places)
    assert np.sqrt((deviations**2).mean()) == pytest.approx(1.0, abs=0.08)
    assert not Triangulator(RIG).counts_rig


def test_exact_pixels_give_exact_places_and_opencv_says_the_same_of_two_cameras(rng: np.random.Generator) -> None:
    places = cloud(rng, 30)
    exact = [replace(one, sigma=0.3) for one in seen(RIG, places, rng, sigma=0.0)]
    ours = np.array([one.place for one in triangulate(RIG, exact)])
    assert ours == pytest.approx(places, abs=1e-9)
    noisy = [one for one in seen(RIG, places, rng) if one.camera < 2]
    motions = [np.column_stack([eye.turn, eye.shift]) for eye in eyes_of(RIG)[:2]]
    flat = [undistort_points(RIG.cameras[c].lens, [(p.x, p.y) for p in noisy if p.camera == c]).T for c in (0, 1)]
    theirs = cv2.triangulatePoints(*motions, *flat)
    ours = np.array([one.place for one in triangulate(RIG, noisy)])
    assert ours == pytest.approx((theirs[:3] / theirs[3]).T, abs=1e-4)


def test_the_derivatives_by_a_cameras_parameters_are_those_of_the_covariances_order(rng: np.random.Generator) -> None:
    rig = true_rig(fisheye=True)
    places = cloud(rng, 4)
    eye, unit = eyes_of(rig)[2], np.eye(14)
    for number in range(14):
        size = 1e-6
        there, back = (_stepped(rig, sign * size * unit[number]).see(places) for sign in (1, -1))
        slope = (there - back) / (2 * size)
        assert eye.by_parameters(places)[:, :, number] == pytest.approx(slope, rel=1e-4, abs=1e-4)


def _stepped(rig: RigResult, off: Floats) -> Eye:
    camera = rig.cameras[2]
    lens = camera.intrinsics
    turn = cv2.Rodrigues(off[8:11])[0] @ cv2.Rodrigues(np.array(camera.rvec))[0]
    lens = Intrinsics(lens.fx + off[0], lens.fy + off[1], lens.cx + off[2], lens.cy + off[3])
    terms = tuple((np.array(camera.distortion) + off[4:8]).tolist())
    tvec = vector(np.array(camera.tvec) + off[11:])
    return Eye.of(
        replace(camera, intrinsics=lens, distortion=terms, rvec=vector(cv2.Rodrigues(turn)[0].ravel()), tvec=tvec)
    )


def test_a_camera_that_disagrees_is_left_out_and_named(rng: np.random.Generator) -> None:
    places = cloud(rng, 20)
    points = [
        replace(one, x=one.x + 15, y=one.y - 22) if one.camera == int(one.name) % 4 else one
        for one in seen(RIG, places, rng)
    ]
    made = triangulate(RIG, points)
    assert [one.wrong for one in made] == [(number % 4,) for number in range(20)]
    assert np.abs(off(made, places)).max() < 4.5
    assert "front right left out" in made[1].note


def test_two_cameras_that_disagree_say_so_and_state_more(rng: np.random.Generator) -> None:
    pair = true_rig(2)
    places = np.zeros((1, 3))
    fair, off_ = seen(pair, places, rng), seen(pair, places, rng)
    off_[1] = replace(off_[1], y=off_[1].y + 30)
    (good,), (bad,) = triangulate(pair, fair), triangulate(pair, off_)
    assert good.note == ""
    assert "disagree" in bad.note
    assert bad.std[2] > 20 * good.std[2]


def test_far_points_are_vague_and_never_behind() -> None:
    far = np.array([[0.0, 0.0, away] for away in (1.0, 100.0, 1e6)])
    points = [one for one in seen(RIG, far, np.random.default_rng(1)) if one.camera < 2]
    placed = Triangulator(RIG).place(points)
    near, *vague = placed.points
    assert near.note == ""
    assert near.place[2] == pytest.approx(1.0, abs=0.2)
    assert all("nearly parallel" in one.note and one.std[2] > 10 for one in vague)
    assert len(vague) + len(placed.left_out) == 2
    backwards = [NamedPoint("x", 0, 10, 180), NamedPoint("x", 1, 630, 180)]
    assert Triangulator(RIG).place(backwards).left_out[0].why == APART


def test_what_one_camera_sees_alone_is_named() -> None:
    placed = Triangulator(RIG).place([NamedPoint("nose", 2, 300, 200)])
    assert placed.points == ()
    assert [(one.name, one.cameras, one.why) for one in placed.left_out] == [("nose", (2,), ALONE)]


def test_mirrored_pictures_are_looked_at_mirrored(rng: np.random.Generator) -> None:
    places = cloud(rng, 5)
    width = RIG.cameras[0].size.width
    flipped = [replace(one, x=width - 1 - one.x) for one in seen(RIG, places, rng, sigma=1e-6)]
    made = triangulate(replace(RIG, mirrored=True), flipped)
    assert np.array([one.place for one in made]) == pytest.approx(places, abs=1e-6)


@pytest.mark.parametrize(
    ("points", "words"),
    [
        ([NamedPoint("a", 4, 1, 1)], "cameras are 0 to 3"),
        ([NamedPoint("a", 0, 1, 1), NamedPoint("a", 0, 2, 2)], "twice"),
        ([NamedPoint("a", 0, float("nan"), 1)], "no place"),
        ([NamedPoint("a", 0, 1, 1, 0.0)], "deviation"),
    ],
)
def test_what_cannot_be_meant_is_refused(points: list[NamedPoint], words: str) -> None:
    with pytest.raises(BadInput, match=words):
        triangulate(RIG, points)


def test_a_covariance_of_another_rig_is_refused() -> None:
    with pytest.raises(BadInput, match="59 rows|parameters"):
        Triangulator(replace(RIG, covariance=((1.0,),)))
