"""Coverage of the picture by the views: an 8 x 6 grid that the guidance, the map and the verdict share."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from engines.core.frames import Size

Region = Literal["", "upper left", "upper right", "lower left", "lower right", "centre", "left edge", "right edge"]
"""A part of the picture; "" for none."""

COLUMNS, ROWS = 8, 6


def touched(corners: ArrayLike, size: Size) -> NDArray[np.bool_]:
    """Which of the 6 x 8 cells (row by row from the top) hold one of the N x 2 corners."""
    cells = np.zeros((ROWS, COLUMNS), dtype=np.bool_)
    points = np.asarray(corners, dtype=np.float64).reshape(-1, 2)
    if points.size:
        column = np.clip(((points[:, 0] + 0.5) / size.width * COLUMNS).astype(int), 0, COLUMNS - 1)
        row = np.clip(((points[:, 1] + 0.5) / size.height * ROWS).astype(int), 0, ROWS - 1)
        cells[row, column] = True
    return cells


def emptiest_region(cells: NDArray[np.bool_]) -> Region:
    """The part of the picture that has been touched least; "" when every part has been well covered."""
    thirds: dict[Region, NDArray[np.bool_]] = {
        "upper left": cells[:3, :3],
        "upper right": cells[:3, -3:],
        "lower left": cells[3:, :3],
        "lower right": cells[3:, -3:],
        "centre": cells[2:4, 2:6],
        "left edge": cells[:, :1],
        "right edge": cells[:, -1:],
    }
    share: dict[Region, float] = {name: float(part.mean()) for name, part in thirds.items()}
    name = min(share, key=lambda key: share[key])
    return name if share[name] < 0.5 else ""
