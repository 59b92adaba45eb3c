"""The rendered rig against its own truth: corners where they should be, intrinsics that a calibration finds again."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.cameras.scene.optics import distort, rotation, rotation_vector, undistort
from engines.cameras.scene.rendering import Scene
from engines.cameras.types import SceneSource
from engines.core.boards import Board
from engines.core.errors import UsageError
from engines.core.frames import Size

WINDOW = (4, 4)
SHARP = (cv2.TERM_CRITERIA_EPS + cv2.TERM_CRITERIA_COUNT, 60, 1e-4)


@pytest.fixture(scope="module")
def scene() -> Scene:
    return Scene(SceneSource())


def find(scene: Scene, image: np.ndarray, camera: int, t: float) -> tuple[np.ndarray, np.ndarray] | None:
    """Found and true corners in one order, both N x 2; None without a board."""
    gray = np.ascontiguousarray(scene.tile(image, camera))
    found, corners = cv2.findChessboardCorners(gray, scene.source.board.corner_grid)
    if not found:
        return None
    corners = cv2.cornerSubPix(gray, corners.astype(np.float32), WINDOW, (-1, -1), SHARP).reshape(-1, 2)
    true = scene.corners(camera, t)
    flipped = np.linalg.norm(corners[0] - true[0]) > np.linalg.norm(corners[-1] - true[0])
    return (corners[::-1] if flipped else corners), true


def sightings(scene: Scene, indices: range) -> dict[int, list[tuple[np.ndarray, np.ndarray]]]:
    """Found and true corners of every camera; at most one view in fifty may be too oblique to be found."""
    seen: dict[int, list[tuple[np.ndarray, np.ndarray]]] = {camera: [] for camera in range(len(scene.truth))}
    missed: list[tuple[int, int]] = []
    for index in indices:
        gray = cv2.cvtColor(scene.render(index), cv2.COLOR_BGR2GRAY)
        for camera in seen:
            if scene.visible(camera, scene.time(index)):
                pair = find(scene, gray, camera, scene.time(index))
                if pair is None:
                    missed.append((index, camera))
                else:
                    seen[camera].append(pair)
    assert len(missed) <= sum(map(len, seen.values())) / 50, f"no board found in {missed}"
    return seen


def test_found_corners_lie_on_the_truth_and_a_calibration_finds_the_intrinsics(scene):
    seen = sightings(scene, range(0, 1200, 25))
    errors = np.concatenate([found - true for pairs in seen.values() for found, true in pairs])
    assert np.sqrt((errors**2).sum(axis=1).mean()) < 0.12
    assert np.abs(errors.mean(axis=0)).max() < 0.005
    assert np.percentile(np.linalg.norm(errors, axis=1), 99) < 0.3
    for camera, pairs in seen.items():
        assert len(pairs) > 35
        truth = scene.truth[camera]
        size = (truth.size.width, truth.size.height)
        objects = [scene.source.board.corners.astype(np.float32)] * len(pairs)
        rms, matrix, distortion, _, _ = cv2.calibrateCamera(
            objects, [found.astype(np.float32) for found, _ in pairs], size, None, None
        )
        assert rms < 0.15
        assert matrix[0, 0] == pytest.approx(truth.fx, rel=3e-3)
        assert matrix[1, 1] == pytest.approx(truth.fy, rel=3e-3)
        assert matrix[0, 2] == pytest.approx(truth.cx, abs=1.5)
        assert matrix[1, 2] == pytest.approx(truth.cy, abs=1.5)
        assert distortion.ravel()[0] == pytest.approx(truth.distortion[0], abs=0.02)


def test_projection_equals_opencv(scene):
    truth, pose = scene.truth[2], scene.board_pose(3.7)
    matrix = rotation(np.array(truth.rvec))
    tilt = matrix @ rotation(np.array(pose.rvec))
    shift = matrix @ pose.tvec + truth.tvec
    expected, _ = cv2.projectPoints(
        scene.source.board.corners, cv2.Rodrigues(tilt)[0], shift, truth.matrix, np.array(truth.distortion)
    )
    np.testing.assert_allclose(scene.corners(2, 3.7), expected.reshape(-1, 2), atol=1e-9)


def test_undistort_is_the_inverse_of_distort(scene):
    truth = scene.truth[0]
    rays = truth.rays()
    across, down = np.meshgrid(np.arange(truth.size.width), np.arange(truth.size.height))
    pixels = distort(rays, truth.distortion) * [truth.fx, truth.fy] + [truth.cx, truth.cy]
    np.testing.assert_allclose(pixels, np.stack([across, down], axis=-1), atol=1e-10)
    some = np.array([[0.3, -0.2], [0.0, 0.0], [-0.5, 0.25]])
    np.testing.assert_allclose(undistort(distort(some, truth.distortion), truth.distortion), some, atol=1e-11)


def test_rotation_vectors_go_both_ways():
    for vector in ([0.3, -0.2, 0.9], [0.0, 0.0, 0.0], [1e-7, 0.0, 0.0], [2.9, 0.1, 0.0]):
        np.testing.assert_allclose(rotation_vector(rotation(np.array(vector))), vector, atol=1e-9)
        np.testing.assert_allclose(rotation(np.array(vector)), cv2.Rodrigues(np.array(vector))[0], atol=1e-12)


def test_the_board_is_mostly_in_all_pictures(scene):
    seen = np.array([[scene.visible(camera, t) for camera in range(4)] for t in np.arange(0, 120, 0.5)])
    assert seen.all(axis=1).mean() > 0.8


def test_the_board_rests_and_glides_without_a_jolt(scene):
    corners = np.array([scene.corners(0, index / 30) for index in range(1261)])
    steps = np.diff(corners, axis=0)
    speeds = np.linalg.norm(steps, axis=2).max(axis=1)
    assert speeds.max() < 15
    assert np.linalg.norm(np.diff(steps, axis=0), axis=2).max() < 2.5
    rests = (speeds < 1e-9).reshape(21, 60)
    assert (rests.sum(axis=1) == 30).all()
    assert rests[:, :30].all()
    np.testing.assert_allclose(corners[1200:1260], corners[:60], atol=1e-9)


def test_every_place_is_seen_by_half_of_the_cameras_and_most_by_all(scene):
    for other in (scene, Scene(SceneSource(seed=7)), Scene(SceneSource(size=Size(320, 240)))):
        seen = np.array([[other.visible(camera, 2.0 * place) for camera in range(4)] for place in range(20)])
        assert (seen.sum(axis=1) >= 2).all()
        assert seen.all(axis=1).sum() >= 16


def test_a_picture_depends_on_seed_and_number_alone():
    source = SceneSource(cameras=2, size=Size(320, 180))
    first, second = Scene(source), Scene(source)
    second.render(3)
    np.testing.assert_array_equal(first.render(17), second.render(17))
    assert (first.render(17) != first.render(18)).mean() > 0.3
    other = Scene(SceneSource(cameras=2, size=Size(320, 180), seed=2))
    assert other.truth[0].fx != first.truth[0].fx


def test_noise_has_the_asked_strength():
    quiet, loud = (Scene(SceneSource(cameras=1, noise=noise)) for noise in (0.0, 3.0))
    difference = loud.render(5).astype(float) - quiet.render(5)
    middle = (quiet.render(5) > 20) & (quiet.render(5) < 235)
    assert difference[middle].std() == pytest.approx(3.0, rel=0.03)
    assert abs(difference[middle].mean()) < 0.02


@pytest.mark.parametrize(
    "board",
    ["charuco:5x4:54mm:40.5mm:DICT_4X4_1000", "charuco:7x5:30mm:22mm:DICT_5X5_100:inverted", "chessboard:4x11:8mm"],
)
def test_any_board_fits(board):
    scene = Scene(SceneSource(board=Board.parse(board), cameras=1))
    image = scene.render(0)
    true = scene.corners(0, 0.0)
    assert scene.visible(0, 0.0)
    if scene.source.board.kind == "chessboard":
        pair = find(scene, cv2.cvtColor(image, cv2.COLOR_BGR2GRAY), 0, 0.0)
        assert pair is not None
        assert np.linalg.norm(pair[0] - pair[1], axis=1).max() < 0.6
        return
    image = 255 - image if scene.source.board.inverted else image
    corners, ids, _, _ = cv2.aruco.CharucoDetector(scene.source.board.charuco()).detectBoard(image)
    assert len(ids) > 0.8 * scene.source.board.corner_count
    assert np.linalg.norm(corners.reshape(-1, 2) - true[np.asarray(ids, int).ravel()], axis=1).max() < 0.8


@pytest.mark.parametrize("wish", [{"cameras": 3}, {"size": Size(10, 10)}, {"fps": 0.0}, {"noise": -1.0}])
def test_a_scene_that_cannot_be_says_so(wish):
    with pytest.raises(UsageError):
        Scene(SceneSource(**wish))
