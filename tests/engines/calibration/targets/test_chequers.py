"""Corners numbered by their places: the right ones where there is one way, none where the board may be another."""

from __future__ import annotations

import numpy as np
import pytest

from engines.calibration.targets.chequers import numbered
from engines.calibration.targets.gate import find_lattice
from engines.calibration.targets.rendered import photograph
from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.lenses import Intrinsics, Lens
from engines.core.projection import project

BOARD = Board.parse("chessboard:9x6:25mm")
LENS = Lens("brown5", Intrinsics(420.0, 420.0, 240.0, 180.0), (-0.2, 0.05, 0.0, 0.0, 0.0))
POSES = [
    ((0.4, -0.3, 0.1), (-0.1, -0.06, 0.35)),
    ((-0.3, 0.5, 3.0), (0.1, 0.07, 0.4)),
    ((0.1, 0.1, 1.5), (0.08, -0.1, 0.4)),
]


@pytest.mark.parametrize("pose", POSES)
def test_every_corner_has_its_place_and_a_part_of_a_larger_board_has_none(pose: tuple[tuple[float, ...], ...]):
    rvec, tvec = (np.array(part) for part in pose)
    gray = photograph(BOARD, LENS, Size(480, 360), (rvec, tvec))
    lattice = find_lattice(gray, BOARD.corner_grid)
    assert lattice is not None
    grid = numbered(gray, lattice, BOARD.corner_grid)
    assert grid is not None
    truth = project(LENS, BOARD.corners, rvec, tvec)
    off = np.linalg.norm(grid.reshape(-1, 1, 2) - truth, axis=2)
    assert off.min(axis=1).max() < 1.2
    assert len(set(off.argmin(axis=1).tolist())) == BOARD.corner_count
    steps = np.linalg.norm(np.diff(grid, axis=1), axis=2).max(), np.linalg.norm(np.diff(grid, axis=0), axis=2).max()
    assert max(steps) < 1.6 * lattice.pitch
    assert numbered(gray, lattice, (8, 5)) is None
    assert numbered(gray, lattice, (9, 5)) is None
    assert numbered(gray, lattice, (9, 7)) is None
