"""Circle grids in rendered views: to hundredths of a pixel, and numbered alike however the board is turned."""

from __future__ import annotations

import cv2
import numpy as np
import pytest

from engines.calibration.targets.corners import detect
from engines.calibration.targets.lattice import numbered
from engines.calibration.targets.rendered import photograph
from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, Lens
from engines.core.projection import project

SIZE = Size(640, 480)
LENS = Lens("brown5", Intrinsics(534.0, 536.0, 326.0, 244.0), (-0.28, 0.08, 0.001, -0.0005, -0.01))


def posed(board: Board, tilt: float, turned: float, distance: float) -> tuple[np.ndarray, np.ndarray]:
    """The board's middle straight ahead, turned in its plane by degrees, then tilted about the picture's x and y."""
    roll = cv2.Rodrigues(np.array([0.0, 0.0, np.radians(turned)]))[0]
    rotation = cv2.Rodrigues(np.radians(tilt) * np.array([0.8, -0.6, 0.0]))[0] @ roll
    return cv2.Rodrigues(rotation)[0].ravel(), np.array([0, 0, distance]) - rotation @ board.corners.mean(axis=0)


@pytest.mark.parametrize("turned", [0.0, 70.0, 160.0, 250.0])
def test_an_asymmetric_grid_has_one_numbering_whichever_way_it_is_turned(turned: float):
    board = Board.parse("acircles:4x11:20mm:13mm")
    pose = posed(board, 40.0, turned, 0.42)
    found = detect(photograph(board, LENS, SIZE, pose), board)
    assert found is not None
    assert found.ids.tolist() == list(range(44))
    assert np.linalg.norm(found.corners - project(LENS, board.corners, *pose), axis=1).max() < 0.5


@pytest.mark.parametrize("form", ["circles:7x5:30mm", "acircles:4x10:20mm"])
@pytest.mark.parametrize("turned", [10.0, 190.0])
def test_a_grid_with_a_twin_begins_nearest_to_the_pictures_top_left(form: str, turned: float):
    board = Board.parse(form)
    pose = posed(board, 58.0, turned, 0.45)
    found = detect(photograph(board, LENS, SIZE, pose, blur=1.2), board)
    assert found is not None
    assert found.corners[0].sum() < found.corners[-1].sum()
    truth = project(LENS, board.corners, *pose)
    truth = truth[::-1] if turned > 90 else truth
    assert np.linalg.norm(found.corners - truth, axis=1).max() < 1.0


def test_facing_circles_are_measured_to_hundredths_with_true_size_and_honest_covariance():
    board = Board.parse("circles:7x5:30mm:14mm")
    straight = Lens("brown5", LENS.intrinsics, (0.0,) * 5)
    pose = posed(board, 0.0, 3.0, 0.5)
    found = detect(photograph(board, straight, SIZE, pose), board)
    assert found is not None
    assert found.covariance is not None
    assert found.extent is not None
    off = found.corners - project(straight, board.corners, *pose)
    assert np.sqrt((off**2).sum(axis=1).mean()) < 0.02
    pulls = np.einsum("ni,nij,nj->n", off, np.linalg.inv(found.covariance), off)
    assert 0.3 < pulls.mean() / 2 < 3
    assert np.median(found.extent) == pytest.approx(0.014 * 535 / 0.5, rel=0.01)


def test_a_part_of_a_larger_grid_is_refused():
    small, large = Board.parse("circles:6x5:30mm"), Board.parse("circles:7x6:30mm")
    image = photograph(large, LENS, SIZE, posed(large, 20.0, 10.0, 0.55))
    assert detect(image, large) is not None
    assert detect(image, small) is None


def test_the_lattice_is_numbered_through_a_strong_perspective_and_stray_points():
    board = Board.parse("circles:7x5:30mm")
    points = project(LENS, board.corners, *posed(board, 60.0, 33.0, 0.42))
    stray = np.array([[20.0, 30.0], [600.0, 440.0], [610.0, 20.0]])
    shuffled = np.random.default_rng(0).permutation(38)
    found = numbered(np.concatenate([points, stray])[shuffled], np.ones(38), board)
    assert found is not None
    assert shuffled[found].tolist() in (list(range(35)), list(range(35))[::-1])


def test_no_grid_is_seen_in_noise():
    noise = np.random.default_rng(0).integers(0, 255, (240, 320)).astype(np.uint8)
    assert detect(noise, Board.parse("circles:4x3:30mm")) is None
    assert detect(np.full((240, 320), 128, np.uint8), Board.parse("acircles:4x3:30mm")) is None
