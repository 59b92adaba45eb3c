"""Motion: known speeds come out in widths per second, in the right cell and direction, whatever the frame rate."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.actions.features.motion import COLUMNS, DIRECTIONS, LENGTH, ROWS, Motion, told
from engines.core.frames import Size

WIDE = (320, 240)


def texture(width: int = 480, height: int = 400) -> np.ndarray:
    noise = np.random.default_rng(1).integers(0, 256, (height, width, 3), np.uint8)
    return cv2.normalize(cv2.GaussianBlur(noise, (0, 0), 3), None, 0, 255, cv2.NORM_MINMAX)


def window(x: float, y: float) -> np.ndarray:
    """The part of a wall that is seen from x, y; the wall moves the other way."""
    return cv2.warpAffine(texture(), np.array([[1.0, 0, -x], [0, 1, -y]]), WIDE, flags=cv2.INTER_LINEAR)


def cells(vector: np.ndarray) -> np.ndarray:
    return vector.reshape(ROWS, COLUMNS, DIRECTIONS + 2)


@pytest.mark.parametrize(("angle", "direction"), [(0, 0), (90, 2), (180, 4), (270, 6), (45, 1)])
def test_an_even_field_is_told_by_its_direction_and_speed(angle, direction):
    turn = np.radians(angle)
    field = np.tile(np.array([np.cos(turn), -np.sin(turn)], np.float32) * 0.7, (240, 320, 1))
    each = cells(told(field))
    expected = np.zeros(DIRECTIONS)
    expected[direction] = 0.7
    np.testing.assert_allclose(each[..., :DIRECTIONS], np.broadcast_to(expected, each[..., :8].shape), atol=1e-5)
    np.testing.assert_allclose(each[..., DIRECTIONS], 0.7, rtol=1e-5)
    np.testing.assert_allclose(each[..., DIRECTIONS + 1], 0, atol=1e-6)


def test_a_direction_between_two_is_shared_in_proportion():
    turn = np.radians(45 * 3.25)
    field = np.tile(np.array([np.cos(turn), -np.sin(turn)], np.float32), (240, 320, 1))
    each = cells(told(field))[2, 3, :DIRECTIONS]
    np.testing.assert_allclose(each, [0, 0, 0, 0.75, 0.25, 0, 0, 0], atol=1e-5)


def test_what_moves_is_found_where_it_is():
    field = np.zeros((240, 320, 2), np.float32)
    field[80:120, 200:240, 0] = 2.0
    each = cells(told(field))
    moving = np.argwhere(each[..., DIRECTIONS] > 0)
    assert moving.tolist() == [[2, 5]]
    assert each[2, 5, 0] == pytest.approx(2.0)


@pytest.mark.parametrize(("dx", "dy", "direction"), [(5.0, 0.0, 0), (0.0, 4.0, 6), (-6.0, 0.0, 4)])
def test_a_moving_wall_has_its_true_speed(dx, dy, direction):
    motion = Motion()
    motion.describe(window(60, 60), 0.0)
    each = cells(motion.describe(window(60 - dx, 60 - dy), 0.1))[1:-1, 1:-1]
    speed = np.hypot(dx, dy) / 320 / 0.1
    assert np.median(each[..., DIRECTIONS]) == pytest.approx(speed, rel=0.05)
    assert np.median(each[..., direction]) == pytest.approx(speed, rel=0.1)


def test_the_frame_rate_does_not_matter():
    """30 pixels a second, seen 5 and 10 times a second, in pictures of another size too."""
    speeds = []
    for rate, scale in ((5, 1.0), (10, 1.0), (10, 2.0)):
        motion = Motion()
        for number in range(3):
            image = cv2.resize(window(60 - 30 * number / rate, 60), None, fx=scale, fy=scale)
            vector = motion.describe(image, 7.0 + number / rate)
        speeds.append(np.median(cells(vector)[1:-1, 1:-1, DIRECTIONS]))
    np.testing.assert_allclose(speeds, 30 / 320, rtol=0.06)


def test_first_frames_and_gaps_move_by_nothing():
    motion = Motion(Size(320, 240))
    assert not motion.describe(window(60, 60), 3.0).any()
    assert motion.describe(window(50, 60), 3.1).any()
    for seconds in (3.1, 2.0, 9.0):
        assert not motion.describe(window(40 + seconds, 60), seconds).any()
    motion.reset()
    vector = motion.describe(window(30, 60), 9.1)
    assert not vector.any()
    assert vector.shape == (LENGTH,)


@pytest.mark.parametrize("size", [(1, 1), (3, 900), (2000, 3000)])
def test_any_picture_moves_by_finite_numbers(size):
    motion = Motion()
    for number in range(2):
        vector = motion.describe(np.full((*size, 3), 40 * number, np.uint8), number / 10)
    assert np.isfinite(vector).all()
