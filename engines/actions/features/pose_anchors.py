"""Where the boxes of MediaPipe's pose detector are measured from: middles of cells of three grids."""

from __future__ import annotations

from functools import cache

import numpy as np

from engines.core.regions import Floats

GRIDS = ((28, 2), (14, 2), (7, 6))
"""Cells along a side, anchors in each. Strides 8, 16 and three times 32 of 224 pixels, two anchors for each layer."""


@cache
def anchors() -> Floats:
    """(2254, 2): x, y as shares of the side; row by row, the anchors of one cell together."""
    return np.concatenate([_grid(side, each) for side, each in GRIDS])


def _grid(side: int, each: int) -> Floats:
    rows, columns = np.divmod(np.arange(side * side), side)
    return np.repeat(np.column_stack([columns + 0.5, rows + 0.5]) / side, each, axis=0)
