"""Renders a photograph of a board through an exactly known lens, to measure finders and fits with.

Rendered larger (twice to four times) and reduced, so that a pixel holds what falls on it; then blurred, noise added.
"""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
from numpy.typing import NDArray

from engines.calibration.targets.detection import Floats, Gray
from engines.core.boards import Board
from engines.core.frames import Size
from engines.core.lenses import Lens
from engines.core.projection import rays

_SQUARE = 64


def photograph(
    board: Board,
    lens: Lens,
    size: Size,
    pose: tuple[NDArray[np.float64], NDArray[np.float64]],
    blur: float = 0.6,
    noise: float = 2.0,
    seed: int = 0,
    rolling: NDArray[np.float64] | None = None,
) -> Gray:
    """H x W gray picture of the board at `pose` (rvec, tvec), half a square of paper around it, before gray.

    blur: standard deviation in pixels; noise: in levels; the same `seed` gives the same noise. rolling: metres, 3, that
    the board moves from the moment the first row is read to that of the row after the last.
    """
    over = 4 if size.width <= 1000 else 2
    rays = _rays(lens, size, over)
    late = (np.arange(len(rays)) + 0.5) / over - 0.5
    plane = rays @ np.linalg.inv(_planes(pose, late / size.height, rolling)).mT
    flat = plane[..., :2] / np.where(plane[..., 2:] > 0, plane[..., 2:], np.nan)
    paper = np.pad(board.picture(_SQUARE), _SQUARE // 2, constant_values=0 if board.inverted else 255)
    x, y = np.moveaxis((flat - board.print_origin) * (_SQUARE / board.square) + _SQUARE // 2 - 0.5, -1, 0)
    x, y = np.nan_to_num(x, nan=-1e6), np.nan_to_num(y, nan=-1e6)
    seen = cv2.remap(paper, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderValue=128)
    small = cv2.resize(seen, (size.width, size.height), interpolation=cv2.INTER_AREA).astype(np.float64)
    soft = cv2.GaussianBlur(small, (0, 0), blur) if blur else small
    gray = 30 + 0.75 * soft + np.random.default_rng(seed).normal(0, noise, small.shape)
    return np.asarray(np.clip(np.rint(gray), 0, 255), dtype=np.uint8)


def _planes(
    pose: tuple[NDArray[np.float64], NDArray[np.float64]], shares: Floats, rolling: NDArray[np.float64] | None
) -> Floats:
    """From the board's plane to the camera, 3 x 3, once for all rows or for each row at its own time."""
    rvec, tvec = pose
    rotation = cv2.Rodrigues(rvec)[0]
    shifts = np.ravel(tvec)[None] if rolling is None else np.ravel(tvec) + shares[:, None] * rolling
    axes = np.broadcast_to(rotation[:, :2], (len(shifts), 3, 2))
    return np.concatenate([axes, shifts[:, :, None]], axis=2)


@lru_cache(maxsize=4)
def _rays(lens: Lens, size: Size, over: int) -> Floats:
    """Viewing rays of every subpixel, H x W x 3: exact at the pixels' centres, cubic in between."""
    x, y = np.meshgrid(np.arange(size.width, dtype=float), np.arange(size.height, dtype=float))
    ways = rays(lens, np.stack([x, y], axis=-1).reshape(-1, 2)).reshape(*x.shape, 3)
    return np.asarray(cv2.resize(ways, None, fx=over, fy=over, interpolation=cv2.INTER_CUBIC), dtype=np.float64)
