"""Head pose against known rotations of a known head, and on photographs that are turned and mirrored."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import astuple
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from engines.core.errors import UsageError
from engines.faces.detection.yunet import YuNet
from engines.faces.gaze.head_pose import INDEX, MODEL, Pinhole, head_pose, rotation, turned
from engines.faces.gaze.landmarks import FaceMesh, region_of
from engines.faces.types import HeadPose

Weights = Callable[..., None]
CAMERA = Pinhole(900.0, 880.0, 320.0, 240.0)
ANGLES = st.builds(HeadPose, st.floats(-85, 85), st.floats(-70, 70), st.floats(-170, 170))


def _mesh(points: NDArray[np.float64]) -> NDArray[np.float64]:
    mesh = np.full((468, 3), np.nan)
    mesh[INDEX] = points
    return mesh


@given(ANGLES)
def test_a_known_rotation_is_recovered_from_the_mesh(pose: HeadPose) -> None:
    seen = 1.7 * MODEL @ turned(pose).T + (200.0, 90.0, 4.0)
    assert astuple(head_pose(rotation(_mesh(seen)))) == pytest.approx(astuple(pose), abs=1e-6)


@given(ANGLES, st.floats(-150, 150), st.floats(-100, 100), st.floats(300, 2000))
def test_a_known_rotation_is_recovered_through_a_camera(pose: HeadPose, x: float, y: float, far: float) -> None:
    placed = MODEL @ turned(pose).T + (x, y, far)
    image = placed @ CAMERA.matrix.T
    flat = np.column_stack([image[:, :2] / image[:, 2:], np.zeros(len(image))])
    assert astuple(head_pose(rotation(_mesh(flat), CAMERA))) == pytest.approx(astuple(pose), abs=1e-6)


@pytest.mark.parametrize(
    ("pose", "towards"),
    [
        (HeadPose(30, 0, 0), (0.5, 0.0)),
        (HeadPose(0, 30, 0), (0.0, -0.5)),
        (HeadPose(0, 0, 30), (0.0, 0.0)),
    ],
)
def test_the_face_points_where_the_angles_say(pose: HeadPose, towards: tuple[float, float]) -> None:
    assert (turned(pose) @ (0, 0, -1))[:2] == pytest.approx(towards)


def test_a_lean_is_clockwise_for_the_viewer() -> None:
    across = turned(HeadPose(0, 0, 30)) @ (1, 0, 0)
    assert across[1] > 0, "the viewer's right goes down"


def test_turning_and_mirroring_the_mesh_change_what_they_should_and_nothing_else() -> None:
    pose = HeadPose(25.0, -12.0, 7.0)
    seen = MODEL @ turned(pose).T
    lean = turned(HeadPose(0, 0, 20.0))
    assert astuple(head_pose(rotation(_mesh(seen @ lean.T)))) == pytest.approx((25.0, -12.0, 27.0), abs=1e-6)
    swap = np.r_[9:18, 0:9, 18:26]
    assert MODEL[swap] * (-1, 1, 1) == pytest.approx(MODEL)
    mirrored = (seen * (-1, 1, 1))[swap]
    assert astuple(head_pose(rotation(_mesh(mirrored)))) == pytest.approx((-25.0, -12.0, -7.0), abs=1e-6)


def test_noise_of_a_pixel_moves_the_angles_by_no_more_than_it_must() -> None:
    noise = np.random.default_rng(0)
    apart = []
    for _ in range(50):
        pose = HeadPose(*noise.uniform((-40, -25, -20), (40, 25, 20)))
        seen = 2.0 * MODEL @ turned(pose).T + noise.normal(0, 1, MODEL.shape)
        apart.append(np.subtract(astuple(head_pose(rotation(_mesh(seen)))), astuple(pose)))
    reach = 2.0 * np.sqrt((MODEL**2).sum())
    assert np.std(apart) < 3 * np.degrees(1 / reach) * np.sqrt(3)


def test_a_turned_and_a_mirrored_photograph(data: Path, weights: Weights) -> None:
    weights("yunet", "face-landmarks")
    image = np.asarray(cv2.imread(str(data / "faces" / "photos" / "biden.jpg")), np.uint8)
    points = YuNet(1).detect(image).points[0].astype(np.float64)
    straight = _angles(image, points)
    turn = cv2.getRotationMatrix2D((500.0, 400.0), -20.0, 1.0)
    leaning = _angles(
        np.asarray(cv2.warpAffine(image, turn, image.shape[1::-1]), np.uint8), points @ turn[:, :2].T + turn[:, 2]
    )
    assert leaning - straight == pytest.approx((0, 0, 20), abs=1.5)
    mirrored = ((image.shape[1] - 1, 0) + points * (-1, 1))[[1, 0, 2, 4, 3]]
    other = _angles(np.ascontiguousarray(image[:, ::-1]), mirrored)
    assert other * (-1, 1, -1) == pytest.approx(straight, abs=4.0)


def test_people_of_orl_look_about_them_without_turning_away(data: Path, weights: Weights) -> None:
    weights("yunet", "face-landmarks")
    finder, detector, seen = FaceMesh(), YuNet(1), []
    for path in sorted((data / "faces" / "orl").glob("s*/*"))[::5]:
        image = cv2.imread(str(path))
        if image is None:
            continue
        large = np.asarray(cv2.resize(image, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC), np.uint8)
        found = detector.detect(large, score=0.5)
        if len(found):
            mesh = finder.find(large, region_of(found.points[0]))
            seen.append(astuple(head_pose(rotation(mesh.points))))
    yaw, pitch, roll = np.array(seen).T
    assert len(seen) > 60
    assert np.abs(np.median([yaw, pitch, roll], axis=1)).max() < 10
    assert 5 < yaw.std() < 30
    assert np.abs(yaw).max() < 70
    assert np.abs(pitch).max() < 50
    assert np.abs(roll).max() < 35


def test_intrinsics_that_make_no_sense_are_refused() -> None:
    with pytest.raises(UsageError, match="intrinsics"):
        rotation(_mesh(MODEL), Pinhole(0.0, 0.0, 0.0, 0.0))


def _angles(image: NDArray[np.uint8], points: NDArray[np.float64]) -> NDArray[np.float64]:
    return np.array(astuple(head_pose(rotation(FaceMesh().find(image, region_of(points)).points))))
