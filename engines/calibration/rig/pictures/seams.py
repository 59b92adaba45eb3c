"""A guess of how many tiles a picture holds, from the seams between them.

Where two cameras' pictures meet, each row of pixels jumps at the same column. Within a picture edges are long too, but
not from one side of a tile to the other. Each stretch of a seam is looked at on its own, so that a door frame that
happens to stand in the middle of one tile is no seam of the others.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from engines.calibration.targets import films, photographs
from engines.core.frames import Image

Floats = NDArray[np.float64]
_MOST = 4
"""Rows and columns that are tried."""
_ASPECTS = 0.6, 2.7
"""Least and most width of a tile, in its heights."""
_REACH = 2
"""Pixels beside a seam that compression smears it over."""
_JUMP = 2.0
"""How many times the jumps across a seam are as large as those beside it."""
_SHARE = 0.75
"""Stretches of a grid's seams that must show."""


def guess(images: Sequence[Image]) -> tuple[int, int]:
    """Rows and columns of the grid whose seams show in the pictures, all of one size; (1, 1) where there are none."""
    if not images:
        return 1, 1
    across, down = _jumps(images)
    best, most = (1, 1), 1
    for rows in range(1, _MOST + 1):
        for columns in range(1, _MOST + 1):
            if rows * columns > most and _shows(across, down, rows, columns):
                best, most = (rows, columns), rows * columns
    return best


def _jumps(images: Sequence[Image]) -> tuple[Floats, Floats]:
    """How much each pixel differs from the one to its left, and from the one above: means over the pictures."""
    across = down = np.zeros((1, 1))
    for image in images:
        gray = image.astype(np.float64) if image.ndim == 2 else image.mean(axis=2)
        across = across + np.abs(np.diff(gray, axis=1))
        down = down + np.abs(np.diff(gray, axis=0))
    return across / len(images), down.T / len(images)


def _shows(across: Floats, down: Floats, rows: int, columns: int) -> bool:
    height, width = across.shape[0], down.shape[0]
    if height % rows or width % columns:
        return False
    if not _ASPECTS[0] <= (width / columns) / (height / rows) <= _ASPECTS[1]:
        return False
    ratios = _ratios(across, columns, rows) + _ratios(down, rows, columns)
    return bool(np.mean(np.array(ratios) > _JUMP) >= _SHARE)


def _ratios(jumps: Floats, parts: int, stretches: int) -> list[float]:
    """Of each stretch of the seams between `parts`: the jumps at the seam, over those in a band beside it."""
    found = []
    side = (jumps.shape[1] + 1) // parts
    for seam in range(side - 1, (jumps.shape[1] + 1) - side, side):
        for stretch in np.array_split(jumps, stretches, axis=0):
            means = stretch.mean(axis=0)
            at = means[max(seam - _REACH, 0) : seam + _REACH + 1].max()
            band = max(8, side // 16)
            beside = np.r_[means[max(seam - band, 0) : seam - 2 * _REACH], means[seam + 2 * _REACH + 1 : seam + band]]
            found.append(float(at / (np.percentile(beside, 80) + 0.5)))
    return found


def grid_of(paths: Sequence[str]) -> tuple[int, int]:
    """As `guess`, of pictures and films: a few that are spread over the first of them. Raises what reading raises."""
    first = photographs.listing(paths).files[0]
    return guess([photographs.read(path) for path in films.samples(first, 3)])
