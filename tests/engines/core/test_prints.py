"""Printed shapes as pixels: every pixel holds its exact share of ink."""

from __future__ import annotations

import numpy as np
import pytest

from engines.core.boards import Board
from engines.core.prints import Shapes, painted


def test_ink_is_counted_by_area_and_light_is_taken_out():
    image = painted(Shapes([(0.25, 0.0, 1.5, 1.0)], [(0.5, 0.0, 0.5, 1.0)]), (2.0, 1.0), 1.0)
    assert image.tolist() == [[round(255 * 0.75), round(255 * 0.25)]]


@pytest.mark.parametrize(("x", "y", "diameter"), [(5.0, 5.0, 6.0), (4.3, 5.61, 7.3), (6.2, 4.9, 3.77)])
def test_a_disc_keeps_its_area_and_its_middle(x: float, y: float, diameter: float):
    ink = 1 - painted(Shapes(discs=[(x, y, diameter)]), (11.0, 10.0), 1.0) / 255
    assert ink.sum() == pytest.approx(np.pi * diameter**2 / 4, rel=3e-3)
    rows, columns = np.indices(ink.shape) + 0.5
    assert (ink * columns).sum() / ink.sum() == pytest.approx(x, abs=0.02)
    assert (ink * rows).sum() / ink.sum() == pytest.approx(y, abs=0.02)


@pytest.mark.parametrize("form", ["circles:3x4:30mm:13mm", "acircles:3x4:20mm:13mm"])
def test_the_circles_of_a_picture_lie_on_the_corners(form: str):
    board = Board.parse(form)
    ink = 1 - board.picture(40) / 255
    rows, columns = np.indices(ink.shape) + 0.5
    for x, y in (board.corners[:, :2] - board.print_origin) / board.square * 40:
        near = np.hypot(columns - x, rows - y) < 16
        assert [(ink * axis)[near].sum() / ink[near].sum() for axis in (columns, rows)] == pytest.approx(
            [x, y], abs=0.01
        )


def test_every_corner_of_an_aprilgrid_is_a_saddle_of_black_and_white():
    board = Board.parse("aprilgrid:3x2:40mm:10mm")
    image = board.picture(100)
    assert image.shape == (220, 320)
    for x, y in np.rint((board.corners[:, :2] - board.print_origin) / board.square * 100).astype(int):
        around = [int(image[y + b, x + a]) for a, b in ((-4, -4), (3, -4), (3, 3), (-4, 3))]
        assert sorted(around) == [0, 0, 255, 255]
        assert around[0] == around[2]
