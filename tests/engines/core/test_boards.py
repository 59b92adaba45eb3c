"""Boards: the one-word form, and the printed picture against what OpenCV finds in it."""

from __future__ import annotations

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engines.core.boards import Board
from engines.core.errors import UsageError

SQUARE = 48
MARGIN = 60


@st.composite
def boards(draw: st.DrawFn) -> Board:
    micrometres = draw(st.integers(2, 2_000_000))
    columns, rows = draw(st.integers(3, 20)), draw(st.integers(3, 20))
    square = micrometres / 1e3 / 1e3
    if draw(st.booleans()):
        return Board("chessboard", columns, rows, square)
    marker = draw(st.integers(1, micrometres - 1)) / 1e3 / 1e3
    dictionary = draw(st.sampled_from(["DICT_4X4_250", "DICT_5X5_1000", "DICT_APRILTAG_36h11"]))
    return Board("charuco", columns, rows, square, marker, dictionary, draw(st.booleans()), draw(st.booleans()))


@given(boards())
def test_the_one_word_form_says_everything(board: Board) -> None:
    assert Board.parse(str(board)) == board


@given(boards())
def test_corners_are_a_grid_of_the_square(board: Board) -> None:
    columns, rows = board.corner_grid
    grid = board.corners.reshape(rows, columns, 3)
    assert np.allclose(np.diff(grid[..., 0], axis=1), board.square)
    assert np.allclose(np.diff(grid[..., 1], axis=0), board.square)
    assert not grid[..., 2].any()
    assert np.allclose(grid[0, 0, :2] - board.print_origin, board.square)


@given(st.text(max_size=60))
@settings(max_examples=200)
def test_any_text_is_a_board_or_a_clear_refusal(text: str) -> None:
    try:
        board = Board.parse(text)
    except UsageError as error:
        assert error.message
    else:
        assert Board.parse(str(board)) == board


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("chess:9x6:25mm", "is not a board"),
        ("chessboard:9:25mm", "is not COLUMNSxROWS"),
        ("chessboard:9x6:25", "is not a length with its unit"),
        ("chessboard:9x6:25inch", "is not a length with its unit"),
        ("chessboard:2x6:25mm", "cannot be used"),
        ("chessboard:9x6:0mm", "longer than 0"),
        ("charuco:5x4:54mm:54mm:DICT_4X4_50", "smaller than its square"),
        ("charuco:5x4:54mm:40mm:DICT_9X9_50", "is not an ArUco dictionary"),
        ("charuco:30x30:54mm:40mm:DICT_4X4_50", "has 50 markers"),
        ("charuco:5x4:54mm:40mm:DICT_4X4_50:mirrored", "is not a board"),
    ],
)
def test_a_wrong_board_is_told_what_is_wrong(text: str, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        Board.parse(text)


def _printed(board: Board) -> tuple[np.ndarray, np.ndarray]:
    """The board on white paper and its corners in pixels, whole numbers being the centres of pixels."""
    image = np.pad(board.picture(SQUARE), MARGIN, constant_values=255)
    corners = (board.corners[:, :2] - board.print_origin) / board.square * SQUARE + MARGIN - 0.5
    return image, corners


@pytest.mark.parametrize("text", ["chessboard:9x6:25mm", "chessboard:6x7:12.5mm"])
def test_opencv_finds_the_printed_chessboard_where_its_corners_are(text: str) -> None:
    board = Board.parse(text)
    image, corners = _printed(board)
    found, seen = cv2.findChessboardCornersSB(image, board.corner_grid, flags=cv2.CALIB_CB_ACCURACY)
    assert found
    distances = np.linalg.norm(seen.reshape(-1, 1, 2) - corners[None], axis=2)
    assert distances.min(axis=1).max() < 0.05
    assert sorted(distances.argmin(axis=1)) == list(range(board.corner_count))


@pytest.mark.parametrize(
    "text",
    [
        "charuco:5x4:54mm:40.5mm:DICT_4X4_1000",
        "charuco:6x8:30mm:22mm:DICT_5X5_250",
        "charuco:6x8:30mm:22mm:DICT_5X5_250:legacy",
    ],
)
def test_opencv_finds_each_charuco_corner_under_its_own_number(text: str) -> None:
    board = Board.parse(text)
    image, corners = _printed(board)
    seen, ids, _, _ = cv2.aruco.CharucoDetector(board.charuco()).detectBoard(image)
    assert len(ids) == board.corner_count
    assert np.abs(seen.reshape(-1, 2) - corners[np.asarray(ids, int).ravel()]).max() < 0.25


def test_an_inverted_print_is_the_negative() -> None:
    plain = Board.parse("charuco:5x4:54mm:40.5mm:DICT_4X4_1000")
    inverted = Board.parse("charuco:5x4:54mm:40.5mm:DICT_4X4_1000:inverted")
    assert np.array_equal(plain.picture(), 255 - inverted.picture())


def test_the_legacy_pattern_of_an_even_board_starts_with_the_other_square() -> None:
    plain = Board.parse("charuco:6x8:30mm:22mm:DICT_5X5_250").picture(SQUARE)
    legacy = Board.parse("charuco:6x8:30mm:22mm:DICT_5X5_250:legacy").picture(SQUARE)
    corner = np.s_[2 : SQUARE // 8, 2 : SQUARE // 8]
    assert plain[corner].max() == 0
    assert legacy[corner].min() == 255


@pytest.mark.parametrize("text", ["aprilgrid:30x30:8mm:2mm", "charuco:60x60:3mm:2mm:DICT_4X4_1000"])
def test_too_few_markers_are_not_answered_by_a_dictionary_that_does_not_help(text: str):
    with pytest.raises(UsageError, match="markers and") as caught:
        Board.parse(text)
    assert caught.value.hint == "Take fewer and larger ones"
