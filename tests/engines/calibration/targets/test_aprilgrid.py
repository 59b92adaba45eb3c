"""AprilGrids in rendered views: whole, in part, tilted, blurred, printed by us and by Kalibr."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.calibration.targets.corners import detect
from engines.calibration.targets.rendered import photograph
from engines.core.boards import Board, marker_cells
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, Lens
from engines.core.projection import project

BOARD = Board.parse("aprilgrid:5x4:40mm:12mm")
SIZE = Size(640, 480)
LENS = Lens("brown5", Intrinsics(534.0, 536.0, 326.0, 244.0), (-0.28, 0.08, 0.001, -0.0005, -0.01))


def posed(tilt: float, turned: float, middle: tuple[float, float, float]) -> tuple[np.ndarray, np.ndarray]:
    roll = cv2.Rodrigues(np.array([0.0, 0.0, np.radians(turned)]))[0]
    rotation = cv2.Rodrigues(np.radians(tilt) * np.array([0.8, -0.6, 0.0]))[0] @ roll
    return cv2.Rodrigues(rotation)[0].ravel(), np.array(middle) - rotation @ BOARD.corners.mean(axis=0)


def kalibr_print(square: int, border: int) -> np.ndarray:
    """A board as Kalibr draws it: counted from the bottom left, tags turned by half, its border of `border` cells."""
    gap = round(square * 12 / 52)
    image = np.full((BOARD.rows * square + gap, BOARD.columns * square + gap), 255, np.uint8)
    for number in range(BOARD.rows * BOARD.columns):
        row, column = divmod(number, BOARD.columns)
        y, x = (BOARD.rows - 1 - row) * square + gap, column * square + gap
        code = np.rot90(marker_cells(BOARD.dictionary, number)[1:-1, 1:-1], 2)
        tag = np.pad(code, border)
        side = square - gap
        image[y : y + side, x : x + side] = cv2.resize(tag, (side, side), interpolation=cv2.INTER_NEAREST)
    for row in range(BOARD.rows + 1):
        for column in range(BOARD.columns + 1):
            image[row * square : row * square + gap, column * square : column * square + gap] = 0
    return image


@pytest.mark.parametrize(("tilt", "turned", "blur"), [(0.0, 5.0, 0.6), (35.0, 200.0, 1.2), (60.0, 80.0, 0.6)])
def test_corners_are_where_they_are(tilt: float, turned: float, blur: float):
    pose = posed(tilt, turned, (0.0, 0.0, 0.34))
    found = detect(photograph(BOARD, LENS, SIZE, pose, blur=blur), BOARD)
    assert found is not None
    assert found.covariance is not None
    assert len(found.ids) > 0.4 * BOARD.corner_count
    assert (np.diff(found.ids) > 0).all()
    off = found.corners - project(LENS, BOARD.corners, *pose)[found.ids]
    assert np.sqrt((off**2).sum(axis=1).mean()) < 0.15


def test_a_part_of_the_board_is_numbered_as_the_whole():
    pose = posed(20.0, 10.0, (0.13, 0.09, 0.3))
    found = detect(photograph(BOARD, LENS, SIZE, pose), BOARD)
    assert found is not None
    assert 8 <= len(found.ids) < 70
    truth = project(LENS, BOARD.corners, *pose)[found.ids]
    assert np.linalg.norm(found.corners - truth, axis=1).max() < 0.5


@pytest.mark.parametrize(("border", "turned"), [(1, 0.0), (1, 130.0), (2, 0.0), (2, 130.0)])
def test_a_board_that_kalibr_printed_is_numbered_from_its_top_left(border: int, turned: float):
    printed = kalibr_print(104, border)
    scale = 104 / BOARD.square
    to_print = np.array([[scale, 0, 24 - 0.5], [0, scale, 24 - 0.5], [0, 0, 1.0]])
    rvec, tvec = posed(30.0, turned, (0.0, 0.0, 0.4))
    rotation = cv2.Rodrigues(rvec)[0]
    camera = np.array([[1100.0, 0, 640], [0, 1100.0, 480], [0, 0, 1]])
    seen = camera @ np.column_stack([rotation[:, 0], rotation[:, 1], tvec])
    image = cv2.warpPerspective(printed, seen @ np.linalg.inv(to_print), (1280, 960), borderValue=255)
    found = detect(cv2.GaussianBlur(image, (0, 0), 1.0), BOARD)
    assert found is not None
    assert len(found.ids) > 60
    truth = cv2.perspectiveTransform(BOARD.corners[None, :, :2], seen)[0]
    assert np.linalg.norm(found.corners - truth[found.ids], axis=1).max() < 0.6


def test_one_tag_or_none_is_no_board():
    assert detect(np.full((240, 320), 200, np.uint8), BOARD) is None
    single = cv2.copyMakeBorder(
        cv2.resize(marker_cells(BOARD.dictionary, 3), None, fx=15, fy=15, interpolation=cv2.INTER_NEAREST),
        *(60,) * 4, cv2.BORDER_CONSTANT, value=(255,),
    )  # fmt: skip
    assert detect(single, BOARD) is None
