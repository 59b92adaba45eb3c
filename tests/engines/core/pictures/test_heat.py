"""Colours of magnitudes: viridis from end to end, and over a picture without moving a patch."""

from __future__ import annotations

import numpy as np

from engines.core.pictures.heat import OVER, VIRIDIS, laid_over, viridis


def test_viridis_goes_from_violet_to_yellow_and_only_gets_lighter() -> None:
    shown = viridis(np.array([-1.0, 0.0, 2.0, 3.0, np.nan]), 0.0, 2.0)
    assert shown.tolist() == [[68, 1, 84], [68, 1, 84], [253, 231, 37], [253, 231, 37], [68, 1, 84]]
    light = VIRIDIS @ np.array([0.299, 0.587, 0.114])
    assert (np.diff(light) > -0.5).all()


def test_each_patch_of_the_map_lies_where_it_is_in_the_picture() -> None:
    picture = np.arange(64, dtype=np.uint8).reshape(8, 8) * 4
    values = np.array([[0.0, 1.0], [0.5, 0.25]])
    over = laid_over(picture, values, 0.0, 1.0, 16)
    assert over.shape == (16, 16, 3)
    for row, column in np.ndindex(16, 16):
        want = OVER * viridis(values[row // 8, column // 8], 0, 1) + (1 - OVER) * picture[row // 2, column // 2]
        assert np.abs(over[row, column] - want).max() <= 1
