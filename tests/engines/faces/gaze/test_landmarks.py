"""Landmarks against the detector's own points, and against themselves on turned, mirrored and enlarged pictures."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from engines.core.errors import FileMissing
from engines.core.regions import Region
from engines.faces.detection.yunet import YuNet
from engines.faces.gaze.landmarks import CORNERS, FaceMesh, Irises, Mesh, region_of

Weights = Callable[..., None]
PAIRS = ((33, 263), (133, 362), (61, 291), (4, 4), (152, 152), (10, 10))


@cache
def _read(path: Path) -> NDArray[np.uint8]:
    return np.asarray(cv2.imread(str(path)), np.uint8)


@cache
def _points(path: Path) -> NDArray[np.float32]:
    return YuNet(1).detect(_read(path)).points[0]


@pytest.fixture
def photo(portrait: Path, weights: Weights) -> Path:
    weights("face-landmarks", "iris-landmarks")
    return portrait


def _settled(image: NDArray[np.uint8], points: NDArray[np.floating]) -> Mesh:
    finder, region = FaceMesh(), region_of(points)
    for _ in range(3):
        mesh = finder.find(image, region)
        region = mesh.region()
    return mesh


def _eyes(mesh: Mesh) -> float:
    return float(np.linalg.norm(mesh.five()[1] - mesh.five()[0]))


def test_eyes_nose_and_mouth_are_where_the_detector_sees_them(data: Path, weights: Weights) -> None:
    weights("yunet", "face-landmarks")
    finder, apart = FaceMesh(), []
    for path in sorted((data / "faces" / "lfw_dev").glob("*_0001.jpg"))[::150]:
        points = _points(path)
        mesh = finder.find(_read(path), region_of(points))
        assert mesh.score > 0.5
        apart.append(np.linalg.norm(mesh.five() - points, axis=1) / np.linalg.norm(points[1] - points[0]))
    middle = np.median(apart, axis=0)
    assert len(apart) > 8
    assert middle[:2].max() < 0.1, "eyes, in eye distances"
    assert middle[2:].max() < 0.16, "nose and mouth"


@pytest.mark.parametrize("degrees", [-30.0, 15.0, 40.0])
def test_a_turned_picture_gives_turned_landmarks(photo: Path, degrees: float) -> None:
    image, points = _read(photo), _points(photo).astype(np.float64)
    middle = points.mean(axis=0)
    turn = cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), -degrees, 1.0)
    turned = np.asarray(cv2.warpAffine(image, turn, image.shape[1::-1]), np.uint8)
    straight = _settled(image, points)
    leaning = _settled(turned, points @ turn[:, :2].T + turn[:, 2])
    apart = leaning.points[:, :2] - (straight.points[:, :2] @ turn[:, :2].T + turn[:, 2])
    assert np.linalg.norm(apart, axis=1).mean() < 0.02 * _eyes(straight)
    assert np.degrees(leaning.region().angle - straight.region().angle) == pytest.approx(degrees, abs=1.0)


def test_a_mirrored_picture_gives_mirrored_landmarks(photo: Path) -> None:
    image, points = _read(photo), _points(photo).astype(np.float64)
    flipped = np.ascontiguousarray(image[:, ::-1])
    order = [1, 0, 2, 4, 3]
    other = _settled(flipped, ((image.shape[1] - 1, 0) + points * (-1, 1))[order])
    straight = _settled(image, points)
    for left, right in PAIRS:
        seen = (image.shape[1] - 1, 0) + other.points[right, :2] * (-1, 1)
        assert np.linalg.norm(seen - straight.points[left, :2]) < 0.06 * _eyes(straight)


def test_each_eye_is_found_where_it_is_and_mirrors_the_other(photo: Path) -> None:
    image, points = _read(photo), _points(photo).astype(np.float64)
    mesh = _settled(image, points)
    straight = Irises().find(image, mesh)
    for side, eye in enumerate(straight):
        ends = mesh.points[list(CORNERS[side]), :2]
        assert np.linalg.norm(eye.iris[0] - ends.mean(axis=0)) < 0.5 * np.linalg.norm(ends[1] - ends[0])
        assert 0.15 < eye.openness < 0.5
        outer = ends[0] if side == 0 else ends[1]
        assert np.linalg.norm(eye.corners[0] - outer) < 0.1 * _eyes(mesh)
    flipped = np.ascontiguousarray(image[:, ::-1])
    mirror = mesh.points * (-1, 1, 1) + (image.shape[1] - 1, 0, 0)
    swapped = mirror.copy()
    for left, right in ((33, 263), (133, 362)):
        swapped[[left, right]] = mirror[[right, left]]
    again = Irises().find(flipped, Mesh(swapped, 1.0))
    for eye, other in zip(straight, again[::-1], strict=True):
        assert np.abs((image.shape[1] - 1, 0) + other.iris * (-1, 1) - eye.iris).max() < 1e-2 * _eyes(mesh)


def test_a_larger_picture_of_the_same_face_gives_the_same_mesh(photo: Path) -> None:
    image, points = _read(photo), _points(photo).astype(np.float64)
    large = np.asarray(cv2.resize(image, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC), np.uint8)
    small, big = _settled(image, points), _settled(large, points * 3 + 1)
    apart = (big.points[:, :2] - 1) / 3 - small.points[:, :2]
    assert np.linalg.norm(apart, axis=1).mean() < 0.01 * _eyes(small)


def test_a_region_without_a_face_has_a_low_score(weights: Weights) -> None:
    weights("face-landmarks")
    noise = np.random.default_rng(0).integers(0, 255, (200, 200, 3), dtype=np.uint8)
    assert FaceMesh().find(noise, Region((100, 100), 150, 0.0)).score < 0.5


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_region_maps_its_centre_to_the_middle_and_keeps_lengths(mirrored: bool) -> None:
    region = Region((40.0, -7.0), 128.0, 0.6)
    matrix = region.matrix(64, mirrored)
    assert matrix @ (40.0, -7.0, 1.0) == pytest.approx((31.5, 31.5))
    assert matrix[:, :2] @ matrix[:, :2].T == pytest.approx(np.eye(2) / 4)
    assert np.linalg.det(matrix[:, :2]) == pytest.approx(-0.25 if mirrored else 0.25)


def test_a_mesh_of_one_point_and_a_region_outside_the_picture_are_input_too(weights: Weights) -> None:
    weights("face-landmarks")
    image = np.zeros((50, 60, 3), np.uint8)
    mesh = FaceMesh().find(image, Region((-4000.0, 9000.0), 5000.0, 1.0))
    assert np.isfinite(mesh.points).all()
    assert FaceMesh().find(image, Mesh(np.zeros((468, 3)), 0.0).region()).score <= 1


def test_what_was_not_fetched_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KINOSCOPE_STORE", str(tmp_path))
    with pytest.raises(FileMissing, match="face_landmark"):
        FaceMesh()
