"""Gaze against the geometry it rests on, traced eyeballs in photographs, and photographs turned and mirrored."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engines.faces.detection.yunet import YuNet
from engines.faces.gaze.head_pose import rotation, scale, turned
from engines.faces.gaze.landmarks import Eye, Mesh
from engines.faces.gaze.ray import (
    FEATURES,
    PUPIL,
    SHUT,
    SPREAD,
    FaceView,
    GazeEstimator,
    angles,
    eyeballs,
    gaze_of,
    ray,
)
from engines.faces.types import HeadPose
from tests.engines.faces.gaze.eyeballs import looking

Weights = Callable[..., None]
Picture = NDArray[np.uint8]
DIRECTIONS = ((-25, 0), (-12, 0), (0, 0), (12, 0), (25, 0), (0, -10), (0, 10), (-10, -8), (10, 8))


def towards(yaw: float, pitch: float) -> NDArray[np.float64]:
    a, b = np.radians((yaw, pitch))
    return np.array([np.sin(a), -np.cos(a) * np.sin(b), -np.cos(a) * np.cos(b)])


@given(st.floats(-45, 45), st.floats(-30, 30))
def test_a_pupil_on_its_sphere_gives_back_the_direction(yaw: float, pitch: float) -> None:
    direction = towards(yaw, pitch)
    assert ray(PUPIL * direction[:2]) == pytest.approx(direction)
    assert angles(direction) == pytest.approx((yaw, pitch))


def test_a_gaze_has_the_angles_of_an_upright_head_that_points_there() -> None:
    pose = HeadPose(24.0, -13.0, 0.0)
    assert angles(turned(pose) @ (0, 0, -1)) == pytest.approx((pose.yaw, pose.pitch))


def test_a_landmark_astray_gives_a_ray_all_the_same() -> None:
    assert np.linalg.norm(ray(np.array([300.0, -40.0]))) == pytest.approx(1.0)
    assert angles(ray(np.array([300.0, 0.0])))[0] == pytest.approx(60.0)


def _photo(path: Path, weights: Weights) -> tuple[Picture, NDArray[np.float64]]:
    weights("yunet", "face-landmarks", "iris-landmarks")
    image = np.asarray(cv2.imread(str(path)), np.uint8)
    return image, YuNet(1).detect(image).points[0].astype(np.float64)


def _seen(found: FaceView | None) -> FaceView:
    assert found is not None
    return found


@pytest.mark.parametrize("name", ["biden.jpg", "obama.jpg"])
def test_traced_eyeballs_are_read_right(data: Path, weights: Weights, name: str) -> None:
    image, points = _photo(data / "faces" / "photos" / name, weights)
    estimator = GazeEstimator()
    view = _seen(estimator.view(image, points))
    turn = rotation(view.mesh.points)
    size = scale(view.mesh.points, turn)
    balls = eyeballs(view.mesh, view.eyes, turn, size)
    read = []
    for direction in DIRECTIONS:
        gaze = _seen(estimator.view(looking(image, view.eyes, balls, size, towards(*direction)), points)).gaze
        read.append((gaze.yaw, gaze.pitch))
    apart = np.array(read) - DIRECTIONS
    assert np.sqrt((apart**2).mean(axis=0)) == pytest.approx((0, 0), abs=7.5)
    assert np.sqrt((apart[:, 0] ** 2).mean()) < 4.0
    across = [yaw for yaw, _ in read[:5]]
    assert across == sorted(across)
    assert np.polyfit([yaw for yaw, _ in DIRECTIONS[:5]], across, 1)[0] == pytest.approx(0.87, abs=0.2)
    assert read[6][1] - read[5][1] > 4, "up is up"


def test_a_mirrored_picture_looks_the_other_way_and_a_turned_one_along(data: Path, weights: Weights) -> None:
    image, points = _photo(data / "faces" / "photos" / "biden.jpg", weights)
    estimator = GazeEstimator()
    straight = _seen(estimator.view(image, points)).gaze
    flipped = ((image.shape[1] - 1, 0) + points * (-1, 1))[[1, 0, 2, 4, 3]]
    mirrored = _seen(estimator.view(np.ascontiguousarray(image[:, ::-1]), flipped)).gaze
    assert (-mirrored.yaw, mirrored.pitch) == pytest.approx((straight.yaw, straight.pitch), abs=8)
    turn = cv2.getRotationMatrix2D((500.0, 400.0), -30.0, 1.0)
    leaning = np.asarray(cv2.warpAffine(image, turn, image.shape[1::-1]), np.uint8)
    turned = _seen(estimator.view(leaning, points @ turn[:, :2].T + turn[:, 2])).gaze
    along = turn[:, :2] @ towards(straight.yaw, straight.pitch)[:2]
    assert towards(turned.yaw, turned.pitch)[:2] == pytest.approx(along, abs=np.sin(np.radians(4)))


def test_size_and_place_in_the_picture_do_not_matter(portrait: Path, weights: Weights) -> None:
    image, points = _photo(portrait, weights)
    estimator = GazeEstimator()
    one = _seen(estimator.view(image, points))
    placed = np.full((image.shape[0] + 90, image.shape[1] + 200, 3), 127, np.uint8)
    placed[90:, 200:] = image
    large = np.asarray(cv2.resize(placed, None, fx=1.5, fy=1.5, interpolation=cv2.INTER_CUBIC), np.uint8)
    other = _seen(estimator.view(large, (points + (200, 90)) * 1.5 + 0.25))
    assert (other.gaze.yaw, other.gaze.pitch) == pytest.approx((one.gaze.yaw, one.gaze.pitch), abs=2)
    assert other.gaze.origin == pytest.approx((np.array(one.gaze.origin) + (200, 90)) * 1.5 + 0.25, abs=4)
    assert len(one.gaze.features) == len(FEATURES)
    assert one.gaze.std is not None
    assert one.gaze.std >= SPREAD


def test_shut_eyes_are_a_blink(portrait: Path, weights: Weights) -> None:
    image, points = _photo(portrait, weights)
    view = _seen(GazeEstimator().view(image, points))
    assert not view.gaze.blink
    turn = rotation(view.mesh.points)
    shut = tuple(_closed(eye, 0.3) for eye in view.eyes)
    assert max(eye.openness for eye in shut) < SHUT
    assert gaze_of(view.mesh, (shut[0], shut[1]), turn, 100, 100).blink


def test_a_track_is_followed_and_forgotten(portrait: Path, weights: Weights) -> None:
    image, points = _photo(portrait, weights)
    estimator, fresh = GazeEstimator(), GazeEstimator()
    first = _seen(estimator.view(image, points, track=3))
    moved = np.roll(image, 5, axis=1)
    second = _seen(estimator.view(moved, points + (5, 0), track=3))
    assert second.mesh.five() == pytest.approx(first.mesh.five() + (5, 0), abs=5)
    far = points * 0.5
    small = np.asarray(cv2.resize(image, None, fx=0.5, fy=0.5, interpolation=cv2.INTER_AREA), np.uint8)
    jumped = _seen(estimator.view(small, far, track=3))
    assert jumped.mesh.points == pytest.approx(_seen(fresh.view(small, far)).mesh.points)
    estimator.forget()
    assert estimator.view(np.zeros_like(image), points, track=3) is None


def test_nothing_to_see_gives_nothing(weights: Weights) -> None:
    weights("face-landmarks", "iris-landmarks")
    five = np.array([[20, 20], [40, 20], [30, 30], [22, 40], [38, 40]], np.float32)
    estimator = GazeEstimator()
    assert estimator.look(np.zeros((60, 60, 3), np.uint8), five) is None
    assert estimator.look(np.zeros((1, 1, 3), np.uint8), np.zeros((5, 2))) is None


def _closed(eye: Eye, share: float) -> Eye:
    contour = eye.contour.copy()
    middle = (contour[2:7] + contour[10:15]) / 2
    contour[2:7] = middle + share * (contour[2:7] - middle)
    contour[10:15] = middle + share * (contour[10:15] - middle)
    return Eye(contour, eye.iris)


def test_a_mesh_without_extent_is_input_too() -> None:
    flat = Eye(np.zeros((71, 2)), np.zeros((5, 2)))
    gaze = gaze_of(Mesh(np.zeros((468, 3)), 1.0), (flat, flat), np.eye(3), 10, 10)
    assert np.isfinite((gaze.yaw, gaze.pitch, *gaze.features)).all()
