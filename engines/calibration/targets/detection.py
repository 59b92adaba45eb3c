"""What a finder gives: the ids of a board's corners and where they are in the picture."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Gray = NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Detection:
    """ids: N indices into the board's corners, ascending. corners: N x 2 pixels.

    window: half-width of the refinement in pixels; 0 where the corners are as the ChArUco detector gave them.
    covariance: N x 2 x 2 in squared pixels where it is known; quick and live looks at squares go without.
    extent: of projected circles, N diameters in pixels, for the correction of their middles.
    """

    ids: NDArray[np.int64]
    corners: Floats
    window: int
    covariance: Floats | None = None
    extent: Floats | None = None
