"""Lines of equal value through a grid of values, for maps.

Marching squares (Maple 2003): each square of four values is crossed by straight pieces; one that is ambiguous is cut
by its middle value.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
EDGES = ((0, 1), (1, 2), (2, 3), (3, 0))
"""Edges of a square by its corners, which go round from the top left."""
CORNERS = np.array([(0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0)])
PIECES: dict[int, tuple[tuple[int, int], ...]] = {
    1: ((3, 0),), 2: ((0, 1),), 3: ((3, 1),), 4: ((1, 2),), 6: ((0, 2),), 7: ((3, 2),), 8: ((2, 3),), 9: ((2, 0),),
    11: ((2, 1),), 12: ((1, 3),), 13: ((1, 0),), 14: ((0, 3),),
}  # fmt: skip
"""Edges that a piece joins, by which corners lie above the level (a bit each)."""
SADDLES = {5: (((3, 2), (0, 1)), ((3, 0), (1, 2))), 10: (((0, 3), (1, 2)), ((0, 1), (2, 3)))}
"""Of the two ambiguous squares: where the middle is above the level, and where it is not."""


def contour(values: NDArray[Any], level: float) -> Floats:
    """Pieces (n, 2, 2) of ends (column, row) in steps of the grid; squares with a nan have none."""
    grid = np.asarray(values, np.float64)
    square = np.stack([grid[:-1, :-1], grid[:-1, 1:], grid[1:, 1:], grid[1:, :-1]], axis=-1)
    kind = ((square > level) * np.array([1, 2, 4, 8])).sum(axis=-1)
    kind[~np.isfinite(square).all(axis=-1)] = 0
    made = [_pieces(square, kind == key, pieces, level) for key, pieces in PIECES.items()]
    middle = square.mean(axis=-1) > level
    for key, (above, below) in SADDLES.items():
        made.append(_pieces(square, (kind == key) & middle, above, level))
        made.append(_pieces(square, (kind == key) & ~middle, below, level))
    return np.concatenate(made)


def refined(values: NDArray[Any], factor: int) -> Floats:
    """The same grid with `factor` times as many steps, linear between its values."""
    grid = np.asarray(values, np.float64)
    for axis in (0, 1):
        steps = np.linspace(0, grid.shape[axis] - 1, (grid.shape[axis] - 1) * factor + 1)
        low = np.minimum(steps.astype(int), max(grid.shape[axis] - 2, 0))
        share = np.expand_dims(steps - low, 1 - axis)
        high = np.minimum(low + 1, grid.shape[axis] - 1)
        grid = np.take(grid, low, axis) * (1 - share) + np.take(grid, high, axis) * share
    return grid


def _pieces(square: Floats, where: NDArray[np.bool_], pieces: tuple[tuple[int, int], ...], level: float) -> Floats:
    rows, columns = np.nonzero(where)
    corners, origin = square[rows, columns], np.stack([columns, rows], axis=-1)
    ends = [[origin + _crossing(corners, EDGES[edge], level) for edge in piece] for piece in pieces]
    return np.array(ends).transpose(0, 2, 1, 3).reshape(-1, 2, 2)


def _crossing(corners: Floats, edge: tuple[int, int], level: float) -> Floats:
    a, b = edge
    share = (level - corners[:, a]) / (corners[:, b] - corners[:, a])
    return CORNERS[a] + share[:, None] * (CORNERS[b] - CORNERS[a])
