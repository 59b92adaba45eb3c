"""What is said where the board that was described is not there: what the pictures show instead, ready to be used."""

from __future__ import annotations

import re
from pathlib import Path

import cv2
import numpy as np
import pytest

from engines.calibration.targets.hints import markers_in, no_board
from engines.core.boards import Board
from engines.core.context import PlainContext
from engines.core.errors import Cancelled
from tests.engines.calibration.flat_views import route, seen

EVEN = "charuco:8x6:25mm:18mm:DICT_4X4_50"
ODD = "charuco:7x5:25mm:18mm:DICT_4X4_50"


def told(printed: str, given: str, folder: Path):
    paths = []
    for number, pose in enumerate(route(3)):
        paths.append(folder / f"{number}.png")
        cv2.imwrite(str(paths[-1]), seen(Board.parse(printed), (pose[0] / 2, pose[1])))
    return no_board(paths, Board.parse(given), PlainContext())


@pytest.mark.parametrize(
    ("printed", "given", "words"),
    [
        (EVEN + ":legacy", EVEN, "of its 24 markers are seen"),
        (ODD, "charuco:5x7:25mm:18mm:DICT_4X4_50", "columns and rows are swapped"),
        (EVEN + ":inverted", EVEN, "white on black"),
        (EVEN, EVEN.replace("4X4", "5X5"), "The markers are of DICT_4X4_50"),
        (EVEN, "charuco:9x6:25mm:18mm:DICT_4X4_50", "they lie otherwise"),
        ("chessboard:7x5:25mm", EVEN, "a plain chessboard"),
    ],
)
def test_the_board_that_fits_is_named_in_words_and_for_one_click(printed: str, given: str, words: str, tmp_path: Path):
    error = told(printed, given, tmp_path)
    assert re.search(words, error.hint)
    assert error.facts.board == printed
    assert error.hint.endswith(f"Use {printed}")


def test_markers_where_a_chessboard_was_described_are_told(tmp_path: Path):
    error = told(EVEN, "chessboard:9x6:25mm", tmp_path)
    assert "a ChArUco board. Choose that kind" in error.hint
    assert error.facts.board == ""


def test_nothing_to_be_seen_gives_advice_and_no_board(tmp_path: Path):
    path = tmp_path / "a.png"
    cv2.imwrite(str(path), np.full((240, 320), 90, np.uint8))
    error = no_board([path], Board.parse(EVEN), PlainContext())
    assert error.path == str(path)
    assert "Check that the whole board is in view" in error.hint
    assert error.facts.board == ""


def test_the_search_for_a_hint_is_cancelled():
    context = PlainContext()
    context.cancelled.set()
    with pytest.raises(Cancelled):
        markers_in([np.zeros((64, 64), np.uint8)], Board.parse(EVEN), context)
