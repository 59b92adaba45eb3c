"""The body: found on every frame of a real clip, moving and growing with the picture, followed without the detector."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.actions.features.pose import BodyFinder
from engines.actions.features.pose_detector import anchors
from engines.actions.types import POSE_NAMES
from engines.core.video.film import Film

NETWORKS = ("pose-detection", "pose-landmarks")
STEADY = [POSE_NAMES.index(name) for name in ("nose", "left shoulder", "right shoulder", "left hip", "right knee")]


@pytest.fixture
def finder(weights):
    weights(*NETWORKS)
    return BodyFinder()


@pytest.fixture
def exercise(data):
    return Film.open(data / "actions" / "exercise" / "exercise.avi")


@pytest.fixture
def person(walking) -> np.ndarray:
    """One picture, 576 x 432, of a man who walks."""
    return next(Film.open(walking).frames(100)).image[430:862, 742:1318]


def settled(finder: BodyFinder, image: np.ndarray, looks: int = 6) -> np.ndarray:
    """Points after the square has come to rest."""
    finder.reset()
    for number in range(looks):
        body = finder.find(image, number / 10)
    assert body is not None
    return body.points[:, :2]


def test_a_body_is_seen_in_nearly_every_frame_and_hardly_ever_sought(finder, exercise):
    bodies = [finder.find(frame.image, frame.seconds) for frame in exercise.frames(0, 60)]
    seen = [body for body in bodies if body is not None]
    assert len(seen) > 0.95 * len(bodies)
    assert finder.detector.calls < len(bodies) / 3
    for body in seen:
        left, right, nose = (body.points[POSE_NAMES.index(name), :2] for name in ("left hip", "right hip", "nose"))
        assert nose[1] < min(left[1], right[1])
        assert 0 < nose[0] < 384


def test_each_start_finds_somebody_at_once(finder, exercise):
    for start in (0, 40, 191, 230, 300):
        finder.reset()
        found = [finder.find(frame.image, frame.seconds) is not None for frame in exercise.frames(start, start + 3)]
        assert any(found), start


def moved(image: np.ndarray, matrix: np.ndarray) -> np.ndarray:
    return cv2.warpAffine(image, matrix, image.shape[1::-1], flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE)


def torso(points: np.ndarray) -> float:
    return float(np.linalg.norm(points[11] - points[23]))


def test_points_move_with_the_picture(finder, person):
    still = settled(finder, person)
    points = settled(finder, moved(person, np.array([[1.0, 0, 40], [0, 1, -25]])))
    np.testing.assert_allclose(points[STEADY], still[STEADY] + (40, -25), atol=0.06 * torso(still))


@pytest.mark.parametrize("scale", [0.7, 1.6])
def test_points_grow_with_the_picture(finder, person, scale):
    still = settled(finder, person)
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    points = settled(finder, cv2.resize(person, None, fx=scale, fy=scale, interpolation=way))
    middles = (points + 0.5) / scale - 0.5
    np.testing.assert_allclose(middles[STEADY], still[STEADY], atol=0.06 * torso(still))


def test_a_mirrored_picture_has_mirrored_points(finder, person):
    """Left becomes right, about the picture's own middle: nothing is shifted on the way to the network and back."""
    swapped = [POSE_NAMES.index(_other_side(POSE_NAMES[point])) for point in STEADY]
    still, points = settled(finder, person), settled(finder, np.ascontiguousarray(person[:, ::-1]))
    apart = (person.shape[1] - 1 - points[swapped, 0]) - still[STEADY, 0]
    assert abs(np.mean(apart)) < 0.04 * torso(still)


def _other_side(name: str) -> str:
    return name.replace("left", "#").replace("right", "left").replace("#", "right")


@pytest.mark.parametrize("degrees", [-25, 25])
def test_the_square_turns_with_somebody_who_leans(finder, person, degrees):
    still = settled(finder, person)
    middle = still[[23, 24]].mean(axis=0)
    turn = cv2.getRotationMatrix2D((float(middle[0]), float(middle[1])), -degrees, 1)
    image = moved(person, turn)
    points = settled(finder, image)
    expected = still @ turn[:, :2].T + turn[:, 2]
    assert np.linalg.norm(points - expected, axis=1)[STEADY].max() < 0.15 * torso(still)
    body = finder.find(image, 1.0)
    finder.reset()
    upright = finder.find(person, 0.0)
    assert body is not None
    assert upright is not None
    assert body.as_pose().region[3] - upright.as_pose().region[3] == pytest.approx(degrees, abs=12)


@pytest.mark.parametrize("size", [(240, 320), (1, 1), (1, 500), (1200, 30)])
def test_nobody_is_nobody(finder, size):
    noise = np.random.default_rng(0).integers(100, 120, (*size, 3), np.uint8)
    for number in range(10):
        assert finder.find(noise, number / 10) is None


def test_a_body_that_leaves_is_let_go_and_found_again(finder, exercise):
    frames = [frame.image for frame in exercise.frames(10, 14)]
    assert finder.find(frames[0], 1.0) is not None
    assert finder.find(np.full_like(frames[0], 128), 1.1) is None
    assert any(finder.find(frame, 1.2 + number / 10) is not None for number, frame in enumerate(frames))


def test_whoever_stands_in_front_is_followed_whatever_was_seen_first(finder, exercise):
    """Three people: the woman in the middle, in front, has her hips at 190 of 384 pixels within some seconds."""
    for start in (0, 85):
        finder.reset()
        found = [
            finder.find(frame.image, frame.seconds)
            for frame in exercise.frames(
                start,
                start + 45,
            )
        ]
        hips = [body.points[[23, 24], 0].mean() for body in found if body is not None]
        assert abs(np.median(hips[30:]) - 188) < 20, start
        assert sum(body.fresh for body in found if body is not None) <= 4


def test_anchors_are_the_published_ones():
    """Strides 8, 16, 32, 32, 32 of 224 pixels, two anchors a cell and layer, layers of one stride together."""
    places = anchors() * 224
    assert places.shape == (2254, 2)
    np.testing.assert_allclose(places[[0, 1, 2, 56]], [(4, 4), (4, 4), (12, 4), (4, 12)])
    np.testing.assert_allclose(places[[1568, 1570]], [(8, 8), (24, 8)])
    np.testing.assert_allclose(places[[1960, 1965, 1966, -1]], [(16, 16), (16, 16), (48, 16), (208, 208)])
