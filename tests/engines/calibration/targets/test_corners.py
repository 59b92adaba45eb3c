"""Finding boards in rendered pictures: every corner with its own number, wherever the board is turned."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.calibration.targets.charuco import clear_of_markers
from engines.calibration.targets.corners import (
    chequered,
    detect,
    in_board_order,
    is_even,
    parse_window,
    smallest_pitch,
    spans_a_plane,
    window_for,
)
from engines.core.boards import Board
from engines.core.errors import UsageError
from engines.core.frames import Size
from engines.core.projection import project
from tests.engines.calibration import known_scene as known
from tests.engines.calibration.flat_views import CAMERA, seen

CHARUCO = "charuco:5x4:40mm:30mm:DICT_4X4_50"


def seen_and_true(board: Board, turn: float = 0.0, **scene: object) -> tuple[np.ndarray, np.ndarray]:
    """A picture of the board turned by `turn` radians in its plane, and where its corners really are."""
    truth = known.Scene(board=board, **scene)  # type: ignore[arg-type]
    rvec = cv2.Rodrigues(cv2.Rodrigues(np.array([0.35, -0.3, 0.0]))[0] @ cv2.Rodrigues(np.array([0, 0, turn]))[0])[0]
    tvec = np.array([0.01, -0.01, 0.46]) - cv2.Rodrigues(rvec)[0] @ truth.points.mean(axis=0)
    image = known.picture(truth, np.asarray(rvec, dtype=np.float64).ravel(), tvec)
    return image, project(truth.optics, truth.points, rvec, tvec)


@pytest.mark.parametrize("turn", [0.0, 0.4, np.pi / 2, 2.0, np.pi, -np.pi / 2])
@pytest.mark.parametrize("grid", ["9x6", "6x9", "8x5"])
def test_every_corner_of_a_chessboard_keeps_its_number_however_the_board_is_turned(grid: str, turn: float):
    board = Board.parse(f"chessboard:{grid}:22mm")
    image, truth = seen_and_true(board, turn)
    found = detect(image, board)
    assert found is not None
    assert np.linalg.norm(found.corners - truth, axis=1).max() < 0.3


@pytest.mark.parametrize("form", [CHARUCO, CHARUCO + ":inverted", "charuco:5x4:40mm:30mm:DICT_4X4_50:legacy"])
@pytest.mark.parametrize("turn", [0.0, np.pi / 2, np.pi])
def test_charuco_corners_are_where_they_were_rendered(form: str, turn: float):
    board = Board.parse(form)
    image, truth = seen_and_true(board, turn)
    found = detect(image, board)
    assert found is not None
    assert len(found.ids) == board.corner_count
    assert np.linalg.norm(found.corners - truth[found.ids], axis=1).max() < 0.35


def test_a_partly_hidden_charuco_gives_the_corners_that_are_left():
    board = Board.parse("charuco:7x5:30mm:22mm:DICT_5X5_100")
    image, truth = seen_and_true(board)
    hidden = truth[:, 0] < np.median(truth[:, 0]) - 5
    image[:, : int(np.median(truth[:, 0])) - 5] = 120
    found = detect(image, board)
    assert found is not None
    assert not set(found.ids) & set(np.flatnonzero(hidden))
    assert len(found.ids) >= 8
    assert np.linalg.norm(found.corners - truth[found.ids], axis=1).max() < 0.5


def test_an_inverted_charuco_is_not_taken_for_a_plain_one():
    image, _ = seen_and_true(Board.parse(CHARUCO + ":inverted"))
    assert detect(image, Board.parse(CHARUCO)) is None


def test_colour_and_gray_pictures_give_the_same_corners():
    image, _ = seen_and_true(known.CHESSBOARD)
    gray, colour = detect(image, known.CHESSBOARD), detect(np.dstack([image] * 3), known.CHESSBOARD)
    assert gray is not None
    assert colour is not None
    assert np.array_equal(gray.corners, colour.corners)


def test_a_large_picture_is_found_and_refined_at_full_size():
    from dataclasses import replace

    camera = replace(known.CAMERA, fx=1602.0, fy=1608.0, cx=979.0, cy=733.0)
    image, truth = seen_and_true(known.CHESSBOARD, camera=camera, size=Size(1920, 1440))
    found = detect(image, known.CHESSBOARD)
    assert found is not None
    assert np.linalg.norm(found.corners - truth, axis=1).max() < 0.3


@pytest.mark.parametrize("shape", [(1, 1), (8, 8), (3, 1200), (15, 40), (16, 16), (3000, 8)])
def test_no_picture_is_too_small_to_be_looked_at(shape: tuple[int, int]):
    for board in ("chessboard:9x6:25mm", "charuco:5x4:54mm:40.5mm:DICT_4X4_50"):
        assert detect(np.full(shape, 120, np.uint8), Board.parse(board)) is None


def test_no_board_is_none():
    rng = np.random.default_rng(0)
    assert detect(rng.integers(0, 255, (240, 320), dtype=np.uint8), known.CHESSBOARD) is None
    assert detect(np.full((240, 320), 90, np.uint8), Board.parse(CHARUCO)) is None


def test_the_window_is_a_share_of_the_smallest_pitch_within_limits():
    assert [window_for(known.CHESSBOARD, pitch) for pitch in (2, 10, 20, 26.9, 80)] == [3, 4, 7, 9, 11]
    charuco = Board.parse("charuco:4x5:54mm:40.5mm:DICT_4X4_1000")
    assert [window_for(charuco, pitch) for pitch in (20, 48, 200)] == [0, 6, 11]


def test_the_smallest_pitch_counts_neighbours_on_the_board_only():
    ids = np.array([0, 1, 2, 9, 10])
    corners = np.array([[0.0, 0], [20, 0], [45, 0], [0, 13], [20, 15]])
    assert smallest_pitch(known.CHESSBOARD, ids, corners) == 13
    assert smallest_pitch(known.CHESSBOARD, np.array([0, 20]), corners[:2]) == pytest.approx(3 / 0.35)


def test_a_fixed_window_is_used_as_given():
    image, _ = seen_and_true(known.CHESSBOARD)
    found = detect(image, known.CHESSBOARD, "5")
    assert found is not None
    assert found.window == 5


@pytest.mark.parametrize("window", ["", "0", "-3", "5.5", "wide", "51"])
def test_a_window_that_makes_no_sense_is_refused(window: str):
    with pytest.raises(UsageError, match="corner window"):
        parse_window(window)


def test_a_mirrored_or_turned_grid_is_put_into_one_order():
    board = known.CHESSBOARD
    image, truth = seen_and_true(board)
    grid = truth.reshape(6, 9, 2)
    for way in (grid, grid[::-1, ::-1], grid[:, ::-1], grid[::-1]):
        assert np.array_equal(in_board_order(image, way), grid)


def test_six_corners_on_a_line_fix_no_pose():
    board = Board.parse("charuco:9x6:30mm:22mm:DICT_5X5_100")
    assert not spans_a_plane(board, np.arange(8))
    assert not spans_a_plane(board, np.array([0, 1, 2, 8, 9]))
    assert spans_a_plane(board, np.array([0, 1, 2, 8, 9, 10]))


def test_evenness_and_chequer_tell_a_board_from_a_shifted_grid():
    image, truth = seen_and_true(known.CHESSBOARD)
    grid = truth.reshape(6, 9, 2)
    assert is_even(grid)
    assert chequered(image, grid) == 1.0
    assert chequered(np.random.default_rng(0).integers(0, 255, image.shape, dtype=np.uint8), grid) < 0.8
    assert chequered(np.full_like(image, 90), grid) == 0.0
    bent = grid.copy()
    bent[3, 4] += (grid[0, 1] - grid[0, 0]) / 2
    assert not is_even(bent)


def test_a_slanted_charuco_is_refined_with_a_window_that_keeps_clear_of_its_markers():
    """Squares that are sheared or turned in the picture bring the markers nearer than their margin alone tells."""
    board = Board.parse("charuco:5x4:40mm:30mm:DICT_4X4_50")
    flat = board.corners[:, :2] / board.square * 80
    ids = np.arange(board.corner_count)
    assert clear_of_markers(board, ids, flat) == pytest.approx(10)
    assert clear_of_markers(board, ids, flat @ np.array([[1, 0.0], [0.7, 0.4]])) < 5
    half = np.array([[1, 1], [-1, 1]]) * np.sqrt(0.5)
    assert clear_of_markers(board, ids, flat @ half) == pytest.approx(10 * np.sqrt(2), rel=1e-6)
    assert clear_of_markers(board, ids[:2], flat[:2]) == np.inf


def test_a_blurred_partly_seen_slanted_charuco_keeps_its_corners_to_a_tenth_of_a_pixel():
    board = Board.parse("charuco:7x5:30mm:22mm:DICT_5X5_100")
    squares = []
    for seed, turn in enumerate(([0.9, 0.3, 0.2], [-0.2, 1.0, -0.4], [0.6, -0.8, 0.5])):
        place = np.array([0.02, 0.01, 0.3]) - cv2.Rodrigues(np.array(turn))[0] @ board.corners.mean(axis=0)
        image = cv2.GaussianBlur(seen(board, (np.array(turn), place)), (0, 0), 1.2)
        noisy = image + np.random.default_rng(seed).normal(0, 2, image.shape)
        found = detect(np.clip(np.rint(noisy), 0, 255).astype(np.uint8), board)
        assert found is not None
        truth = cv2.projectPoints(board.corners[found.ids], np.array(turn), place, CAMERA, None)[0].reshape(-1, 2)
        squares.extend(((found.corners - truth) ** 2).sum(axis=1))
    assert np.sqrt(np.mean(squares)) < 0.1
