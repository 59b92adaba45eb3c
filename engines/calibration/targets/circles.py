"""Finding circle grids in one picture: dark blobs that form a lattice, and their middles to hundredths of a pixel.

What is measured is where the ink's weight lies (the centroid of a circle's image), which blur does not move; that is
not where the circle's middle is seen, see `engines.calibration.solve.circles`. Symmetric grids, and asymmetric ones
with an even number of rows, look the same when they are turned by half: of the ways to number them the one is taken
that has the first circle nearest to the picture's top left, as for chessboards. For a rigid board it does not matter;
otherwise `engines.calibration.numbering` tells from the print's own faults which views were turned.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.targets.blobs import Blobs, find_blobs, masks, measured
from engines.calibration.targets.detection import Detection, Gray
from engines.calibration.targets.lattice import numbered
from engines.core.boards import Board

_SEARCHED = 1600


def detect_circles(gray: Gray, board: Board, fixed: int | None) -> Detection | None:
    """All circles of the board; None when the board is not there. `fixed` is of no use: circles need no window."""
    scale = min(1.0, _SEARCHED / max(gray.shape))
    small = gray if scale == 1.0 else cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    smooth = np.asarray(cv2.GaussianBlur(small, (0, 0), 1.0), dtype=np.uint8)
    for mask in masks(smooth):
        blobs = find_blobs(mask)
        order = numbered(blobs.middles, blobs.areas, board)
        found = None if order is None else _detection(gray, blobs, order, scale)
        if found is not None:
            return found
    return None


def _detection(gray: Gray, blobs: Blobs, order: NDArray[np.int64], scale: float) -> Detection | None:
    found = measured(gray, blobs.some(order).enlarged(scale))
    if found is None:
        return None
    return Detection(np.arange(len(order)), found.middles, 0, found.covariance, found.diameters)
