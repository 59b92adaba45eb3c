"""Bodies as numbers: the same wherever and however large they are seen, with true velocities, and never NaN."""

from __future__ import annotations

import numpy as np
import pytest

from engines.actions.features.pose import POINTS, Body
from engines.actions.features.skeleton import JOINTS, LENGTH, PAIRS, PARTS, Skeleton, joints, nobody, normalised
from engines.core.regions import Region

STAND = np.random.default_rng(3).normal(size=(POINTS, 2)) * 30
STAND[[11, 12]] = (-20, -60), (20, -60)
STAND[[23, 24]] = (-12, 0), (12, 0)


def body(flat: np.ndarray, side: float = 300.0) -> Body:
    region = Region((0.0, 0.0), side, 0.0)
    deep = np.column_stack([flat, np.zeros(POINTS)])
    seen = np.linspace(0, 1, POINTS)
    return Body(deep, seen, seen, deep, 1.0, region, region)


def parts(vector: np.ndarray) -> list[np.ndarray]:
    return np.split(vector, np.cumsum(PARTS)[:-1])


def test_place_and_size_do_not_matter_and_lean_does():
    one = Skeleton().describe(body(STAND), 0.0)
    np.testing.assert_allclose(Skeleton().describe(body(STAND * 2.5 + (400, -30), 750.0), 0.0), one, atol=1e-5)
    turned = STAND @ np.array([[0, 1], [-1, 0]])
    places, _, bent, apart, *_ = parts(Skeleton().describe(body(turned), 0.0))
    assert not np.allclose(places, parts(one)[0], atol=0.1)
    np.testing.assert_allclose(bent, parts(one)[2], atol=1e-5)
    np.testing.assert_allclose(apart, parts(one)[3], atol=1e-5)


def test_the_hips_are_the_origin_and_the_torso_is_one():
    places = normalised(body(STAND + 77))
    np.testing.assert_allclose(places[[23, 24]].mean(axis=0), 0, atol=1e-12)
    assert np.linalg.norm(places[[11, 12]].mean(axis=0)) == pytest.approx(1)


@pytest.mark.parametrize("rate", [10, 30, 60])
def test_a_steady_motion_has_its_speed_at_any_frame_rate(rate):
    skeleton, speed = Skeleton(), np.array([60.0, -30.0])
    for number in range(4 * rate):
        moved = STAND.copy()
        moved[15] += speed * number / rate
        vector = skeleton.describe(body(moved), 5.0 + number / rate)
    velocities = parts(vector)[4].reshape(POINTS, 2)
    np.testing.assert_allclose(velocities[15], speed / 60, rtol=1e-4)
    np.testing.assert_allclose(np.delete(velocities, 15, axis=0), 0, atol=1e-4)


def test_a_jerk_fades_the_same_at_any_frame_rate():
    """After a step of a, 0.3 s of smoothing: the velocity is near a / 0.3 exp(-t / 0.3) at every rate."""
    seen = []
    for rate in (20, 80):
        skeleton = Skeleton()
        for number in range(rate + 1):
            moved = STAND.copy()
            moved[15, 0] += 60.0 * (number > rate // 2)
            vector = skeleton.describe(body(moved), number / rate)
        seen.append(parts(vector)[4].reshape(POINTS, 2)[15, 0])
    np.testing.assert_allclose(seen, 1 / 0.3 * np.exp(-0.5 / 0.3), rtol=0.09)


def test_nobody_is_zeros_and_a_flag_and_stops_every_motion():
    skeleton = Skeleton()
    skeleton.describe(body(STAND), 0.0)
    assert parts(skeleton.describe(body(STAND + np.arange(POINTS)[:, None]), 0.1))[4].any()
    empty = skeleton.describe(None, 0.2)
    np.testing.assert_array_equal(empty, nobody())
    assert empty[-1] == 1
    assert not empty[:-1].any()
    again = skeleton.describe(body(STAND * 1.1), 0.3)
    assert again[-1] == 0
    assert not parts(again)[4].any()


def test_bones_at_known_angles():
    places = np.zeros((POINTS, 2))
    places[11], places[13], places[15] = (0, 0), (1, 0), (1, 1)
    bent = joints(places)
    assert bent.shape == (2 * len(JOINTS),)
    assert bent[0] == pytest.approx(0, abs=1e-9)
    assert bent[len(JOINTS)] == pytest.approx(-1)
    places[15] = (2, 0)
    np.testing.assert_allclose(joints(places)[[0, len(JOINTS)]], (-1, 0), atol=1e-9)


@pytest.mark.parametrize("flat", [np.zeros((POINTS, 2)), np.full((POINTS, 2), np.nan), np.full((POINTS, 2), np.inf)])
def test_a_body_of_nonsense_is_finite(flat):
    skeleton = Skeleton()
    with np.errstate(all="ignore"):
        for number in range(3):
            vector = skeleton.describe(body(flat, 0.0), number / 10)
    assert vector.shape == (LENGTH,)
    assert np.isfinite(vector).all()
    for number in range(3, 40):
        moved = STAND.copy()
        moved[15, 0] += 6.0 * number
        vector = skeleton.describe(body(moved), number / 10)
    np.testing.assert_allclose(parts(vector)[4].reshape(POINTS, 2)[15], (1, 0), atol=2e-3)
    assert parts(vector)[3].shape == (len(PAIRS),)
